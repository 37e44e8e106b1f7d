"""A nested execution's failure, as the parent's task reports it."""

import json

from local.aws.executions import Json
from local.aws.seams import replace, stepfunctions

_TOLD = (
    *("executionArn", "stateMachineArn", "name", "startDate", "stopDate", "status"),
    *("input", "inputDetails", "error", "cause"),
)


def _nested_execution_failure(payload: Json) -> tuple[str, str]:
    """AWS: States.TaskFailed, with the child's description in PascalCase as the cause."""
    told = {f"{name[0].upper()}{name[1:]}": payload[name] for name in _TOLD if payload.get(name)}
    return "States.TaskFailed", json.dumps(told, separators=(",", ":"))


def install() -> None:
    replace(stepfunctions, "_nested_execution_failure", _nested_execution_failure)
