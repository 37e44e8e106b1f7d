"""What has been told of one execution: the ledger that makes counting exact."""

from datetime import datetime
from enum import StrEnum

from msgspec import Struct


class Outcome(StrEnum):
    """How the latest attempt we were told of stands.

    TOLD: a NotifyError step told of the failure, the execution has yet to end. AWAITED:
    something was done about it, a waiting step answered or a new execution started.
    REDRIVEN: it failed, and a recovery of many has it redriven: the next attempt will tell.
    REPLACED: it failed, and another execution was started in its place.
    """

    TOLD = "told"
    AWAITED = "awaited"
    FAILED = "failed"
    REDRIVEN = "redriven"
    REPLACED = "replaced"
    SUCCEEDED = "succeeded"


class Taken(Struct, frozen=True):
    """Which recovery of many took it up, in which of its legs; ``refused``: in vain."""

    recovery_id: str
    leg: int
    refused: bool = False


class Occurrence(Struct, frozen=True, kw_only=True):
    """The latest attempt of an execution, and the alerts it has failed under, newest last.

    ``instead_of`` is the execution in whose place it was started. ``ended_as`` is the fingerprint
    of what it ended with, where a step had told of it before: its Fail state's error.
    """

    execution_arn: str
    redrive_count: int
    outcome: Outcome
    alert_ids: tuple[str, ...]
    at: datetime
    hold: int = 0
    instead_of: str | None = None
    taken: Taken | None = None
    ended_as: str | None = None

    @property
    def awaited_by(self) -> str | None:
        """The recovery of many that is to hear how this ends."""
        awaited = self.outcome in {Outcome.REDRIVEN, Outcome.AWAITED}
        return self.taken.recovery_id if self.taken and awaited else None
