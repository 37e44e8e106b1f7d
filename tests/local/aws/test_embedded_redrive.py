"""RedriveExecution as AWS documents it."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from local.aws.redrive_rules import Closed, why_not_redrivable

Kit = Any
Journal = Any
NOW = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)


def three_steps(journal: Journal) -> dict[str, Any]:
    return {
        "a": journal.step("a", Next="b"),
        "b": journal.step("b", Next="c"),
        "c": journal.step("c"),
    }


def failed_at_b(kit: Kit, journal: Journal) -> str:
    journal.fail("b")
    execution = str(kit.started(three_steps(journal), {"order": 7}))
    assert kit.until_ended(execution)["status"] == "FAILED"
    return execution


def test_a_redrive_runs_only_what_was_entered_and_not_exited(kit: Kit, journal: Journal) -> None:
    execution = failed_at_b(kit, journal)
    journal.mend("b")
    kit.redrive(execution)
    described = kit.until_ended(execution)
    assert described["status"] == "SUCCEEDED"
    assert journal.lines() == ["a", "b", "b", "c"]
    assert json.loads(described["output"]) == {
        "order": 7,
        "a": "a done",
        "b": "b done",
        "c": "c done",
    }


def test_a_redriven_execution_keeps_its_arn_and_goes_on_with_its_history(
    kit: Kit, journal: Journal
) -> None:
    execution = failed_at_b(kit, journal)
    before = kit.history(execution)
    kit.redrive(execution)
    described = kit.until_ended(execution)
    after = kit.history(execution)
    assert described["executionArn"] == execution
    assert after[: len(before)] == before
    assert [event["id"] for event in after] == list(range(1, len(after) + 1))
    redriven = after[len(before)]
    assert redriven["type"] == "ExecutionRedriven"
    assert redriven["executionRedrivenEventDetails"] == {"redriveCount": 1}


def test_a_fail_state_is_entered_again_and_the_task_it_caught_is_not_run(
    kit: Kit, journal: Journal
) -> None:
    journal.fail("a")
    catch = [{"ErrorEquals": ["States.ALL"], "ResultPath": "$.caught", "Next": "tell"}]
    execution = kit.started(
        {
            "a": journal.step("a", Catch=catch),
            "tell": journal.step("tell", Next="boom"),
            "boom": {"Type": "Fail", "Error": "Told", "CausePath": "$.caught.Error"},
        }
    )
    kit.until_ended(execution)
    journal.mend("a")
    kit.redrive(execution)
    described = kit.until_ended(execution)
    assert (described["status"], described["redriveCount"]) == ("FAILED", 1)
    assert (described["error"], described["cause"]) == ("Told", "ValueError")
    assert journal.lines() == ["a", "tell"]
    assert kit.types(execution).count("FailStateEntered") == 2


def test_retries_are_counted_anew_in_a_redrive(kit: Kit, journal: Journal) -> None:
    journal.fail("a")
    retry = [{"ErrorEquals": ["ValueError"], "MaxAttempts": 2, "IntervalSeconds": 0}]
    execution = kit.started({"a": journal.step("a", Retry=retry)})
    kit.until_ended(execution)
    assert journal.lines() == ["a"] * 3
    kit.redrive(execution)
    kit.until_ended(execution)
    assert journal.lines() == ["a"] * 6


def test_only_the_failed_and_aborted_branches_run_again(kit: Kit, journal: Journal) -> None:
    journal.fail("failing")
    # The first branch has time to finish before the second fails, and the third has not.
    short, long = ({"Type": "Wait", "Seconds": seconds} for seconds in (1, 4))
    branches = [
        {"StartAt": "finished", "States": {"finished": journal.step("finished")}},
        {
            "StartAt": "before",
            "States": {
                "before": journal.step("before", Next="short"),
                "short": {**short, "Next": "failing"},
                "failing": journal.step("failing"),
            },
        },
        {
            "StartAt": "long",
            "States": {"long": {**long, "Next": "aborted"}, "aborted": journal.step("aborted")},
        },
    ]
    execution = kit.started({"all": {"Type": "Parallel", "Branches": branches, "End": True}})
    assert kit.until_ended(execution)["status"] == "FAILED"
    assert "aborted" not in journal.lines()
    journal.mend("failing")
    kit.redrive(execution)
    assert kit.until_ended(execution)["status"] == "SUCCEEDED"
    lines = journal.lines()
    ran = {name: lines.count(name) for name in ("finished", "before", "failing", "aborted")}
    assert ran == {"finished": 1, "before": 1, "failing": 2, "aborted": 1}


def test_only_the_failed_items_of_a_map_run_again(kit: Kit, journal: Journal) -> None:
    journal.fail("two")
    item = journal.step("item", named_by="$", ResultPath="$")
    each = {
        "Type": "Map",
        "MaxConcurrency": 1,
        "ItemProcessor": {"StartAt": "item", "States": {"item": item}},
        "End": True,
    }
    execution = kit.started({"each": each}, ["one", "two", "three"])
    assert kit.until_ended(execution)["status"] == "FAILED"
    assert journal.lines() == ["one", "two"]
    journal.mend("two")
    kit.redrive(execution)
    described = kit.until_ended(execution)
    assert json.loads(described["output"]) == ["one done", "two done", "three done"]
    assert journal.lines() == ["one", "two", "two", "three"]


def test_a_redrive_runs_the_definition_the_execution_started_with(
    kit: Kit, journal: Journal
) -> None:
    execution = failed_at_b(kit, journal)
    journal.mend("b")
    machine = kit.describe(execution)["stateMachineArn"]
    other = json.dumps({"StartAt": "x", "States": {"x": {"Type": "Fail", "Error": "Other"}}})
    kit.stepfunctions.update_state_machine(stateMachineArn=machine, definition=other)
    kit.redrive(execution)
    assert kit.until_ended(execution)["status"] == "SUCCEEDED"
    assert journal.lines() == ["a", "b", "b", "c"]


def test_variables_and_the_redrive_count_are_there_in_a_redrive(kit: Kit, journal: Journal) -> None:
    journal.fail("b")
    step = journal.step("b")
    states = {
        "set": {"Type": "Pass", "Assign": {"kept": "{% $states.input.x + 1 %}"}, "Next": "b"},
        "b": {
            "Type": "Task",
            "Resource": step["Resource"],
            "Arguments": step["Parameters"],
            "Next": "tell",
        },
        "tell": {
            "Type": "Pass",
            "Output": {
                "kept": "{% $kept %}",
                "count": "{% $states.context.Execution.RedriveCount %}",
            },
            "End": True,
        },
    }
    execution = kit.started(states, {"x": 41}, QueryLanguage="JSONata")
    kit.until_ended(execution)
    journal.mend("b")
    kit.redrive(execution)
    assert json.loads(kit.until_ended(execution)["output"]) == {"kept": 42, "count": 1}


def test_a_description_tells_of_redrives(kit: Kit, journal: Journal) -> None:
    execution = failed_at_b(kit, journal)
    failed = kit.describe(execution)
    assert (failed["redriveCount"], failed["redriveStatus"]) == (0, "REDRIVABLE")
    assert failed.keys().isdisjoint({"redriveDate", "redriveStatusReason"})
    journal.mend("b")
    redriven_at = kit.redrive(execution)["redriveDate"]
    described = kit.until_ended(execution)
    assert (described["redriveCount"], described["redriveDate"]) == (1, redriven_at)
    assert described["redriveStatus"] == "NOT_REDRIVABLE"
    reason = "Execution is SUCCEEDED and cannot be redriven"
    assert described["redriveStatusReason"] == reason


def test_a_list_tells_of_redrives_and_filters_by_them(kit: Kit) -> None:
    machine = kit.state_machine({"StartAt": "f", "States": {"f": {"Type": "Fail"}}})
    redriven, other = kit.start(machine), kit.start(machine)
    kit.until_ended(redriven)
    kit.until_ended(other)
    kit.redrive(redriven)
    kit.until_ended(redriven)

    def listed(**asked: Any) -> list[Any]:
        answer = kit.stepfunctions.list_executions(stateMachineArn=machine, **asked)
        return list(answer["executions"])

    [first] = listed(redriveFilter="REDRIVEN")
    assert (first["executionArn"], first["redriveCount"]) == (redriven, 1)
    assert first["redriveDate"]
    [second] = listed(redriveFilter="NOT_REDRIVEN", maxResults=1)
    assert (second["executionArn"], second["redriveCount"]) == (other, 0)
    assert "redriveDate" not in second
    assert len(listed()) == 2


def test_a_client_token_redrives_once(kit: Kit, journal: Journal) -> None:
    execution = failed_at_b(kit, journal)
    first = kit.redrive(execution, clientToken="one")
    kit.until_ended(execution)
    again = kit.redrive(execution, clientToken="one")
    assert again["redriveDate"] == first["redriveDate"]
    assert kit.until_ended(execution)["redriveCount"] == 1
    kit.redrive(execution, clientToken="two")
    assert kit.until_ended(execution)["redriveCount"] == 2


def test_only_the_last_ten_client_tokens_are_remembered(kit: Kit) -> None:
    execution = kit.started({"f": {"Type": "Fail"}})
    for number in range(11):
        kit.until_ended(execution)
        kit.redrive(execution, clientToken=f"token-{number}")
    kit.until_ended(execution)
    kit.redrive(execution, clientToken="token-1")
    assert kit.until_ended(execution)["redriveCount"] == 11
    kit.redrive(execution, clientToken="token-0")
    assert kit.until_ended(execution)["redriveCount"] == 12


def test_a_running_execution_is_not_redriven(kit: Kit) -> None:
    execution = kit.started({"w": {"Type": "Wait", "Seconds": 30, "End": True}})
    reason = "Execution is RUNNING and cannot be redriven"
    with pytest.raises(ClientError, match=reason) as caught:
        kit.redrive(execution)
    assert caught.value.response["Error"]["Code"] == "ExecutionNotRedrivable"
    assert kit.describe(execution)["redriveStatusReason"] == reason
    kit.stepfunctions.stop_execution(executionArn=execution)


def test_what_is_no_execution_is_refused_by_name(kit: Kit) -> None:
    unknown = "arn:aws:states:us-east-1:000000000000:execution:none:such"
    with pytest.raises(ClientError, match="ExecutionDoesNotExist"):
        kit.redrive(unknown)
    with pytest.raises(ClientError, match="InvalidArn"):
        kit.redrive("not-an-arn")


def closed(**facts: Any) -> Closed:
    started = NOW - timedelta(days=2)
    usual: dict[str, Any] = {
        "status": "FAILED",
        "started_at": started,
        "stopped_at": started + timedelta(hours=1),
        "events": 12,
    }
    return Closed(**{**usual, **facts})


@pytest.mark.parametrize(
    ("facts", "reason"),
    [
        ({}, None),
        ({"status": "ABORTED"}, None),
        ({"events": 24_998}, None),
        ({"stopped_at": NOW - timedelta(days=14)}, None),
        ({"status": "SUCCEEDED"}, "Execution is SUCCEEDED and cannot be redriven"),
        ({"machine_deleted": True}, "State machine is in DELETING status"),
        ({"events": 24_999}, "Execution history event limit exceeded"),
        (
            {"started_at": NOW - timedelta(days=366)},
            "Execution has exceeded the max execution time",
        ),
        (
            {"stopped_at": NOW - timedelta(days=14, seconds=1)},
            "Execution redrivable period exceeded",
        ),
        ({"express": True}, "Execution is of an EXPRESS state machine and cannot be redriven"),
    ],
)
def test_an_execution_is_refused_in_the_words_of_step_functions(
    facts: dict[str, Any], reason: str | None
) -> None:
    assert why_not_redrivable(closed(**facts), NOW) == reason
