"""May this execution be redriven? The reasons are Step Functions' own words."""

from dataclasses import dataclass
from datetime import datetime, timedelta

REDRIVABLE_STATUSES = ("FAILED", "TIMED_OUT", "ABORTED")
REDRIVABLE_FOR = timedelta(days=14)
OPEN_FOR = timedelta(days=365)
# AWS: 25,000 events in all, and there must be room for ExecutionRedriven and one more.
TOO_MANY_EVENTS = 24_999


@dataclass(frozen=True, slots=True, kw_only=True)
class Closed:
    """What counts, of an execution: it is closed unless its status says RUNNING."""

    status: str
    started_at: datetime
    stopped_at: datetime | None
    events: int
    express: bool = False
    machine_deleted: bool = False


def why_not_redrivable(execution: Closed, now: datetime) -> str | None:
    """None when it may be redriven."""
    if execution.express:
        return "Execution is of an EXPRESS state machine and cannot be redriven"
    if execution.status not in REDRIVABLE_STATUSES:
        return f"Execution is {execution.status} and cannot be redriven"
    if execution.machine_deleted:
        return "State machine is in DELETING status"
    if execution.events >= TOO_MANY_EVENTS:
        return "Execution history event limit exceeded"
    if now - execution.started_at > OPEN_FOR:
        return "Execution has exceeded the max execution time"
    if execution.stopped_at is not None and now - execution.stopped_at > REDRIVABLE_FOR:
        return "Execution redrivable period exceeded"
    return None
