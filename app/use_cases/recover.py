"""Carries out what people asked for."""

import hashlib
from typing import TypeVar, assert_never

from app.deps import Deps
from app.domain.alert import Alert, RecoveryKind, RecoveryStage
from app.domain.changes import RecoveryRefused, RecoveryStarted
from app.domain.execution import Attempt
from app.domain.lifecycle import apply
from app.step_functions import (
    Description,
    NotRedrivableError,
    StepFunctionsBusyError,
    StepFunctionsError,
)
from app.use_cases.answer import answer
from app.use_cases.refused import RefusedError, reason
from app.use_cases.restart import restart

Answer = TypeVar("Answer")


def wants_recovery(before: Alert | None, after: Alert) -> bool:
    """Whether this change asks for something that nobody has carried out yet."""
    return _requested(after) and not (
        before is not None and _requested(before) and before.recovery == after.recovery
    )


def carry_out(deps: Deps, alert: Alert) -> None:
    """Do what is asked for in *alert*, once, however often this is called.

    Raises StepFunctionsBusyError: the same may be tried again.
    """
    recovery = alert.recovery
    if recovery is None:
        return
    deps = deps.acting_for(recovery.by)
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
    except StepFunctionsBusyError:
        raise
    except (RefusedError, StepFunctionsError) as problem:
        refused = reason(problem)
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
        deps.step_functions.redrive(attempt, client_token(attempt))
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


def _requested(alert: Alert) -> bool:
    return alert.recovery is not None and alert.recovery.stage is RecoveryStage.REQUESTED


def client_token(attempt: Attempt) -> str:
    """AWS: a client token has 1 to 64 printable characters."""
    name = f"{attempt.execution_arn}#{attempt.redrive_count}"
    return hashlib.sha256(name.encode()).hexdigest()
