"""What is worth telling in the thread when an alert has changed, and why.

``decide(before, after, now)`` compares two states of one alert. It needs no history of its
own, so telling can be repeated, skipped or merged without anyone keeping score.
"""

from collections.abc import Iterator
from datetime import datetime
from enum import StrEnum

from msgspec import Struct

from app.domain.alert import Alert, BulkStage, RecoveryKind, RecoveryStage, Status


class Reason(StrEnum):
    """Why the thread gets a line."""

    ACKNOWLEDGED = "acknowledged"
    MUTED = "muted"
    UNMUTED = "unmuted"
    RECOVERY_STARTED = "recovery_started"
    RECOVERY_REFUSED = "recovery_refused"
    RECOVERY_SUCCEEDED = "recovery_succeeded"
    GIVEN_UP = "given_up"
    FAILED_AGAIN = "failed_again"
    FAILED_OTHERWISE = "failed_otherwise"
    SUCCEEDED_ELSEWHERE = "succeeded_elsewhere"
    BULK_STOPPED = "bulk_stopped"
    BULK_RESUMED = "bulk_resumed"
    BULK_ENDED = "bulk_ended"
    CLOSED = "closed"
    RESOLVED = "resolved"
    REMINDED = "reminded"
    REOPENED = "reopened"
    MILESTONE = "milestone"
    FOUND_LATE = "found_late"


class Notice(Struct, frozen=True):
    """One line of the story: ``reason``, told of ``alert``; ``held_back`` after a mute.

    ``settled``: how many executions have succeeded of which it tells.
    """

    reason: Reason
    alert: Alert
    held_back: int = 0
    settled: int = 0


def decide(before: Alert | None, after: Alert, now: datetime) -> tuple[Notice, ...]:
    """What to tell of the way from *before* (None: the alert is new) to *after*.

    A mute keeps back what failures would say, never what came of a person's own doing.
    """
    if before is None:
        return ()
    notices = tuple(_notices(before, after))
    if after.muted(now):
        return tuple(notice for notice in notices if notice.reason not in _HELD_BACK)
    return notices


_HELD_BACK = {
    Reason.REOPENED,
    Reason.MILESTONE,
    Reason.SUCCEEDED_ELSEWHERE,
    Reason.FOUND_LATE,
}


def _notices(before: Alert, after: Alert) -> Iterator[Notice]:
    if after.acknowledged and after.acknowledged != before.acknowledged and not _gave_up(after):
        yield Notice(Reason.ACKNOWLEDGED, after)
    yield from _about_mutes(before, after)
    if not _counted_in_bulk(before, after):
        yield from _about_recovery(before, after)
    yield from _about_bulk(before, after)
    if after.status is Status.RESOLVED and before.status is not Status.RESOLVED:
        if after.resolved_by:
            yield Notice(Reason.CLOSED, after)
        yield Notice(Reason.RESOLVED, after)
    if after.reminders > before.reminders:
        yield Notice(Reason.REMINDED, after)
    if before.status is Status.RESOLVED and after.status is not Status.RESOLVED:
        yield Notice(Reason.REOPENED, after)
    elif milestone(before.count, after.count):
        yield Notice(Reason.MILESTONE, after)
    if after.late and after.late != before.late:
        yield Notice(Reason.FOUND_LATE, after)


def _gave_up(alert: Alert) -> bool:
    """Whether the acknowledgement only follows from giving up, which has a line of its own."""
    return _stage(alert) is RecoveryStage.GIVEN_UP


def _about_mutes(before: Alert, after: Alert) -> Iterator[Notice]:
    if after.mute and after.mute != before.mute:
        yield Notice(Reason.MUTED, after)
    if before.mute and not after.mute:
        yield Notice(Reason.UNMUTED, after, held_back=after.count - before.muted_at_count)


def _about_recovery(before: Alert, after: Alert) -> Iterator[Notice]:
    recovery = after.recovery
    if recovery != before.recovery and recovery and before.status is Status.RECOVERING:
        if (
            _stage(before) is RecoveryStage.REQUESTED
            and recovery.stage is not RecoveryStage.REFUSED
            and recovery.kind is not RecoveryKind.GIVE_UP
        ):
            yield Notice(Reason.RECOVERY_STARTED, after)
        if recovery.stage is RecoveryStage.REFUSED:
            yield Notice(Reason.RECOVERY_REFUSED, after)
        if recovery.stage is RecoveryStage.SUCCEEDED:
            yield Notice(Reason.RECOVERY_SUCCEEDED, after)
        if recovery.stage is RecoveryStage.GIVEN_UP:
            yield Notice(Reason.GIVEN_UP, after)
    elif len(after.settled) and after.settled != before.settled:
        new = [attempt for attempt in after.settled if attempt not in before.settled]
        yield Notice(Reason.SUCCEEDED_ELSEWHERE, after, settled=len(new))
    if after.also and (after.also != before.also or _has_failed(before, after)):
        yield Notice(Reason.FAILED_OTHERWISE, after)
    elif _newly_described(before, after) and _failed_again(after):
        yield Notice(Reason.FAILED_AGAIN, after)


def _counted_in_bulk(before: Alert, after: Alert) -> bool:
    """Whether what ended here belongs to a recovery of many, whose progress tells of it."""
    if before.bulk is None or after.bulk is None:
        return False
    return before.bulk.tally.ended != after.bulk.tally.ended


def _about_bulk(before: Alert, after: Alert) -> Iterator[Notice]:
    """Its beginning is told by its progress, also where another had ended before."""
    was, bulk = before.bulk, after.bulk
    if was is None or bulk is None or (was.stage, was.leg) == (bulk.stage, bulk.leg):
        return
    match bulk.stage:
        case BulkStage.RUNNING:
            if was.id == bulk.id:
                yield Notice(Reason.BULK_RESUMED, after)
        case BulkStage.STOPPED:
            yield Notice(Reason.BULK_STOPPED, after)
        case BulkStage.ENDED:
            yield Notice(Reason.BULK_ENDED, after)


def _newly_described(before: Alert, after: Alert) -> bool:
    """What failed again is told once it is known in which state."""
    return before.verdict is None and after.verdict is not None


def _has_failed(before: Alert, after: Alert) -> bool:
    """Whether the recovery has just failed, be it under the same other alert as the one before."""
    return after.recovery != before.recovery and _stage(after) is RecoveryStage.FAILED_AGAIN


def _failed_again(alert: Alert) -> bool:
    """Whether the failure in focus is what came of the last recovery."""
    recovery = alert.recovery
    return (
        recovery is not None
        and recovery.stage is RecoveryStage.FAILED_AGAIN
        and recovery.became == alert.focus.attempt
        and alert.also is None
    )


def _stage(alert: Alert) -> RecoveryStage | None:
    return alert.recovery.stage if alert.recovery else None


def milestone(before: int, after: int) -> int | None:
    """The highest power of ten from 10 on that the count has just reached or passed."""
    power, reached = 10, None
    while power <= after:
        if power > before:
            reached = power
        power *= 10
    return reached
