"""Step Functions' own list of failed executions against what was recorded of them."""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from enum import StrEnum

from msgspec import Struct
from msgspec.structs import replace

from app.domain.alert import Alert
from app.domain.execution import ExecutionEnded, Failure
from app.domain.listing import Listed
from app.domain.occurrence import Occurrence, Outcome

#: An event that comes at all is recorded by then, or soon after.
ON_ITS_WAY = timedelta(seconds=15)
#: One that has not come by then is late, and is taken for lost.
LATE = timedelta(minutes=5)
#: AWS: metrics are minutes late. So long after an hour its counts are taken for final.
_SETTLED = timedelta(minutes=15)


class Fate(StrEnum):
    """What became of a failed execution. UNTOLD: its alert is known, but not that it has ended."""

    ALERTED = "alerted"
    HELD_BACK = "held_back"
    SUPPRESSED = "suppressed"
    ON_ITS_WAY = "on_its_way"
    UNTOLD = "untold"
    MISSING = "missing"

    @property
    def to_record(self) -> bool:
        return self in {Fate.UNTOLD, Fate.MISSING}


def to_be_listed(
    counted: Mapping[int, Mapping[str, int]], recorded: Mapping[int, int], now: datetime
) -> tuple[str, ...]:
    """The statuses that a state machine's executions are to be listed by; none: all is told.

    *counted* are its failures as CloudWatch has them, by hour since the epoch and status, and
    *recorded* those that we know of, by hour.
    """
    found = {
        status: None
        for hour, by_status in counted.items()
        if _disagree(hour, sum(by_status.values()), recorded.get(hour, 0), now)
        for status, ended in by_status.items()
        if ended
    }
    return tuple(found)


def _disagree(hour: int, counted: int, recorded: int, now: datetime) -> bool:
    """Whether some failure of the hour may be unknown.

    We know of more while metrics are behind. Later that means that some did not end as failed (a
    step told of them, and somebody repaired it), behind which one that is unknown could hide.
    """
    final = now.timestamp() >= (hour + 1) * 3600 + _SETTLED.total_seconds()
    return counted != recorded if final else counted > recorded


def found(ended: ExecutionEnded, now: datetime) -> ExecutionEnded:
    """*ended*, of which only Step Functions' own list told. It says so where it is late."""
    if isinstance(ended, Failure) and ended.stopped_at and now - ended.stopped_at >= LATE:
        return replace(ended, found_at=now)
    return ended


def fate(
    failed: Listed,
    known: Occurrence | None,
    alert: Alert | None,
    now: datetime,
    patience: timedelta = ON_ITS_WAY,
) -> Fate:
    """What became of *failed*. *alert* is the latest that *known* has failed under.

    *patience*: so long its event may be on its way.
    """
    if _is_news(failed, known):
        if failed.stopped_at and now - failed.stopped_at < patience:
            return Fate.ON_ITS_WAY
        told = known is not None and known.outcome is Outcome.TOLD
        return Fate.UNTOLD if told else Fate.MISSING
    if alert and not alert.route.notify:
        return Fate.SUPPRESSED
    if alert and alert.mute and known and known.at >= alert.mute.since:
        return Fate.HELD_BACK
    return Fate.ALERTED


def _is_news(failed: Listed, known: Occurrence | None) -> bool:
    """Whether this end of the execution was never recorded."""
    if known is None or known.redrive_count < failed.redrive_count:
        return True
    same = known.redrive_count == failed.redrive_count
    return same and known.outcome in {Outcome.TOLD, Outcome.AWAITED}


class Account(Struct, frozen=True, kw_only=True):
    """How many executions failed, and what became of them; the counts add up to ``failed``."""

    failed: int = 0
    alerted: int = 0
    held_back: int = 0
    suppressed: int = 0
    on_its_way: int = 0
    missing: int = 0


def account(fates: Iterable[Fate]) -> Account:
    """An alert that knows of a failure but not of its end was told: it counts as such."""
    counted = Counter(fates)
    return Account(
        failed=counted.total(),
        alerted=counted[Fate.ALERTED] + counted[Fate.UNTOLD],
        held_back=counted[Fate.HELD_BACK],
        suppressed=counted[Fate.SUPPRESSED],
        on_its_way=counted[Fate.ON_ITS_WAY],
        missing=counted[Fate.MISSING],
    )
