"""A Python function's own exception, as Lambda reports it and as Step Functions names it.

ministack calls every exception Runtime.HandlerError, without a trace, and ends the worker.
"""

import contextvars
import json

from local.aws.executions import Json
from local.aws.seams import lambda_runtime, lambda_service, replace, replace_text, stepfunctions

# What the program in a function's process sends when the handler raised: an answer like any
# other, for only a process that can't go on is worth ending.
_SENT = '{"status": "error", "error": str(e), "trace": traceback.format_exc()}'
_SENT_NOW = """{"status": "ok", "raised": {
                "errorMessage": str(e),
                "errorType": type(e).__name__,
                "requestId": _ms_ctx.get("request_id", ""),
                "stackTrace": [frame.replace(code_dir, "/var/task")
                               for frame in traceback.format_tb(e.__traceback__.tb_next)],
            }}"""

_raised: contextvars.ContextVar[Json] = contextvars.ContextVar("raised", default=None)
_ministack: dict[str, Json] = {}


def _invoke(
    self: Json,
    event: Json,
    request_id: str,
    *,
    trace_id: str | None = None,
    depth: Json = None,
    durable: Json = None,
    invoked_function_arn: str | None = None,
) -> Json:
    answer = _ministack["invoke"](
        self,
        event,
        request_id,
        trace_id=trace_id,
        depth=depth,
        durable=durable,
        invoked_function_arn=invoked_function_arn,
    )
    raised = answer.pop("raised", None)
    _raised.set(raised)
    if raised:
        answer.update(status="error", error=raised["errorMessage"], trace=_as_logged(raised))
    return answer


def _as_logged(raised: Json) -> str:
    trace = "".join(raised["stackTrace"])
    first = f"[ERROR] {raised['errorType']}: {raised['errorMessage']}"
    return f"{first}\nTraceback (most recent call last):\n{trace}"


def _execute_function_warm(func: Json, event: Json, request_id: str) -> Json:
    _raised.set(None)
    answer = _ministack["warm"](func, event, request_id)
    raised = _raised.get()
    if answer.get("error") and raised:
        answer["body"] = raised
    return answer


def _call_lambda(func_ref: Json, event: Json) -> Json:
    """AWS: a throttled invocation fails the task as Lambda.TooManyRequestsException."""
    try:
        return _ministack["call"](func_ref, event)
    except stepfunctions._ExecutionError as error:
        throttle = _throttle(error)
        if throttle is None:
            raise
        cause = f"{throttle['message']} (Service: Lambda, Status Code: 429)"
        name = "Lambda.TooManyRequestsException"
        raise stepfunctions._ExecutionError(name, cause) from error


def _throttle(error: Json) -> Json:
    if error.error != "Lambda.Unknown":
        return None
    try:
        said = json.loads(error.cause)
    except ValueError:
        return None
    named = isinstance(said, dict) and said.get("__type") == "TooManyRequestsException"
    return said if named else None


def install() -> None:
    replace_text(lambda_runtime, "_PYTHON_WORKER_SCRIPT", _SENT, _SENT_NOW)
    _ministack["invoke"] = replace(lambda_runtime.Worker, "invoke", _invoke)
    _ministack["warm"] = replace(lambda_service, "_execute_function_warm", _execute_function_warm)
    _ministack["call"] = replace(stepfunctions, "_call_lambda", _call_lambda)
