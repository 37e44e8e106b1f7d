"""Buttons: each row leads one to what it does."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from aws_lambda_powertools import Logger
from slack_bolt import Ack, App
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from app.deps import Deps
from app.domain.lifecycle import NotAllowedError
from app.domain.people import Person
from app.render import buttons, refusals
from app.render.buttons import Pressed
from app.render.modals import mute_modal
from app.slack.notes import whisper
from app.slack.people import OutsiderError, person
from app.use_cases import respond
from app.use_cases.respond import NoSuchAlertError

logger = Logger(child=True)

Asked = Callable[[Deps, Pressed, Person], object]


def _redrive(deps: Deps, pressed: Pressed, by: Person) -> object:
    return respond.redrive(deps, pressed.alert_id, pressed.attempt, by)


def _acknowledge(deps: Deps, pressed: Pressed, by: Person) -> object:
    return respond.acknowledge(deps, pressed.alert_id, by)


def _unmute(deps: Deps, pressed: Pressed, by: Person) -> object:
    return respond.unmute(deps, pressed.alert_id, by)


#: Buttons that make one change.
ACTIONS: Mapping[str, Asked] = {
    buttons.REDRIVE: _redrive,
    buttons.ACKNOWLEDGE: _acknowledge,
    buttons.UNMUTE: _unmute,
}


def register(app: App, deps: Callable[[], Deps]) -> None:
    for action_id, asked in ACTIONS.items():
        app.action(action_id)(partial(_on_press, deps, asked))
    app.action(buttons.MUTE)(partial(_on_mute, deps))
    # Slack warns the person when a button that opens an address is not answered.
    app.action(buttons.OPEN_EXECUTION)(lambda ack: ack())


def _on_press(deps: Callable[[], Deps], asked: Asked, ack: Ack, body: dict[str, Any]) -> None:
    ack()
    try:
        pressed, by = _pressed(body), person(body)
        asked(deps(), pressed, by)
    except _REFUSED as refused:
        whisper(body, _why(refused))


def _on_mute(deps: Callable[[], Deps], ack: Ack, body: dict[str, Any], client: WebClient) -> None:
    ack()
    try:
        pressed, _ = _pressed(body), person(body)
        alert = respond.mutable(deps(), pressed.alert_id)
    except _REFUSED as refused:
        whisper(body, _why(refused))
        return
    try:
        client.views_open(trigger_id=body["trigger_id"], view=mute_modal(alert))
    except (SlackApiError, OSError):
        # Slack: a trigger is good for 3 seconds, and a cold start may take them.
        logger.exception("modal not opened")
        whisper(body, refusals.TOO_LATE)


class NotOursError(Exception):
    """The button's value is none that this version writes."""


_REFUSED = (NotAllowedError, NoSuchAlertError, OutsiderError, NotOursError)


def _pressed(body: Mapping[str, Any]) -> Pressed:
    try:
        return Pressed.read(body["actions"][0]["value"])
    except (ValueError, KeyError, IndexError):
        raise NotOursError from None


def _why(refused: Exception) -> str:
    if isinstance(refused, NotAllowedError):
        return refusals.words(refused)
    if isinstance(refused, NoSuchAlertError):
        return refusals.GONE
    if isinstance(refused, OutsiderError):
        return refusals.OUTSIDER
    return refusals.NOT_UNDERSTOOD
