"""Carries out what people asked for, and asks Step Functions what a redrive would do."""

import hashlib
from collections.abc import Callable
from typing import TypeVar

from app.deps import Deps
from app.domain.alert import Alert, RecoveryStage
from app.domain.changes import Described, RecoveryRefused, RecoveryStarted
from app.domain.execution import Attempt, Failure
from app.domain.lifecycle import apply
from app.domain.redaction import Redactor
from app.domain.verdict import Verdict, judge, unknown
from app.ingest.texts import kept
from app.step_functions import (
    DeniedError,
    Description,
    ExecutionGoneError,
    NotRedrivableError,
    StepFunctionsBusyError,
    StepFunctionsError,
)

Answer = TypeVar("Answer")


def wants_redrive(before: Alert | None, after: Alert) -> bool:
    """Whether this change asks for a redrive that nobody has carried out yet."""
    return _requested(after) and not (
        before is not None and _requested(before) and before.recovery == after.recovery
    )


def wants_verdict(before: Alert | None, after: Alert) -> bool:
    """Whether this change leaves a failure in focus of which nobody has asked yet."""
    if after.verdict is not None or not after.focus.ended or after.failing_count == 0:
        return False
    return before is None or before.verdict is not None or before.focus != after.focus


def redrive(deps: Deps, alert: Alert) -> None:
    """Redrive what is asked for in *alert*, once, however often this is called.

    Raises StepFunctionsBusyError: the same may be tried again.
    """
    recovery = alert.recovery
    if recovery is None:
        return
    attempt = recovery.attempt
    refused = _redriven(deps, attempt)
    at = deps.now()
    change = RecoveryRefused(attempt, refused, at) if refused else RecoveryStarted(attempt, at)
    deps.alerts.swap(alert.id, lambda now: apply(now, change))


def _redriven(deps: Deps, attempt: Attempt) -> str | None:
    """Redrive *attempt*: None when it runs, else why not, in words."""
    try:
        described = deps.step_functions.describe(attempt.execution_arn)
        if described.redrive_count > attempt.redrive_count:
            return _gone_on(described)
        # AWS: the same token is the same redrive, so a repeated call can't start another.
        deps.step_functions.redrive(attempt, _token(attempt))
    except NotRedrivableError:
        described = deps.step_functions.describe(attempt.execution_arn)
        if described.redrive_count > attempt.redrive_count:
            return _gone_on(described)
        return described.redrive_reason or "Step Functions does not say why"
    except ExecutionGoneError:
        return "Step Functions no longer knows this execution"
    except DeniedError as problem:
        return f"sfn-alerts has no permission to redrive it: {problem}"
    except StepFunctionsBusyError:
        raise
    except StepFunctionsError as problem:
        return f"Step Functions refused: {problem}"
    return None


def _gone_on(described: Description) -> str | None:
    """A later attempt exists: if it runs or ran well, the redrive is what was asked for."""
    if described.status in {"RUNNING", "SUCCEEDED"}:
        return None
    return "it was redriven elsewhere since, and failed again"


def describe(deps: Deps, alert: Alert) -> None:
    """Ask Step Functions about the failure in focus, and keep the verdict.

    When it can't be asked the verdict says so; the sweep asks again.
    """
    attempt = alert.focus.attempt
    told: Failure | None = None
    try:
        description = deps.step_functions.describe(attempt.execution_arn)
        if description.redrive_count != attempt.redrive_count or description.status == "RUNNING":
            return  # it has gone on: its next end is told by an event
        told = _as_failure(attempt, description, deps.redactor)
        verdict = _verdict(deps, attempt, description)
    except ExecutionGoneError:
        verdict = unknown(attempt, "Step Functions no longer knows this execution")
    except DeniedError:
        verdict = unknown(attempt, "sfn-alerts has no permission to read this execution")
    except StepFunctionsError:
        verdict = unknown(attempt, "Step Functions could not be asked just now", ask_again=True)
    deps.alerts.swap(alert.id, lambda now: apply(now, Described(verdict, told)))


def _verdict(deps: Deps, attempt: Attempt, description: Description) -> Verdict:
    arn = attempt.execution_arn
    return judge(
        attempt,
        redrive_status=description.redrive_status,
        reason=description.redrive_reason,
        stopped_at=description.stopped_at,
        events=_readable(deps.step_functions.history, arn),
        definition_changed=_readable(deps.step_functions.definition_changed, arn) or False,
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
        stopped_at=description.stopped_at,
    )


def _requested(alert: Alert) -> bool:
    return alert.recovery is not None and alert.recovery.stage is RecoveryStage.REQUESTED


def _token(attempt: Attempt) -> str:
    """AWS: a client token has 1 to 64 printable characters."""
    name = f"{attempt.execution_arn}#{attempt.redrive_count}"
    return hashlib.sha256(name.encode()).hexdigest()
