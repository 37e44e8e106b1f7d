"""The modal for a restart or a retry: the input, to be edited where that can be done."""

from collections.abc import Mapping
from typing import Any

from app.domain.alert import Alert, RecoveryKind
from app.domain.edited_input import shown_input
from app.domain.redaction import REDACTED
from app.domain.verdict import Help
from app.render.buttons import Pressed, pressed
from app.render.mrkdwn import code, counted, plain_text, preformatted, readable, section

#: The modal's callback id, by what it asks for.
RESTART_MODAL = "restart_modal"
RETRY_MODAL = "retry_modal"
MODALS = {RESTART_MODAL: RecoveryKind.RESTART, RETRY_MODAL: RecoveryKind.RETRY}

#: The block that holds the input: errors are shown beside it.
INPUT = "input"

#: Slack: what a text field holds at most.
_FIELD = 3_000
_PREVIEW = 1_500


def input_modal(alert: Alert, kind: RecoveryKind) -> dict[str, Any]:
    """Asks for the input of a restart, or of a retried step."""
    restart = kind is RecoveryKind.RESTART
    shown = shown_input(alert, kind)
    text = readable(shown) if shown is not None else None
    editable = text is not None and len(text) <= _FIELD
    return {
        "type": "modal",
        "callback_id": RESTART_MODAL if restart else RETRY_MODAL,
        "private_metadata": pressed(alert),
        "title": plain_text("Restart" if restart else _retry(editable=editable)),
        "submit": plain_text("Restart" if restart else "Retry"),
        "close": plain_text("Cancel"),
        "blocks": [
            section(_what_happens(alert, kind)),
            *([_field(text)] if text is not None and editable else _same_input(text)),
        ],
    }


def _retry(*, editable: bool) -> str:
    """Slack: a title has at most 24 characters."""
    return "Retry with edited input" if editable else "Retry step"


def read_input(view: Mapping[str, Any]) -> tuple[Pressed, str | None]:
    """What the modal was about, and the text in its field; None where it had none.

    Raises ValueError when the modal is none of this version's.
    """
    values = view.get("state", {}).get("values", {})
    given = values.get(INPUT, {}).get(INPUT, {}).get("value")
    about = Pressed.read(str(view.get("private_metadata", "")))
    return about, given if isinstance(given, str) else None


def _what_happens(alert: Alert, kind: RecoveryKind) -> str:
    if kind is RecoveryKind.RETRY:
        caught = alert.verdict.caught_from if alert.verdict else None
        state = code(caught) if caught else "the state that failed"
        return f"The execution goes back to {state} with this input."
    said = (
        f"Starts a new execution of {code(alert.arn.machine)} from its first state. "
        "Its outcome is told in this alert's thread."
    )
    if alert.verdict and alert.verdict.definition_changed:
        said += " It runs today's definition, which has changed since."
    if alert.verdict and alert.verdict.help is Help.RESUMES:
        said += " What the failed one had finished is done again."
    return said


def _field(text: str) -> dict[str, Any]:
    hint = "JSON: names and texts in double quotes, and no comma after the last one."
    if REDACTED in text:
        hint += f" What says {REDACTED} gets its recorded value back where you leave it as it is."
    return {
        "type": "input",
        "block_id": INPUT,
        "label": plain_text("Input"),
        "hint": plain_text(hint),
        "element": {
            "type": "plain_text_input",
            "action_id": INPUT,
            "multiline": True,
            "max_length": _FIELD,
            "initial_value": text,
        },
    }


def _same_input(text: str | None) -> list[dict[str, Any]]:
    """What is shown where the input can't be edited, and why."""
    if text is None:
        return [section("The input is not known here: the same one is used again, as recorded.")]
    return [
        section(
            f"The input has {counted(len(text), 'character')} and Slack's fields take {_FIELD:,}: "
            "it can't be edited here. The same input is used again, as recorded. It begins:"
        ),
        preformatted(text, _PREVIEW),
    ]
