"""Carries out what people asked for, and asks Step Functions what a redrive would do."""

import hashlib
from typing import assert_never

from app.deps import Deps
from app.domain.alert import Alert, RecoveryKind, RecoveryStage
from app.domain.changes import Described, RecoveryRefused, RecoveryStarted
from app.domain.execution import Attempt, Failure
from app.domain.lifecycle import apply
from app.domain.redaction import Redactor
from app.domain.verdict import Verdict, judge, unknown, waiting
from app.ingest.texts import kept
from app.step_functions import (
    DeniedError,
    Description,
    ExecutionGoneError,
    NotRedrivableError,
    StepFunctionsBusyError,
    StepFunctionsError,
)
from app.use_cases.answer import answer
from app.use_cases.refused import RefusedError
from app.use_cases.restart import restart


def wants_recovery(before: Alert | None, after: Alert) -> bool:
    """Whether this change asks for something that nobody has carried out yet."""
    return _requested(after) and not (
        before is not None and _requested(before) and before.recovery == after.recovery
    )


def wants_verdict(before: Alert | None, after: Alert) -> bool:
    """Whether this change leaves a failure in focus of which nobody has asked yet."""
    focus = after.focus
    if after.verdict is not None or after.failing_count == 0:
        return False
    if not focus.ended and not focus.waits:
        return False
    return before is None or before.verdict is not None or before.focus != after.focus


def carry_out(deps: Deps, alert: Alert) -> None:
    """Do what is asked for in *alert*, once, however often this is called.

    Raises StepFunctionsBusyError: the same may be tried again.
    """
    recovery = alert.recovery
    if recovery is None:
        return
    refused, successor = None, None
    try:
        match recovery.kind:
            case RecoveryKind.REDRIVE:
                _redrive(deps, recovery.attempt)
            case RecoveryKind.RESTART:
                successor = restart(deps, alert, recovery)
            case RecoveryKind.RETRY | RecoveryKind.GIVE_UP:
                answer(deps, recovery)
            case _:
                assert_never(recovery.kind)
    except RefusedError as problem:
        refused = str(problem)
    except ExecutionGoneError:
        refused = "Step Functions no longer knows this execution"
    except DeniedError as problem:
        refused = f"sfn-alerts has no permission to do it: {problem}"
    except StepFunctionsBusyError:
        raise
    except StepFunctionsError as problem:
        refused = f"Step Functions refused: {problem}"
    attempt, at = recovery.attempt, deps.now()
    change = (
        RecoveryRefused(attempt, refused, at)
        if refused
        else RecoveryStarted(attempt, at, successor)
    )
    deps.alerts.swap(alert.id, lambda now: apply(now, change))
    if recovery.edited_input:
        deps.inputs.forget(recovery.edited_input)


def _redrive(deps: Deps, attempt: Attempt) -> None:
    """Raises RefusedError."""
    try:
        described = deps.step_functions.describe(attempt.execution_arn)
        if described.redrive_count > attempt.redrive_count:
            _gone_on(described)
            return
        # AWS: the same token is the same redrive, so a repeated call can't start another.
        deps.step_functions.redrive(attempt, _token(attempt))
    except NotRedrivableError:
        described = deps.step_functions.describe(attempt.execution_arn)
        if described.redrive_count > attempt.redrive_count:
            _gone_on(described)
            return
        message = described.redrive_reason or "Step Functions does not say why"
        raise RefusedError(message) from None


def _gone_on(described: Description) -> None:
    """A later attempt exists: if it runs or ran well, the redrive is what was asked for."""
    if described.status not in {"RUNNING", "SUCCEEDED"}:
        message = "it was redriven elsewhere since, and failed again"
        raise RefusedError(message)


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
            verdict = _verdict(deps, attempt, description)
    except ExecutionGoneError:
        verdict = unknown(attempt, "Step Functions no longer knows this execution")
    except DeniedError:
        verdict = unknown(attempt, "sfn-alerts has no permission to read this execution")
    except StepFunctionsError:
        verdict = unknown(attempt, "Step Functions could not be asked just now", ask_again=True)
    deps.alerts.swap(alert.id, lambda now: apply(now, Described(verdict, told)))


def _verdict(deps: Deps, attempt: Attempt, description: Description) -> Verdict:
    return judge(
        attempt,
        redrive_status=description.redrive_status,
        reason=description.redrive_reason,
        stopped_at=description.stopped_at,
        events=deps.step_functions.history(attempt.execution_arn),
        definition_changed=deps.step_functions.definition_changed(attempt.execution_arn),
    )


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
