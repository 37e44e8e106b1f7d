"""waitForTaskToken: the task ends when someone sends its token back, or stops giving signs."""

import contextvars
import json
import threading
import time
from collections import deque

from local.aws.executions import Json
from local.aws.lanes import Lane
from local.aws.seams import replace, responses, stepfunctions

_SUFFIX = ".waitForTaskToken"
_LOOK_SECONDS = 0.05

_closed: deque[str] = deque(maxlen=10_000)
_ministack: dict[str, Json] = {}


def waits_for_token(resource: str) -> bool:
    return _SUFFIX in resource


def new_token() -> str:
    return str(responses.new_uuid())


def call_and_wait(  # noqa: PLR0917 - a task has this much to it
    lane: Lane,
    resource: str,
    payload: Json,
    token: str,
    timeout: float | None,
    heartbeat: float | None,
) -> Json:
    """The output sent back with the token.

    Raises the error sent back, or the called service's own: a function that raises can't
    have kept the token.
    """
    answer: Json = {"event": threading.Event(), "result": None, "error": None, "heartbeat": None}
    stepfunctions._task_tokens[token] = answer

    def call() -> None:
        try:
            stepfunctions._invoke_resource(resource.replace(_SUFFIX, ""), payload)
        except Exception as error:  # noqa: BLE001 - raised again by the lane below
            answer["raised"] = error
            answer["event"].set()

    try:
        context = contextvars.copy_context()
        threading.Thread(target=context.run, args=(call,), daemon=True).start()
        _wait(lane, answer, timeout, heartbeat)
    finally:
        stepfunctions._task_tokens.pop(token, None)
        _closed.append(token)
    return _result(answer)


def _wait(lane: Lane, answer: Json, timeout: float | None, heartbeat: float | None) -> None:
    started = beat_at = time.monotonic()
    beat = None
    while not lane.wait_for(answer["event"], _LOOK_SECONDS):
        now = time.monotonic()
        if answer["heartbeat"] != beat:
            beat, beat_at = answer["heartbeat"], now
        if timeout is not None and now - started >= timeout:
            raise stepfunctions._ExecutionError("States.Timeout", None)
        if heartbeat is not None and now - beat_at >= heartbeat:
            raise stepfunctions._ExecutionError("States.HeartbeatTimeout", None)


def _result(answer: Json) -> Json:
    if "raised" in answer:
        raise answer["raised"]
    if answer["error"]:
        sent = answer["error"]
        raise stepfunctions._ExecutionError(sent.get("Error"), sent.get("Cause"))
    return json.loads(answer["result"])


def _closed_token(data: Json) -> Json:
    """AWS: TaskTimedOut for a token whose task is over, whichever way it ended."""
    if data.get("taskToken") not in _closed:
        return None
    message = "Task Timed Out: 'Provided task does not exist anymore'"
    return responses.error_response_json("TaskTimedOut", message, 400)


def _send_task_success(data: Json) -> Json:
    return _closed_token(data) or _ministack["_send_task_success"](data)


def _send_task_failure(data: Json) -> Json:
    return _closed_token(data) or _ministack["_send_task_failure"](data)


def _send_task_heartbeat(data: Json) -> Json:
    return _closed_token(data) or _ministack["_send_task_heartbeat"](data)


def install() -> None:
    for function in (_send_task_success, _send_task_failure, _send_task_heartbeat):
        name = function.__name__
        _ministack[name] = replace(stepfunctions, name, function)
