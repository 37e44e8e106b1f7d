"""What carrying out a recovery raises, and the reasons in words."""

from app.step_functions import (
    DeniedError,
    ExecutionGoneError,
    OutOfReachError,
    RoleRefusedError,
    StepFunctionsError,
)

#: Said of one execution with what AWS says; of many alike, without.
_DENIED = "sfn-alerts has no permission to do it"
_REFUSED = "Step Functions refused"


class RefusedError(Exception):
    """It can't be done, now or later; the message says why, in words for the card."""


def reason(problem: RefusedError | StepFunctionsError) -> str:
    if isinstance(problem, RefusedError):
        return str(problem)
    if isinstance(problem, ExecutionGoneError):
        return "Step Functions no longer knows this execution"
    if isinstance(problem, (OutOfReachError, RoleRefusedError)):
        return str(problem)
    if isinstance(problem, DeniedError):
        return f"{_DENIED}: {problem}"
    return f"{_REFUSED}: {problem}"


def reason_alike(problem: RefusedError | StepFunctionsError) -> str:
    """The same without what only one execution has, so that equal reasons can be counted."""
    if isinstance(problem, (RefusedError, ExecutionGoneError)):
        return reason(problem)
    if isinstance(problem, OutOfReachError):
        return str(problem)
    if isinstance(problem, RoleRefusedError):
        return f"AWS does not let sfn-alerts assume the role {problem.role}"
    if isinstance(problem, DeniedError):
        return _DENIED
    return f"{_REFUSED}: {str(problem).partition(':')[0]}"
