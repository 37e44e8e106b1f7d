"""What can happen to an alert."""

from dataclasses import dataclass
from datetime import datetime

from app.domain.execution import Attempt, Failure
from app.domain.mutes import Mute
from app.domain.people import Person
from app.domain.verdict import Verdict


@dataclass(frozen=True, slots=True)
class Failed:
    """An attempt failed with this problem. ``again``: after a redrive of the same execution."""

    failure: Failure
    at: datetime
    again: bool = False


@dataclass(frozen=True, slots=True)
class Ended:
    """The execution that a NotifyError step told of has now ended, as it said it would."""

    failure: Failure


@dataclass(frozen=True, slots=True)
class FailedOtherwise:
    """A redriven execution of this alert failed again, with another problem: ``alert_id``."""

    failure: Failure
    at: datetime
    alert_id: str


@dataclass(frozen=True, slots=True)
class Succeeded:
    """An execution of this alert ended well."""

    attempt: Attempt
    at: datetime


@dataclass(frozen=True, slots=True)
class Described:
    """Step Functions was asked about the failure in focus; ``failure`` is what it told."""

    verdict: Verdict
    failure: Failure | None = None


@dataclass(frozen=True, slots=True)
class Acknowledged:
    by: Person
    at: datetime


@dataclass(frozen=True, slots=True)
class RecoveryRequested:
    """Somebody asked for a redrive of ``attempt``, the one they saw on the card."""

    attempt: Attempt
    by: Person
    at: datetime


@dataclass(frozen=True, slots=True)
class RecoveryStarted:
    attempt: Attempt
    at: datetime


@dataclass(frozen=True, slots=True)
class RecoveryRefused:
    """Step Functions would not redrive ``attempt``; ``reason`` says why, in words."""

    attempt: Attempt
    reason: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Muted:
    mute: Mute


@dataclass(frozen=True, slots=True)
class Unmuted:
    """This very mute has ended: by somebody, or (None) by itself."""

    mute: Mute
    by: Person | None
    at: datetime


Change = (
    Failed
    | Ended
    | FailedOtherwise
    | Succeeded
    | Described
    | Acknowledged
    | RecoveryRequested
    | RecoveryStarted
    | RecoveryRefused
    | Muted
    | Unmuted
)
