"""What Step Functions lists: state machines, and executions as they stand."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Generic, TypeVar

from msgspec import Struct

from app.domain.execution import took

Item = TypeVar("Item")


class Listing(Struct, Generic[Item], frozen=True):
    """``whole``: these are all there are; otherwise the first of them, as they are sorted."""

    items: Sequence[Item]
    whole: bool = True


class Machine(Struct, frozen=True, kw_only=True):
    """A state machine. AWS: of Express ones no execution is listed, described or redriven."""

    arn: str
    name: str
    express: bool = False


class Listed(Struct, frozen=True, kw_only=True):
    """An execution as a list has it: without error and cause."""

    arn: str
    name: str
    status: str
    started_at: datetime
    stopped_at: datetime | None = None
    redrive_count: int = 0
    redriven_at: datetime | None = None

    @property
    def took(self) -> timedelta | None:
        return took(self.started_at, self.redriven_at, self.stopped_at, self.redrive_count)

    @property
    def running(self) -> bool:
        return self.stopped_at is None and self.status in {"RUNNING", "PENDING_REDRIVE"}
