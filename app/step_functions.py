"""Step Functions in our own words, with exceptions that each mean one thing."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING, Any

from botocore import exceptions as sdk
from msgspec import Struct

from app.domain.execution import Attempt, ExecutionArn
from app.domain.listing import Listed, Listing, Machine
from app.domain.people import Person
from app.domain.reach import Account, Reach

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
        # AWS: of short-lived credentials, or our clock. The next call takes newer ones.
        "ExpiredToken",
        "ExpiredTokenException",
        "RequestExpired",
    }
)
#: AWS: from here on it is AWS that failed.
_UNWELL = 500
#: No answer, or half of one: what it did, nobody knows.
UNANSWERED = (sdk.ConnectionError, sdk.HTTPClientError)
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


class OutOfReachError(DeniedError):
    """It is of an account or region that is neither ours nor listed with a role."""

    def __init__(self, account: str, region: str) -> None:
        super().__init__(f"alerts.yml does not list account {account} with region {region}")
        self.account = account
        self.region = region


class RoleRefusedError(DeniedError):
    """AWS does not let us assume *role*, for the reason it *said*."""

    def __init__(self, role: str, said: str) -> None:
        super().__init__(f"AWS does not let sfn-alerts assume the role {role}: {said}")
        self.role = role
        self.said = said


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
    redriven_at: datetime | None = None
    trace_header: str | None = None


class Definition(Struct, frozen=True):
    """``revision`` is AWS's name of it; ``changed``: the state machine runs another today."""

    revision: str | None
    changed: bool


#: The client that acts in an account, in this region, for whoever asked (None: nobody did).
Through = Callable[[Account, str, Person | None], "SFNClient"]


class StepFunctions:
    """The calls we make. Every one of them may raise StepFunctionsBusyError or DeniedError.

    *client* makes the client when the first call needs it, and *through* those that act under a
    role. Where neither may act by *reach*, a call raises OutOfReachError and asks nobody. Without
    *reach* everything is taken for our own.
    """

    def __init__(
        self,
        client: Callable[[], "SFNClient"],
        reach: Reach | None = None,
        through: Through | None = None,
        by: Person | None = None,
    ) -> None:
        self._client = client
        self._reach = reach
        self._through = through
        self._by = by

    def acting_for(self, by: Person) -> "StepFunctions":
        """The same for somebody: under a role, CloudTrail shows who it was."""
        return StepFunctions(self._client, self._reach, self._through, by)

    def _at(self, arn: str) -> "SFNClient":
        """The client for the execution or state machine *arn*."""
        if self._reach is None:
            return self._client()
        account = self._reach.account_of(arn)
        if account is None and self._reach.is_home(arn):
            return self._client()
        _, _, _, region, account_id, *_ = arn.split(":")
        if account is None or self._through is None:
            raise OutOfReachError(account_id, region)
        return self._through(account, region, self._by)

    def describe(self, execution_arn: str) -> Description:
        """Raises ExecutionGoneError too."""
        with _translated():
            told: Mapping[str, Any] = self._at(execution_arn).describe_execution(
                executionArn=execution_arn
            )
        return Description(
            status=told["status"],
            redrive_count=told.get("redriveCount", 0),
            redrive_status=told.get("redriveStatus"),
            redrive_reason=told.get("redriveStatusReason"),
            started_at=told.get("startDate"),
            redriven_at=told.get("redriveDate"),
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
                self._at(execution_arn).get_execution_history(
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
            client = self._at(execution_arn)
            then = client.describe_state_machine_for_execution(executionArn=execution_arn)
            machine = ExecutionArn.parse(execution_arn).machine_arn
            today = client.describe_state_machine(stateMachineArn=machine)
        return Definition(
            revision=then.get("revisionId"), changed=then["definition"] != today["definition"]
        )

    def machine(self, machine_arn: str) -> Machine | None:
        """The state machine; None when there is none."""
        try:
            with _translated():
                told = self._at(machine_arn).describe_state_machine(stateMachineArn=machine_arn)
        except ExecutionGoneError:
            return None
        return Machine(arn=machine_arn, name=told["name"], express=told["type"] == "EXPRESS")

    def machines(self) -> Listing[Machine]:
        """Those of our own account and region, the first 5,000 of them."""
        found: list[Machine] = []
        token: str | None = None
        for _ in range(_MACHINE_PAGES):
            more: Any = {"nextToken": token} if token else {}
            with _translated():
                page: Mapping[str, Any] = self._client().list_state_machines(
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
            page: Mapping[str, Any] = self._at(machine_arn).list_executions(
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
                redriven_at=one.get("redriveDate"),
            )
            for one in page["executions"]
        ]
        return Listing(found, whole=not page.get("nextToken"))

    def redrive(self, attempt: Attempt, token: str) -> None:
        """Redrive *attempt*. Raises NotRedrivableError and ExecutionGoneError too.

        AWS: the same *token* within 15 minutes is the same redrive.
        """
        with _translated():
            self._at(attempt.execution_arn).redrive_execution(
                executionArn=attempt.execution_arn, clientToken=token
            )

    def start(self, started_as: str, name: str, given: str) -> None:
        """Start an execution named *name* of a state machine, version or alias.

        Raises AlreadyStartedError too. AWS: while it runs, the same name and input is the same
        start; names can be used again after 90 days.
        """
        with _translated():
            self._at(started_as).start_execution(stateMachineArn=started_as, name=name, input=given)

    def answer(self, execution_arn: str, token: str, output: str) -> None:
        """Let the step of the execution that waits with *token* go on with *output* (JSON).

        Raises NoLongerWaitingError too.
        """
        with _translated():
            self._at(execution_arn).send_task_success(taskToken=token, output=output)


def _lacks_parameters(event: Mapping[str, Any]) -> bool:
    """Whether the event tells that a function was called, but not which."""
    details = event.get("taskScheduledEventDetails", {})
    return str(details.get("resourceType")).endswith("lambda") and not details.get("parameters")


@contextmanager
def _translated() -> Iterator[None]:
    """Raise the SDK's exceptions as ours. A mistake of ours stays what it is: nobody repeats it."""
    try:
        yield
    except UNANSWERED as problem:
        raise StepFunctionsBusyError(f"{type(problem).__name__}: {problem}") from problem
    except sdk.ClientError as problem:
        error = problem.response.get("Error", {})
        code, said = error.get("Code", type(problem).__name__), error.get("Message", str(problem))
        status = problem.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
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
        if code in _BUSY or status >= _UNWELL:
            raise StepFunctionsBusyError(f"{code}: {said}") from problem
        raise StepFunctionsError(f"{code}: {said}") from problem
