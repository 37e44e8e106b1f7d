"""Shortcuts on messages."""

from collections.abc import Callable
from functools import partial
from typing import Any

from aws_lambda_powertools import Logger
from slack_bolt import Ack, App
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from app.deps import Deps
from app.render import refusals
from app.render.modals import words_modal
from app.render.note import NOT_A_CARD, NOTE_MODAL, note_modal, note_text
from app.slack.notes import whisper
from app.slack.people import OutsiderError, person
from app.slack.refused import keep_outsider
from app.stores.publications import MessageRef

NOTE = "incident_note"

logger = Logger(child=True)


def register(app: App, deps: Callable[[], Deps]) -> None:
    app.message_shortcut(NOTE)(partial(_on_note, deps))
    # The note is there to be read: nothing is to be done when it is closed.
    app.view(NOTE_MODAL)(lambda ack: ack())


def _on_note(deps: Callable[[], Deps], ack: Ack, body: dict[str, Any], client: WebClient) -> None:
    ack()
    view = _view(deps, body)
    try:
        client.views_open(trigger_id=body["trigger_id"], view=view)
    except (SlackApiError, OSError):
        # Slack: a trigger is good for 3 seconds, and a cold start may take them.
        logger.exception("modal not opened")
        whisper(body, refusals.SHORTCUT_TOO_LATE)


def _view(deps: Callable[[], Deps], body: dict[str, Any]) -> dict[str, Any]:
    try:
        person(body)
    except OutsiderError:
        keep_outsider(deps, body)
        return words_modal(refusals.OUTSIDER_READS)
    own = deps()
    alert_id = own.publications.of_message(MessageRef(body["channel"]["id"], body["message"]["ts"]))
    stored = own.alerts.get(alert_id) if alert_id else None
    if stored is None:
        return words_modal(NOT_A_CARD if alert_id is None else refusals.GONE)
    return note_modal(note_text(stored.alert, stored.publication.permalink))
