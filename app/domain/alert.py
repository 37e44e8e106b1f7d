"""The alert: one problem, one Slack message, one thread."""

import hashlib
from datetime import datetime, timedelta
from enum import StrEnum

from msgspec import Struct

from app.domain.execution import Attempt, ExecutionArn, Failure
from app.domain.mutes import Break, Mute
from app.domain.people import Person
from app.domain.verdict import Verdict


class Status(StrEnum):
    OPEN = "open"
    ACKNOWLEDGED = "acknowledged"
    RECOVERING = "recovering"
    RESOLVED = "resolved"


class Severity(StrEnum):
    HIGH = "high"
    MIDDLE = "middle"
    LOW = "low"


class Route(Struct, frozen=True, kw_only=True):
    """Where an alert goes and how loudly, as the rules say.

    ``account`` is what the rules call the account that it is of.
    """

    severity: Severity = Severity.MIDDLE
    notify: bool = True
    channel: str = "#sfn-alerts"
    mention: str | None = None
    runbook: str | None = None
    remind_after: timedelta | None = None
    account: str | None = None


class Acknowledgement(Struct, frozen=True):
    by: Person
    at: datetime


class RecoveryKind(StrEnum):
    """What is done about a failed attempt.

    REDRIVE: the same execution goes on. RESTART: a new execution with its input, or with an
    edited one. RETRY and GIVE_UP answer a step that waits for people.
    """

    REDRIVE = "redrive"
    RESTART = "restart"
    RETRY = "retry"
    GIVE_UP = "give_up"


class RecoveryStage(StrEnum):
    REQUESTED = "requested"
    STARTED = "started"
    REFUSED = "refused"
    SUCCEEDED = "succeeded"
    FAILED_AGAIN = "failed_again"
    GIVEN_UP = "given_up"


class Recovery(Struct, frozen=True, kw_only=True):
    """What is done about one attempt: who asked for it, and how far it has come.

    ``edited_input`` names the input to use instead, kept elsewhere; ``successor`` is the ARN of
    the execution that a restart started; ``became`` the attempt that failed again.
    """

    attempt: Attempt
    by: Person
    at: datetime
    kind: RecoveryKind = RecoveryKind.REDRIVE
    edited_input: str | None = None
    stage: RecoveryStage = RecoveryStage.REQUESTED
    started_at: datetime | None = None
    ended_at: datetime | None = None
    reason: str | None = None
    successor: str | None = None
    became: Attempt | None = None

    @property
    def id(self) -> str:
        """The same for every try to carry out this very request, and for no other."""
        attempt = self.attempt
        parts = (attempt.execution_arn, attempt.redrive_count, attempt.hold, self.by.id, self.at)
        return hashlib.sha256("|".join(map(str, parts)).encode()).hexdigest()[:24]

    @property
    def under_way(self) -> bool:
        return self.stage in {RecoveryStage.REQUESTED, RecoveryStage.STARTED}


class BulkStage(StrEnum):
    """STOPPED can be resumed, unless something else has begun since."""

    RUNNING = "running"
    STOPPED = "stopped"
    ENDED = "ended"


class StopReason(StrEnum):
    """Why a recovery of many stopped before its end. ASKED: a person wanted it to."""

    ASKED = "asked"
    CANARY = "canary"
    FAILED_AGAIN = "failed_again"
    REFUSED = "refused"


class BulkTerms(Struct, frozen=True, kw_only=True):
    """How many are recovered: ``rate`` executions a second, first a ``canary`` alone.

    ``since`` leaves out what failed before then.
    """

    kind: RecoveryKind = RecoveryKind.REDRIVE
    canary: bool = True
    rate: int = 10
    since: datetime | None = None


class Stop(Struct, frozen=True):
    why: StopReason
    at: datetime
    by: Person | None = None


class Resumption(Struct, frozen=True):
    by: Person
    at: datetime


class Refusal(Struct, frozen=True):
    """So many could not be recovered for this reason, in Step Functions' words."""

    reason: str
    count: int


class Report(Struct, frozen=True, kw_only=True):
    """What only those know who carry a recovery of many out.

    ``forgiven`` failed again in earlier legs and were tried once more; ``too_old`` are past the
    time for a redrive.
    """

    refused: tuple[Refusal, ...] = ()
    too_old: int = 0
    forgiven: int = 0


#: How many of those that failed again are remembered by name.
NAMED = 20


class Tally(Struct, frozen=True, kw_only=True):
    """What came of the attempts that a recovery of many has asked for; it never goes down.

    ``failed_otherwise`` counts those whose new failure belongs to another alert. ``names`` are
    the ARNs of the first that failed again, at most NAMED; the first ``lasting`` of them failed
    otherwise, and are not tried once more when the recovery is resumed.
    """

    succeeded: int = 0
    failed_again: int = 0
    failed_otherwise: int = 0
    names: tuple[str, ...] = ()
    lasting: int = 0

    @property
    def failed(self) -> int:
        return self.failed_again + self.failed_otherwise

    @property
    def ended(self) -> int:
        return self.succeeded + self.failed


class BulkRecovery(Struct, frozen=True, kw_only=True):
    """A recovery of many executions of one alert, as the alert knows it.

    ``leg`` counts its beginnings: each resumption is another. ``report`` is whole once it has
    stopped by itself, or ended; until then it has what earlier legs leave behind.
    """

    id: str
    by: Person
    at: datetime
    terms: BulkTerms
    stage: BulkStage = BulkStage.RUNNING
    leg: int = 1
    tally: Tally = Tally()
    stopped: Stop | None = None
    resumed: Resumption | None = None
    ended_at: datetime | None = None
    report: Report | None = None

    @property
    def running(self) -> bool:
        return self.stage is BulkStage.RUNNING

    @property
    def failed(self) -> int:
        """Those that failed again and were not tried once more since."""
        return max(0, self.tally.failed - (self.report.forgiven if self.report else 0))


class Baseline(Struct, frozen=True, kw_only=True):
    """A problem as it was when it was muted: where it failed, by which definition, how often."""

    state: str | None
    revision: str | None
    an_hour: int


class Doing(StrEnum):
    """What somebody did about an alert; whatever is tried bears the name of its RecoveryKind.

    OTHER is what a newer version knows: deeds only tell a story, and no alert is to be
    unreadable for one.
    """

    ACKNOWLEDGED = "acknowledged"
    MUTED = "muted"
    UNMUTED = "unmuted"
    CLOSED = "closed"
    REDRIVE = "redrive"
    RESTART = "restart"
    RETRY = "retry"
    GIVE_UP = "give_up"
    RECOVER_ALL = "recover_all"
    STOP_RECOVERY = "stop_recovery"
    RESUME_RECOVERY = "resume_recovery"
    OTHER = "other"

    @classmethod
    def _missing_(cls, value: object) -> "Doing":  # noqa: ARG003
        return cls.OTHER


class Deed(Struct, frozen=True, kw_only=True):
    """Somebody did something about an alert; ``stage`` is how far it came, where it was tried."""

    doing: Doing
    by: Person
    at: datetime
    stage: RecoveryStage | None = None


class Attempts(Struct, frozen=True, kw_only=True):
    """How often something was tried."""

    redrives: int = 0
    restarts: int = 0
    retries: int = 0


#: Of a Slack message's time only the seconds are told: what is no further apart than this from a
#: time of AWS's may have come before it or after.
SAME_MOMENT = timedelta(seconds=1)
#: How many executions an alert remembers by name.
LATEST = 10
#: How many deeds it remembers.
DEEDS = 20


class Hour(Struct, frozen=True):
    """Failures in the hour that began ``start`` hours after the epoch."""

    start: int
    failures: int


class Late(Struct, frozen=True):
    """So many failures no event told of in time; the last was found so long ``after`` its end."""

    count: int
    after: timedelta


class Alert(Struct, frozen=True, kw_only=True):
    """One problem, from its first failure until nothing of it is left.

    ``focus`` is the failure the card is about, the one a redrive acts on; ``failing`` lists
    the latest attempts that are still failed, newest last, at most LATEST of them, while
    ``failing_count`` counts all of them; ``settled`` the latest that ended well. ``count``
    counts failed attempts and never goes down. ``baseline`` is the problem as it was muted,
    ``sampled_at`` when a later failure was compared with it, ``broken`` why the last mute ended by
    itself; ``hours`` tells when they failed, for the last day
    of its failures, oldest first. ``reopened_at`` is when it last came back after it had been
    resolved, and ``attempts`` what was tried since it began or came back; ``deeds`` the latest of
    all that people did, at most DEEDS of them. ``resolved_by`` is whoever closed it, None where it
    resolved by what was done. ``reminded_at`` is the last of ``reminders``. ``also`` is the id of
    the alert under which an execution of this one failed since. ``bulk`` is the latest recovery
    of many. ``late`` is there once some were found late.
    """

    fingerprint: str
    generation: int
    status: Status
    route: Route
    focus: Failure
    opened_at: datetime
    last_failure_at: datetime
    count: int = 1
    failing_count: int = 1
    failing: tuple[Attempt, ...] = ()
    settled: tuple[Attempt, ...] = ()
    verdict: Verdict | None = None
    acknowledged: Acknowledgement | None = None
    recovery: Recovery | None = None
    mute: Mute | None = None
    muted_at_count: int = 0
    unmuted_by: Person | None = None
    baseline: Baseline | None = None
    sampled_at: datetime | None = None
    broken: Break | None = None
    deeds: tuple[Deed, ...] = ()
    attempts: Attempts = Attempts()
    reopened_at: datetime | None = None
    resolved_at: datetime | None = None
    resolved_by: Person | None = None
    hours: tuple[Hour, ...] = ()
    reminders: int = 0
    reminded_at: datetime | None = None
    also: str | None = None
    bulk: BulkRecovery | None = None
    late: Late | None = None

    @property
    def id(self) -> str:
        return alert_id(self.fingerprint, self.generation)

    @property
    def arn(self) -> ExecutionArn:
        return self.focus.arn

    @property
    def error(self) -> str:
        return self.focus.error_name

    @property
    def out_of_reach(self) -> bool:
        """Whether it is of an account or region in which we can't act."""
        return self.verdict is not None and self.verdict.out_of_reach

    @property
    def begun_at(self) -> datetime:
        """When the trouble began that people are told of now."""
        return self.reopened_at or self.opened_at

    @property
    def lasted(self) -> timedelta | None:
        """How long the trouble lasted; None while it does."""
        return self.resolved_at - self.begun_at if self.resolved_at else None

    @property
    def held_back(self) -> int:
        """Failures that nobody was told of since the mute began."""
        return self.count - self.muted_at_count if self.mute else 0

    @property
    def bulk_running(self) -> bool:
        """Whether a recovery of many is under way: until it ends, that is the alert's status."""
        return self.bulk is not None and self.bulk.running

    def muted(self, now: datetime) -> bool:
        return self.mute is not None and self.mute.until > now


class Former(Struct, frozen=True, kw_only=True):
    """An earlier alert of the same problem: where its card is, and how long it lasted."""

    permalink: str | None
    lasted: timedelta


def former_id(alert: Alert) -> str | None:
    """The id of the alert of the same problem before this one; None for the first."""
    before = alert.generation - 1
    return alert_id(alert.fingerprint, before) if before > 0 else None


def alert_id(fingerprint: str, generation: int) -> str:
    return f"{fingerprint}.{generation}"


def parse_alert_id(text: str) -> tuple[str, int]:
    """``(fingerprint, generation)`` of an alert's id; ValueError when it is none."""
    fingerprint, _, generation = text.partition(".")
    if not fingerprint.isalnum() or not generation.isdecimal():
        message = f"not the id of an alert: {text[:60]!r}"
        raise ValueError(message)
    return fingerprint, int(generation)
