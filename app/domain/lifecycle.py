"""How changes move an alert: the table of transitions, what is allowed, and apply().

``apply(alert, change)`` returns the changed alert, or the very same object when the change
is no news (delivered twice, or overtaken). Only what a person asks for can be refused.
"""

from dataclasses import replace
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple, assert_never

from app.domain.alert import (
    LATEST,
    Acknowledgement,
    Alert,
    Recovery,
    RecoveryStage,
    Route,
    Status,
)
from app.domain.changes import (
    Acknowledged,
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
from app.domain.execution import Attempt, Failure
from app.domain.mutes import Mute
from app.domain.verdict import Help

OPEN, ACKNOWLEDGED = Status.OPEN, Status.ACKNOWLEDGED
RECOVERING, RESOLVED = Status.RECOVERING, Status.RESOLVED


class Transition(NamedTuple):
    """``change`` may take an alert from ``source`` to ``target``, ``when`` this holds."""

    change: type[Change]
    source: Status
    target: Status
    when: str = ""


#: Every move between two different statuses. Whatever is not here leaves the status alone.
TRANSITIONS = (
    Transition(Failed, RESOLVED, OPEN, "it failed again"),
    Transition(Failed, ACKNOWLEDGED, OPEN, "a redriven execution failed again"),
    Transition(Failed, RECOVERING, OPEN, "the redriven execution failed again"),
    Transition(FailedOtherwise, ACKNOWLEDGED, OPEN, "it failed with another error"),
    Transition(FailedOtherwise, RECOVERING, OPEN, "it failed with another error"),
    Transition(Succeeded, OPEN, RESOLVED, "nothing is left"),
    Transition(Succeeded, ACKNOWLEDGED, RESOLVED, "nothing is left"),
    Transition(Succeeded, RECOVERING, RESOLVED, "nothing is left"),
    Transition(Succeeded, RECOVERING, OPEN, "other executions are left"),
    Transition(Succeeded, RECOVERING, ACKNOWLEDGED, "others are left, and acknowledged"),
    Transition(Acknowledged, OPEN, ACKNOWLEDGED),
    Transition(RecoveryRequested, OPEN, RECOVERING),
    Transition(RecoveryRequested, ACKNOWLEDGED, RECOVERING),
    Transition(RecoveryRefused, RECOVERING, OPEN),
    Transition(RecoveryRefused, RECOVERING, ACKNOWLEDGED, "it was acknowledged before"),
)


class WhyNot(StrEnum):
    """Why a person can't do something to an alert now."""

    RESOLVED = "resolved"
    RECOVERING = "recovering"
    ACKNOWLEDGED = "acknowledged"
    STILL_RUNNING = "still_running"
    NOT_REDRIVABLE = "not_redrivable"
    MOVED_ON = "moved_on"
    NOT_MUTED = "not_muted"
    ALREADY_MUTED = "already_muted"


class NotAllowedError(Exception):
    """What was asked for is not to be had in this state: ``why``, of this ``alert``."""

    def __init__(self, why: WhyNot, alert: Alert) -> None:
        super().__init__(why.value)
        self.why = why
        self.alert = alert


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


def refusal(alert: Alert, change: type[Change]) -> WhyNot | None:
    """Why a person may not make such a change to *alert* now; None when they may."""
    if change is Acknowledged:
        return {
            RESOLVED: WhyNot.RESOLVED,
            RECOVERING: WhyNot.RECOVERING,
            ACKNOWLEDGED: WhyNot.ACKNOWLEDGED,
        }.get(alert.status)
    if change is RecoveryRequested:
        return _refused_recovery(alert)
    if change is Muted:
        return WhyNot.ALREADY_MUTED if alert.mute else None
    if change is Unmuted:
        return None if alert.mute else WhyNot.NOT_MUTED
    return None


def allows(alert: Alert, change: type[Change]) -> bool:
    """Whether a person may make such a change now: a button shows exactly when they may."""
    return refusal(alert, change) is None


def _refused_recovery(alert: Alert) -> WhyNot | None:
    if alert.status is RESOLVED:
        return WhyNot.RESOLVED
    if alert.status is RECOVERING:
        return WhyNot.RECOVERING
    if alert.arn.express or (alert.verdict and alert.verdict.help is Help.NOT_REDRIVABLE):
        return WhyNot.NOT_REDRIVABLE
    if not alert.focus.ended:
        return WhyNot.STILL_RUNNING
    return None


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
    counted = replace(
        alert,
        count=alert.count + 1,
        failing=_with(alert.failing, attempt),
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
    if not _counts(alert, attempt, again=change.again):
        return replace(counted, failing_count=alert.failing_count + 1)
    if failure.execution_arn == alert.focus.execution_arn:
        counted = replace(counted, focus=failure, verdict=None)
    return _reopened(counted, attempt, change.at)


def _failed_otherwise(alert: Alert, change: FailedOtherwise) -> Alert:
    attempt = change.failure.attempt
    if (
        alert.status is RESOLVED
        or _known(alert, attempt)
        or not _counts(alert, attempt, again=True)
    ):
        return alert
    changed = replace(alert, failing=_with(alert.failing, attempt), also=change.alert_id)
    if attempt.execution_arn == alert.focus.execution_arn:
        # The card goes on telling of its own problem; only the attempt has moved on.
        focus = replace(
            alert.focus,
            redrive_count=attempt.redrive_count,
            status=change.failure.status,
            stopped_at=change.failure.stopped_at,
        )
        changed = replace(changed, focus=focus, verdict=None)
    return _reopened(changed, attempt, change.at)


def _reopened(alert: Alert, attempt: Attempt, at: datetime) -> Alert:
    """*alert* after a redriven execution failed again, whoever redrove it."""
    recovery = alert.recovery
    if recovery and recovery.under_way and _same_execution(recovery.attempt, attempt):
        recovery = replace(recovery, stage=RecoveryStage.FAILED_AGAIN, ended_at=at)
    elif alert.status is RECOVERING:
        return alert  # another execution's recovery is still under way
    return replace(alert, status=OPEN, recovery=recovery, acknowledged=None)


def _ended(alert: Alert, change: Ended) -> Alert:
    told, focus = change.failure, alert.focus
    if focus.ended or focus.attempt != told.attempt or not told.ended:
        return alert
    return replace(
        alert,
        # The step told the error it caught; the Fail state that followed may tell less.
        focus=replace(
            focus,
            status=told.status,
            stopped_at=told.stopped_at,
            started_at=focus.started_at or told.started_at,
            input=focus.input or told.input,
        ),
        verdict=None,
    )


def _succeeded(alert: Alert, change: Succeeded) -> Alert:
    attempt = change.attempt
    if alert.status is RESOLVED or any(
        _same_execution(done, attempt) and done.redrive_count >= attempt.redrive_count
        for done in alert.settled
    ):
        return alert
    if not _counts(alert, attempt, again=True):
        return alert  # none of ours
    left = tuple(failed for failed in alert.failing if not _same_execution(failed, attempt))
    recovery = alert.recovery
    if recovery and recovery.under_way and _same_execution(recovery.attempt, attempt):
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
    if _same_execution(alert.focus.attempt, attempt) and left:
        changed = replace(changed, focus=_refocused(alert.focus, left[-1]), verdict=None)
    return changed


def _refocused(focus: Failure, attempt: Attempt) -> Failure:
    """The same problem, seen in another execution; what we don't know of it is left out."""
    return replace(
        focus,
        execution_arn=attempt.execution_arn,
        redrive_count=attempt.redrive_count,
        status="FAILED",
        input=None,
        started_at=None,
        stopped_at=None,
        state=None,
    )


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


def _acknowledged(alert: Alert, change: Acknowledged) -> Alert:
    acknowledgement = Acknowledgement(change.by, change.at)
    if alert.acknowledged == acknowledgement:
        return alert
    _refuse_unless_allowed(alert, Acknowledged)
    return replace(alert, status=ACKNOWLEDGED, acknowledged=acknowledgement)


def _recovery_requested(alert: Alert, change: RecoveryRequested) -> Alert:
    recovery = Recovery(attempt=change.attempt, by=change.by, at=change.at)
    asked = alert.recovery
    if asked and (asked.attempt, asked.by, asked.at) == (change.attempt, change.by, change.at):
        return alert
    _refuse_unless_allowed(alert, RecoveryRequested)
    if change.attempt != alert.focus.attempt:
        raise NotAllowedError(WhyNot.MOVED_ON, alert)
    return replace(alert, status=RECOVERING, recovery=recovery)


def _recovery_started(alert: Alert, change: RecoveryStarted) -> Alert:
    recovery = _requested(alert, change.attempt)
    if not recovery:
        return alert
    started = replace(recovery, stage=RecoveryStage.STARTED, started_at=change.at)
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


def _refuse_unless_allowed(alert: Alert, change: type[Change]) -> None:
    why = refusal(alert, change)
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
        _same_execution(known, attempt) and known.redrive_count >= attempt.redrive_count
        for known in (*alert.failing, *alert.settled)
    )


def _counts(alert: Alert, attempt: Attempt, *, again: bool) -> bool:
    """Whether this execution is counted among the failing ones already.

    Only the latest are known by name: of the others *again*, from the ledger, has to tell.
    """
    named = any(_same_execution(failed, attempt) for failed in alert.failing)
    return named or (again and alert.failing_count > len(alert.failing))


def _with(attempts: tuple[Attempt, ...], attempt: Attempt) -> tuple[Attempt, ...]:
    others = tuple(known for known in attempts if not _same_execution(known, attempt))
    return (*others, attempt)[-LATEST:]


def _same_execution(one: Attempt, other: Attempt) -> bool:
    return one.execution_arn == other.execution_arn
