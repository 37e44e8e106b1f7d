"""What a NotifyError task sends from inside a state machine.

Its Parameters are ``param.$: $`` (the state's input, which holds Error and Cause of the step
before), ``Execution.$: $$.Execution``, ``State.$: $$.State`` and
``StateMachine.$: $$.StateMachine``. A step that waits for people's answer sends its token too:
``Task.$: $$.Task``.
"""

import json
from collections.abc import Mapping
from typing import Any

from app.domain.execution import ExecutionEnded, Failure, Hold
from app.domain.held_input import error_output, held_input
from app.domain.redaction import Redactor
from app.ingest import fields
from app.ingest.errors import NotUnderstoodError
from app.ingest.texts import kept


def matches(event: Mapping[str, Any]) -> bool:
    return "param" in event and isinstance(event.get("Execution"), Mapping)


def parse(event: Mapping[str, Any], redactor: Redactor) -> ExecutionEnded:
    """The failure the step caught. Its execution is still running: it has yet to end."""
    execution = event["Execution"]
    arn = fields.execution_arn(execution, "Id", "Execution.Id")
    output = error_output(event["param"])
    return Failure(
        execution_arn=arn,
        redrive_count=fields.whole_number(execution, "RedriveCount"),
        status="RUNNING",
        error=kept(fields.text(output, "Error"), redactor),
        cause=kept(fields.text(output, "Cause"), redactor),
        input=_kept(execution.get("Input"), redactor),
        started_at=fields.iso(execution, "StartTime"),
        hold=_hold(event, redactor) if task_token(event) else None,
    )


def task_token(event: Mapping[str, Any]) -> str | None:
    """The token of a step that waits. It is a key to the execution: never in a Failure."""
    task = event.get("Task")
    return fields.text(task, "Token") if isinstance(task, Mapping) else None


def _hold(event: Mapping[str, Any], redactor: Redactor) -> Hold:
    state = event.get("State")
    since = fields.iso(state, "EnteredTime") if isinstance(state, Mapping) else None
    if since is None:
        message = "State.EnteredTime must be a time: a step that waits needs State.$: $$.State"
        raise NotUnderstoodError(message)
    given = held_input(event["param"], event["Execution"].get("Input"))
    return Hold(since=since, input=_kept(given, redactor))


def _kept(given: object, redactor: Redactor) -> str | None:
    return None if given is None else kept(json.dumps(given, ensure_ascii=False), redactor)
