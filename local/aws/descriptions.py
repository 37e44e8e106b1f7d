"""What Step Functions tells of executions and revisions beyond what ministack does."""

import json

from local.aws.executions import Json, execution_of, revision_of, starting
from local.aws.redrivable import reason_not_to_redrive
from local.aws.seams import replace, responses, stepfunctions

_EVERYTHING = 1_000_000
_ministack: dict[str, Json] = {}


def _start_execution(data: Json) -> Json:
    """Note the revision that is started. AWS: asking twice for a running execution is one."""
    arn = (data.get("stateMachineArn") or "").partition("#")[0]
    running = _same_running(arn, data)
    if running is not None:
        said = {"executionArn": running["executionArn"], "startDate": running["startDate"]}
        return responses.json_response(said)
    token = starting.set(revision_of(arn))
    try:
        answer = _ministack["_start_execution"](data)
    finally:
        starting.reset(token)
    if answer[0] == 200 and data.get("traceHeader"):  # noqa: PLR2004
        record = stepfunctions._executions[json.loads(answer[2])["executionArn"]]
        record["traceHeader"] = data["traceHeader"]
    return answer


def _same_running(machine_arn: str, data: Json) -> Json:
    base = stepfunctions._resolve_state_machine_arn(machine_arn)
    if base is None or not data.get("name"):
        return None
    arn = f"{base.replace(':stateMachine:', ':execution:')}:{data['name']}"
    record = stepfunctions._executions.get(arn)
    if record is None or record["status"] != "RUNNING":
        return None
    return record if record["input"] == data.get("input", "{}") else None


def _describe_execution(data: Json) -> Json:
    answer = _ministack["_describe_execution"](data)
    record = stepfunctions._executions.get(data.get("executionArn"))
    if record is None:
        return answer
    execution = execution_of(record)
    reason = reason_not_to_redrive(execution)
    described = json.loads(answer[2])
    if record["status"] != "SUCCEEDED":
        described.update(output=None, outputDetails=None)
    described.update(
        redriveCount=execution.redrive_count,
        redriveDate=execution.redrive_date,
        redriveStatus="NOT_REDRIVABLE" if reason else "REDRIVABLE",
        redriveStatusReason=reason,
        stateMachineVersionArn=execution.revision.version_arn,
        stateMachineAliasArn=execution.revision.alias_arn,
        traceHeader=record.get("traceHeader"),
    )
    # AWS: here, what doesn't apply is left out.
    given = {key: value for key, value in described.items() if value is not None}
    return responses.json_response(given)


def _list_executions(data: Json) -> Json:
    """Filtered before it is cut into pages, so that no page comes short."""
    answer = _ministack["_list_executions"]({**data, "maxResults": _EVERYTHING})
    if answer[0] != 200:  # noqa: PLR2004
        return answer
    listed = json.loads(answer[2])["executions"]
    for item in listed:
        execution = execution_of(stepfunctions._executions[item["executionArn"]])
        item["redriveCount"] = execution.redrive_count
        if execution.redrive_date:
            item["redriveDate"] = execution.redrive_date
    wanted = data.get("redriveFilter")
    if wanted:
        listed = [item for item in listed if bool(item["redriveCount"]) == (wanted == "REDRIVEN")]
    size = int(data.get("maxResults") or 100)
    page: Json = {"executions": listed[:size]}
    if len(listed) > size:
        page["nextToken"] = stepfunctions._encode_execution_token(listed[size - 1])
    return responses.json_response(page)


def _update_state_machine(data: Json) -> Json:
    answer = _ministack["_update_state_machine"](data)
    machine = stepfunctions._state_machines.get(data.get("stateMachineArn"))
    if answer[0] != 200 or machine is None:  # noqa: PLR2004
        return answer
    updated = json.loads(answer[2])
    machine["updateDate"] = updated["updateDate"]
    return responses.json_response({**updated, "revisionId": machine["revisionId"]})


def _describe_state_machine_for_execution(data: Json) -> Json:
    """The revision the execution runs, whatever became of the machine since."""
    record = stepfunctions._executions.get(data.get("executionArn"))
    if record is None:
        return _ministack["_describe_state_machine_for_execution"](data)
    revision = execution_of(record).revision
    machine = stepfunctions._state_machines.get(record["stateMachineArn"]) or {}
    said = {
        "stateMachineArn": record["stateMachineArn"],
        "name": record["stateMachineArn"].split(":")[6],
        "definition": revision.definition,
        "roleArn": revision.role_arn,
        "updateDate": revision.updated_at,
        "revisionId": revision.revision_id,
        "loggingConfiguration": machine.get("loggingConfiguration"),
        "encryptionConfiguration": record.get("encryptionConfiguration"),
    }
    return responses.json_response({key: value for key, value in said.items() if value is not None})


def install() -> None:
    for function in (
        _start_execution,
        _describe_execution,
        _list_executions,
        _update_state_machine,
        _describe_state_machine_for_execution,
    ):
        name = function.__name__
        _ministack[name] = replace(stepfunctions, name, function)
