"""What nobody told us: events that never came, work that was dropped on the way."""

from datetime import timedelta

from msgspec import Struct

from app.deps import Deps
from app.domain.alert import Alert, Status
from app.domain.changes import Reminded, Unmuted
from app.domain.lifecycle import apply, reminder_due
from app.step_functions import StepFunctionsError
from app.stores.alerts import Stored
from app.stores.table import UnreadableError, told
from app.use_cases.describe import describe
from app.use_cases.outcome import outcome
from app.use_cases.quiet import end_those_run_out
from app.use_cases.record import record
from app.use_cases.recover import carry_out
from app.use_cases.sample import sample
from app.use_cases.stragglers import look_after
from app.use_cases.waves import needs_driving, wake

#: The ordinary way takes well under a second: what is older has been dropped.
PATIENCE = timedelta(minutes=1)
#: Calls to Step Functions in one sweep: its quotas are shared with the user's own workloads.
_MOST_CALLS = 10


class Swept(Struct, frozen=True):
    """The ids of alerts whose cards are ``behind``, and what a newer version has to look after."""

    behind: list[str]
    unreadable: list[UnreadableError]


def sweep(deps: Deps) -> Swept:
    """Take up what was dropped."""
    end_those_run_out(deps)
    unreadable: list[UnreadableError] = []
    behind, calls = [], 0
    for stored in deps.alerts.unresolved(unreadable=unreadable.append):
        if _is_behind(stored, deps):
            behind.append(stored.alert.id)
        try:
            calls += _look_after(deps, stored, _MOST_CALLS - calls)
        except UnreadableError as problem:  # what belongs to it: an execution, a course
            unreadable.append(problem)
    for one in unreadable:
        told(one)
    return Swept(behind, unreadable)


def _look_after(deps: Deps, stored: Stored, most: int) -> int:
    """How many calls to Step Functions it took."""
    _end_its_mute(deps, stored.alert)
    if needs_driving(deps, stored.alert):
        wake(deps, stored.alert.id)
    _remind(deps, stored)
    if most <= 0:
        return 0
    calls = sample(deps, stored.alert)
    calls += _take_up(deps, stored.alert)
    return calls + look_after(deps, stored.alert, most - calls, PATIENCE)


def _is_behind(stored: Stored, deps: Deps) -> bool:
    alert, publication = stored.alert, stored.publication
    if publication.message:
        return publication.drawn < stored.version
    wanted = alert.route.notify and not alert.muted(deps.now())
    return wanted and deps.now() - alert.last_failure_at > PATIENCE


def _end_its_mute(deps: Deps, alert: Alert) -> None:
    mute, now = alert.mute, deps.now()
    if mute and now - mute.until > PATIENCE:
        deps.alerts.swap(alert.id, lambda one: apply(one, Unmuted(mute, None, now)))


def _remind(deps: Deps, stored: Stored) -> None:
    """Have people told again of what nobody has acknowledged, should they have been told."""
    now = deps.now()
    if stored.publication.message and reminder_due(stored.alert, now):
        deps.alerts.swap(stored.alert.id, lambda alert: apply(alert, Reminded(now)))


def _take_up(deps: Deps, alert: Alert) -> int:
    """Ask or act once more where that was dropped: how many calls it took."""
    recovery, now = alert.recovery, deps.now()
    try:
        if alert.status is Status.RECOVERING and recovery and recovery.under_way:
            if recovery.started_at is None:
                if now - recovery.at < PATIENCE:
                    return 0
                carry_out(deps, alert)
            elif now - recovery.started_at > PATIENCE:
                record(deps, outcome(deps, recovery))
            else:
                return 0
            return 1
        if (
            _verdict_missing(deps, alert)
            and not alert.bulk_running
            and now - alert.last_failure_at > PATIENCE
        ):
            describe(deps, alert)
            return 1
    except StepFunctionsError:
        return 1  # the next sweep tries again
    return 0


def _verdict_missing(deps: Deps, alert: Alert) -> bool:
    verdict = alert.verdict
    if verdict is None or verdict.ask_again:
        return True
    # Its account has been listed since.
    return verdict.out_of_reach and deps.reach.covers(alert.focus.execution_arn)
