"""Step Functions in our own words, with exceptions that each mean one thing."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from app.domain.execution import Attempt, ExecutionArn
from app.domain.listing import Listed, Listing, Machine

if TYPE_CHECKING:
    from mypy_boto3_stepfunctions import SFNClient
else:
    SFNClient = Any

#: AWS: a page of history holds at most 1,000 events. Steps before that are not counted.
_PAGE = 1000
#: AWS: ListStateMachines and ListExecutions give 1,000 at once, and the first refills 5 a second.
_LISTED = 1000
_MACHINE_PAGES = 5
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


class AlreadyStartedError(StepFunctionsError):
    """AWS: an execution of that name was started before, and has ended or has another input."""


class NoLongerWaitingError(StepFunctionsError):
    """The step's wait has timed out, or somebody has answered it."""


class Description(Struct, frozen=True, kw_only=True):
    """An execution as DescribeExecution has it (AWS: eventually consistent).

    ``started_as`` is the alias, version or state machine that StartExecution was given.
    """

    status: str
    redrive_count: int
    redrive_status: str | None
    redrive_reason: str | None
    started_at: datetime | None
    stopped_at: datetime | None
    input: str | None
    error: str | None
    cause: str | None
    started_as: str
    trace_header: str | None = None


class Definition(Struct, frozen=True):
    """``revision`` is AWS's name of it; ``changed``: the state machine runs another today."""

    revision: str | None
    changed: bool


class StepFunctions:
    """The calls we make. Every one of them may raise StepFunctionsBusyError or DeniedError.

    *client* makes the client when the first call needs it.
    """

    def __init__(self, client: Callable[[], "SFNClient"]) -> None:
        self._make_client = client

    @property
    def _client(self) -> "SFNClient":
        return self._make_client()

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
            started_as=told.get("stateMachineAliasArn")
            or told.get("stateMachineVersionArn")
            or told["stateMachineArn"],
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

    def latest_events(self, execution_arn: str) -> list[Mapping[str, Any]]:
        """The same in one call, whatever it leaves out."""
        return self._events(execution_arn, most=_PAGE, data=False)

    def first_events(self, execution_arn: str, most: int) -> list[Mapping[str, Any]]:
        """The first events, oldest first, without inputs and outputs.

        Raises ExecutionGoneError too.
        """
        return self._events(execution_arn, most=most, data=False, reverse=False)

    def history_with_data(self, execution_arn: str, most: int) -> list[Mapping[str, Any]]:
        """The latest events, newest first, with inputs and outputs, which may be large.

        Raises ExecutionGoneError too.
        """
        return self._events(execution_arn, most=most, data=True)

    def _events(
        self, execution_arn: str, *, most: int, data: bool, reverse: bool = True
    ) -> list[Mapping[str, Any]]:
        with _translated():
            return list(
                self._client.get_execution_history(
                    executionArn=execution_arn,
                    reverseOrder=reverse,
                    maxResults=most,
                    includeExecutionData=data,
                )["events"]
            )

    def definition(self, execution_arn: str) -> Definition:
        """What the execution runs, against what its state machine runs today.

        AWS: a redrive runs the definition the execution was started with.
        """
        with _translated():
            then = self._client.describe_state_machine_for_execution(executionArn=execution_arn)
            machine = ExecutionArn.parse(execution_arn).machine_arn
            today = self._client.describe_state_machine(stateMachineArn=machine)
        return Definition(
            revision=then.get("revisionId"), changed=then["definition"] != today["definition"]
        )

    def machine(self, machine_arn: str) -> Machine | None:
        """The state machine; None when there is none."""
        try:
            with _translated():
                told = self._client.describe_state_machine(stateMachineArn=machine_arn)
        except ExecutionGoneError:
            return None
        return Machine(arn=machine_arn, name=told["name"], express=told["type"] == "EXPRESS")

    def machines(self) -> Listing[Machine]:
        """Those of the account and region, the first 5,000 of them."""
        found: list[Machine] = []
        token: str | None = None
        for _ in range(_MACHINE_PAGES):
            more: Any = {"nextToken": token} if token else {}
            with _translated():
                page: Mapping[str, Any] = self._client.list_state_machines(
                    maxResults=_LISTED, **more
                )
            found += [
                Machine(
                    arn=one["stateMachineArn"], name=one["name"], express=one["type"] == "EXPRESS"
                )
                for one in page["stateMachines"]
            ]
            token = page.get("nextToken")
            if not token:
                break
        return Listing(found, whole=not token)

    def executions(
        self, machine_arn: str, status: str | None = None, most: int = _LISTED
    ) -> Listing[Listed]:
        """Its executions, the latest first: by their start, or with a *status* by their end.

        Raises ExecutionGoneError too, when there is no such state machine. AWS: those of
        Express state machines are not listed.
        """
        given: Any = {"statusFilter": status} if status else {}
        with _translated():
            page: Mapping[str, Any] = self._client.list_executions(
                stateMachineArn=machine_arn, maxResults=most, **given
            )
        found = [
            Listed(
                arn=one["executionArn"],
                name=one["name"],
                status=one["status"],
                started_at=one["startDate"],
                stopped_at=one.get("stopDate"),
                redrive_count=one.get("redriveCount", 0),
            )
            for one in page["executions"]
        ]
        return Listing(found, whole=not page.get("nextToken"))

    def redrive(self, attempt: Attempt, token: str) -> None:
        """Redrive *attempt*. Raises NotRedrivableError and ExecutionGoneError too.

        AWS: the same *token* within 15 minutes is the same redrive.
        """
        with _translated():
            self._client.redrive_execution(executionArn=attempt.execution_arn, clientToken=token)

    def start(self, started_as: str, name: str, given: str) -> None:
        """Start an execution named *name* of a state machine, version or alias.

        Raises AlreadyStartedError too. AWS: while it runs, the same name and input is the same
        start; names can be used again after 90 days.
        """
        with _translated():
            self._client.start_execution(stateMachineArn=started_as, name=name, input=given)

    def answer(self, token: str, output: str) -> None:
        """Let the step that waits with *token* go on with *output* (JSON).

        Raises NoLongerWaitingError too.
        """
        with _translated():
            self._client.send_task_success(taskToken=token, output=output)


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
        if code == "ExecutionAlreadyExists":
            raise AlreadyStartedError(said) from problem
        if code in {"TaskTimedOut", "TaskDoesNotExist", "InvalidToken"}:
            # The message may repeat the token.
            raise NoLongerWaitingError(code) from None
        if code in _DENIED:
            raise DeniedError(said) from problem
        if code in _BUSY or not error:  # without a response nobody knows: ask again
            raise StepFunctionsBusyError(f"{code}: {said}") from problem
        raise StepFunctionsError(f"{code}: {said}") from problem
