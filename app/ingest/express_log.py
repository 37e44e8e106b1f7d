"""A log event of an execution, as Step Functions writes it to CloudWatch Logs.

AWS: Express executions tell of their ends nowhere else. The shape is ``{"id", "type", "details",
"previous_event_id", "event_timestamp", "execution_arn"}``, ids and time as texts, the time in epoch
milliseconds; input and start are in another event, that of the beginning.
"""

from collections.abc import Mapping
from typing import Any

from app.domain.execution import Failure
from app.domain.redaction import Redactor
from app.ingest import fields
from app.ingest.texts import kept

#: Types of events that are failures, and what the execution has ended as.
ENDS = {
    "ExecutionFailed": "FAILED",
    "ExecutionTimedOut": "TIMED_OUT",
    "ExecutionAborted": "ABORTED",
}


def matches(event: Mapping[str, Any]) -> bool:
    return "execution_arn" in event and isinstance(event.get("type"), str)


def parse(event: Mapping[str, Any], redactor: Redactor) -> Failure | None:
    """None for every event but a bad end: whoever subscribes may have left out the filter."""
    arn = fields.execution_arn(event, "execution_arn", "execution_arn")
    status = ENDS.get(event["type"])
    if status is None:
        return None
    said = event.get("details")
    details: Mapping[str, Any] = said if isinstance(said, Mapping) else {}
    return Failure(
        execution_arn=arn,
        redrive_count=0,  # AWS: Express executions have no redrive
        status=status,
        error=kept(fields.text(details, "error"), redactor),
        cause=kept(fields.text(details, "cause"), redactor),
        stopped_at=fields.milliseconds(event, "event_timestamp"),
    )
