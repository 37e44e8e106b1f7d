"""What runs on a laptop in place of AWS and Slack. Never shipped."""
