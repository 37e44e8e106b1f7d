"""The buttons of a card: their ids, and what each press carries back."""

from typing import Any

from msgspec import Struct

from app.domain.alert import Alert
from app.domain.execution import Attempt

REDRIVE = "redrive"
RESTART = "restart"
RETRY = "retry"
RETRY_EDITED = "retry_edited"
GIVE_UP = "give_up"
RECOVER_ALL = "recover_all"
STOP_RECOVERY = "stop_recovery"
RESUME_RECOVERY = "resume_recovery"
ACKNOWLEDGE = "acknowledge"
MUTE = "mute"
UNMUTE = "unmute"
#: The menu behind three dots, and what can be chosen there.
MORE = "more"
ASK_AGAIN = "ask_again"
RESOLVE = "resolve"
#: In the thread: texts that are too long for a message, as files.
WHOLE_CAUSE = "whole_cause"
WHOLE_INPUT = "whole_input"
STORY = "story"
#: Slack: a button that only opens an address is delivered too, and wants an answer.
OPEN_EXECUTION = "open_execution"


class Chosen(Struct, frozen=True):
    """What was chosen in a card's menu. Slack: an option's value has at most 150 characters."""

    what: str
    alert_id: str

    @property
    def value(self) -> str:
        return f"{self.what} {self.alert_id}"

    @classmethod
    def read(cls, value: str) -> "Chosen":
        """ValueError when *value* is none of ours."""
        what, alert_id = value.split(" ")
        return cls(what, alert_id)


class Pressed(Struct, frozen=True):
    """What a button is about: the alert, and the attempt its card showed."""

    alert_id: str
    attempt: Attempt

    @property
    def value(self) -> str:
        """Slack: at most 2,000 characters; an ARN has at most 256."""
        attempt = self.attempt
        number = (
            f"{attempt.redrive_count}.{attempt.hold}" if attempt.hold else attempt.redrive_count
        )
        return f"{self.alert_id} {number} {attempt.execution_arn}"

    @classmethod
    def read(cls, value: str) -> "Pressed":
        """ValueError when *value* is none of ours."""
        alert_id, number, arn = value.split(" ", 2)
        redrive_count, _, hold = number.partition(".")
        return cls(alert_id, Attempt(arn, int(redrive_count), int(hold or 0)))


def pressed(alert: Alert) -> str:
    return Pressed(alert.id, alert.focus.attempt).value


class PressedBulk(Struct, frozen=True):
    """What a button about a recovery of many is about."""

    alert_id: str
    recovery_id: str

    @property
    def value(self) -> str:
        return f"{self.alert_id} {self.recovery_id}"

    @classmethod
    def read(cls, value: str) -> "PressedBulk":
        """ValueError when *value* is none of ours."""
        alert_id, recovery_id = value.split(" ")
        return cls(alert_id, recovery_id)


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


def overflow(action_id: str, options: list[tuple[str, str]]) -> dict[str, Any]:
    """A menu behind three dots, of ``(text, value)``. Slack: 75 and 150 characters, 5 options."""
    return {
        "type": "overflow",
        "action_id": action_id,
        "options": [
            {"text": {"type": "plain_text", "text": text, "emoji": True}, "value": value}
            for text, value in options
        ],
    }


def confirmation(
    title: str, text: str, confirm: str, *, style: str | None = None
) -> dict[str, Any]:
    """Slack: title 100 characters, text 300, buttons 30."""
    dialog: dict[str, Any] = {
        "title": {"type": "plain_text", "text": title},
        "text": {"type": "plain_text", "text": text},
        "confirm": {"type": "plain_text", "text": confirm},
        "deny": {"type": "plain_text", "text": "Not now"},
    }
    return dialog | ({"style": style} if style else {})
