"""When a card has to be drawn anew: at once, or together with what is still to come."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from msgspec.structs import replace

from app.domain.alert import Alert
from app.domain.notices import decide

#: A count that grows is shown this often: Slack allows 50 edits a minute for all cards together,
#: and nobody reads faster.
TOGETHER = timedelta(seconds=5)


def can_wait(
    changes: Iterable[tuple[Alert | None, Alert]], drawn_at: datetime | None, now: datetime
) -> timedelta | None:
    """How long the card can stay as it is after *changes*; None: draw it now.

    Only when nothing but the count has grown and the thread has nothing to tell, and when it
    was drawn a moment ago.
    """
    for before, after in changes:
        if before is None or not counts_only(before, after) or decide(before, after, now):
            return None
    if drawn_at is None:
        return None
    left = drawn_at + TOGETHER - now
    return left if left > timedelta() else None


def counts_only(before: Alert, after: Alert) -> bool:
    """Whether *after* tells of more failures like those before, and of nothing else.

    Nor does what comes of many that are being recovered: that has a message of its own.
    """
    counted = replace(
        before,
        count=after.count,
        failing_count=after.failing_count,
        failing=after.failing,
        last_failure_at=after.last_failure_at,
        hours=after.hours,
    )
    if _tally_only(before, after):
        counted = replace(counted, bulk=after.bulk, settled=after.settled, attempts=after.attempts)
    return counted == after


def _tally_only(before: Alert, after: Alert) -> bool:
    """Whether a recovery of many has got further, and is otherwise as it was."""
    if before.bulk is None or after.bulk is None:
        return False
    return replace(before.bulk, tally=after.bulk.tally) == after.bulk
