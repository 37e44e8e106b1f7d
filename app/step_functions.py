"""Step Functions in our own words, with exceptions that each mean one thing."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from app.domain.execution import Attempt, ExecutionArn

if TYPE_CHECKING:
    from mypy_boto3_stepfunctions import SFNClient
else:
    SFNClient = Any

#: AWS: a page of history holds at most 1,000 events. Steps before that are not counted.
_PAGE = 1000
#: Events that are read with their data at most: each may hold 512 KiB.
_NEWEST = 25
_BUSY = frozenset(
    {
        "ThrottlingException",
        "TooManyRequestsException",
        "ExecutionLimitExceeded",
        "KmsThrottlingException",
        "ServiceUnavailable",
        "InternalFailure",
        "InternalServerError",
        "RequestLimitExceeded",
    }
)
_DENIED = frozenset(
    {
        "AccessDeniedException",
        "AccessDenied",
        "UnrecognizedClientException",
        "KmsAccessDeniedException",
        "KmsInvalidStateException",
    }
)


class StepFunctionsError(Exception):
    """Step Functions did not do what it was asked."""


class StepFunctionsBusyError(StepFunctionsError):
    """Throttled or unwell: the same call may go through later."""


class DeniedError(StepFunctionsError):
    """We are not permitted to: asking again changes nothing."""


class ExecutionGoneError(StepFunctionsError):
    """AWS: executions are forgotten 90 days after they close, or with their state machine."""


class NotRedrivableError(StepFunctionsError):
    """The execution can't be redriven now; its description says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Description:
    """An execution as DescribeExecution has it (AWS: eventually consistent)."""

    status: str
    redrive_count: int
    redrive_status: str | None
    redrive_reason: str | None
    started_at: datetime | None
    stopped_at: datetime | None
    input: str | None
    error: str | None
    cause: str | None
    trace_header: str | None = None


class StepFunctions:
    """The calls we make. Every one of them may raise StepFunctionsBusyError or DeniedError."""

    def __init__(self, client: "SFNClient") -> None:
        self._client = client

    def describe(self, execution_arn: str) -> Description:
        """Raises ExecutionGoneError too."""
        with _translated():
            told: Mapping[str, Any] = self._client.describe_execution(executionArn=execution_arn)
        return Description(
            status=told["status"],
            redrive_count=told.get("redriveCount", 0),
            redrive_status=told.get("redriveStatus"),
            redrive_reason=told.get("redriveStatusReason"),
            started_at=told.get("startDate"),
            stopped_at=told.get("stopDate"),
            input=told.get("input"),
            error=told.get("error"),
            cause=told.get("cause"),
            trace_header=told.get("traceHeader"),
        )

    def history(self, execution_arn: str) -> list[Mapping[str, Any]]:
        """The latest events, newest first, without inputs and outputs.

        Raises ExecutionGoneError too. AWS does not say whether the parameters of a task are
        among what is left out: where they are, those of the newest events are asked for.
        """
        events = self._events(execution_arn, most=_PAGE, data=False)
        if any(_lacks_parameters(event) for event in events[:_NEWEST]):
            newest = self._events(execution_arn, most=_NEWEST, data=True)
            whole = {event["id"]: event for event in newest}
            return [whole.get(event["id"], event) for event in events]
        return events

    def _events(self, execution_arn: str, *, most: int, data: bool) -> list[Mapping[str, Any]]:
        with _translated():
            return list(
                self._client.get_execution_history(
                    executionArn=execution_arn,
                    reverseOrder=True,
                    maxResults=most,
                    includeExecutionData=data,
                )["events"]
            )

    def definition_changed(self, execution_arn: str) -> bool:
        """Whether the state machine runs another definition today than this execution does.

        AWS: a redrive runs the definition the execution was started with.
        """
        with _translated():
            then = self._client.describe_state_machine_for_execution(executionArn=execution_arn)
            machine = ExecutionArn.parse(execution_arn).machine_arn
            today = self._client.describe_state_machine(stateMachineArn=machine)
        return then["definition"] != today["definition"]

    def redrive(self, attempt: Attempt, token: str) -> None:
        """Redrive *attempt*. Raises NotRedrivableError and ExecutionGoneError too.

        AWS: the same *token* within 15 minutes is the same redrive.
        """
        with _translated():
            self._client.redrive_execution(executionArn=attempt.execution_arn, clientToken=token)


def _lacks_parameters(event: Mapping[str, Any]) -> bool:
    """Whether the event tells that a function was called, but not which."""
    details = event.get("taskScheduledEventDetails", {})
    return str(details.get("resourceType")).endswith("lambda") and not details.get("parameters")


@contextmanager
def _translated() -> Iterator[None]:
    """Raise the SDK's exceptions as ours."""
    try:
        yield
    except Exception as problem:
        error = getattr(problem, "response", {}).get("Error", {})
        code, said = error.get("Code", type(problem).__name__), error.get("Message", str(problem))
        if code == "ExecutionNotRedrivable":
            raise NotRedrivableError(said) from problem
        if code in {"ExecutionDoesNotExist", "StateMachineDoesNotExist"}:
            raise ExecutionGoneError(said) from problem
        if code in _DENIED:
            raise DeniedError(said) from problem
        if code in _BUSY or not error:  # without a response nobody knows: ask again
            raise StepFunctionsBusyError(f"{code}: {said}") from problem
        raise StepFunctionsError(f"{code}: {said}") from problem
