"""What is said to whoever may not or can't, and outsiders kept in the audit."""

from collections.abc import Callable, Mapping
from typing import Any

from slack_sdk import WebClient

from app.deps import Deps
from app.domain.alert import RecoveryKind, parse_alert_id
from app.domain.audit import Action
from app.domain.transitions import NotAllowedError
from app.render import asking, buttons, refusals
from app.render.input_modal import MODALS
from app.render.modals import MUTE_MODAL
from app.render.recover_modal import RECOVER_MODAL
from app.slack.notes import say
from app.slack.people import OutsiderError, outsider
from app.use_cases.audited import NoSuchAlertError, action_of, turned_away

#: By a button's or choice's id, or that of a modal; all others only show something.
_ACTIONS: Mapping[str, Action] = {
    buttons.REDRIVE: Action.REDRIVE,
    buttons.RESTART: Action.RESTART,
    buttons.RETRY: Action.RETRY,
    buttons.RETRY_EDITED: Action.RETRY,
    buttons.GIVE_UP: Action.GIVE_UP,
    buttons.RECOVER_ALL: Action.RECOVER_ALL,
    buttons.STOP_RECOVERY: Action.STOP_RECOVERY,
    buttons.RESUME_RECOVERY: Action.RESUME_RECOVERY,
    buttons.ACKNOWLEDGE: Action.ACKNOWLEDGE,
    buttons.MUTE: Action.MUTE,
    buttons.UNMUTE: Action.UNMUTE,
    asking.END_MUTE: Action.UNMUTE,
    buttons.ASK_AGAIN: Action.ASK_AGAIN,
    buttons.RESOLVE: Action.RESOLVE,
    MUTE_MODAL: Action.MUTE,
    RECOVER_MODAL: Action.RECOVER_ALL,
    **{modal: action_of(RecoveryKind(kind)) for modal, kind in MODALS.items()},
}


class NotOursError(Exception):
    """The button's value is none that this version writes."""


REFUSED = (NotAllowedError, NoSuchAlertError, OutsiderError, NotOursError)


def refuse(
    deps: Callable[[], Deps], body: Mapping[str, Any], client: WebClient, refused: Exception
) -> None:
    """Say why not, to whoever pressed alone."""
    if isinstance(refused, OutsiderError):
        keep_outsider(deps, body)
    say(body, client, why(refused))


def why(refused: Exception) -> str:
    if isinstance(refused, NotAllowedError):
        return refusals.words(refused)
    if isinstance(refused, NoSuchAlertError):
        return refusals.GONE
    if isinstance(refused, OutsiderError):
        return refusals.OUTSIDER
    return refusals.NOT_UNDERSTOOD


def keep_outsider(deps: Callable[[], Deps], body: Mapping[str, Any]) -> None:
    """Keep what somebody who is no member wanted to do, or to read."""
    view, pressed = body.get("view") or {}, (body.get("actions") or [{}])[0]
    if body.get("type") == "view_submission":
        what, value = view.get("callback_id"), view.get("private_metadata")
    else:
        what, value = pressed.get("action_id"), pressed.get("value")
    if what == buttons.MORE:
        value = (pressed.get("selected_option") or {}).get("value")
        what, _, value = str(value).partition(" ")
    action = _ACTIONS.get(str(what), Action.READ)
    turned_away(deps(), action, outsider(body), _alert_id(value))


def _alert_id(value: object) -> str | None:
    """All that buttons and modals carry begins with it."""
    named = str(value).split(" ")[0]
    try:
        parse_alert_id(named)
    except ValueError:
        return None
    return named
