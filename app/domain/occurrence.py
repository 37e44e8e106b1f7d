"""What has been told of one execution: the ledger that makes counting exact."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Outcome(StrEnum):
    """How the latest attempt we were told of stands.

    TOLD: a NotifyError step told of the failure, the execution has yet to end. AWAITED:
    something was done about it, a waiting step answered or a new execution started.
    """

    TOLD = "told"
    AWAITED = "awaited"
    FAILED = "failed"
    SUCCEEDED = "succeeded"


@dataclass(frozen=True, slots=True, kw_only=True)
class Occurrence:
    """The latest attempt of an execution, and the alerts it has failed under, newest last.

    ``instead_of`` is the execution in whose place it was started.
    """

    execution_arn: str
    redrive_count: int
    outcome: Outcome
    alert_ids: tuple[str, ...]
    at: datetime
    hold: int = 0
    instead_of: str | None = None
