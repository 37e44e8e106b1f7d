"""``python -m local.slack``: the local Slack in the foreground."""

from local.slack.server import main

main()
