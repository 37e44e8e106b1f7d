"""Retry and Catch, as a Task, a Parallel and a Map have them alike."""

from collections.abc import Callable

from local.aws.executions import Json
from local.aws.lanes import Lane
from local.aws.seams import stepfunctions


def with_retry_and_catch(
    lane: Lane, state: Json, data: Json, attempt: Callable[[], Json]
) -> tuple[Json, str | None]:
    """Run attempt until it gives a result or the state is out of retries: (output, next state).

    AWS: retries are counted afresh in a redrive, so they are counted here and nowhere else.
    """
    counts: dict[int, int] = {}
    own = lane.context["State"]
    while True:
        lane.context["State"] = {**own, "RetryCount": sum(counts.values())}
        try:
            return _finish(lane, state, data, attempt())
        except stepfunctions._ExecutionError as error:
            handlers = _handlers(state.get("Retry", []), error.error)
            retrier, index = stepfunctions._find_matching_retrier(handlers, error.error, counts)
            if retrier is None:
                return _catch(lane, state, data, error)
            lane.sleep(_delay(retrier, counts.get(index, 0)))
            counts[index] = counts.get(index, 0) + 1
            lane.progress.branches.clear()


def _finish(lane: Lane, state: Json, data: Json, result: Json) -> tuple[Json, str | None]:
    sfn, context = stepfunctions, lane.context
    if sfn._state_query_language(state, context) == "JSONata":
        output = sfn._apply_jsonata_output(state, data, context, result=result, default=result)
        sfn._apply_state_assign(state, data, context, result=result)
    else:
        selected = sfn._apply_result_selector(state, result)
        output = sfn._apply_result_path(state, data, selected)
        output = sfn._apply_output_path(state, output, context)
    return output, sfn._next_or_end(state)


def _catch(lane: Lane, state: Json, data: Json, error: Json) -> tuple[Json, str | None]:
    sfn, context = stepfunctions, lane.context
    handlers = _handlers(state.get("Catch", []), error.error)
    catcher = sfn._find_matching_catcher(handlers, error.error)
    if catcher is None:
        raise error
    caught = {"Error": error.error, "Cause": error.cause or ""}
    language = sfn._state_query_language(state, context)
    return sfn._apply_catcher(catcher, data, context, language, caught), catcher["Next"]


def _handlers(handlers: list[Json], error: str | None) -> list[Json]:
    """AWS: neither States.ALL nor States.TaskFailed is meant for States.Runtime."""
    if error != "States.Runtime":
        return handlers
    wildcards = {"States.ALL", "States.TaskFailed"}
    return [
        {**one, "ErrorEquals": [name for name in one["ErrorEquals"] if name not in wildcards]}
        for one in handlers
    ]


def _delay(retrier: Json, count: int) -> float:
    seconds = retrier.get("IntervalSeconds", 1) * retrier.get("BackoffRate", 2.0) ** count
    return float(min(seconds, retrier.get("MaxDelaySeconds", seconds)))
