"""What became of an execution, asked of Step Functions where no event tells it."""

from collections.abc import Iterator
from datetime import timedelta

from app.deps import Deps
from app.domain.alert import Recovery, RecoveryKind
from app.domain.execution import ExecutionEnded, Failure, Success
from app.ingest.texts import kept
from app.step_functions import Description, ExecutionGoneError, StepFunctionsBusyError
from app.stores.watches import Watch
from app.use_cases.record import record

#: After which time to look, again and again. Then the sweep looks, once a minute.
LOOKS = tuple(timedelta(seconds=seconds) for seconds in (1, 1, 2, 4, 8, 16, 30, 60))


def watch(deps: Deps, execution_arn: str) -> None:
    """Look soon how the execution ends: no event tells of a success that was no redrive."""
    deps.watches.later(Watch(execution_arn), LOOKS[0])


def look(deps: Deps, watched: Watch) -> None:
    """Record the execution's end, or look again later."""
    try:
        told = deps.step_functions.describe(watched.execution_arn)
    except ExecutionGoneError:
        return
    except StepFunctionsBusyError:
        told = None
    if told is not None and told.status != "RUNNING":
        record(deps, [as_ended(deps, watched.execution_arn, told)])
        return
    looks = watched.looks + 1
    if looks < len(LOOKS):
        deps.watches.later(Watch(watched.execution_arn, looks), LOOKS[looks])


def outcome(deps: Deps, recovery: Recovery) -> Iterator[ExecutionEnded]:
    """What came of *recovery*, should its event have been lost; nothing while it goes on."""
    arn = recovery.successor or recovery.attempt.execution_arn
    told = deps.step_functions.describe(arn)
    redrive = recovery.kind is RecoveryKind.REDRIVE
    # AWS: a description may be older than the redrive.
    stale = redrive and told.redrive_count <= recovery.attempt.redrive_count
    if told.status != "RUNNING" and not stale:
        yield as_ended(deps, arn, told)


def as_ended(deps: Deps, arn: str, told: Description) -> ExecutionEnded:
    """The end of an execution as its event would have told it. *told* is not of one that runs."""
    if told.status == "SUCCEEDED":
        return Success(
            execution_arn=arn,
            redrive_count=told.redrive_count,
            started_at=told.started_at,
            stopped_at=told.stopped_at,
        )
    return Failure(
        execution_arn=arn,
        redrive_count=told.redrive_count,
        status=told.status,
        error=kept(told.error, deps.redactor),
        cause=kept(told.cause, deps.redactor),
        input=kept(told.input, deps.redactor),
        started_at=told.started_at,
        redriven_at=told.redriven_at,
        stopped_at=told.stopped_at,
    )
