"""What can happen to an alert."""

from datetime import datetime

from msgspec import Struct

from app.domain.alert import BulkTerms, RecoveryKind, Report, StopReason
from app.domain.execution import Attempt, Failure
from app.domain.mutes import Mute
from app.domain.people import Person
from app.domain.verdict import Verdict


class Failed(Struct, frozen=True):
    """An attempt failed with this problem.

    ``again``: something had been done about the same execution, or (``instead_of``) it was
    started in the place of that one, which had failed.
    """

    failure: Failure
    at: datetime
    again: bool = False
    instead_of: str | None = None


class Ended(Struct, frozen=True):
    """The execution that a NotifyError step told of has now ended, as it said it would."""

    failure: Failure


class FailedOtherwise(Struct, frozen=True):
    """An execution of this alert, or one started in its place, failed with another problem.

    ``alert_id`` names the alert of that one.
    """

    failure: Failure
    at: datetime
    alert_id: str
    instead_of: str | None = None


class Succeeded(Struct, frozen=True):
    """An execution of this alert, or one started in its place, ended well."""

    attempt: Attempt
    at: datetime
    instead_of: str | None = None


class Described(Struct, frozen=True):
    """Step Functions was asked about the failure in focus; ``failure`` is what it told."""

    verdict: Verdict
    failure: Failure | None = None


class Acknowledged(Struct, frozen=True):
    by: Person
    at: datetime


class AskedAgain(Struct, frozen=True):
    """Somebody wants to know anew what a redrive would do."""

    verdict: Verdict


class Closed(Struct, frozen=True):
    """Somebody says that nothing more is to be done about it."""

    by: Person
    at: datetime


class Reminded(Struct, frozen=True):
    """Nobody had acknowledged it for as long as its route allows."""

    at: datetime


class RecoveryRequested(Struct, frozen=True):
    """Somebody asked for something to be done about ``attempt``, the one they saw on the card.

    ``edited_input`` names the input they gave instead of the recorded one.
    """

    attempt: Attempt
    by: Person
    at: datetime
    kind: RecoveryKind = RecoveryKind.REDRIVE
    edited_input: str | None = None


class RecoveryStarted(Struct, frozen=True):
    """``successor``: the execution that a restart started."""

    attempt: Attempt
    at: datetime
    successor: str | None = None


class RecoveryRefused(Struct, frozen=True):
    """It can't be done to ``attempt``; ``reason`` says why, in words."""

    attempt: Attempt
    reason: str
    at: datetime


class BulkRequested(Struct, frozen=True):
    """Somebody asked for all failed executions of the alert to be recovered, as *terms* say."""

    id: str
    by: Person
    at: datetime
    terms: BulkTerms


class BulkStopped(Struct, frozen=True):
    """The recovery of many stops: somebody (``by``) wants it to, or it went too badly."""

    id: str
    why: StopReason
    at: datetime
    by: Person | None = None
    report: Report | None = None


class BulkResumed(Struct, frozen=True):
    id: str
    by: Person
    at: datetime


class BulkEnded(Struct, frozen=True):
    """All were asked for, and what came of them is known."""

    id: str
    at: datetime
    report: Report


class Muted(Struct, frozen=True):
    mute: Mute


class Sampled(Struct, frozen=True):
    """A muted alert was looked at: is it still the problem that was muted?

    ``verdict`` is that on one of its latest failures, None when only the rate was looked at.
    """

    verdict: Verdict | None
    at: datetime


class Unmuted(Struct, frozen=True):
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
