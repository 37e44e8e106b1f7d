"""A Task state: its call, its time limits and what the history says of it."""

import contextvars
import threading

from local.aws import callbacks
from local.aws.executions import Json, compact
from local.aws.lanes import Lane
from local.aws.retries import with_retry_and_catch
from local.aws.seams import responses, stepfunctions

_TIMEOUTS = ("States.Timeout", "States.HeartbeatTimeout")


def run_task(lane: Lane, state: Json, data: Json) -> tuple[Json, str | None]:
    return with_retry_and_catch(lane, state, data, lambda: _attempt(lane, state, data))


def _attempt(lane: Lane, state: Json, data: Json) -> Json:
    sfn, context, resource = stepfunctions, lane.context, state.get("Resource", "")
    token = callbacks.new_token() if callbacks.waits_for_token(resource) else None
    if token:
        context["Task"] = {"Token": token}
    if sfn._state_query_language(state, context) == "JSONata":
        payload = sfn._apply_jsonata_arguments(state, data, context)
    else:
        chosen = sfn._apply_input_path(state, data, context)
        payload = sfn._apply_parameters(state, chosen, context)
    timeout = _seconds(lane, state, data, "TimeoutSeconds")
    heartbeat = _seconds(lane, state, data, "HeartbeatSeconds")
    named = _TaskEvents(resource)
    lane.write(*named.scheduled(payload, timeout, heartbeat))
    lane.write(*named.started())
    try:
        if token:
            result = callbacks.call_and_wait(lane, resource, payload, token, timeout, heartbeat)
        else:
            result = _call(lane, resource, payload, timeout)
    except sfn._ExecutionError as error:
        lane.write(*named.failed(error))
        raise
    lane.write(*named.succeeded(result))
    return result


def _call(lane: Lane, resource: str, payload: Json, timeout: float | None) -> Json:
    """The task's result. AWS: States.Timeout has no cause, and what was called runs on."""
    done = threading.Event()
    outcome: dict[str, Json] = {}

    def call() -> None:
        try:
            outcome["result"] = stepfunctions._invoke_resource(resource, payload)
        except Exception as error:  # noqa: BLE001 - raised again by the lane below
            outcome["error"] = error
        done.set()

    context = contextvars.copy_context()
    threading.Thread(target=context.run, args=(call,), daemon=True).start()
    if not lane.wait_for(done, timeout):
        raise stepfunctions._ExecutionError("States.Timeout", None)
    if "error" in outcome:
        raise outcome["error"]
    return outcome["result"]


def _seconds(lane: Lane, state: Json, data: Json, field: str) -> float | None:
    """A time limit: a number, a JSONata expression, or a path to one. None without."""
    if field in state:
        value = stepfunctions._jsonata_state_field(state, field, "number", data, lane.context)
    elif f"{field}Path" in state:
        value = stepfunctions._resolve_path_or_ctx(state[f"{field}Path"], data, lane.context)
    else:
        return None
    return float(value)


class _TaskEvents:
    """AWS names a function's events LambdaFunction..., any other integration's Task..."""

    def __init__(self, resource: str) -> None:
        self._direct = ":function:" in resource or ":activity:" in resource
        self._prefix = "Activity" if ":activity:" in resource else "LambdaFunction"
        self._named = {"resource": resource}
        if not self._direct:
            self._prefix = "Task"
            integration = resource.partition(":::")[2] or resource
            split = integration.rpartition if "aws-sdk:" in integration else integration.partition
            service, _, action = split(":")
            self._named = {"resourceType": service, "resource": action}

    def scheduled(
        self, payload: Json, timeout: float | None, heartbeat: float | None
    ) -> tuple[str, Json]:
        limits = {
            "timeoutInSeconds": None if timeout is None else int(timeout),
            "heartbeatInSeconds": None if heartbeat is None else int(heartbeat),
        }
        if self._prefix == "LambdaFunction":
            del limits["heartbeatInSeconds"]
        said = (
            {"input": compact(payload), "inputDetails": {"truncated": False}}
            if self._direct
            else {"region": responses.get_region(), "parameters": compact(payload)}
        )
        return f"{self._prefix}Scheduled", {**self._named, **said, **limits}

    def started(self) -> tuple[str, Json]:
        return f"{self._prefix}Started", None if self._direct else self._named

    def succeeded(self, result: Json) -> tuple[str, Json]:
        output = {"output": compact(result), "outputDetails": {"truncated": False}}
        return f"{self._prefix}Succeeded", output if self._direct else {**self._named, **output}

    def failed(self, error: Json) -> tuple[str, Json]:
        ending = "TimedOut" if error.error in _TIMEOUTS else "Failed"
        said = {"error": error.error, "cause": error.cause}
        return f"{self._prefix}{ending}", said if self._direct else {**self._named, **said}
