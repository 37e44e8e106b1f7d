"""How changes move an alert: apply().

``apply(alert, change)`` returns the changed alert, or the very same object when the change
is no news (delivered twice, or overtaken). Only what a person asks for can be refused.
"""

from datetime import datetime
from typing import assert_never

from msgspec.structs import replace

from app.domain import bulk
from app.domain.alert import (
    Acknowledgement,
    Alert,
    Recovery,
    RecoveryStage,
    Route,
)
from app.domain.breaking import baseline, why_broken
from app.domain.changes import (
    Acknowledged,
    AskedAgain,
    BulkEnded,
    BulkRequested,
    BulkResumed,
    BulkStopped,
    Change,
    Closed,
    Described,
    Ended,
    Failed,
    FailedOtherwise,
    Muted,
    RecoveryRefused,
    RecoveryRequested,
    RecoveryStarted,
    Reminded,
    Sampled,
    Succeeded,
    Unmuted,
)
from app.domain.deeds import noted
from app.domain.ends import at_rest, ended, failed, failed_otherwise, succeeded, with_late
from app.domain.execution import Attempt, Failure
from app.domain.hours import with_failure
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
        hours=with_failure((), at),
        mute=mute,
        late=with_late(None, failure),
    )


def apply(alert: Alert, change: Change) -> Alert:
    """*alert* after *change*; the same object when that is no news.

    Raises NotAllowedError when a person asked for what can't be had.
    """
    after = _applied(alert, change)
    return after if after is alert else noted(alert, after, change)


def _applied(alert: Alert, change: Change) -> Alert:
    match change:
        case Failed():
            return failed(alert, change)
        case FailedOtherwise():
            return failed_otherwise(alert, change)
        case Ended():
            return ended(alert, change)
        case Succeeded():
            return succeeded(alert, change)
        case Described():
            return _described(alert, change)
        case AskedAgain():
            return _asked_again(alert, change)
        case Acknowledged():
            return _acknowledged(alert, change)
        case Closed():
            return _closed(alert, change)
        case Reminded():
            return _reminded(alert, change)
        case RecoveryRequested():
            return _recovery_requested(alert, change)
        case RecoveryStarted():
            return _recovery_started(alert, change)
        case RecoveryRefused():
            return _recovery_refused(alert, change)
        case BulkRequested() | BulkStopped() | BulkResumed() | BulkEnded():
            return bulk.changed(alert, change)
        case Muted() | Sampled() | Unmuted():
            return _about_mutes(alert, change)
        case _:
            assert_never(change)


def _about_mutes(alert: Alert, change: Muted | Sampled | Unmuted) -> Alert:
    match change:
        case Muted():
            return _muted(alert, change)
        case Sampled():
            return _sampled(alert, change)
        case Unmuted():
            return _unmuted(alert, change)


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
            cause=_cause(focus, told),
            started_at=focus.started_at or told.started_at,
            redriven_at=focus.redriven_at or told.redriven_at,
            stopped_at=focus.stopped_at or told.stopped_at,
            input=focus.input or told.input,
        )
    return replace(alert, verdict=verdict, focus=focus)


def _cause(focus: Failure, told: Failure) -> str | None:
    """The cause of this very execution, where the card had turned to it from another one.

    What else a description tells is no better than what was told already: of an error that was
    caught, it has only what the Fail state made of it.
    """
    turned_to = focus.started_at is None and focus.error == told.error
    return told.cause if turned_to else focus.cause


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


def _closed(alert: Alert, change: Closed) -> Alert:
    if (alert.resolved_by, alert.resolved_at) == (change.by, change.at):
        return alert
    _refuse_unless_allowed(alert, Closed)
    return replace(
        alert,
        status=RESOLVED,
        failing=(),
        failing_count=0,
        resolved_at=change.at,
        resolved_by=change.by,
    )


def _reminded(alert: Alert, change: Reminded) -> Alert:
    if not reminder_due(alert, change.at):
        return alert
    return replace(alert, reminders=alert.reminders + 1, reminded_at=change.at)


def reminder_due(alert: Alert, now: datetime) -> bool:
    """Whether people are to be told again of an alert that nobody has acknowledged."""
    wait = alert.route.remind_after
    if wait is None or alert.status is not OPEN or alert.muted(now) or not alert.route.notify:
        return False
    return now - (alert.reminded_at or alert.begun_at) >= wait


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
    return replace(alert, status=at_rest(alert), recovery=refused, verdict=None)


def _muted(alert: Alert, change: Muted) -> Alert:
    if alert.mute == change.mute:
        return alert
    held_since = alert.muted_at_count if alert.mute else alert.count
    return replace(
        alert,
        mute=change.mute,
        muted_at_count=held_since,
        unmuted_by=None,
        broken=None,
        baseline=baseline(alert, alert.verdict, change.mute.since),
        sampled_at=None,
    )


def _sampled(alert: Alert, change: Sampled) -> Alert:
    if alert.mute is None or (alert.sampled_at and alert.sampled_at >= change.at):
        return alert
    if alert.baseline is None:  # it was opened under a mute: this is how it began
        return replace(
            alert, baseline=baseline(alert, change.verdict, change.at), sampled_at=change.at
        )
    broken = why_broken(alert, change.verdict, change.at)
    if broken:
        return replace(alert, mute=None, broken=broken)
    return replace(alert, sampled_at=change.at) if change.verdict else alert


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
