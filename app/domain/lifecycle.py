"""How changes move an alert: apply().

``apply(alert, change)`` returns the changed alert, or the very same object when the change
is no news (delivered twice, or overtaken). Only what a person asks for can be refused.
"""

from dataclasses import replace
from datetime import UTC, datetime
from typing import assert_never

from app.domain.alert import (
    LATEST,
    Acknowledgement,
    Alert,
    Recovery,
    RecoveryKind,
    RecoveryStage,
    Route,
    Status,
)
from app.domain.changes import (
    Acknowledged,
    AskedAgain,
    Change,
    Described,
    Ended,
    Failed,
    FailedOtherwise,
    Muted,
    RecoveryRefused,
    RecoveryRequested,
    RecoveryStarted,
    Succeeded,
    Unmuted,
)
from app.domain.execution import Attempt, Failure, Hold
from app.domain.mutes import Mute
from app.domain.transitions import (
    ACKNOWLEDGED,
    OPEN,
    RECOVERING,
    RESOLVED,
    Asked,
    NotAllowedError,
    WhyNot,
    refusal,
)


def opened(
    failure: Failure,
    *,
    fingerprint: str,
    generation: int,
    route: Route,
    at: datetime,
    mute: Mute | None = None,
) -> Alert:
    """The alert that a problem's first failure opens."""
    return Alert(
        fingerprint=fingerprint,
        generation=generation,
        status=OPEN,
        route=route,
        focus=failure,
        opened_at=at,
        last_failure_at=at,
        failing=(failure.attempt,),
        mute=mute,
    )


def apply(alert: Alert, change: Change) -> Alert:
    """*alert* after *change*; the same object when that is no news.

    Raises NotAllowedError when a person asked for what can't be had.
    """
    match change:
        case Failed():
            return _failed(alert, change)
        case FailedOtherwise():
            return _failed_otherwise(alert, change)
        case Ended():
            return _ended(alert, change)
        case Succeeded():
            return _succeeded(alert, change)
        case Described():
            return _described(alert, change)
        case AskedAgain():
            return _asked_again(alert, change)
        case Acknowledged():
            return _acknowledged(alert, change)
        case RecoveryRequested():
            return _recovery_requested(alert, change)
        case RecoveryStarted():
            return _recovery_started(alert, change)
        case RecoveryRefused():
            return _recovery_refused(alert, change)
        case Muted():
            return _muted(alert, change)
        case Unmuted():
            return _unmuted(alert, change)
        case _:
            assert_never(change)


def _failed(alert: Alert, change: Failed) -> Alert:
    failure, attempt = change.failure, change.failure.attempt
    if _known(alert, attempt):
        return alert
    failed_before = change.instead_of or failure.execution_arn
    counted = replace(
        alert,
        count=alert.count + 1,
        failing=_with(_without(alert.failing, failed_before), attempt),
        last_failure_at=max(alert.last_failure_at, change.at),
    )
    if alert.status is RESOLVED:
        return replace(
            counted,
            status=OPEN,
            failing_count=1,
            failing=(attempt,),
            focus=failure,
            verdict=None,
            acknowledged=None,
            recovery=None,
            resolved_at=None,
            also=None,
        )
    if not _counts(alert, failed_before, again=change.again):
        return replace(counted, failing_count=alert.failing_count + 1)
    if failed_before == alert.focus.execution_arn:
        counted = replace(counted, focus=failure, verdict=None)
    return _reopened(counted, failed_before, attempt, change.at)


def _failed_otherwise(alert: Alert, change: FailedOtherwise) -> Alert:
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


def _ended(alert: Alert, change: Ended) -> Alert:
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


def _succeeded(alert: Alert, change: Succeeded) -> Alert:
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
    if changed.failing_count == 0:
        return replace(changed, status=RESOLVED, resolved_at=change.at)
    if alert.status is RECOVERING and not (recovery and recovery.under_way):
        changed = replace(changed, status=_at_rest(alert))
    if alert.focus.execution_arn == failed_before and left:
        changed = replace(changed, focus=_refocused(alert.focus, left[-1]), verdict=None)
    return changed


def _refocused(focus: Failure, attempt: Attempt) -> Failure:
    """The same problem, seen in another execution; what we don't know of it is left out."""
    return replace(
        focus,
        execution_arn=attempt.execution_arn,
        redrive_count=attempt.redrive_count,
        status="RUNNING" if attempt.hold else "FAILED",
        input=None,
        started_at=None,
        stopped_at=None,
        state=None,
        hold=Hold(since=_moment(attempt.hold)) if attempt.hold else None,
    )


def _moment(milliseconds: int) -> datetime:
    return datetime.fromtimestamp(milliseconds / 1000, UTC)


def _described(alert: Alert, change: Described) -> Alert:
    verdict, told = change.verdict, change.failure
    if verdict.attempt != alert.focus.attempt or verdict == alert.verdict:
        return alert
    # Where an error was caught, that state is what failed, not the Fail state it led to.
    state = verdict.caught_from or verdict.state or alert.focus.state
    focus = replace(alert.focus, state=state)
    if told is not None:
        focus = replace(
            focus,
            status=told.status,
            started_at=focus.started_at or told.started_at,
            stopped_at=focus.stopped_at or told.stopped_at,
            input=focus.input or told.input,
        )
    return replace(alert, verdict=verdict, focus=focus)


def _asked_again(alert: Alert, change: AskedAgain) -> Alert:
    if alert.verdict != change.verdict:
        return alert
    _refuse_unless_allowed(alert, AskedAgain)
    return replace(alert, verdict=None)


def _acknowledged(alert: Alert, change: Acknowledged) -> Alert:
    acknowledgement = Acknowledgement(change.by, change.at)
    if alert.acknowledged == acknowledgement:
        return alert
    _refuse_unless_allowed(alert, Acknowledged)
    return replace(alert, status=ACKNOWLEDGED, acknowledged=acknowledgement)


def _recovery_requested(alert: Alert, change: RecoveryRequested) -> Alert:
    recovery = Recovery(
        attempt=change.attempt,
        by=change.by,
        at=change.at,
        kind=change.kind,
        edited_input=change.edited_input,
    )
    asked = alert.recovery
    if asked and (asked.attempt, asked.by, asked.at) == (change.attempt, change.by, change.at):
        return alert
    _refuse_unless_allowed(alert, change.kind)
    if change.attempt != alert.focus.attempt:
        raise NotAllowedError(WhyNot.MOVED_ON, alert)
    return replace(alert, status=RECOVERING, recovery=recovery)


def _recovery_started(alert: Alert, change: RecoveryStarted) -> Alert:
    recovery = _requested(alert, change.attempt)
    if not recovery:
        return alert
    started = replace(
        recovery,
        stage=RecoveryStage.STARTED,
        started_at=change.at,
        successor=change.successor,
    )
    return replace(alert, recovery=started)


def _recovery_refused(alert: Alert, change: RecoveryRefused) -> Alert:
    recovery = _requested(alert, change.attempt)
    if not recovery:
        return alert
    refused = replace(
        recovery, stage=RecoveryStage.REFUSED, reason=change.reason, ended_at=change.at
    )
    return replace(alert, status=_at_rest(alert), recovery=refused, verdict=None)


def _muted(alert: Alert, change: Muted) -> Alert:
    if alert.mute == change.mute:
        return alert
    held_since = alert.muted_at_count if alert.mute else alert.count
    return replace(alert, mute=change.mute, muted_at_count=held_since, unmuted_by=None)


def _unmuted(alert: Alert, change: Unmuted) -> Alert:
    if alert.mute is None or alert.mute != change.mute:
        return alert
    return replace(alert, mute=None, unmuted_by=change.by)


def _refuse_unless_allowed(alert: Alert, asked: Asked) -> None:
    why = refusal(alert, asked)
    if why:
        raise NotAllowedError(why, alert)


def _requested(alert: Alert, attempt: Attempt) -> Recovery | None:
    """The recovery of *attempt*, when it is asked for and nothing has come of it yet."""
    recovery = alert.recovery
    if recovery and recovery.attempt == attempt and recovery.stage is RecoveryStage.REQUESTED:
        return recovery
    return None


def _at_rest(alert: Alert) -> Status:
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
