"""Asks Step Functions about the failure in focus: would a redrive help?"""

from collections.abc import Callable
from typing import TypeVar

from app.deps import Deps
from app.domain.alert import Alert
from app.domain.changes import Described
from app.domain.execution import Attempt, Failure
from app.domain.lifecycle import apply
from app.domain.redaction import Redactor
from app.domain.verdict import Verdict, judge, out_of_reach, unknown, waiting
from app.ingest.texts import kept
from app.step_functions import (
    DeniedError,
    Description,
    ExecutionGoneError,
    OutOfReachError,
    RoleRefusedError,
    StepFunctionsError,
)
from app.use_cases.refused import reason

Answer = TypeVar("Answer")


def wants_verdict(before: Alert | None, after: Alert) -> bool:
    """Whether this change leaves a failure in focus of which nobody has asked yet."""
    focus = after.focus
    if after.verdict is not None or after.failing_count == 0 or after.bulk_running:
        return False
    if not focus.ended and not focus.waits:
        return False
    return (
        before is None
        or before.verdict is not None
        or before.focus != after.focus
        or before.bulk_running
    )


def describe(deps: Deps, alert: Alert) -> None:
    """Ask Step Functions about the failure in focus, and keep the verdict.

    When it can't be asked the verdict says so; the sweep asks again.
    """
    attempt = alert.focus.attempt
    told: Failure | None = None
    try:
        description = deps.step_functions.describe(attempt.execution_arn)
        if description.redrive_count != attempt.redrive_count:
            return  # it has gone on: its next end is told by an event
        if description.status == "RUNNING":
            if not alert.focus.waits:
                return
            verdict = waiting(attempt, deps.step_functions.history(attempt.execution_arn))
        else:
            told = _as_failure(attempt, description, deps.redactor)
            verdict = judged(deps, attempt, description)
    except ExecutionGoneError:
        verdict = unknown(attempt, "Step Functions no longer knows this execution")
    except OutOfReachError:
        verdict = out_of_reach(attempt)
    except RoleRefusedError as problem:
        verdict = unknown(attempt, reason(problem))
    except DeniedError:
        verdict = unknown(attempt, "sfn-alerts has no permission to read this execution")
    except StepFunctionsError:
        verdict = unknown(attempt, "Step Functions could not be asked just now", ask_again=True)
    deps.alerts.swap(alert.id, lambda now: apply(now, Described(verdict, told)))


def judged(deps: Deps, attempt: Attempt, description: Description) -> Verdict:
    """The verdict on an attempt that has ended as *description* says."""
    arn = attempt.execution_arn
    definition = _readable(deps.step_functions.definition, arn)
    return judge(
        attempt,
        redrive_status=description.redrive_status,
        reason=description.redrive_reason,
        stopped_at=description.stopped_at,
        events=_readable(deps.step_functions.history, arn),
        definition_changed=definition is not None and definition.changed,
        revision=definition.revision if definition else None,
        cause=description.cause,
        trace_header=description.trace_header,
    )


def _readable(ask: Callable[[str], Answer], execution_arn: str) -> Answer | None:
    """What *ask* tells; None where we may not ask it, or its state machine is gone."""
    try:
        return ask(execution_arn)
    except (DeniedError, ExecutionGoneError):  # the description alone still tells much
        return None


def _as_failure(attempt: Attempt, description: Description, redactor: Redactor) -> Failure:
    return Failure(
        execution_arn=attempt.execution_arn,
        redrive_count=attempt.redrive_count,
        status=description.status,
        error=kept(description.error, redactor),
        cause=kept(description.cause, redactor),
        input=kept(description.input, redactor),
        started_at=description.started_at,
        redriven_at=description.redriven_at,
        stopped_at=description.stopped_at,
    )
