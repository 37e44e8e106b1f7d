"""A recovery of many, in waves: how far it has come, and what is to be done next.

The alert holds what people decide and what came of the attempts; the ``Course`` beside it is
the driver's own: which wave it is at, and which attempts are just being asked for. Attempts
are taken up and written down before they are asked for, so that whoever dies in between leaves
behind what to ask for again.
"""

from datetime import datetime, timedelta
from enum import Enum, auto

from msgspec import Struct
from msgspec.structs import replace

from app.domain.alert import (
    BulkRecovery,
    BulkStage,
    BulkTerms,
    RecoveryKind,
    Refusal,
    Report,
    StopReason,
)
from app.domain.execution import Attempt
from app.domain.occurrence import Occurrence, Outcome, Taken
from app.domain.verdict import REDRIVABLE_FOR

#: Attempts that are taken up in one transaction, and asked for by one driver.
AT_ONCE = 25
_GROWTH, _LARGEST = 10, 1_000
#: A wave may fail again in one of so many; it may be refused as often, or this often.
_ONE_IN, _FEW_REFUSED = 5, 10
#: As long as a driver that asks for what it took up is left alone.
_LEASE = timedelta(seconds=30)
#: AWS: a client token counts for 15 minutes. What may have been asked for before is looked at.
_TOKEN = timedelta(minutes=10)
#: The rate is halved at most so often when Step Functions throttles.
_SLOWEST = 6
#: A refusal costs a DescribeExecution, whose quota is refilled with 10 a second.
_LOOK = timedelta(seconds=0.1)
#: How many different reasons are kept apart.
_REASONS = 8
OTHER_REASONS = "other reasons"
#: How often progress is drawn at most; what people do is drawn at once.
DRAWN_EVERY = timedelta(seconds=3)


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


class Waiting(Enum):
    """What it waits for: OUTCOMES tell themselves, and the others have a time."""

    OUTCOMES = auto()
    PACE = auto()
    ANOTHER_DRIVER = auto()
    PEOPLE = auto()


class BeginLeg(Struct, frozen=True):
    """Count what is to be recovered, and begin with small waves."""


class BeginWave(Struct, frozen=True):
    number: int


class Take(Struct, frozen=True):
    """Take up so many at most, and ask for them."""

    at_most: int


class Ask(Struct, frozen=True):
    """Ask once more for what is pending; ``verify``: look first whether that has been done."""

    verify: bool


class Halt(Struct, frozen=True):
    why: StopReason


class End(Struct, frozen=True):
    """Nothing is left, and what came of all of it is known."""


class Wait(Struct, frozen=True):
    why: Waiting
    until: datetime | None = None


Doing = BeginLeg | BeginWave | Take | Ask | Halt | End
Step = Doing | Wait


def first_course(alert_id: str, bulk: BulkRecovery) -> Course:
    return Course(alert_id=alert_id, recovery_id=bulk.id, leg_at=bulk.at)


def wave_size(number: int, *, canary: bool) -> int:
    """1 with a canary, then 10, 100, and 1,000 as often as it takes."""
    return int(min(_GROWTH ** (number - 1 if canary else number), _LARGEST))


def next_step(bulk: BulkRecovery, course: Course, now: datetime) -> Step:
    """What is to be done now. Raises nothing, and asking twice does no harm."""
    if course.pending:
        return _with_pending(course, now)
    if not bulk.running:
        return Wait(Waiting.PEOPLE)
    outstanding = course.asked - course.refused_count - bulk.tally.ended
    if course.leg < bulk.leg:
        return Wait(Waiting.OUTCOMES) if outstanding > 0 else BeginLeg()
    why = _too_bad(bulk, course)
    if why:
        return Halt(why)
    wave = course.wave
    if wave.room > 0:
        if course.not_before and now < course.not_before:
            return Wait(Waiting.PACE, course.not_before)
        return Take(min(AT_ONCE, bulk.terms.rate, wave.room))
    if outstanding > 0:
        return Wait(Waiting.OUTCOMES)
    if wave.exhausted and wave.taken == 0:
        return End()
    return BeginWave(wave.number + 1)


def _with_pending(course: Course, now: datetime) -> Step:
    if course.asking_until and now < course.asking_until:
        return Wait(Waiting.ANOTHER_DRIVER, course.asking_until)
    if course.not_before and now < course.not_before:
        return Wait(Waiting.PACE, course.not_before)
    return Ask(verify=course.pending_since is None or now - course.pending_since > _TOKEN)


def _too_bad(bulk: BulkRecovery, course: Course) -> StopReason | None:
    """Why to stop. Where nothing is left to be spared there is no use in it."""
    wave = course.wave
    if course.left <= 0:
        return None
    failed = bulk.tally.failed - wave.failed_before
    if bulk.terms.canary and wave.number == 1 and failed > 0:
        return StopReason.CANARY
    if failed * _ONE_IN > wave.size:
        return StopReason.FAILED_AGAIN
    if wave.refused > max(_FEW_REFUSED, wave.size // _ONE_IN):
        return StopReason.REFUSED
    return None


def leg_begun(
    course: Course, bulk: BulkRecovery, now: datetime, *, found: int, too_old: int
) -> Course:
    """The leg begins: *found* are failed, among them those refused before, which stay so.

    After something went wrong it begins small again, after a person's stop where it was.
    """
    went_on = course.leg > 0 and bulk.stopped is not None and bulk.stopped.why is StopReason.ASKED
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


def takeable(occurrence: Occurrence, alert_id: str, bulk: BulkRecovery) -> bool:
    """Whether it is failed under this alert, and not been tried in this leg or refused before."""
    mark = occurrence.taken
    tried = (
        mark is not None and mark.recovery_id == bulk.id and (mark.refused or mark.leg == bulk.leg)
    )
    failed = occurrence.outcome is Outcome.FAILED
    return failed and occurrence.alert_ids[-1:] == (alert_id,) and not tried


def taken_up(occurrence: Occurrence, bulk: BulkRecovery) -> Occurrence:
    mark = Taken(bulk.id, bulk.leg)
    if bulk.terms.kind is RecoveryKind.RESTART:
        return replace(occurrence, outcome=Outcome.REPLACED, taken=mark)
    # From here on it is no longer what came of the execution whose place it had taken.
    return replace(occurrence, outcome=Outcome.REDRIVEN, taken=mark, instead_of=None)


def given_back(known: Occurrence | None, attempt: Attempt, bulk: BulkRecovery) -> Occurrence | None:
    """*known* as failed again, after *attempt* was refused; the same object if it has moved on."""
    mark = known.taken if known else None
    if (
        known is None
        or known.outcome not in {Outcome.REDRIVEN, Outcome.REPLACED, Outcome.AWAITED}
        or known.redrive_count != attempt.redrive_count
        or mark is None
        or mark.recovery_id != bulk.id
    ):
        return known
    return replace(known, outcome=Outcome.FAILED, taken=replace(mark, refused=True))


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


def draw_due(bulk: BulkRecovery, course: Course, now: datetime) -> datetime | None:
    """When progress is to be drawn; None where it shows the latest already."""
    latest, drawn = numbers(bulk, course), course.drawn
    if latest == drawn:
        return None
    if drawn is None or course.drawn_at is None:
        return now
    if (latest.stage, latest.leg) != (drawn.stage, drawn.leg):
        return now
    return course.drawn_at + DRAWN_EVERY


def drawing(course: Course, bulk: BulkRecovery, now: datetime) -> Course:
    """*course* with one more drawing, should one be due."""
    due = draw_due(bulk, course, now)
    if due is None or due > now:
        return course
    return replace(course, draws=course.draws + 1, drawn=numbers(bulk, course), drawn_at=now)


def oldest(terms: BulkTerms, now: datetime) -> datetime | None:
    """What failed before then is not taken up: too old for a redrive, or not asked for."""
    if terms.kind is not RecoveryKind.REDRIVE:
        return terms.since
    limit = now - REDRIVABLE_FOR
    return max(limit, terms.since) if terms.since else limit


class Forecast(Struct, frozen=True):
    """``rate``: ends a second in this leg; ``end``: when the last one is to be expected."""

    rate: float
    end: datetime


def forecast(bulk: BulkRecovery, course: Course, now: datetime) -> Forecast | None:
    """Where it is going, once enough is known to tell."""
    ended = bulk.tally.ended - course.ended_before_leg
    seconds = (now - course.leg_at).total_seconds()
    if ended < _GROWTH or seconds <= 0:
        return None
    latest, rate = numbers(bulk, course), ended / seconds
    return Forecast(rate, now + timedelta(seconds=(latest.left + latest.running) / rate))
