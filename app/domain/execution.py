"""Executions of Step Functions and how their attempts end."""

import re
from datetime import datetime, timedelta

from msgspec import Struct

_EXECUTION = re.compile(
    r"arn:(?P<partition>[a-z-]+):states:(?P<region>[a-z0-9-]+):(?P<account>\d{12}):"
    r"(?P<kind>execution|express):(?P<machine>[^:]+):(?P<name>.+)",
)


class ExecutionArn(Struct, frozen=True, kw_only=True):
    """An execution's ARN, taken apart.

    AWS: ``arn:P:states:R:A:execution:MACHINE:NAME``; Express has ``express`` and a further
    ``:UUID``; a Map Run's child has ``MACHINE/LABEL``.
    """

    text: str
    partition: str
    region: str
    account: str
    machine: str
    name: str
    express: bool

    @classmethod
    def parse(cls, text: str) -> "ExecutionArn":
        """Take *text* apart; ValueError when it is no execution's ARN."""
        found = _EXECUTION.fullmatch(text)
        if not found:
            message = f"not the ARN of an execution: {text[:300]!r}"
            raise ValueError(message)
        return cls(
            text=text,
            partition=found["partition"],
            region=found["region"],
            account=found["account"],
            machine=found["machine"],
            name=found["name"],
            express=found["kind"] == "express",
        )

    @property
    def machine_arn(self) -> str:
        """The ARN of the state machine (for a Map Run's child, of its parent's)."""
        machine = self.machine.split("/")[0]
        return f"arn:{self.partition}:states:{self.region}:{self.account}:stateMachine:{machine}"


class Attempt(Struct, frozen=True, order=True):
    """One run of an execution: each redrive of the same ARN is a new attempt.

    So is each time one of its steps begins to wait for an answer of people: ``hold`` is that
    moment in epoch milliseconds, 0 where nothing waits.
    """

    execution_arn: str
    redrive_count: int
    hold: int = 0

    def tells_no_more_than(self, known: "Attempt") -> bool:
        """Whether nothing of *self* is news to who knows of *known*, of the same execution."""
        if self.redrive_count != known.redrive_count:
            return self.redrive_count < known.redrive_count
        # After a step has waited, the end of the execution (which waits for nothing) is news.
        return self == known or 0 < self.hold < known.hold


def took(
    started_at: datetime | None,
    redriven_at: datetime | None,
    stopped_at: datetime | None,
    redrive_count: int,
) -> timedelta | None:
    """How long the last attempt of an execution took; None where that is not known.

    AWS: a redriven execution keeps its first start. Until its redrive it lay idle, which is no
    part of that.
    """
    began = redriven_at if redrive_count else started_at
    return stopped_at - began if began and stopped_at else None


class Hold(Struct, frozen=True, kw_only=True):
    """A step waits for people's answer ``since`` then; ``input`` is what a retry would get.

    AWS: a task that waits for its token has the state's timeout, which only the history tells.
    """

    since: datetime
    input: str | None = None

    @property
    def id(self) -> int:
        return int(self.since.timestamp() * 1000)


class Failure(Struct, frozen=True, kw_only=True):
    """An attempt that went wrong, as far as we were told.

    ``status`` is ``RUNNING`` when a NotifyError step told us from inside: the execution
    has not ended yet, and can't be redriven until it has. Texts are redacted before they
    get here. ``redriven_at`` is when this attempt began, where it is a redrive. ``found_at`` is
    when we found it ourselves, where no event told of it in time.
    """

    execution_arn: str
    redrive_count: int
    status: str
    error: str | None = None
    cause: str | None = None
    input: str | None = None
    started_at: datetime | None = None
    redriven_at: datetime | None = None
    stopped_at: datetime | None = None
    state: str | None = None
    hold: Hold | None = None
    found_at: datetime | None = None

    @property
    def attempt(self) -> Attempt:
        return Attempt(self.execution_arn, self.redrive_count, self.hold.id if self.hold else 0)

    @property
    def arn(self) -> ExecutionArn:
        return ExecutionArn.parse(self.execution_arn)

    @property
    def ended(self) -> bool:
        """Whether the execution itself has ended, so that it could be redriven."""
        return self.status != "RUNNING"

    @property
    def waits(self) -> bool:
        """Whether a step of the execution waits for people's answer."""
        return self.hold is not None and not self.ended

    @property
    def next_input(self) -> str | None:
        """What would be used again: where a step waits, what a retry of it would get.

        That is another than the execution's own where states before it made one, or people.
        """
        return self.hold.input if self.hold and self.waits else self.input

    @property
    def took(self) -> timedelta | None:
        """How long this attempt took; None where that is not known."""
        return took(self.started_at, self.redriven_at, self.stopped_at, self.redrive_count)

    @property
    def error_name(self) -> str:
        """The error, or what stands for it: a timeout or an abort carries none.

        AWS: a state machine's own timeout ends TIMED_OUT with neither error nor cause, and
        so does a stopped execution; an empty Fail state ends FAILED with neither.
        """
        if self.error:
            return self.error
        return {
            "TIMED_OUT": "Execution timed out",
            "ABORTED": "Execution aborted",
        }.get(self.status, "No error given")


class Success(Struct, frozen=True, kw_only=True):
    """An attempt that ended well after something had been done about it."""

    execution_arn: str
    redrive_count: int
    started_at: datetime | None = None
    stopped_at: datetime | None = None

    @property
    def attempt(self) -> Attempt:
        return Attempt(self.execution_arn, self.redrive_count)


#: What ingestion makes of an event.
ExecutionEnded = Failure | Success
