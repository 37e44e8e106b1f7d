"""The buttons of a card: their ids, and what each press carries back."""

from dataclasses import dataclass
from typing import Any

from app.domain.alert import Alert
from app.domain.execution import Attempt

REDRIVE = "redrive"
ACKNOWLEDGE = "acknowledge"
MUTE = "mute"
UNMUTE = "unmute"
#: Slack: a button that only opens an address is delivered too, and wants an answer.
OPEN_EXECUTION = "open_execution"


@dataclass(frozen=True, slots=True)
class Pressed:
    """What a button is about: the alert, and the attempt its card showed."""

    alert_id: str
    attempt: Attempt

    @property
    def value(self) -> str:
        """Slack: at most 2,000 characters; an ARN has at most 256."""
        return f"{self.alert_id} {self.attempt.redrive_count} {self.attempt.execution_arn}"

    @classmethod
    def read(cls, value: str) -> "Pressed":
        """ValueError when *value* is none of ours."""
        alert_id, redrive_count, arn = value.split(" ", 2)
        return cls(alert_id, Attempt(arn, int(redrive_count)))


def pressed(alert: Alert) -> str:
    return Pressed(alert.id, alert.focus.attempt).value


def button(
    action_id: str,
    text: str,
    value: str,
    *,
    style: str | None = None,
    confirm: dict[str, Any] | None = None,
    url: str | None = None,
) -> dict[str, Any]:
    element: dict[str, Any] = {
        "type": "button",
        "action_id": action_id,
        "text": {"type": "plain_text", "text": text, "emoji": True},
        "value": value,
    }
    optional = {"style": style, "confirm": confirm, "url": url}
    return element | {name: given for name, given in optional.items() if given}


def confirmation(title: str, text: str, confirm: str) -> dict[str, Any]:
    """Slack: title 100 characters, text 300, buttons 30."""
    return {
        "title": {"type": "plain_text", "text": title},
        "text": {"type": "plain_text", "text": text},
        "confirm": {"type": "plain_text", "text": confirm},
        "deny": {"type": "plain_text", "text": "Not now"},
    }
