"""EventBridge's "Step Functions Execution Status Change", with what a redrive adds to it."""

import json
import logging

from local.aws.executions import Execution, Json
from local.aws.redrivable import reason_not_to_redrive
from local.aws.seams import eventbridge, stepfunctions

_log = logging.getLogger(__name__)


def status_change(execution: Execution) -> Json:
    """The event for the status it has now: to be made under the lock, and sent outside it."""
    return {
        "Source": "aws.states",
        "DetailType": "Step Functions Execution Status Change",
        "Detail": json.dumps(_detail(execution)),
        "Resources": [execution.arn],
    }


def publish(execution: Execution, entry: Json) -> None:
    """AWS: standard workflows only, best effort; a failure to publish changes nothing."""
    if execution.express:
        return
    try:
        eventbridge._put_events({"Entries": [entry]}, allow_aws_source=True)
    except Exception:  # noqa: BLE001 - whatever it is, the execution goes on
        _log.exception("no status event for %s", execution.arn)


def _detail(execution: Execution) -> Json:
    """AWS: what doesn't apply is an explicit null; dates are epoch milliseconds."""
    record = execution.record
    reason = reason_not_to_redrive(execution)
    sent_input, input_details = _payload(record["input"])
    output = record["output"] if record["status"] == "SUCCEEDED" else None
    sent_output, output_details = _payload(output)
    return {
        "executionArn": execution.arn,
        "stateMachineArn": record["stateMachineArn"],
        "name": record["name"],
        "status": record["status"],
        "startDate": stepfunctions._iso_to_epoch_ms(record["startDate"]),
        "stopDate": stepfunctions._iso_to_epoch_ms(record["stopDate"]),
        "input": sent_input,
        "output": sent_output,
        "stateMachineVersionArn": execution.revision.version_arn,
        "stateMachineAliasArn": execution.revision.alias_arn,
        "redriveCount": execution.redrive_count,
        "redriveDate": stepfunctions._iso_to_epoch_ms(execution.redrive_date),
        "redriveStatus": "NOT_REDRIVABLE" if reason else "REDRIVABLE",
        "redriveStatusReason": reason,
        "inputDetails": input_details,
        "outputDetails": output_details,
        "error": record.get("error"),
        "cause": record.get("cause"),
    }


def _payload(text: str | None) -> tuple[str | None, Json]:
    """AWS: an input or output of more than 248 KiB stays out, and `included` says so."""
    if text is None:
        return None, None
    included = len(text.encode(errors="replace")) <= stepfunctions._STATUS_EVENT_PAYLOAD_CAP
    return text if included else None, {"included": included}
