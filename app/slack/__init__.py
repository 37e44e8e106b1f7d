"""What Slack sends, led to the use cases: listeners only."""
