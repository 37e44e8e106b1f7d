"""``sfn-alerts``: what would happen to an event, and whether the files are right."""

from app.cli.command_line import main

__all__ = ["main"]
