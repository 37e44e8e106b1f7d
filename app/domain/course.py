"""How far a recovery of many has come.

The alert holds what people decide and what came of the attempts; the ``Course`` beside it is
the driver's own: which wave it is at, and which attempts are just being asked for. Attempts
are taken up and written down before they are asked for, so that whoever dies in between leaves
behind what to ask for again.
"""

from datetime import datetime, timedelta

from msgspec import Struct
from msgspec.structs import replace

from app.domain.alert import (
    BulkRecovery,
    BulkStage,
    BulkTerms,
    Refusal,
    Report,
    StopReason,
)
from app.domain.execution import Attempt

_GROWTH, _LARGEST = 10, 1_000
#: As long as a driver that asks for what it took up is left alone.
_LEASE = timedelta(seconds=30)
#: The rate is halved at most so often when Step Functions throttles.
_SLOWEST = 6
#: A refusal costs a DescribeExecution, whose quota is refilled with 10 a second.
_LOOK = timedelta(seconds=0.1)
#: How many different reasons are kept apart.
_REASONS = 8
OTHER_REASONS = "other reasons"


class Wave(Struct, frozen=True, kw_only=True):
    """``taken`` of ``size`` have been taken up, of whom ``refused`` count for nothing.

    ``failed_before`` had failed when it began; ``cursor`` is how far the alert's failed
    executions have been looked through, ``exhausted`` says that there was none left.
    """

    number: int
    size: int
    taken: int = 0
    refused: int = 0
    failed_before: int = 0
    cursor: str | None = None
    exhausted: bool = False

    @property
    def room(self) -> int:
        return 0 if self.exhausted else self.size - (self.taken - self.refused)


class Numbers(Struct, frozen=True, kw_only=True):
    """Every execution of the recovery is in one of these; ``leg``, ``wave``: where it is."""

    stage: BulkStage
    leg: int
    wave: int
    succeeded: int = 0
    failed: int = 0
    failed_otherwise: int = 0
    running: int = 0
    refused: int = 0
    left: int = 0

    @property
    def whole(self) -> int:
        return self.succeeded + self.failed + self.running + self.refused + self.left


class Course(Struct, frozen=True, kw_only=True):
    """How far a recovery of many has come.

    ``leg`` is the one it is at, which takes up what failed before ``leg_at``; ``left`` are still
    to be taken up in it, ``too_old`` can't be. ``asked`` counts what was ever taken up,
    ``forgiven`` those that failed again in earlier legs and are tried once more. ``pending`` was
    taken up at ``pending_since`` and is being asked for, by somebody who has time until
    ``asking_until``. ``draws`` counts how often progress was to be drawn, ``drawn`` with which
    numbers. ``looked`` is how far the sweep has looked through what is awaited.
    """

    alert_id: str
    recovery_id: str
    leg: int = 0
    leg_at: datetime
    ended_before_leg: int = 0
    left: int = 0
    too_old: int = 0
    asked: int = 0
    forgiven: int = 0
    refused: tuple[Refusal, ...] = ()
    wave: Wave = Wave(number=0, size=0)
    pending: tuple[Attempt, ...] = ()
    pending_since: datetime | None = None
    asking_until: datetime | None = None
    not_before: datetime | None = None
    slowed: int = 0
    draws: int = 0
    drawn: Numbers | None = None
    drawn_at: datetime | None = None
    looked: str | None = None

    @property
    def refused_count(self) -> int:
        return sum(refusal.count for refusal in self.refused)


def first_course(alert_id: str, bulk: BulkRecovery) -> Course:
    return Course(alert_id=alert_id, recovery_id=bulk.id, leg_at=bulk.at)


def wave_size(number: int, *, canary: bool) -> int:
    """1 with a canary, then 10, 100, and 1,000 as often as it takes."""
    return int(min(_GROWTH ** (number - 1 if canary else number), _LARGEST))


def leg_begun(
    course: Course, bulk: BulkRecovery, now: datetime, *, found: int, too_old: int
) -> Course:
    """The leg begins: *found* are failed, among them those refused before, which stay so.

    After something went wrong it begins small again, after a person's stop where it was.
    """
    went_on = bulk.stopped is not None and bulk.stopped.why is StopReason.ASKED
    number = max(1, course.wave.number) if went_on else 1
    begun = replace(
        course,
        leg=bulk.leg,
        leg_at=now,
        ended_before_leg=bulk.tally.ended,
        left=max(0, found - course.refused_count),
        too_old=too_old,
        forgiven=bulk.tally.failed_again,
        not_before=None,
        slowed=0,
    )
    return wave_begun(begun, bulk, number)


def wave_begun(course: Course, bulk: BulkRecovery, number: int) -> Course:
    size = wave_size(number, canary=bulk.terms.canary)
    return replace(course, wave=Wave(number=number, size=size, failed_before=bulk.tally.failed))


def looked_through(course: Course, *, cursor: str | None, exhausted: bool) -> Course:
    """The alert's failed executions were looked through up to *cursor*."""
    wave = replace(course.wave, cursor=cursor, exhausted=exhausted)
    return replace(course, wave=wave, left=0 if exhausted else course.left)


def taken(course: Course, terms: BulkTerms, attempts: tuple[Attempt, ...], now: datetime) -> Course:
    """*attempts* are taken up, to be asked for at once."""
    wave = replace(course.wave, taken=course.wave.taken + len(attempts))
    return replace(
        course,
        wave=wave,
        asked=course.asked + len(attempts),
        left=max(0, course.left - len(attempts)),
        pending=attempts,
        pending_since=now,
        asking_until=now + _LEASE,
        not_before=now + len(attempts) * _apart(terms, course.slowed),
    )


def asking_again(course: Course, now: datetime) -> Course:
    """Somebody takes over what is pending. When that was taken up stays known: its token ages."""
    return replace(course, asking_until=now + _LEASE)


def settled(
    course: Course,
    refused: tuple[str, ...],
    throttled: tuple[Attempt, ...],
    now: datetime,
) -> Course:
    """What was pending has been asked for, but for *throttled*; some *refused*, with a reason."""
    slowed = min(course.slowed + 1, _SLOWEST) if throttled else max(course.slowed - 1, 0)
    # Slower, not given up: the bucket of a quota is refilled within seconds.
    pause = timedelta(seconds=2**slowed) if throttled else len(refused) * _LOOK
    return replace(
        _refused(course, refused),
        pending=throttled,
        pending_since=course.pending_since if throttled else None,
        asking_until=None,
        slowed=slowed,
        not_before=max(course.not_before or now, now + pause),
    )


def lost(course: Course, reason: str) -> Course:
    """What came of one that was asked for can't be known any more."""
    return _refused(course, (reason,))


def _refused(course: Course, reasons: tuple[str, ...]) -> Course:
    counted = {refusal.reason: refusal.count for refusal in course.refused}
    for reason in reasons:
        kept = reason if reason in counted or len(counted) < _REASONS else OTHER_REASONS
        counted[kept] = counted.get(kept, 0) + 1
    return replace(
        course,
        refused=tuple(Refusal(reason, count) for reason, count in counted.items()),
        wave=replace(course.wave, refused=course.wave.refused + len(reasons)),
    )


def looked_at(course: Course, cursor: str | None) -> Course:
    """The sweep has looked through what is awaited up to *cursor*; None: through all of it."""
    return course if course.looked == cursor else replace(course, looked=cursor)


def _apart(terms: BulkTerms, slowed: int) -> timedelta:
    """The time between two that are asked for."""
    return timedelta(seconds=2**slowed / terms.rate)


def numbers(bulk: BulkRecovery, course: Course) -> Numbers:
    tally = bulk.tally
    return Numbers(
        stage=bulk.stage,
        leg=bulk.leg,
        wave=course.wave.number,
        succeeded=tally.succeeded,
        failed=max(0, tally.failed - course.forgiven),
        failed_otherwise=tally.failed_otherwise,
        running=max(0, course.asked - course.refused_count - tally.ended),
        refused=course.refused_count,
        left=course.left,
    )


def report(course: Course) -> Report:
    return Report(refused=course.refused, too_old=course.too_old, forgiven=course.forgiven)
