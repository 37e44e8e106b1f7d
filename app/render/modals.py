"""Modals: what is asked of people before something happens."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from msgspec import Struct

from app.domain.alert import Alert
from app.domain.mutes import MuteScope
from app.render.mrkdwn import code, context, cut, plain_text, section

MUTE_MODAL = "mute_modal"

_LENGTHS = {
    "1h": ("1 hour", timedelta(hours=1)),
    "4h": ("4 hours", timedelta(hours=4)),
    "24h": ("24 hours", timedelta(hours=24)),
    "7d": ("7 days", timedelta(days=7)),
}
_REASON_LIMIT = 300
_BREAKS = {
    "text": plain_text("End the mute by itself"),
    "description": plain_text("when it fails elsewhere, in a new definition, or 10 times as often"),
    "value": "breaks",
}


class MuteAsked(Struct, frozen=True):
    """What the mute modal was filled in with."""

    alert_id: str
    scope: MuteScope
    length: timedelta
    reason: str
    breaks: bool = True


def mute_modal(alert: Alert) -> dict[str, Any]:
    """Asks how far, how long, and why."""
    machine, error = alert.arn.machine, alert.error
    scopes = [
        (MuteScope.ERROR_HERE, f"{error} on {machine}"),
        (MuteScope.ERROR_EVERYWHERE, f"{error} on every state machine"),
        (MuteScope.MACHINE, f"Every error on {machine}"),
    ]
    return {
        "type": "modal",
        "callback_id": MUTE_MODAL,
        "private_metadata": alert.id,
        "title": plain_text("Mute"),
        "submit": plain_text("Mute"),
        "close": plain_text("Cancel"),
        "blocks": [
            context(
                f"Failures of {code(machine)} go on being recorded and counted, "
                "and the thread says how many were held back."
            ),
            _choice("scope", "What", [(scope.value, text) for scope, text in scopes]),
            _choice("length", "For how long", [(key, text) for key, (text, _) in _LENGTHS.items()]),
            {
                "type": "input",
                "block_id": "reason",
                "label": plain_text("Why"),
                "hint": plain_text("Everyone sees this on the card."),
                "element": {
                    "type": "plain_text_input",
                    "action_id": "reason",
                    "max_length": _REASON_LIMIT,
                    "placeholder": plain_text("Known outage of the supplier, ticket 4711"),
                },
            },
            {
                "type": "input",
                "block_id": "breaks",
                "optional": True,
                "label": plain_text("When the problem changes"),
                "element": {
                    "type": "checkboxes",
                    "action_id": "breaks",
                    "options": [_BREAKS],
                    "initial_options": [_BREAKS],
                },
            },
        ],
    }


def words_modal(words: str) -> dict[str, Any]:
    """Something to read, and to close."""
    return {
        "type": "modal",
        "title": plain_text("sfn-alerts"),
        "close": plain_text("Close"),
        "blocks": [section(words)],
    }


def read_mute(view: Mapping[str, Any]) -> tuple[MuteAsked | None, dict[str, str]]:
    """What was asked for, or the errors by block. Only the modal's own choices are taken."""
    values = view.get("state", {}).get("values", {})
    scope = _selected(values, "scope")
    length = _selected(values, "length")
    reason = (values.get("reason", {}).get("reason", {}).get("value") or "").strip()
    errors = {}
    if scope not in set(MuteScope):
        errors["scope"] = "Choose what to mute."
    if length not in _LENGTHS:
        errors["length"] = "Choose for how long."
    if not reason:
        errors["reason"] = "Say why, so that others know."
    if errors or scope is None or length is None:
        return None, errors
    alert_id = str(view.get("private_metadata", ""))
    # A modal of before has no such block: then the default holds.
    ticked = values.get("breaks", {}).get("breaks", {}).get("selected_options")
    breaks = ticked is None or bool(ticked)
    return MuteAsked(alert_id, MuteScope(scope), _LENGTHS[length][1], reason, breaks), {}


def _selected(values: Mapping[str, Any], name: str) -> str | None:
    option = values.get(name, {}).get(name, {}).get("selected_option") or {}
    value = option.get("value")
    return value if isinstance(value, str) else None


def _choice(name: str, label: str, choices: list[tuple[str, str]]) -> dict[str, Any]:
    options = [{"text": plain_text(cut(text, 75)), "value": value} for value, text in choices]
    return {
        "type": "input",
        "block_id": name,
        "label": plain_text(label),
        "element": {
            "type": "static_select",
            "action_id": name,
            "options": options,
            "initial_option": options[0],
        },
    }
