"""Looks after what a recovery of many has asked for, should the events of its ends be lost."""

from collections.abc import Iterator
from datetime import timedelta

from app.deps import Deps
from app.domain import recovery as plan
from app.domain.alert import Alert, BulkRecovery, RecoveryKind
from app.domain.course import Course, looked_at, lost, numbers
from app.domain.execution import Attempt
from app.domain.occurrence import Occurrence, Outcome
from app.step_functions import ExecutionGoneError, StepFunctionsError
from app.stores.occurrences import Span
from app.stores.table import ConflictError
from app.use_cases.outcome import as_ended
from app.use_cases.record import record
from app.use_cases.refused import reason_alike


def look_after(deps: Deps, alert: Alert, most: int, patience: timedelta) -> int:
    """Ask Step Functions how some of them have ended; how many calls it took, *most* at most.

    Only where nothing has come of any of them for as long as *patience* lasts. Each time it
    goes on with others, so that long executions do not hide one that has ended.
    """
    bulk = alert.bulk
    stored = deps.recoveries.get(alert.id, bulk.id) if bulk else None
    if bulk is None or stored is None or not _is_quiet(deps, bulk, stored.course, patience):
        return 0
    found, cursor, calls = list(_awaited(deps, alert, stored.course, most)), None, 0
    for occurrence, place in found:
        cursor = place
        if occurrence is None or occurrence.awaited_by != bulk.id:
            continue
        calls += 1
        if not _look(deps, alert, bulk, occurrence):
            break
    if len(found) < most:
        cursor = None  # the next time from the beginning
    deps.recoveries.swap(stored, lambda course: looked_at(course, cursor))
    return calls


def _is_quiet(deps: Deps, bulk: BulkRecovery, course: Course, patience: timedelta) -> bool:
    running = numbers(bulk, course).running - len(course.pending)
    last = course.drawn_at
    return running > 0 and last is not None and deps.now() - last > patience


def _awaited(
    deps: Deps, alert: Alert, course: Course, most: int
) -> Iterator[tuple[Occurrence | None, str]]:
    """Executions that may be awaited, with their place in the index."""
    restart = alert.bulk is not None and alert.bulk.terms.kind is RecoveryKind.RESTART
    outcome = Outcome.AWAITED if restart else Outcome.REDRIVEN
    pages = deps.occurrences.listed(
        alert.id, outcome, span=Span(), cursor=course.looked, page_size=most
    )
    page = next(pages, [])
    known = deps.occurrences.all(one.execution_arn for one in page)
    for one in page:
        yield known.get(one.execution_arn), one.cursor


def _look(deps: Deps, alert: Alert, bulk: BulkRecovery, known: Occurrence) -> bool:
    """Whether Step Functions could be asked."""
    arn = known.execution_arn
    try:
        told = deps.step_functions.describe(arn)
    except ExecutionGoneError as problem:
        _lose(deps, alert, bulk, known, reason_alike(problem))
        return True
    except StepFunctionsError:
        return False
    # AWS: a description may be older than the redrive.
    stale = known.outcome is Outcome.REDRIVEN and told.redrive_count <= known.redrive_count
    if told.status != "RUNNING" and not stale:
        record(deps, [as_ended(deps, arn, told)])
    return True


def _lose(deps: Deps, alert: Alert, bulk: BulkRecovery, known: Occurrence, reason: str) -> None:
    """Nobody will ever tell how it has ended: that counts as refused."""
    stored = deps.recoveries.get(alert.id, bulk.id)
    attempt = Attempt(known.execution_arn, known.redrive_count)
    after = plan.given_back(known, attempt, bulk)
    if stored is None or after is None or after is known:
        return
    try:
        deps.recoveries.take(stored, lost(stored.course, reason), [(known, after)])
    except ConflictError:
        return  # the next sweep looks again
