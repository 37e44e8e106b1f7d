"""What the ends of executions make of an alert: failed, failed otherwise, ended, succeeded.

Each returns the changed alert, or the very same object when the change is no news.
"""

from datetime import UTC, datetime

from msgspec.structs import replace

from app.domain.alert import (
    LATEST,
    Acknowledgement,
    Alert,
    Attempts,
    BulkStage,
    Late,
    Recovery,
    RecoveryKind,
    RecoveryStage,
    Status,
)
from app.domain.changes import Ended, Failed, FailedOtherwise, Succeeded
from app.domain.execution import Attempt, Failure, Hold
from app.domain.hours import with_failure
from app.domain.transitions import ACKNOWLEDGED, OPEN, RECOVERING, RESOLVED


def failed(alert: Alert, change: Failed) -> Alert:
    failure, attempt = change.failure, change.failure.attempt
    if _known(alert, attempt):
        return alert
    failed_before = change.instead_of or failure.execution_arn
    counts = _counts(alert, failed_before, again=change.again)
    counted = replace(
        alert,
        count=alert.count + 1,
        failing_count=alert.failing_count + (not counts),
        failing=_with(_without(alert.failing, failed_before), attempt),
        last_failure_at=max(alert.last_failure_at, change.at),
        hours=with_failure(alert.hours, change.at),
        late=with_late(alert.late, failure),
    )
    if alert.status is RESOLVED:
        return replace(
            counted,
            status=OPEN,
            focus=failure,
            verdict=None,
            acknowledged=None,
            recovery=None,
            attempts=Attempts(),
            reopened_at=change.at,
            resolved_at=None,
            resolved_by=None,
            reminders=0,
            reminded_at=None,
            also=None,
            late=with_late(None, failure),
            # One that has stopped may still hear of what it had asked for.
            bulk=None if alert.bulk and alert.bulk.stage is BulkStage.ENDED else alert.bulk,
        )
    if not counts:
        return counted
    if failed_before == alert.focus.execution_arn:
        counted = replace(counted, focus=failure, verdict=None)
    if alert.recovery and _is_end_of(alert.recovery, failed_before, attempt):
        # What came of this one is told here, wherever an earlier one was told.
        counted = replace(counted, also=None)
    return _reopened(counted, failed_before, attempt, change.at)


def with_late(late: Late | None, failure: Failure) -> Late | None:
    """*late* with one more, should *failure* be one."""
    if failure.found_at is None or failure.stopped_at is None:
        return late
    return Late((late.count if late else 0) + 1, failure.found_at - failure.stopped_at)


def failed_otherwise(alert: Alert, change: FailedOtherwise) -> Alert:
    attempt = change.failure.attempt
    failed_before = change.instead_of or attempt.execution_arn
    if (
        alert.status is RESOLVED
        or _known(alert, attempt)
        or not _counts(alert, failed_before, again=True)
    ):
        return alert
    left = _without(alert.failing, failed_before)
    changed = replace(alert, failing=_with(left, attempt), also=change.alert_id)
    if failed_before == alert.focus.execution_arn:
        # The card goes on telling of its own problem; only the attempt has moved on.
        focus = replace(
            alert.focus,
            execution_arn=attempt.execution_arn,
            redrive_count=attempt.redrive_count,
            status=change.failure.status,
            started_at=change.failure.started_at,
            redriven_at=change.failure.redriven_at,
            stopped_at=change.failure.stopped_at,
            hold=change.failure.hold,
        )
        changed = replace(changed, focus=focus, verdict=None)
    return _reopened(changed, failed_before, attempt, change.at)


def _reopened(alert: Alert, failed_before: str, attempt: Attempt, at: datetime) -> Alert:
    """*alert* after something was done about an execution and it failed again as *attempt*."""
    recovery = alert.recovery
    if recovery and _is_end_of(recovery, failed_before, attempt):
        recovery = replace(recovery, stage=RecoveryStage.FAILED_AGAIN, ended_at=at, became=attempt)
    elif alert.status is RECOVERING:
        return alert  # another execution's recovery is still under way
    return replace(alert, status=OPEN, recovery=recovery, acknowledged=None)


def _is_end_of(recovery: Recovery, failed_before: str, attempt: Attempt) -> bool:
    """Whether *attempt*, of the execution that *failed_before*, is what came of *recovery*."""
    in_its_place = attempt.execution_arn != failed_before
    return (
        recovery.under_way
        and recovery.attempt.execution_arn == failed_before
        and in_its_place == (recovery.kind is RecoveryKind.RESTART)
    )


def ended(alert: Alert, change: Ended) -> Alert:
    told, focus = change.failure, alert.focus
    same = (focus.execution_arn, focus.redrive_count) == (told.execution_arn, told.redrive_count)
    if focus.ended or not same or not told.ended:
        return alert
    ended = replace(
        alert,
        # The step told the error it caught; the Fail state that followed may tell less.
        focus=replace(
            focus,
            status=told.status,
            stopped_at=told.stopped_at,
            started_at=focus.started_at or told.started_at,
            redriven_at=told.redriven_at,
            input=focus.input or told.input,
            hold=None,
        ),
        failing=_with(alert.failing, told.attempt),
        verdict=None,
    )
    recovery, at = alert.recovery, told.stopped_at or alert.last_failure_at
    if not (recovery and recovery.under_way and recovery.kind is RecoveryKind.GIVE_UP):
        return ended
    return replace(
        ended,
        status=ACKNOWLEDGED,
        recovery=replace(recovery, stage=RecoveryStage.GIVEN_UP, ended_at=at),
        # Whoever gives up has seen it: nobody needs to be reminded.
        acknowledged=alert.acknowledged or Acknowledgement(recovery.by, recovery.at),
    )


def succeeded(alert: Alert, change: Succeeded) -> Alert:
    attempt = change.attempt
    failed_before = change.instead_of or attempt.execution_arn
    if alert.status is RESOLVED or any(
        _same_execution(done, attempt) and attempt.tells_no_more_than(done)
        for done in alert.settled
    ):
        return alert
    if not _counts(alert, failed_before, again=True):
        return alert  # none of ours
    left = _without(alert.failing, failed_before)
    recovery = alert.recovery
    if recovery and _is_end_of(recovery, failed_before, attempt):
        recovery = replace(recovery, stage=RecoveryStage.SUCCEEDED, ended_at=change.at)
    changed = replace(
        alert,
        failing=left,
        failing_count=alert.failing_count - 1,
        settled=_with(alert.settled, attempt),
        recovery=recovery,
    )
    if alert.bulk_running:
        return changed  # thousands are to follow: the card turns to what is left at the end
    if changed.failing_count == 0:
        return replace(changed, status=RESOLVED, resolved_at=change.at)
    if alert.status is RECOVERING and not (recovery and recovery.under_way):
        changed = replace(changed, status=at_rest(alert))
    if alert.focus.execution_arn == failed_before:
        changed = refocused(changed)
    return changed


def refocused(alert: Alert) -> Alert:
    """*alert* with an execution in focus that is still failed, as far as one is known by name."""
    if not alert.failing or any(_same_execution(alert.focus.attempt, one) for one in alert.failing):
        return alert
    return replace(alert, focus=_refocused(alert.focus, alert.failing[-1]), verdict=None)


def _refocused(focus: Failure, attempt: Attempt) -> Failure:
    """The same problem, seen in another execution; what we don't know of it is left out."""
    return replace(
        focus,
        execution_arn=attempt.execution_arn,
        redrive_count=attempt.redrive_count,
        status="RUNNING" if attempt.hold else "FAILED",
        input=None,
        started_at=None,
        redriven_at=None,
        stopped_at=None,
        state=None,
        hold=Hold(since=_moment(attempt.hold)) if attempt.hold else None,
    )


def _moment(milliseconds: int) -> datetime:
    return datetime.fromtimestamp(milliseconds / 1000, UTC)


def at_rest(alert: Alert) -> Status:
    """The status of an alert once nothing is being done about it."""
    return ACKNOWLEDGED if alert.acknowledged else OPEN


def _known(alert: Alert, attempt: Attempt) -> bool:
    """Whether this attempt, or a later one of its execution, has been told already."""
    return any(
        _same_execution(known, attempt) and attempt.tells_no_more_than(known)
        for known in (*alert.failing, *alert.settled)
    )


def _counts(alert: Alert, execution_arn: str, *, again: bool) -> bool:
    """Whether this execution is counted among the failing ones already.

    Only the latest are known by name: of the others *again*, from the ledger, has to tell.
    """
    named = any(failed.execution_arn == execution_arn for failed in alert.failing)
    return named or (again and alert.failing_count > len(alert.failing))


def _with(attempts: tuple[Attempt, ...], attempt: Attempt) -> tuple[Attempt, ...]:
    return (*_without(attempts, attempt.execution_arn), attempt)[-LATEST:]


def _without(attempts: tuple[Attempt, ...], execution_arn: str) -> tuple[Attempt, ...]:
    return tuple(known for known in attempts if known.execution_arn != execution_arn)


def _same_execution(one: Attempt, other: Attempt) -> bool:
    return one.execution_arn == other.execution_arn
