"""Slack's limits on blocks, and what it says of those that break them.

A check here refuses what Slack refuses: sizes, missing and unknown fields, duplicate ids,
elements where they may not stand.
"""

from local.slack.block_kit.blocks import check_message, weight, with_ids
from local.slack.block_kit.findings import Finding
from local.slack.block_kit.limits import WHOLE_MESSAGE
from local.slack.block_kit.views import check_view

__all__ = ["WHOLE_MESSAGE", "Finding", "check_message", "check_view", "weight", "with_ids"]
