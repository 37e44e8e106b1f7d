"""Folds what ended into alerts and occurrences, each attempt counted once.

Events come twice and out of order; a NotifyError step and the event that follows tell of the
same attempt. The ledger of occurrences settles all of it: an attempt that was told already,
or a later one, is no news.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from enum import Enum, auto

from msgspec import Struct, field
from msgspec.structs import replace

from app.domain.alert import Alert, Route, Status, Tally, alert_id, parse_alert_id
from app.domain.bulk import counted as counted_in_bulk
from app.domain.changes import Change, Ended, Failed, FailedOtherwise, Succeeded
from app.domain.execution import ExecutionEnded, Failure, Success
from app.domain.fingerprint import fingerprint
from app.domain.lifecycle import apply, opened
from app.domain.mutes import Mute, muted_by
from app.domain.occurrence import Occurrence, Outcome

#: A problem that comes back after it was resolved and quiet this long gets a new alert.
QUIET = timedelta(hours=24)


class Ledger(Struct, frozen=True):
    """Occurrences by execution ARN, alerts by id, and the latest alert of each fingerprint."""

    occurrences: dict[str, Occurrence] = field(default_factory=dict)
    alerts: dict[str, Alert] = field(default_factory=dict)
    current: dict[str, str] = field(default_factory=dict)


class Terms(Struct, frozen=True, kw_only=True):
    """What new alerts are opened by: where they go, what is muted, and the time."""

    route_of: Callable[[Failure], Route]
    mutes: Sequence[Mute]
    now: datetime


def fold(ledger: Ledger, ended: Iterable[ExecutionEnded], terms: Terms) -> Ledger:
    """*ledger* after *ended*; whatever is no news leaves its entries the same objects."""
    after = Ledger(dict(ledger.occurrences), dict(ledger.alerts), dict(ledger.current))
    for told in ended:
        known = after.occurrences.get(told.execution_arn)
        if isinstance(told, Success):
            _succeeded(after, told, known, terms.now)
            continue
        match _news(told, known):
            case News.FAILED:
                _failed(after, told, known, terms)
            case News.ENDED:
                _ended(after, told, known, terms.now)
            case None:
                pass
    return after


def problem_of(failure: Failure, known: Occurrence | None) -> str:
    """The fingerprint of the problem that *failure* is, of an execution of which that is *known*.

    A step may tell of an error that was caught, and the Fail state that follows bear another. AWS:
    a redrive enters that Fail state again and no step before it. Where it ends as it did before,
    it is the problem that the step told of.
    """
    problem = fingerprint(failure)
    if known and known.alert_ids and known.ended_as == problem:
        told, _ = parse_alert_id(known.alert_ids[-1])
        return told
    return problem


class News(Enum):
    """What a failure that is told is to who knows of its execution."""

    FAILED = auto()
    ENDED = auto()


def _news(told: Failure, known: Occurrence | None) -> News | None:
    if known is None or known.redrive_count < told.redrive_count:
        return News.FAILED
    if known.redrive_count > told.redrive_count:
        return None
    hold = told.attempt.hold
    if known.outcome is Outcome.AWAITED:
        return None if 0 < hold <= known.hold else News.FAILED
    if known.outcome is not Outcome.TOLD:
        return None
    if hold > known.hold:
        return News.FAILED  # its step was answered elsewhere, and it waits again
    return News.ENDED if told.ended else None


def _failed(ledger: Ledger, failure: Failure, known: Occurrence | None, terms: Terms) -> None:
    at = failure.stopped_at or terms.now
    # What succeeded, or was replaced by another execution, is a new one when it fails.
    over = {Outcome.SUCCEEDED, Outcome.REPLACED}
    counted = known.alert_ids if known and known.outcome not in over else ()
    instead_of = known.instead_of if known and known.outcome is Outcome.AWAITED else None
    problem = problem_of(failure, known)
    as_before = known if known and problem != fingerprint(failure) else None
    if as_before:
        failure = _as_told(failure, ledger.alerts.get(as_before.alert_ids[-1]))
    latest = ledger.alerts.get(ledger.current.get(problem, ""))
    if latest is None or _is_over(latest, at):
        target = _open(ledger, failure, problem, latest, terms)
    else:
        target = latest.id
        again = target in counted
        _change(ledger, target, Failed(failure, at, again, instead_of if again else None))
    for other in counted:
        if other != target:
            _change(ledger, other, FailedOtherwise(failure, at, target, instead_of))
    if known and target in counted:
        _count(ledger, known, Tally(failed_again=1))
    elif known:
        _count(ledger, known, Tally(failed_otherwise=1))
    ledger.occurrences[failure.execution_arn] = Occurrence(
        execution_arn=failure.execution_arn,
        redrive_count=failure.redrive_count,
        outcome=Outcome.FAILED if failure.ended else Outcome.TOLD,
        alert_ids=(*(other for other in counted if other != target), target),
        at=at,
        hold=failure.attempt.hold,
        instead_of=known.instead_of if known else None,
        taken=known.taken if known else None,
        ended_as=as_before.ended_as if as_before else None,
    )


def _as_told(failure: Failure, told: Alert | None) -> Failure:
    """*failure* with the error that the step had told of, not what the Fail state makes of it."""
    return replace(failure, error=told.error, cause=told.focus.cause) if told else failure


def _open(
    ledger: Ledger, failure: Failure, problem: str, latest: Alert | None, terms: Terms
) -> str:
    generation = latest.generation + 1 if latest else 1
    target = alert_id(problem, generation)
    ledger.alerts[target] = opened(
        failure,
        fingerprint=problem,
        generation=generation,
        route=terms.route_of(failure),
        at=failure.stopped_at or terms.now,
        mute=muted_by(terms.mutes, failure.arn.machine_arn, failure.error_name, terms.now),
    )
    ledger.current[problem] = target
    return target


def _is_over(alert: Alert, at: datetime) -> bool:
    return (
        alert.status is Status.RESOLVED
        and alert.resolved_at is not None
        and at - alert.resolved_at > QUIET
    )


def _ended(ledger: Ledger, failure: Failure, known: Occurrence | None, now: datetime) -> None:
    """A step told of the failure, and now the execution has ended with it."""
    if known is None:
        return
    for known_id in known.alert_ids:
        _change(ledger, known_id, Ended(failure))
    at = failure.stopped_at or now
    ledger.occurrences[known.execution_arn] = replace(
        known, outcome=Outcome.FAILED, at=at, ended_as=fingerprint(failure)
    )


def _succeeded(ledger: Ledger, success: Success, known: Occurrence | None, now: datetime) -> None:
    if known is None and success.redrive_count == 0:
        return  # it never failed
    at = success.stopped_at or now
    if known:
        if known.redrive_count > success.redrive_count:
            return
        open_ended = known.outcome in {Outcome.TOLD, Outcome.AWAITED}
        if known.redrive_count == success.redrive_count and not open_ended:
            return
        instead_of = known.instead_of if known.outcome is Outcome.AWAITED else None
        # Where another execution was started in its place, that one is what counts.
        for known_id in known.alert_ids if known.outcome is not Outcome.REPLACED else ():
            _change(ledger, known_id, Succeeded(success.attempt, at, instead_of))
        _count(ledger, known, Tally(succeeded=1))
    # Kept even when no failure is known: should that one come late, it is over already.
    ledger.occurrences[success.execution_arn] = Occurrence(
        execution_arn=success.execution_arn,
        redrive_count=success.redrive_count,
        outcome=Outcome.SUCCEEDED,
        alert_ids=known.alert_ids if known else (),
        at=at,
        instead_of=known.instead_of if known else None,
        taken=known.taken if known else None,
    )


def _count(ledger: Ledger, known: Occurrence, tally: Tally) -> None:
    """Tell the recovery of many that waits for this execution, should there be one."""
    if known.awaited_by is None:
        return
    for known_id in known.alert_ids:
        alert = ledger.alerts.get(known_id)
        if alert is not None:
            ledger.alerts[known_id] = counted_in_bulk(
                alert, known.awaited_by, known.execution_arn, known.instead_of, tally
            )


def _change(ledger: Ledger, known_id: str, change: Change) -> None:
    alert = ledger.alerts.get(known_id)
    if alert is not None:
        ledger.alerts[known_id] = apply(alert, change)
