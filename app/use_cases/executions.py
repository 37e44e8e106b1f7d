"""Executions, as people ask for them: by ARN, by a link, by name."""

from datetime import timedelta

from msgspec import Struct
from msgspec.structs import replace

from app.deps import Deps
from app.domain.execution import Attempt, ExecutionArn
from app.domain.overview import Posted
from app.domain.reports import ExecutionReport, Seen, Unseen
from app.domain.timeline import Row, timeline
from app.domain.verdict import Verdict
from app.ingest.texts import kept
from app.step_functions import (
    DeniedError,
    Description,
    ExecutionGoneError,
    OutOfReachError,
    RoleRefusedError,
    StepFunctionsError,
)
from app.use_cases.describe import judged
from app.use_cases.status import MOST_ALERTS, posted

#: State machines in which an execution is looked for by its name: among what was recorded of
#: them (AWS: BatchGetItem takes 100 keys at once), and then by asking Step Functions.
_AMONG_RECORDED = 500
_BY_ASKING = 10
_LATELY = timedelta(days=7)
#: Of a history that does not fit one page, so many events from its beginning.
_FIRST = 100


def report_execution(deps: Deps, arn: ExecutionArn) -> ExecutionReport:
    """In one call about the execution, and one or two about its history.

    On one that has failed and that no card has its verdict on, two more.
    """
    told, alert = _described(deps, arn), _alert_of(deps, arn.text)
    if isinstance(told, Unseen):
        return ExecutionReport(arn=arn, seen=told, rows=[], posted=alert, now=deps.now())
    seen, rows = _kept(deps, told), _rows(deps, arn.text)
    report = ExecutionReport(arn=arn, seen=seen, rows=rows, posted=alert, now=deps.now())
    if report.in_focus or not seen.failed:
        return report
    return replace(report, verdict=_verdict(deps, arn, told))


def _verdict(deps: Deps, arn: ExecutionArn, told: Description) -> Verdict | None:
    """None where Step Functions can't be asked just now: the rest is answered all the same."""
    try:
        return judged(deps, Attempt(arn.text, told.redrive_count), told)
    except StepFunctionsError:
        return None


class Search(Struct, frozen=True):
    """Where an execution was found, and in how many state machines it was looked for."""

    found: ExecutionArn | None
    looked_in: int
    failed_lately: int


def find_execution(deps: Deps, name: str) -> Search:
    """The execution of that name, of a state machine that has failed lately."""
    known = [
        *deps.alerts.unresolved(MOST_ALERTS),
        *deps.alerts.resolved_since(deps.now() - _LATELY, MOST_ALERTS),
    ]
    known.sort(key=lambda one: one.alert.last_failure_at, reverse=True)
    machines = dict.fromkeys(
        one.alert.arn.machine_arn for one in known if not one.alert.arn.express
    )
    arns = [f"{one.replace(':stateMachine:', ':execution:')}:{name}" for one in machines]
    recorded = deps.occurrences.all(arns[:_AMONG_RECORDED])
    found = next((arn for arn in arns if arn in recorded), None)
    if found is None:
        found = next((arn for arn in arns[:_BY_ASKING] if _exists(deps, arn)), None)
    return Search(
        found=ExecutionArn.parse(found) if found else None,
        looked_in=min(len(arns), _BY_ASKING),
        failed_lately=len(arns),
    )


def _exists(deps: Deps, arn: str) -> bool:
    try:
        deps.step_functions.describe(arn)
    except (ExecutionGoneError, DeniedError):
        return False
    return True


def _described(deps: Deps, arn: ExecutionArn) -> Description | Unseen:
    if arn.express:
        return Unseen.EXPRESS
    try:
        return deps.step_functions.describe(arn.text)
    except ExecutionGoneError:
        return Unseen.GONE
    except OutOfReachError:
        return Unseen.OUT_OF_REACH
    except RoleRefusedError:
        raise  # which role, and why, is to be told
    except DeniedError:
        return Unseen.DENIED


def _kept(deps: Deps, told: Description) -> Seen:
    return Seen(
        status=told.status,
        error=kept(told.error, deps.redactor),
        cause=kept(told.cause, deps.redactor),
        started_at=told.started_at,
        stopped_at=told.stopped_at,
        redrive_count=told.redrive_count,
        redriven_at=told.redriven_at,
    )


def _rows(deps: Deps, arn: str) -> list[Row]:
    try:
        latest = deps.step_functions.latest_events(arn)
        whole = not latest or latest[-1]["id"] == 1
        first = [] if whole else deps.step_functions.first_events(arn, _FIRST)
    except (ExecutionGoneError, DeniedError):
        return []  # the description alone still tells much
    return timeline(latest, first)


def _alert_of(deps: Deps, arn: str) -> Posted | None:
    """The alert that the execution has failed under last."""
    known = deps.occurrences.all([arn]).get(arn)
    stored = deps.alerts.get(known.alert_ids[-1]) if known and known.alert_ids else None
    return posted(stored) if stored else None
