"""What can happen to an alert."""

from dataclasses import dataclass
from datetime import datetime

from app.domain.alert import BulkTerms, RecoveryKind, Report, StopReason
from app.domain.execution import Attempt, Failure
from app.domain.mutes import Mute
from app.domain.people import Person
from app.domain.verdict import Verdict


@dataclass(frozen=True, slots=True)
class Failed:
    """An attempt failed with this problem.

    ``again``: something had been done about the same execution, or (``instead_of``) it was
    started in the place of that one, which had failed.
    """

    failure: Failure
    at: datetime
    again: bool = False
    instead_of: str | None = None


@dataclass(frozen=True, slots=True)
class Ended:
    """The execution that a NotifyError step told of has now ended, as it said it would."""

    failure: Failure


@dataclass(frozen=True, slots=True)
class FailedOtherwise:
    """An execution of this alert, or one started in its place, failed with another problem.

    ``alert_id`` names the alert of that one.
    """

    failure: Failure
    at: datetime
    alert_id: str
    instead_of: str | None = None


@dataclass(frozen=True, slots=True)
class Succeeded:
    """An execution of this alert, or one started in its place, ended well."""

    attempt: Attempt
    at: datetime
    instead_of: str | None = None


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
class AskedAgain:
    """Somebody wants to know anew what a redrive would do."""

    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Closed:
    """Somebody says that nothing more is to be done about it."""

    by: Person
    at: datetime


@dataclass(frozen=True, slots=True)
class Reminded:
    """Nobody had acknowledged it for as long as its route allows."""

    at: datetime


@dataclass(frozen=True, slots=True)
class RecoveryRequested:
    """Somebody asked for something to be done about ``attempt``, the one they saw on the card.

    ``edited_input`` names the input they gave instead of the recorded one.
    """

    attempt: Attempt
    by: Person
    at: datetime
    kind: RecoveryKind = RecoveryKind.REDRIVE
    edited_input: str | None = None


@dataclass(frozen=True, slots=True)
class RecoveryStarted:
    """``successor``: the execution that a restart started."""

    attempt: Attempt
    at: datetime
    successor: str | None = None


@dataclass(frozen=True, slots=True)
class RecoveryRefused:
    """It can't be done to ``attempt``; ``reason`` says why, in words."""

    attempt: Attempt
    reason: str
    at: datetime


@dataclass(frozen=True, slots=True)
class BulkRequested:
    """Somebody asked for all failed executions of the alert to be recovered, as *terms* say."""

    id: str
    by: Person
    at: datetime
    terms: BulkTerms


@dataclass(frozen=True, slots=True)
class BulkStopped:
    """The recovery of many stops: somebody (``by``) wants it to, or it went too badly."""

    id: str
    why: StopReason
    at: datetime
    by: Person | None = None
    report: Report | None = None


@dataclass(frozen=True, slots=True)
class BulkResumed:
    id: str
    by: Person
    at: datetime


@dataclass(frozen=True, slots=True)
class BulkEnded:
    """All were asked for, and what came of them is known."""

    id: str
    at: datetime
    report: Report


@dataclass(frozen=True, slots=True)
class Muted:
    mute: Mute


@dataclass(frozen=True, slots=True)
class Sampled:
    """A muted alert was looked at: is it still the problem that was muted?

    ``verdict`` is that on one of its latest failures, None when only the rate was looked at.
    """

    verdict: Verdict | None
    at: datetime


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
    | AskedAgain
    | Acknowledged
    | Closed
    | Reminded
    | RecoveryRequested
    | RecoveryStarted
    | RecoveryRefused
    | BulkRequested
    | BulkStopped
    | BulkResumed
    | BulkEnded
    | Muted
    | Sampled
    | Unmuted
)
