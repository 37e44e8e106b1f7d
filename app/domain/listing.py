"""What Step Functions lists: state machines, and executions as they stand."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Listing(Generic[Item]):
    """``whole``: these are all there are; otherwise the first of them, as they are sorted."""

    items: Sequence[Item]
    whole: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine:
    """A state machine. AWS: of Express ones no execution is listed, described or redriven."""

    arn: str
    name: str
    express: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """An execution as a list has it: without error and cause."""

    arn: str
    name: str
    status: str
    started_at: datetime
    stopped_at: datetime | None = None
    redrive_count: int = 0

    @property
    def running(self) -> bool:
        return self.stopped_at is None and self.status in {"RUNNING", "PENDING_REDRIVE"}
