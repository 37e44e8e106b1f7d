"""How executions end: in time, too late, stopped; and what EventBridge is told of it."""

import json
import time
from typing import Any

import pytest

Kit = Any
Journal = Any


@pytest.fixture
def inbox(kit: Kit) -> Any:
    """The URL of a queue that gets every status change."""
    url, arn = kit.queue()
    rule = arn.rpartition(":")[2]
    pattern = {
        "source": ["aws.states"],
        "detail-type": ["Step Functions Execution Status Change"],
    }
    kit.events.put_rule(Name=rule, EventPattern=json.dumps(pattern))
    kit.events.put_targets(Rule=rule, Targets=[{"Id": "queue", "Arn": arn}])
    yield url
    kit.events.remove_targets(Rule=rule, Ids=["queue"])
    kit.events.delete_rule(Name=rule)


def details(kit: Kit, inbox: str, execution: str, count: int) -> list[Any]:
    """The execution's first so many status changes, in order."""
    found: list[Any] = []
    while len(found) < count:
        events = kit.receive(inbox, 1)
        found += [e["detail"] for e in events if e["resources"] == [execution]]
    return found


def slow_then(kit: Kit, seconds: float) -> str:
    source = f"import time\ndef handler(event, context):\n    time.sleep({seconds})\n    return 1\n"
    return str(kit.lambda_function(source))


def test_a_machine_out_of_time_ends_timed_out_with_no_error_and_no_cause(
    kit: Kit, inbox: str
) -> None:
    wait = {"Type": "Wait", "Seconds": 2, "End": True}
    execution = kit.started({"wait": wait}, TimeoutSeconds=1)
    described = kit.until_ended(execution)
    assert (described["status"], described["redriveStatus"]) == ("TIMED_OUT", "REDRIVABLE")
    assert described.keys().isdisjoint({"error", "cause", "output", "redriveStatusReason"})
    assert kit.types(execution)[-1] == "ExecutionTimedOut"
    _, ended = details(kit, inbox, execution, 2)
    assert (ended["status"], ended["error"], ended["cause"]) == ("TIMED_OUT", None, None)


def test_a_run_out_of_time_writes_no_more_history(kit: Kit) -> None:
    states = {
        "slow": {
            "Type": "Task",
            "Resource": slow_then(kit, 1.5),
            "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "after"}],
            "Next": "after",
        },
        "after": {"Type": "Pass", "End": True},
    }
    execution = kit.started(states, TimeoutSeconds=1)
    kit.until_ended(execution)
    before = kit.history(execution)
    time.sleep(1)  # longer than the function has left
    assert kit.history(execution) == before


def test_a_redriven_machine_has_its_whole_time_again(kit: Kit) -> None:
    wait = {"Type": "Wait", "Seconds": 5, "End": True}
    execution = kit.started({"wait": wait}, TimeoutSeconds=1)
    kit.until_ended(execution)
    started = time.monotonic()
    kit.redrive(execution)
    described = kit.until_ended(execution)
    assert (described["status"], described["redriveCount"]) == ("TIMED_OUT", 1)
    assert time.monotonic() - started > 0.9


def test_a_stopped_execution_ends_aborted(kit: Kit, inbox: str) -> None:
    execution = kit.started({"wait": {"Type": "Wait", "Seconds": 30, "End": True}})
    kit.stepfunctions.stop_execution(executionArn=execution, error="Enough", cause="by hand")
    described = kit.describe(execution)
    assert (described["status"], described["error"]) == ("ABORTED", "Enough")
    assert described["cause"] == "by hand"
    last = kit.history(execution)[-1]
    assert last["type"] == "ExecutionAborted"
    assert last["executionAbortedEventDetails"] == {"error": "Enough", "cause": "by hand"}
    _, ended = details(kit, inbox, execution, 2)
    assert (ended["status"], ended["redriveStatus"]) == ("ABORTED", "REDRIVABLE")


def test_a_stopped_run_stays_out_of_the_redriven_one(kit: Kit, journal: Journal) -> None:
    states = {
        "wait": {"Type": "Wait", "Seconds": 1, "Next": "after"},
        "after": journal.step("after"),
    }
    execution = kit.started(states)
    kit.stepfunctions.stop_execution(executionArn=execution)
    kit.redrive(execution)
    assert kit.until_ended(execution)["status"] == "SUCCEEDED"
    assert journal.lines() == ["after"]
    assert kit.types(execution).count("WaitStateExited") == 1


def test_status_changes_tell_of_redrives_with_explicit_nulls(
    kit: Kit, journal: Journal, inbox: str
) -> None:
    journal.fail("a")
    execution = kit.started({"a": journal.step("a")}, {"x": 1})
    kit.until_ended(execution)
    journal.mend("a")
    kit.redrive(execution)
    described = kit.until_ended(execution)
    running, failed, again, succeeded = details(kit, inbox, execution, 4)
    assert [d["status"] for d in (running, failed, again, succeeded)] == [
        "RUNNING",
        "FAILED",
        "RUNNING",
        "SUCCEEDED",
    ]
    assert failed == {
        "executionArn": execution,
        "stateMachineArn": described["stateMachineArn"],
        "name": described["name"],
        "status": "FAILED",
        "startDate": failed["startDate"],
        "stopDate": failed["stopDate"],
        "input": '{"x": 1}',
        "output": None,
        "stateMachineVersionArn": None,
        "stateMachineAliasArn": None,
        "redriveCount": 0,
        "redriveDate": None,
        "redriveStatus": "REDRIVABLE",
        "redriveStatusReason": None,
        "inputDetails": {"included": True},
        "outputDetails": None,
        "error": "ValueError",
        "cause": failed["cause"],
    }
    redriven_at = int(described["redriveDate"].timestamp() * 1000)
    assert (succeeded["redriveCount"], succeeded["redriveDate"]) == (1, redriven_at)
    assert succeeded["redriveStatusReason"] == "Execution is SUCCEEDED and cannot be redriven"
    assert (succeeded["error"], succeeded["cause"]) == (None, None)


def test_a_fail_state_without_error_and_cause_ends_without_them(kit: Kit) -> None:
    execution = kit.started({"f": {"Type": "Fail"}})
    described = kit.until_ended(execution)
    assert described["status"] == "FAILED"
    assert described.keys().isdisjoint({"error", "cause"})


def test_an_execution_tells_the_definition_it_runs(kit: Kit) -> None:
    wait = {"StartAt": "w", "States": {"w": {"Type": "Wait", "Seconds": 30, "End": True}}}
    machine = kit.state_machine(wait)
    execution = kit.start(machine)

    def told() -> Any:
        return kit.stepfunctions.describe_state_machine_for_execution(executionArn=execution)

    before = told()
    fail = json.dumps({"StartAt": "f", "States": {"f": {"Type": "Fail"}}})
    updated = kit.stepfunctions.update_state_machine(stateMachineArn=machine, definition=fail)
    assert updated["revisionId"] != before["revisionId"]
    now = kit.stepfunctions.describe_state_machine(stateMachineArn=machine)
    assert now["revisionId"] == updated["revisionId"]
    assert json.loads(told()["definition"]) == wait
    assert (told()["revisionId"], told()["updateDate"]) == (
        before["revisionId"],
        before["updateDate"],
    )
    kit.stepfunctions.stop_execution(executionArn=execution)


def test_starting_a_running_execution_again_is_no_second_one(kit: Kit) -> None:
    machine = kit.state_machine(
        {"StartAt": "w", "States": {"w": {"Type": "Wait", "Seconds": 30, "End": True}}}
    )
    asked = {"stateMachineArn": machine, "name": "twice", "input": '{"a":1}'}
    first = kit.stepfunctions.start_execution(**asked)
    again = kit.stepfunctions.start_execution(**asked)
    assert again["executionArn"] == first["executionArn"]
    assert again["startDate"] == first["startDate"]
    with pytest.raises(kit.stepfunctions.exceptions.ExecutionAlreadyExists):
        kit.stepfunctions.start_execution(**{**asked, "input": "{}"})
    kit.stepfunctions.stop_execution(executionArn=first["executionArn"])
