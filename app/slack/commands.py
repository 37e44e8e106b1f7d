"""Slash commands. They are answered in the response itself: no call to Slack is needed."""

from collections.abc import Callable
from functools import partial
from typing import Any

from slack_bolt import Ack, App

from app.deps import Deps
from app.render import refusals
from app.render import status as render
from app.slack.people import OutsiderError, person
from app.use_cases import status

STATUS = "/sfn-status"


def register(app: App, deps: Callable[[], Deps]) -> None:
    app.command(STATUS)(partial(_on_status, deps))


def _on_status(deps: Callable[[], Deps], ack: Ack, body: dict[str, Any]) -> None:
    try:
        person(body)
    except OutsiderError:
        ack(response_type="ephemeral", text=refusals.OUTSIDER)
        return
    found = status.board(deps())
    rows = [render.Row(one.alert, one.publication.permalink) for one in found.alerts]
    ack(**render.board(rows, found.mutes))
