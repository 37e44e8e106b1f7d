"""Tasks: time limits, callbacks, a function's own errors, and the history they leave."""

import json
import time
from typing import Any

import pytest
from botocore.exceptions import ClientError

Kit = Any
Journal = Any

INVOKE = "arn:aws:states:::lambda:invoke"
KEEP_TOKEN = """
def handler(event, context):
    note(event["token"])
"""


def failing_state(history: list[Any]) -> tuple[str, list[str]]:
    """Walk back from ExecutionFailed by previousEventId: the state's name, and the way there."""
    events = {event["id"]: event for event in history}
    event, way = history[-1], []
    while not event["type"].endswith("StateEntered"):
        way.append(event["type"])
        event = events[event["previousEventId"]]
    return event["stateEnteredEventDetails"]["name"], way


def holding(function: str, **fields: Any) -> dict[str, Any]:
    return {
        "Type": "Task",
        "Resource": f"{INVOKE}.waitForTaskToken",
        "Parameters": {"FunctionName": function, "Payload": {"token.$": "$$.Task.Token"}},
        **({} if "Next" in fields else {"End": True}),
        **fields,
    }


def the_token(journal: Journal, count: int = 1) -> str:
    deadline = time.monotonic() + 10
    while len(journal.lines()) < count:
        assert time.monotonic() < deadline
        time.sleep(0.03)
    return str(journal.lines()[-1])


def test_a_task_out_of_time_fails_with_states_timeout_and_no_cause(kit: Kit) -> None:
    slow = kit.lambda_function("import time\ndef handler(e, c):\n    time.sleep(3)\n")
    started = time.monotonic()
    task = {"Type": "Task", "Resource": slow, "TimeoutSeconds": 1, "End": True}
    execution = kit.started({"slow": task})
    described = kit.until_ended(execution)
    assert time.monotonic() - started < 2.5
    assert (described["status"], described["error"]) == ("FAILED", "States.Timeout")
    assert "cause" not in described
    assert kit.types(execution)[-2:] == ["LambdaFunctionTimedOut", "ExecutionFailed"]


def test_a_task_out_of_time_can_be_caught(kit: Kit) -> None:
    slow = kit.lambda_function("import time\ndef handler(e, c):\n    time.sleep(3)\n")
    catch = [{"ErrorEquals": ["States.Timeout"], "ResultPath": "$.caught", "Next": "after"}]
    states = {
        "slow": {
            "Type": "Task",
            "Resource": slow,
            "TimeoutSeconds": 1,
            "Catch": catch,
            "Next": "after",
        },
        "after": {"Type": "Pass", "End": True},
    }
    described = kit.until_ended(kit.started(states))
    assert described["status"] == "SUCCEEDED"
    caught = {"Error": "States.Timeout", "Cause": ""}
    assert json.loads(described["output"]) == {"caught": caught}


def test_a_token_sent_back_ends_the_task_with_its_output(kit: Kit, journal: Journal) -> None:
    execution = kit.started({"hold": holding(journal.function(KEEP_TOKEN))})
    token = the_token(journal)
    kit.stepfunctions.send_task_success(taskToken=token, output='{"answer": 42}')
    described = kit.until_ended(execution)
    assert (described["status"], described["output"]) == ("SUCCEEDED", '{"answer":42}')
    with pytest.raises(ClientError, match="TaskTimedOut"):
        kit.stepfunctions.send_task_success(taskToken=token, output="{}")


def test_a_token_sent_back_with_a_failure_fails_the_task(kit: Kit, journal: Journal) -> None:
    execution = kit.started({"hold": holding(journal.function(KEEP_TOKEN))})
    token = the_token(journal)
    kit.stepfunctions.send_task_failure(taskToken=token, error="No", cause="not today")
    described = kit.until_ended(execution)
    assert (described["error"], described["cause"]) == ("No", "not today")


def test_a_task_that_gives_no_sign_fails_when_its_heartbeat_is_due(
    kit: Kit, journal: Journal
) -> None:
    function = journal.function(KEEP_TOKEN)
    started = time.monotonic()
    execution = kit.started({"hold": holding(function, HeartbeatSeconds=1, TimeoutSeconds=30)})
    described = kit.until_ended(execution)
    assert described["error"] == "States.HeartbeatTimeout"
    assert time.monotonic() - started < 4
    assert kit.types(execution)[-2:] == ["TaskTimedOut", "ExecutionFailed"]


def test_heartbeats_keep_a_task_waiting(kit: Kit, journal: Journal) -> None:
    execution = kit.started({"hold": holding(journal.function(KEEP_TOKEN), HeartbeatSeconds=2)})
    token = the_token(journal)
    for _ in range(4):
        time.sleep(0.7)
        kit.stepfunctions.send_task_heartbeat(taskToken=token)
    kit.stepfunctions.send_task_success(taskToken=token, output="1")
    assert kit.until_ended(execution)["status"] == "SUCCEEDED"


def test_a_function_that_raises_fails_the_waiting_task_at_once(kit: Kit) -> None:
    function = kit.lambda_function("def handler(e, c):\n    raise KeyError('no')\n")
    started = time.monotonic()
    described = kit.until_ended(kit.started({"hold": holding(function, TimeoutSeconds=30)}))
    assert described["error"] == "KeyError"
    assert time.monotonic() - started < 5


def test_a_held_task_gets_a_new_token_in_a_redrive(kit: Kit, journal: Journal) -> None:
    execution = kit.started({"hold": holding(journal.function(KEEP_TOKEN))})
    old = the_token(journal)
    kit.stepfunctions.stop_execution(executionArn=execution)
    kit.redrive(execution)
    new = the_token(journal, 2)
    assert new != old
    kit.stepfunctions.send_task_success(taskToken=new, output="1")
    assert kit.until_ended(execution)["status"] == "SUCCEEDED"


def test_a_function_fails_with_its_exceptions_own_name_and_trace(kit: Kit) -> None:
    source = "class OrderError(Exception): pass\ndef handler(e, c):\n    raise OrderError('pale')\n"
    function = kit.lambda_function(source)
    execution = kit.started({"a": {"Type": "Task", "Resource": function, "End": True}})
    described = kit.until_ended(execution)
    assert described["error"] == "OrderError"
    cause = json.loads(described["cause"])
    assert cause.keys() == {"errorMessage", "errorType", "requestId", "stackTrace"}
    assert (cause["errorMessage"], cause["errorType"]) == ("pale", "OrderError")
    [frame] = cause["stackTrace"]
    assert 'File "/var/task/module.py", line 3, in handler' in frame


def test_a_function_that_raised_keeps_its_process(kit: Kit) -> None:
    source = """
calls = []
def handler(event, context):
    calls.append(1)
    if len(calls) == 1:
        raise ValueError
    return len(calls)
"""
    function = kit.lambda_function(source)
    kit.functions.invoke(FunctionName=function)
    second = kit.functions.invoke(FunctionName=function)
    assert json.load(second["Payload"]) == 2


def test_a_throttled_function_fails_the_task_by_that_name(kit: Kit) -> None:
    function = kit.lambda_function("def handler(e, c): return 1\n")
    kit.functions.put_function_concurrency(FunctionName=function, ReservedConcurrentExecutions=0)
    execution = kit.started({"a": {"Type": "Task", "Resource": function, "End": True}})
    assert kit.until_ended(execution)["error"] == "Lambda.TooManyRequestsException"


def test_the_history_names_the_function_and_what_it_was_given(kit: Kit) -> None:
    function = kit.lambda_function("def handler(e, c): return e\n")
    states = {
        "direct": {"Type": "Task", "Resource": function, "Next": "invoked"},
        "invoked": {
            "Type": "Task",
            "Resource": INVOKE,
            "Parameters": {"FunctionName": function, "Payload.$": "$"},
            "End": True,
        },
    }
    execution = kit.started(states, {"x": 1})
    kit.until_ended(execution)
    said = {event["type"]: event for event in kit.history(execution)}
    direct = said["LambdaFunctionScheduled"]["lambdaFunctionScheduledEventDetails"]
    assert (direct["resource"], direct["input"]) == (function, '{"x":1}')
    invoked = said["TaskScheduled"]["taskScheduledEventDetails"]
    assert (invoked["resourceType"], invoked["resource"]) == ("lambda", "invoke")
    parameters = json.loads(invoked["parameters"])
    assert parameters == {"FunctionName": function, "Payload": {"x": 1}}


def test_the_way_back_from_a_failure_leads_to_the_failing_state(kit: Kit, journal: Journal) -> None:
    journal.fail("b")
    execution = kit.started({"a": journal.step("a", Next="b"), "b": journal.step("b")})
    kit.until_ended(execution)
    assert failing_state(kit.history(execution)) == (
        "b",
        [
            "ExecutionFailed",
            "LambdaFunctionFailed",
            "LambdaFunctionStarted",
            "LambdaFunctionScheduled",
        ],
    )


def test_the_way_back_leads_into_the_branch_and_the_item_that_failed(
    kit: Kit, journal: Journal
) -> None:
    journal.fail("two")
    item = journal.step("item", named_by="$", ResultPath="$")
    each = {
        "Type": "Map",
        "ItemProcessor": {"StartAt": "item", "States": {"item": item}},
        "End": True,
    }
    slow = {"Type": "Wait", "Seconds": 3, "End": True}
    branches = [
        {"StartAt": "slow", "States": {"slow": slow}},
        {"StartAt": "each", "States": {"each": each}},
    ]
    states = {"all": {"Type": "Parallel", "Branches": branches, "End": True}}
    execution = kit.started(states, ["one", "two", "three"])
    kit.until_ended(execution)
    name, way = failing_state(kit.history(execution))
    assert name == "item"
    assert way[:5] == [
        "ExecutionFailed",
        "ParallelStateFailed",
        "MapStateFailed",
        "MapIterationFailed",
        "LambdaFunctionFailed",
    ]
    ids = [event["id"] for event in kit.history(execution)]
    assert ids == list(range(1, len(ids) + 1))


def test_a_nested_executions_failure_is_the_cause_of_its_parents(kit: Kit) -> None:
    fails = {"Type": "Fail", "Error": "Inner", "Cause": "of the child"}
    child = kit.state_machine({"StartAt": "f", "States": {"f": fails}})
    task = {
        "Type": "Task",
        "Resource": "arn:aws:states:::states:startExecution.sync:2",
        "Parameters": {"StateMachineArn": child, "Input": {"x": 1}},
        "End": True,
    }
    described = kit.until_ended(kit.started({"nested": task}))
    assert described["error"] == "States.TaskFailed"
    cause = json.loads(described["cause"])
    assert (cause["Error"], cause["Cause"]) == ("Inner", "of the child")
    assert (cause["Status"], cause["StateMachineArn"]) == ("FAILED", child)


def test_a_states_own_fault_says_where_it_was(kit: Kit) -> None:
    choice = {
        "Type": "Choice",
        "Choices": [{"Variable": "$.x", "NumericEquals": 1, "Next": "done"}],
    }
    lost = {"Type": "Task", "Resource": "arn:aws:states:::no-such:service", "End": True}
    states = {"c": {**choice, "Default": "lost"}, "done": {"Type": "Succeed"}, "lost": lost}
    described = kit.until_ended(kit.started(states, {"x": 2}))
    assert described["error"] == "States.Runtime"
    where = "An error occurred while executing the state 'lost' (entered at the event id #4). "
    assert described["cause"].startswith(where)


def test_a_failed_map_run_is_told_of_in_the_history(kit: Kit, journal: Journal) -> None:
    journal.fail("two")
    item = journal.step("item", named_by="$", ResultPath="$")
    processor = {"ProcessorConfig": {"Mode": "DISTRIBUTED"}, "StartAt": "item"}
    each = {"Type": "Map", "ItemProcessor": {**processor, "States": {"item": item}}, "End": True}
    execution = kit.started({"each": each}, ["one", "two"])
    kit.until_ended(execution)
    name, way = failing_state(kit.history(execution))
    assert name == "each"
    assert way == [
        "ExecutionFailed",
        "MapStateFailed",
        "MapRunFailed",
        "MapRunStarted",
        "MapStateStarted",
    ]


def test_a_trace_header_is_told_as_it_was_passed(kit: Kit) -> None:
    machine = kit.state_machine({"StartAt": "a", "States": {"a": {"Type": "Pass", "End": True}}})
    header = "Root=1-5e1b4151-5ac6c58f3c3c3c3c3c3c3c3c;Sampled=1"
    traced = kit.stepfunctions.start_execution(stateMachineArn=machine, traceHeader=header)
    assert kit.describe(traced["executionArn"])["traceHeader"] == header
    assert "traceHeader" not in kit.describe(kit.start(machine))
