"""Running an execution from its start or its redrive to one of its ends."""

import contextvars
import json
import threading

from local.aws import status_events
from local.aws.executions import (
    Execution,
    Json,
    Run,
    SupersededError,
    compact,
    execution_of,
    starting,
)
from local.aws.lanes import Lane, Scope
from local.aws.seams import replace, responses, stepfunctions
from local.aws.states import walk

_ministack: dict[str, Json] = {}


def start_run(execution: Execution) -> None:
    """On its own thread, in the caller's account and region."""
    context = contextvars.copy_context()
    threading.Thread(target=context.run, args=(run, execution), daemon=True).start()


def run(execution: Execution) -> None:
    """Ends when the execution has, or when this run is no longer the execution's."""
    # What a task starts from here runs its own machine's revision, not this one's again.
    starting.set(None)
    current = Run(execution)
    with execution.lock:
        if not execution.running:
            return
        execution.run = current
    try:
        definition = json.loads(execution.revision.definition)
        context = _context_object(execution, definition)
        states, start_at = definition["States"], definition["StartAt"]
    except (KeyError, TypeError, ValueError) as error:
        # ministack takes definitions that AWS would have refused to create.
        cause = f"Invalid State Machine Definition: {error}"
        _fail(current, execution.last_event(), "States.Runtime", cause)
        return
    timer = _limit(current, definition.get("TimeoutSeconds"))
    lane = Lane(Scope(current), execution.progress, context, execution.last_event())
    try:
        output = walk(lane, states, start_at, context["Execution"]["Input"])
    except SupersededError:
        pass
    except stepfunctions._ExecutionError as error:
        _fail(current, lane.previous, error.error, error.cause)
    else:
        _succeed(current, lane.previous, compact(output))
    finally:
        if timer:
            timer.cancel()


def _context_object(execution: Execution, definition: Json) -> Json:
    """AWS: `$$`, and `$states.context`. RedriveTime is there once there was a redrive."""
    record = execution.record
    redriven = {"RedriveTime": execution.redrive_date} if execution.redrive_date else {}
    return {
        "QueryLanguage": definition.get("QueryLanguage", "JSONPath"),
        "Execution": {
            "Id": execution.arn,
            "Input": json.loads(record["input"] or "{}"),
            "Name": record["name"],
            "RoleArn": execution.revision.role_arn,
            "StartTime": record["startDate"],
            "RedriveCount": execution.redrive_count,
            **redriven,
        },
        "StateMachine": {
            "Id": record["stateMachineArn"],
            "Name": record["stateMachineArn"].split(":")[6],
        },
        "variables": {},
    }


def _limit(current: Run, seconds: float | None) -> threading.Timer | None:
    """The machine's own TimeoutSeconds. AWS: it starts anew with each redrive."""
    if not seconds:
        return None
    context = contextvars.copy_context()
    timer = threading.Timer(seconds, context.run, args=(_time_out, current))
    timer.daemon = True
    timer.start()
    return timer


def _time_out(current: Run) -> None:
    """AWS: TIMED_OUT has neither error nor cause."""
    execution = current.execution
    with execution.lock:
        if not current.current():
            return
        previous = execution.last_event()
        execution.end("TIMED_OUT", "ExecutionTimedOut", {}, previous=previous)
        change = status_events.status_change(execution)
    status_events.publish(execution, change)


def _succeed(current: Run, previous: int, output: str) -> None:
    execution = current.execution
    with execution.lock:
        if not current.current():
            return
        execution.record["output"] = output
        said = {"output": output, "outputDetails": {"truncated": False}}
        execution.end("SUCCEEDED", "ExecutionSucceeded", said, previous=previous)
        change = status_events.status_change(execution)
    status_events.publish(execution, change)


def _fail(current: Run, previous: int, error: str | None, cause: str | None) -> None:
    execution = current.execution
    with execution.lock:
        if not current.current():
            return
        execution.record.update(error=error, cause=cause)
        said = {"error": error, "cause": cause}
        execution.end("FAILED", "ExecutionFailed", said, previous=previous)
        change = status_events.status_change(execution)
    status_events.publish(execution, change)


def _run_execution(exec_arn: str) -> None:
    record = stepfunctions._executions.get(exec_arn)
    if record is not None:
        run(execution_of(record))


def _stop_execution(data: Json) -> Json:
    """AWS: the event of an abort follows none: its previousEventId is 0."""
    record = stepfunctions._executions.get(data.get("executionArn"))
    if record is None:
        return _ministack["stop"](data)
    execution = execution_of(record)
    with execution.lock:
        if not execution.running:
            return _ministack["stop"](data)
        said = {"error": data.get("error"), "cause": data.get("cause")}
        record.update(said)
        execution.end("ABORTED", "ExecutionAborted", said, previous=0)
        change = status_events.status_change(execution)
    status_events.publish(execution, change)
    return responses.json_response({"stopDate": record["stopDate"]})


def _emit_execution_status_event(execution: Json) -> None:
    started = execution_of(execution)
    status_events.publish(started, status_events.status_change(started))


def install() -> None:
    replace(stepfunctions, "_run_execution", _run_execution)
    replace(stepfunctions, "_emit_execution_status_event", _emit_execution_status_event)
    _ministack["stop"] = replace(stepfunctions, "_stop_execution", _stop_execution)
