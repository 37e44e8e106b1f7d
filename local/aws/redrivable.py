"""Whether an execution may be redriven right now, as every answer about it says."""

from datetime import UTC, datetime

from local.aws.executions import Execution
from local.aws.redrive_rules import Closed, why_not_redrivable
from local.aws.seams import stepfunctions


def reason_not_to_redrive(execution: Execution) -> str | None:
    record = execution.record
    facts = Closed(
        status=record["status"],
        started_at=datetime.fromisoformat(record["startDate"]),
        stopped_at=datetime.fromisoformat(record["stopDate"]) if record["stopDate"] else None,
        events=len(record["events"]),
        express=execution.express,
        machine_deleted=record["stateMachineArn"] not in stepfunctions._state_machines,
    )
    return why_not_redrivable(facts, datetime.now(UTC))
