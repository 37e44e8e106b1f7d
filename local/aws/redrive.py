"""RedriveExecution: the same execution goes on from the states it entered and did not exit."""

import json
import re
import time

from local.aws import status_events
from local.aws.executions import Execution, Json, execution_of
from local.aws.redrivable import reason_not_to_redrive
from local.aws.runs import start_run
from local.aws.seams import replace, responses, stepfunctions

# AWS: a token counts for 15 minutes, and among the last 10 that redrove the execution.
TOKENS_KEPT = 10
TOKEN_SECONDS = 15 * 60

_ARN = re.compile(r"arn:[\w-]+:states:[\w-]+:\d{12}:execution:[^:\s]+:[^:\s]+")
_ministack: dict[str, Json] = {}


def _redrive_execution(data: Json) -> Json:
    arn = data.get("executionArn") or ""
    if not _ARN.fullmatch(arn):
        return responses.error_response_json("InvalidArn", f"Invalid Arn: '{arn}'", 400)
    record = stepfunctions._executions.get(arn)
    if record is None:
        message = f"Execution Does Not Exist: '{arn}'"
        return responses.error_response_json("ExecutionDoesNotExist", message, 400)
    execution = execution_of(record)
    with execution.lock:
        earlier = _redriven_with(execution, data.get("clientToken"))
        if earlier:
            return responses.json_response({"redriveDate": earlier})
        reason = reason_not_to_redrive(execution)
        if reason:
            return responses.error_response_json("ExecutionNotRedrivable", reason, 400)
        redrive_date = _reopen(execution)
        _remember(execution, data.get("clientToken"), redrive_date)
        change = status_events.status_change(execution)
    status_events.publish(execution, change)
    start_run(execution)
    return responses.json_response({"redriveDate": redrive_date})


def _redriven_with(execution: Execution, token: str | None) -> str | None:
    """When this token redrove the execution, if it did and still counts."""
    now = time.monotonic()
    execution.redrives = {
        known: (date, at)
        for known, (date, at) in execution.redrives.items()
        if now - at <= TOKEN_SECONDS
    }
    date, _ = execution.redrives.get(token or "", (None, 0.0))
    return date


def _remember(execution: Execution, token: str | None, redrive_date: str) -> None:
    if token:
        execution.redrives[token] = (redrive_date, time.monotonic())
        for oldest in list(execution.redrives)[:-TOKENS_KEPT]:
            del execution.redrives[oldest]


def _reopen(execution: Execution) -> str:
    # The run that was stopped may still be at work: from here on it is nobody's.
    execution.run = None
    execution.redrive_count += 1
    execution.redrive_date = responses.now_iso()
    execution.record.update(status="RUNNING", stopDate=None, output=None, error=None, cause=None)
    said = {"redriveCount": execution.redrive_count}
    execution.append("ExecutionRedriven", said, previous=execution.last_event())
    return str(execution.redrive_date)


async def _handle_request(
    method: str, path: str, headers: Json, body: bytes, query_params: Json
) -> Json:
    if headers.get("x-amz-target", "").endswith(".RedriveExecution"):
        answer = _redrive_execution(json.loads(body or b"{}"))
        return stepfunctions._finalize_response(answer)
    return await _ministack["handle_request"](method, path, headers, body, query_params)


def install() -> None:
    _ministack["handle_request"] = replace(stepfunctions, "handle_request", _handle_request)
