"""The modal for a recovery of many: what it would mean, and how it is to be done."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from app.domain.alert import BulkTerms, RecoveryKind
from app.domain.bulk import MOST_RESTARTS
from app.domain.outlook import (
    RATES,
    USUAL_RATE,
    Count,
    Outlook,
    Window,
    redrives,
    since,
)
from app.domain.verdict import Help
from app.render.mrkdwn import Block, code, context, plain_text, section
from app.render.verdict import in_words

RECOVER_MODAL = "recover_modal"

_KINDS = {
    RecoveryKind.REDRIVE: ("Redrive", "The same executions go on from the state that failed."),
    RecoveryKind.RESTART: (
        "Restart",
        f"New executions with the same inputs, at most {MOST_RESTARTS} a second.",
    ),
}
_WINDOWS = {
    Window.ALL: "All of them",
    Window.HOUR: "Failed in the last hour",
    Window.DAY: "Failed in the last 24 hours",
    Window.WEEK: "Failed in the last 7 days",
}
_CANARY = "canary"


def recover_modal(outlook: Outlook) -> dict[str, Any]:
    alert = outlook.alert
    usual = RecoveryKind.REDRIVE if _redrivable(outlook).number else RecoveryKind.RESTART
    kinds = [(kind.value, text, about) for kind, (text, about) in _KINDS.items()]
    windows = [
        (window.value, f"{text} ({_number(outlook.failed[window])})", None)
        for window, text in _WINDOWS.items()
    ]
    rates = [(str(rate), str(rate), None) for rate in RATES]
    return {
        "type": "modal",
        "callback_id": RECOVER_MODAL,
        "private_metadata": alert.id,
        "title": plain_text("Recover all"),
        "submit": plain_text("Begin"),
        "close": plain_text("Cancel"),
        "blocks": [
            section(
                f"Failed executions of {code(alert.arn.machine, 80)} with "
                f"{code(alert.error, 80)}: *{_number(outlook.failed[Window.ALL])}*"
            ),
            *(context(line) for line in _prospects(outlook)),
            _choice("kind", "How", kinds, usual.value, kind="radio_buttons"),
            _choice("window", "Which", windows, Window.ALL.value),
            _choice("rate", "Executions a second", rates, str(USUAL_RATE)),
            _canary(),
            context(
                "Waves of 10, 100, then 1,000: each begins when all of the last one has ended. "
                "It stops by itself when the canary or more than a fifth of a wave fails again, "
                "and everybody can stop and resume it."
            ),
        ],
    }


def read_recover(view: Mapping[str, Any], now: datetime) -> tuple[str, BulkTerms]:
    """The alert's id and what was asked for. Raises ValueError at choices that are none of ours."""
    values = view.get("state", {}).get("values", {})
    kind = RecoveryKind(_selected(values, "kind"))
    rate = int(_selected(values, "rate"))
    window = Window(_selected(values, "window"))
    if kind not in _KINDS or rate not in RATES:
        message = f"not a choice: {kind}, {rate}"
        raise ValueError(message)
    ticked = values.get(_CANARY, {}).get(_CANARY, {}).get("selected_options") or []
    terms = BulkTerms(kind=kind, canary=bool(ticked), rate=rate, since=since(window, now))
    return str(view.get("private_metadata", "")), terms


def _redrivable(outlook: Outlook) -> Count:
    return outlook.recent if redrives(outlook.alert.verdict) else Count(0)


def _prospects(outlook: Outlook) -> list[str]:
    """How many can be redriven, how many need a restart, how many are too old, and why."""
    verdict, recent = outlook.alert.verdict, outlook.recent
    told = []
    if redrives(verdict):
        said = f":leftwards_arrow_with_hook: {_number(recent)} can be redriven"
        if verdict and verdict.help is Help.RESUMES and verdict.state:
            said += f", from {code(verdict.state, 80)}, if they failed like the one on the card"
        elif verdict is None or verdict.help is Help.UNKNOWN:
            said += ", as far as is known"
        told.append(said)
    elif verdict:
        why = {
            Help.REENTERS_FAIL: "a redrive would enter the Fail state again",
            Help.NOT_REDRIVABLE: in_words(verdict.reason),
        }.get(verdict.help, "a redrive gives them the same input, by which they failed")
        told.append(f":repeat: {_number(recent)} would need a restart: {why}")
    if outlook.too_old.number:
        told.append(
            f":hourglass: {_number(outlook.too_old)} ended more than 14 days ago: AWS does not "
            "redrive them any more, a restart is possible"
        )
    return told


def _number(count: Count) -> str:
    return f"more than {count.number:,}" if count.more else f"{count.number:,}"


def _choice(
    name: str,
    label: str,
    choices: Sequence[tuple[str, str, str | None]],
    initial: str,
    kind: str = "static_select",
) -> Block:
    """A choice of ``(value, text, description)``."""
    options = {
        value: {"text": plain_text(text), "value": value}
        | ({"description": plain_text(about)} if about else {})
        for value, text, about in choices
    }
    return {
        "type": "input",
        "block_id": name,
        "label": plain_text(label),
        "element": {
            "type": kind,
            "action_id": name,
            "options": list(options.values()),
            "initial_option": options[initial],
        },
    }


def _canary() -> Block:
    option = {
        "text": plain_text("Begin with one alone"),
        "value": _CANARY,
        "description": plain_text("The others wait until that one has succeeded."),
    }
    return {
        "type": "input",
        "block_id": _CANARY,
        "optional": True,
        "label": plain_text("Canary"),
        "element": {
            "type": "checkboxes",
            "action_id": _CANARY,
            "options": [option],
            "initial_options": [option],
        },
    }


def _selected(values: Mapping[str, Any], name: str) -> str:
    option = values.get(name, {}).get(name, {}).get("selected_option") or {}
    return str(option.get("value"))
