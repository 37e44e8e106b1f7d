"""What was found out about something that people asked for."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum

from msgspec import Struct

from app.domain.execution import ExecutionArn, took
from app.domain.listing import Listed, Listing, Machine
from app.domain.overview import Posted
from app.domain.reconciliation import Account
from app.domain.timeline import Row
from app.domain.verdict import Verdict


class MachineReport(Struct, frozen=True, kw_only=True):
    """A state machine. ``executions`` None: they can't be listed. ``alerts`` not resolved."""

    machine: Machine
    executions: Listing[Listed] | None
    alerts: Sequence[Posted]
    now: datetime


_FAILED = frozenset({"FAILED", "TIMED_OUT", "ABORTED"})


class Seen(Struct, frozen=True, kw_only=True):
    """An execution as Step Functions described it, its secrets out."""

    status: str
    error: str | None
    cause: str | None
    started_at: datetime | None
    stopped_at: datetime | None
    redrive_count: int
    redriven_at: datetime | None = None

    @property
    def failed(self) -> bool:
        return self.status in _FAILED

    @property
    def took(self) -> timedelta | None:
        return took(self.started_at, self.redriven_at, self.stopped_at, self.redrive_count)


class Unseen(StrEnum):
    """Why Step Functions could not say anything about an execution."""

    EXPRESS = "express"
    GONE = "gone"
    OUT_OF_REACH = "out_of_reach"
    DENIED = "denied"


class ExecutionReport(Struct, frozen=True, kw_only=True):
    """An execution: ``seen``, or the reason why not. ``posted`` is the alert that knows of it.

    ``verdict`` is on a redrive of it where that alert is about another one.
    """

    arn: ExecutionArn
    seen: Seen | Unseen
    rows: Sequence[Row]
    posted: Posted | None
    now: datetime
    verdict: Verdict | None = None

    @property
    def in_focus(self) -> bool:
        """Whether it is what its alert is about, and what its buttons act on."""
        return self.posted is not None and self.posted.alert.focus.execution_arn == self.arn.text


class Several(Struct, frozen=True):
    """State machines that *words* may mean. ``whole``: all state machines were looked at."""

    words: str
    machines: Sequence[Machine]
    whole: bool


class NothingFound(Struct, frozen=True, kw_only=True):
    """Nothing is called so: ``near`` it are these names.

    An execution of that name was looked for in ``looked_in`` of the ``failed_lately`` state
    machines that have failed lately. ``by_arn``: a state machine was asked for by its ARN.
    """

    words: str
    near: Sequence[str]
    looked_in: int = 0
    failed_lately: int = 0
    by_arn: bool = False


class Reconciled(Struct, frozen=True, kw_only=True):
    """What a look at ``looked_at`` of the ``machines`` that may have failures gave.

    ``first`` of them in order was looked at from there. ``recorded`` were missing until now,
    ``unrecorded`` still are; of the state machines in ``partly`` not all failures were listed.
    """

    account: Account
    machines: int
    first: int
    looked_at: int
    recorded: int
    unrecorded: int
    partly: Sequence[str]
    by_metrics: bool

    @property
    def left(self) -> int:
        return self.machines - self.first - self.looked_at
