"""Parallel and Map: several lanes at once, of which the first failure aborts the others."""

import contextvars
import copy
import json
import queue
import threading
from collections.abc import Callable

from local.aws.executions import Json, SupersededError
from local.aws.lanes import Lane, Scope
from local.aws.retries import with_retry_and_catch
from local.aws.seams import stepfunctions

_LOOK_SECONDS = 0.05
_Walk = Callable[[Lane, dict[str, Json], str, Json], Json]
_Done = tuple[int, Lane, Json, Exception | None]


def run_parallel(lane: Lane, state: Json, data: Json, walk: _Walk) -> tuple[Json, str | None]:
    def attempt() -> Json:
        given = _arguments(lane, state, data)

        def run_branch(branch_lane: Lane, index: int) -> Json:
            branch = state["Branches"][index]
            return walk(branch_lane, branch["States"], branch["StartAt"], copy.deepcopy(given))

        lane.write("ParallelStateStarted")
        return _gather(lane, "Parallel", [None] * len(state["Branches"]), 0, run_branch)

    return with_retry_and_catch(lane, state, data, attempt)


def run_map(lane: Lane, state: Json, data: Json, walk: _Walk) -> tuple[Json, str | None]:
    processor = state.get("ItemProcessor") or state.get("Iterator") or {}
    if (processor.get("ProcessorConfig") or {}).get("Mode") == "DISTRIBUTED":
        return _run_distributed(lane, state, data)
    name = lane.context["State"]["Name"]

    def attempt() -> Json:
        given = stepfunctions._apply_input_path(state, data, lane.context)
        items = _items(lane, state, data, given)

        def run_item(item_lane: Lane, index: int) -> Json:
            item_lane.write("MapIterationStarted", {"name": name, "index": index})
            chosen = _item_input(item_lane, state, data, given, items[index])
            try:
                output = walk(item_lane, processor["States"], processor["StartAt"], chosen)
            except stepfunctions._ExecutionError:
                item_lane.write("MapIterationFailed", {"name": name, "index": index})
                raise
            item_lane.write("MapIterationSucceeded", {"name": name, "index": index})
            return output

        lane.write("MapStateStarted", {"length": len(items)})
        contexts = [{"Item": {"Index": n, "Value": item}} for n, item in enumerate(items)]
        return _gather(lane, "Map", contexts, _max_concurrency(lane, state, data), run_item)

    return with_retry_and_catch(lane, state, data, attempt)


def _run_distributed(lane: Lane, state: Json, data: Json) -> tuple[Json, str | None]:
    """A Map Run as ministack has it, told of in the history once it is over.

    Unlike on AWS, a redrive makes a new Map Run of all items.
    """
    earlier = set(stepfunctions._map_runs)
    lane.write("MapStateStarted", {"length": 0})
    try:
        output, following = stepfunctions._execute_map(
            state, data, lane.execution.record, lane.context
        )
    except stepfunctions._ExecutionError as error:
        _tell_of_map_runs(lane, earlier, {"error": error.error, "cause": error.cause})
        lane.write("MapStateFailed")
        raise
    _tell_of_map_runs(lane, earlier, None)
    return output, following


def _tell_of_map_runs(lane: Lane, earlier: set[str], failure: Json) -> None:
    for arn, run in list(stepfunctions._map_runs.items()):
        if arn not in earlier and run["executionArn"] == lane.execution.arn:
            lane.write("MapRunStarted", {"mapRunArn": arn})
            failed = run["status"] == "FAILED"
            lane.write(*(("MapRunFailed", failure) if failed else ("MapRunSucceeded",)))


def _gather(
    lane: Lane, kind: str, items: list[Json], limit: int, run: Callable[[Lane, int], Json]
) -> list[Json]:
    """Every lane's output in order; limit 0 runs all at once.

    Lanes that finished in an earlier run only hand over what they had.
    """
    scope = Scope(lane.scope.run, lane.scope)
    done: queue.Queue[_Done] = queue.Queue()
    waiting = [(n, lane.branch(n, scope, item)) for n, item in enumerate(items)]
    outputs: list[Json] = [None] * len(items)
    running = 0
    left = len(items)
    while left:
        while waiting and (not limit or running < limit):
            _start(*waiting.pop(0), run, done)
            running += 1
        try:
            index, finished, output, error = done.get(timeout=_LOOK_SECONDS)
        except queue.Empty:
            lane.check()
            continue
        if error is not None:
            with lane.execution.lock:
                scope.aborted = True
                # The story of the failure leads through the branch that failed.
                lane.previous = finished.previous
                lane.write(f"{kind}StateFailed")
            raise error
        outputs[index] = output
        lane.previous = max(lane.previous, finished.previous)
        running, left = running - 1, left - 1
    lane.write(f"{kind}StateSucceeded")
    return outputs


def _start(
    index: int, lane: Lane, run: Callable[[Lane, int], Json], done: queue.Queue[_Done]
) -> None:
    def work() -> None:
        try:
            if lane.progress.output is not None:
                done.put((index, lane, json.loads(lane.progress.output), None))
            else:
                done.put((index, lane, run(lane, index), None))
        except SupersededError:
            pass
        except Exception as error:  # noqa: BLE001 - raised again by the lane that gathers
            done.put((index, lane, None, error))

    threading.Thread(target=contextvars.copy_context().run, args=(work,), daemon=True).start()


def _arguments(lane: Lane, state: Json, data: Json) -> Json:
    sfn = stepfunctions
    if sfn._state_query_language(state, lane.context) == "JSONata":
        return sfn._apply_jsonata_arguments(state, data, lane.context)
    chosen = sfn._apply_input_path(state, data, lane.context)
    return sfn._apply_parameters(state, chosen, lane.context)


def _items(lane: Lane, state: Json, data: Json, given: Json) -> list[Json]:
    sfn = stepfunctions
    if "Items" in state:
        items = sfn._jsonata_state_field(state, "Items", "array", data, lane.context)
    elif sfn._state_query_language(state, lane.context) == "JSONata":
        items = data
    else:
        items = sfn._resolve_path_or_ctx(state.get("ItemsPath", "$"), given, lane.context)
    if not isinstance(items, list):
        raise sfn._ExecutionError("States.Runtime", "Reference path must point to array.")
    return items


def _item_input(lane: Lane, state: Json, data: Json, given: Json, item: Json) -> Json:
    selector = state.get("ItemSelector") or state.get("Parameters")
    if not selector:
        return copy.deepcopy(item)
    if stepfunctions._state_query_language(state, lane.context) == "JSONata":
        return stepfunctions._apply_jsonata_template(selector, data, lane.context)
    return stepfunctions._resolve_params_obj(selector, given, lane.context)


def _max_concurrency(lane: Lane, state: Json, data: Json) -> int:
    """0 for no limit."""
    if "MaxConcurrency" in state:
        field = "MaxConcurrency"
        return int(stepfunctions._jsonata_state_field(state, field, "number", data, lane.context))
    path = state.get("MaxConcurrencyPath")
    return int(stepfunctions._resolve_path_or_ctx(path, data, lane.context)) if path else 0
