"""A recovery of many, in waves: what is to be done next, and with which executions."""

from datetime import datetime, timedelta
from enum import Enum, auto

from msgspec import Struct
from msgspec.structs import replace

from app.domain.alert import BulkRecovery, BulkTerms, RecoveryKind, StopReason
from app.domain.course import Course
from app.domain.execution import Attempt
from app.domain.occurrence import Occurrence, Outcome, Taken
from app.domain.verdict import REDRIVABLE_FOR

#: Attempts that are taken up in one transaction, and asked for by one driver.
AT_ONCE = 25
#: A wave may fail again in one of so many; it may be refused as often, or this often.
_ONE_IN, _FEW_REFUSED = 5, 10
#: AWS: a client token counts for 15 minutes. What may have been asked for before is looked at.
_TOKEN = timedelta(minutes=10)


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


def oldest(terms: BulkTerms, now: datetime) -> datetime | None:
    """What failed before then is not taken up: too old for a redrive, or not asked for."""
    if terms.kind is not RecoveryKind.REDRIVE:
        return terms.since
    limit = now - REDRIVABLE_FOR
    return max(limit, terms.since) if terms.since else limit


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
