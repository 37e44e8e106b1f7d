"""Walking a lane's states, each from its entering to its leaving."""

import json
from collections.abc import Callable
from typing import Any

from local.aws import branches, tasks
from local.aws.executions import Json, SupersededError, compact
from local.aws.lanes import Lane
from local.aws.seams import responses, stepfunctions


def walk(lane: Lane, states: dict[str, Json], start_at: str, data: Json) -> Json:
    """Run from start_at, or from where the last run left this lane; the output."""
    name: str | None = start_at
    if lane.progress.state is not None:
        name, data = lane.progress.state, json.loads(lane.progress.entered_with)
        lane.context["variables"] = json.loads(lane.progress.variables)
    while name is not None:
        data, name = _step(lane, name, states.get(name), data)
    return data


def _step(lane: Lane, name: str, state: Json, data: Json) -> tuple[Json, str | None]:
    if state is None:
        message = f"State '{name}' not found in definition"
        raise stepfunctions._ExecutionError("States.Runtime", message)
    kind = state.get("Type")
    entered = _enter(lane, kind, name, data)
    lane.context["State"] = {"Name": name, "EnteredTime": responses.now_iso()}
    try:
        output, following = _run_state(lane, kind, state, data)
    except SupersededError:
        raise
    except stepfunctions._ExecutionError as error:
        raise _located(error, name, entered) from error
    except Exception as error:
        runtime = stepfunctions._ExecutionError("States.Runtime", str(error))
        raise _located(runtime, name, entered) from error
    _exit(lane, kind, name, output, following)
    return output, following


def _enter(lane: Lane, kind: str, name: str, data: Json) -> int:
    said = {"name": name, "input": compact(data), "inputDetails": {"truncated": False}}
    with lane.execution.lock:
        entered = lane.write(f"{kind}StateEntered", said)
        _mark(lane, name, data)
        return entered


def _exit(lane: Lane, kind: str, name: str, output: Json, following: str | None) -> None:
    said = {"name": name, "output": compact(output), "outputDetails": {"truncated": False}}
    # The event and the mark in one: a redrive runs again what was entered and has not exited.
    with lane.execution.lock:
        lane.write(f"{kind}StateExited", said)
        lane.progress.branches.clear()
        _mark(lane, following, output)
    lane.context.pop("Task", None)


def _mark(lane: Lane, name: str | None, data: Json) -> None:
    progress = lane.progress
    progress.state, progress.entered_with = name, compact(data)
    progress.variables = compact(lane.context["variables"])
    if name is None:
        progress.output = progress.entered_with


def _run_state(lane: Lane, kind: str, state: Json, data: Json) -> tuple[Json, str | None]:
    simple: dict[str, Callable[..., Any]] = {
        "Pass": stepfunctions._execute_pass,
        "Choice": stepfunctions._execute_choice,
        "Wait": stepfunctions._execute_wait,
        "Succeed": _succeed,
        "Fail": _fail,
    }
    if kind in simple:
        output, following = simple[kind](state, data, lane.context)
        return output, following
    match kind:
        case "Task":
            return tasks.run_task(lane, state, data)
        case "Parallel":
            return branches.run_parallel(lane, state, data, walk)
        case "Map":
            return branches.run_map(lane, state, data, walk)
        case _:
            pass
    raise stepfunctions._ExecutionError("States.Runtime", f"Unknown state type: {kind}")


def _succeed(state: Json, data: Json, context: Json) -> tuple[Json, None]:
    if stepfunctions._state_query_language(state, context) == "JSONata":
        return stepfunctions._apply_jsonata_output(state, data, context, default=data), None
    data = stepfunctions._apply_input_path(state, data, context)
    return stepfunctions._apply_output_path(state, data, context), None


def _fail(state: Json, data: Json, context: Json) -> tuple[Json, None]:
    """AWS: a Fail state without Error or Cause ends an execution that has none."""
    error, cause = stepfunctions._fail_state_error(state, data, context)
    raise stepfunctions._ExecutionError(
        error if state.keys() & {"Error", "ErrorPath"} else None,
        cause if state.keys() & {"Cause", "CausePath"} else None,
    )


def _located(error: Any, name: str, entered: int) -> Any:
    """AWS: the cause of a States.Runtime error says where the execution was."""
    where = "An error occurred while executing the state"
    if error.error == "States.Runtime" and not str(error.cause).startswith(where):
        error.cause = f"{where} '{name}' (entered at the event id #{entered}). {error.cause}"
    return error
