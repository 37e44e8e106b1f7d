"""The "Step Functions Execution Status Change" event.

AWS: fields that do not apply are null in the event and absent in older examples; the input is
left out when it and the output exceed 248 KiB; delivery is best effort and may come twice and
out of order.
"""

from collections.abc import Mapping
from typing import Any

from app.domain.execution import ExecutionEnded, Failure, Success
from app.domain.redaction import Redactor
from app.ingest import fields
from app.ingest.errors import NotUnderstoodError
from app.ingest.texts import kept

# A Map Run's child that waits to be redriven has not failed anew.
_NO_NEWS = frozenset({"RUNNING", "PENDING_REDRIVE"})


def matches(event: Mapping[str, Any]) -> bool:
    return event.get("source") == "aws.states" and isinstance(event.get("detail"), Mapping)


def parse(event: Mapping[str, Any], redactor: Redactor) -> ExecutionEnded | None:
    """A Failure for every status that is not known to be harmless, so none is missed."""
    detail = event["detail"]
    arn = fields.execution_arn(detail, "executionArn", "detail.executionArn")
    status = fields.text(detail, "status")
    if status is None:
        message = f"detail.status must be a text, it is {detail.get('status')!r:.60}"
        raise NotUnderstoodError(message)
    if status in _NO_NEWS:
        return None
    redrive_count = fields.whole_number(detail, "redriveCount")
    started_at = fields.milliseconds(detail, "startDate")
    stopped_at = fields.milliseconds(detail, "stopDate")
    if status == "SUCCEEDED":
        return Success(
            execution_arn=arn,
            redrive_count=redrive_count,
            started_at=started_at,
            stopped_at=stopped_at,
        )
    return Failure(
        execution_arn=arn,
        redrive_count=redrive_count,
        status=status,
        error=kept(fields.text(detail, "error"), redactor),
        cause=kept(fields.text(detail, "cause"), redactor),
        input=kept(fields.text(detail, "input"), redactor),
        started_at=started_at,
        redriven_at=fields.milliseconds(detail, "redriveDate"),
        stopped_at=stopped_at,
    )
