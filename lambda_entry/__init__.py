"""The Lambda functions' handlers: thin, the app does the work."""
