"""A Slack on this machine: the Web API's methods the app uses, signed deliveries, and a page."""

from local.slack.embedded import LocalSlack

__all__ = ["LocalSlack"]
