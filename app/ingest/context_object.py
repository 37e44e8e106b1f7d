"""What a NotifyError task sends from inside a state machine.

Its Parameters are ``param.$: $`` (the state's input, which holds Error and Cause of the step
before), ``Execution.$: $$.Execution``, ``State.$: $$.State`` and
``StateMachine.$: $$.StateMachine``.
"""

import json
from collections.abc import Mapping
from typing import Any

from app.domain.execution import ExecutionEnded, Failure
from app.domain.redaction import Redactor
from app.ingest import fields
from app.ingest.texts import kept


def matches(event: Mapping[str, Any]) -> bool:
    return "param" in event and isinstance(event.get("Execution"), Mapping)


def parse(event: Mapping[str, Any], redactor: Redactor) -> ExecutionEnded:
    """The failure the step caught. Its execution is still running: it has yet to end."""
    execution = event["Execution"]
    arn = fields.execution_arn(execution, "Id", "Execution.Id")
    output = _error_output(event["param"])
    given = execution.get("Input")
    return Failure(
        execution_arn=arn,
        redrive_count=fields.whole_number(execution, "RedriveCount"),
        status="RUNNING",
        error=kept(fields.text(output, "Error"), redactor),
        cause=kept(fields.text(output, "Cause"), redactor),
        input=None if given is None else kept(json.dumps(given, ensure_ascii=False), redactor),
        started_at=fields.iso(execution, "StartTime"),
    )


def _error_output(param: object) -> Mapping[str, Any]:
    """The object with Error and Cause: *param* itself, or where a ResultPath put it.

    AWS: a Catch without ResultPath replaces the input by the error output; with one, the
    error output stands at that path inside the input.
    """
    if not isinstance(param, Mapping):
        return {}
    if "Error" in param or "Cause" in param:
        return param
    for value in param.values():
        if isinstance(value, Mapping) and "Error" in value and "Cause" in value:
            return value
    return {}
