"""``sfn-alerts preview``: the Slack message that an event would make."""

import json
import os
import sys
import urllib.parse
import webbrowser
from datetime import UTC, datetime

from app import config
from app.cli.events import NoFailure, told
from app.cli.files import read_text
from app.domain.execution import Failure
from app.domain.fingerprint import fingerprint
from app.domain.lifecycle import opened
from app.domain.rules import Classification, classify
from app.render.card import Message, card
from app.render.mrkdwn import section

_BUILDER = "https://app.slack.com/block-kit-builder/#"


def preview(event: str, alerts: str, *, builder: bool) -> int:
    """Standard output holds the message or its link alone; all else goes to standard error."""
    checked = config.check(read_text(alerts), alerts)
    failure = told(event, checked.config)
    if isinstance(failure, NoFailure):
        print(failure.words, file=sys.stderr)
        return 0
    answer = classify(config.rules_of(checked.config), failure)
    message = _message(failure, answer)
    if builder:
        link = _link(message)
        print(link)
        if _has_screen():
            webbrowser.open(link)
    else:
        print(json.dumps(message, indent=2, ensure_ascii=False))
    if not answer.route.notify:
        by = "the defaults" if answer.rule is None else checked.rules[answer.rule]
        print(f"It would not be posted, by {by}: recorded and counted only.", file=sys.stderr)
    return 0


def _message(failure: Failure, answer: Classification) -> Message:
    now = failure.stopped_at or datetime.now(UTC)
    problem = fingerprint(failure)
    alert = opened(failure, fingerprint=problem, generation=1, route=answer.route, at=now)
    return card(alert, now)


def _link(message: Message) -> str:
    # The builder knows blocks only: the title goes on top of those with the colour bar.
    blocks = [section(message["text"]), *message["attachments"][0]["blocks"]]
    return _BUILDER + urllib.parse.quote(json.dumps({"blocks": blocks}, ensure_ascii=False))


def _has_screen() -> bool:
    """Whether a browser would open beside the terminal, and not in it."""
    return sys.platform in {"darwin", "win32"} or any(
        os.environ.get(name) for name in ("BROWSER", "DISPLAY", "WAYLAND_DISPLAY")
    )
