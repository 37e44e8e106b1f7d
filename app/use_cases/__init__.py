"""What the app does, one function a thing. They know neither Slack nor how cards look."""
