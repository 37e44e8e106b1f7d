"""Buttons: each row leads one to what it does."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from aws_lambda_powertools import Logger
from slack_bolt import Ack, App
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from app.deps import Deps
from app.domain.alert import Alert, RecoveryKind
from app.domain.audit import Asker
from app.domain.changes import Muted
from app.domain.transitions import Asked as Needed
from app.render import buttons, refusals
from app.render.buttons import Chosen, Pressed, PressedBulk
from app.render.input_modal import input_modal
from app.render.modals import mute_modal
from app.render.recover_modal import recover_modal
from app.slack import redraw
from app.slack.notes import say
from app.slack.people import OutsiderError, asker, person
from app.slack.refused import REFUSED, NotOursError, refuse
from app.stores.errands import Wanted, What
from app.use_cases import respond
from app.use_cases.recover_all import outlook

logger = Logger(child=True)

Asked = Callable[[Deps, Pressed, Asker], object]
Modal = Callable[[Alert], dict[str, Any]]


def _acknowledge(deps: Deps, pressed: Pressed, by: Asker) -> object:
    return respond.acknowledge(deps, pressed.alert_id, by)


def _unmute(deps: Deps, pressed: Pressed, by: Asker) -> object:
    return respond.unmute(deps, pressed.alert_id, by)


def _recover(kind: RecoveryKind) -> Asked:
    return lambda deps, pressed, by: respond.recover(
        deps, pressed.alert_id, pressed.attempt, by, kind
    )


#: Buttons that make one change.
ACTIONS: Mapping[str, Asked] = {
    buttons.REDRIVE: _recover(RecoveryKind.REDRIVE),
    buttons.RETRY: _recover(RecoveryKind.RETRY),
    buttons.GIVE_UP: _recover(RecoveryKind.GIVE_UP),
    buttons.ACKNOWLEDGE: _acknowledge,
    buttons.UNMUTE: _unmute,
}


#: Buttons about a recovery of many.
BULK_ACTIONS: Mapping[str, Callable[[Deps, str, str, Asker], object]] = {
    buttons.STOP_RECOVERY: respond.stop_recovery,
    buttons.RESUME_RECOVERY: respond.resume_recovery,
}


#: Buttons that open a modal: what must be allowed, and the modal of the alert.
MODALS: Mapping[str, tuple[Needed, Modal]] = {
    buttons.MUTE: (Muted, mute_modal),
    buttons.RESTART: (
        RecoveryKind.RESTART,
        lambda alert: input_modal(alert, RecoveryKind.RESTART),
    ),
    buttons.RETRY_EDITED: (
        RecoveryKind.RETRY,
        lambda alert: input_modal(alert, RecoveryKind.RETRY),
    ),
}


#: What can be chosen in a card's menu.
CHOICES: Mapping[str, Callable[[Deps, str, Asker], object]] = {
    buttons.ASK_AGAIN: respond.ask_again,
    buttons.RESOLVE: respond.close,
}


#: What is said to whoever chose it, of choices that may change nothing one can see.
TOLD: Mapping[str, str] = {
    buttons.ASK_AGAIN: "Looking again: the card will say so if the answer has changed.",
}


#: Buttons in the thread that want a text as a file.
TEXTS: Mapping[str, What] = {
    buttons.WHOLE_CAUSE: "cause",
    buttons.WHOLE_INPUT: "input",
    buttons.STORY: "story",
}


def register(app: App, deps: Callable[[], Deps]) -> None:
    for action_id, asked in ACTIONS.items():
        app.action(action_id)(partial(_on_press, deps, asked))
    for action_id, (needed, modal) in MODALS.items():
        app.action(action_id)(partial(_on_modal, deps, (needed, modal)))
    app.action(buttons.MORE)(partial(_on_choice, deps))
    for action_id, what in TEXTS.items():
        app.action(action_id)(partial(_on_text, deps, what))
    for action_id, wanted_of_bulk in BULK_ACTIONS.items():
        app.action(action_id)(partial(_on_bulk, deps, wanted_of_bulk))
    app.action(buttons.RECOVER_ALL)(partial(_on_recover_all, deps))
    # Slack warns the person when a button that opens an address is not answered.
    app.action(buttons.OPEN_EXECUTION)(lambda ack: ack())


def _on_press(
    deps: Callable[[], Deps], asked: Asked, ack: Ack, body: dict[str, Any], client: WebClient
) -> None:
    ack()
    try:
        pressed, by = _pressed(body), asker(body)
        asked(deps(), pressed, by)
    except REFUSED as refused:
        refuse(deps, body, client, refused)


def _on_modal(
    deps: Callable[[], Deps],
    opens: tuple[Needed, Modal],
    ack: Ack,
    body: dict[str, Any],
    client: WebClient,
) -> None:
    ack()
    needed, modal = opens
    try:
        pressed, by = _pressed(body), asker(body)
        attempt = pressed.attempt if isinstance(needed, RecoveryKind) else None
        alert = respond.askable(deps(), pressed.alert_id, needed, by, attempt)
    except REFUSED as refused:
        refuse(deps, body, client, refused)
        return
    _open(client, body, modal(alert))


def _on_recover_all(
    deps: Callable[[], Deps], ack: Ack, body: dict[str, Any], client: WebClient
) -> None:
    """Its modal says how many there are: they are counted first."""
    ack()
    try:
        pressed, by = _pressed(body), asker(body)
        counted = outlook(deps(), pressed.alert_id, by)
    except REFUSED as refused:
        refuse(deps, body, client, refused)
        return
    _open(client, body, recover_modal(counted))


def _open(client: WebClient, body: dict[str, Any], view: dict[str, Any]) -> None:
    try:
        client.views_open(trigger_id=body["trigger_id"], view=redraw.opened_in(body, view))
    except (SlackApiError, OSError):
        # Slack: a trigger is good for 3 seconds, and a cold start may take them.
        logger.exception("modal not opened")
        say(body, client, refusals.TOO_LATE)


def _on_bulk(
    deps: Callable[[], Deps],
    wanted: Callable[[Deps, str, str, Asker], object],
    ack: Ack,
    body: dict[str, Any],
    client: WebClient,
) -> None:
    ack()
    try:
        by = asker(body)
        about = PressedBulk.read(body["actions"][0]["value"])
        wanted(deps(), about.alert_id, about.recovery_id, by)
    except REFUSED as refused:
        refuse(deps, body, client, refused)
    except (KeyError, IndexError, ValueError):
        say(body, client, refusals.NOT_UNDERSTOOD)


def _on_choice(deps: Callable[[], Deps], ack: Ack, body: dict[str, Any], client: WebClient) -> None:
    ack()
    try:
        by = asker(body)
        chosen = Chosen.read(body["actions"][0]["selected_option"]["value"])
        CHOICES[chosen.what](deps(), chosen.alert_id, by)
        if chosen.what in TOLD:
            say(body, client, TOLD[chosen.what])
    except REFUSED as refused:
        refuse(deps, body, client, refused)
    except (KeyError, IndexError, ValueError):
        say(body, client, refusals.NOT_UNDERSTOOD)


def _on_text(
    deps: Callable[[], Deps], what: What, ack: Ack, body: dict[str, Any], client: WebClient
) -> None:
    ack()
    try:
        by, message = person(body), body["message"]
        deps().errands.send(
            Wanted(
                what=what,
                alert_id=body["actions"][0]["value"],
                by=by,
                channel=body["channel"]["id"],
                thread_ts=message.get("thread_ts") or message["ts"],
            )
        )
    except OutsiderError as refused:
        refuse(deps, body, client, refused)
    except (KeyError, IndexError):
        say(body, client, refusals.NOT_UNDERSTOOD)


def _pressed(body: Mapping[str, Any]) -> Pressed:
    try:
        return Pressed.read(body["actions"][0]["value"])
    except (ValueError, KeyError, IndexError):
        raise NotOursError from None
