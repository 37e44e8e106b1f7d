"""Texts too long for the card come into its thread: short ones as they are, long ones as files."""

import json

import pytest

from tests.flows.test_talk import alert_of, failing
from tests.hand import Hand, Json, eventually, unique

pytestmark = pytest.mark.xdist_group("second world")


@pytest.fixture
def error() -> str:
    return unique("E")


@pytest.fixture
def card(hand: Hand, error: str) -> Json:
    """The card of an execution that has just failed."""
    hand.start(failing(hand, error), {"shelf": 7, "password": "not-to-be-seen"})
    return hand.settled_card(error)


def test_a_short_input_stands_in_the_thread_without_its_secrets(hand: Hand, card: Json) -> None:
    hand.say("@bot input", card)
    eventually(lambda: any("*Input* of" in line for line in hand.thread(card)))
    [reply] = [one for one in hand.replies(card) if "*Input* of" in one["text"]]
    said = json.dumps(reply["blocks"])
    assert '\\"shelf\\": 7' in said
    assert "not-to-be-seen" not in said
    assert hand.ana["name"] in reply["text"]


def test_a_long_input_is_a_file_with_all_of_it(hand: Hand, error: str) -> None:
    items = [{"number": number, "token": f"secret-{number}"} for number in range(2_000)]
    hand.start(failing(hand, error), {"items": items})
    card = hand.settled_card(error)
    hand.say("@bot input", card, hand.ben)
    content = json.loads(hand.file(card, "input.json"))
    assert [one["number"] for one in content["items"]] == list(range(2_000))
    assert "secret-" not in json.dumps(content)


def test_a_whole_cause_is_a_file_with_all_of_it(hand: Hand, error: str) -> None:
    cause = f"password=hunter2 {'c' * 20_000} the end"
    hand.start(failing(hand, error, cause))
    card = hand.settled_card(error)
    details = hand.details(card)
    assert "Left out here: more than " in json.dumps(details)
    hand.press_below(details, "whole_cause")
    content = hand.file(card, "cause.txt")
    assert content.endswith(" the end")
    assert "hunter2" not in content


def test_the_whole_cause_that_a_step_caught_is_found_in_the_history(hand: Hand) -> None:
    """A Fail state behind the Catch has a cause of its own."""
    mark = unique("M")
    cause = f"{mark} {'c' * 20_000} the end"
    machine = hand.machine(
        {
            "Work": {
                "Type": "Parallel",
                "Branches": [
                    {
                        "StartAt": "Inner",
                        "States": {"Inner": {"Type": "Fail", "Error": mark, "Cause": cause}},
                    }
                ],
                "Catch": [
                    {"ErrorEquals": ["States.ALL"], "ResultPath": "$.caught", "Next": "Notify"}
                ],
                "End": True,
            },
            "Notify": {
                "Type": "Task",
                "Resource": hand.function("executions"),
                "Parameters": {
                    "param.$": "$",
                    "Execution.$": "$$.Execution",
                    "State.$": "$$.State",
                    "StateMachine.$": "$$.StateMachine",
                },
                "ResultPath": None,
                "Next": "Failed",
            },
            "Failed": {"Type": "Fail", "Error": "Other", "Cause": "something else"},
        }
    )
    hand.ended(hand.start(machine), "FAILED")
    card = hand.settled_card(mark)
    hand.press_below(hand.details(card), "whole_cause")
    assert hand.file(card, "cause.txt").endswith(" the end")


def test_logs_are_those_of_the_call_that_failed(hand: Hand) -> None:
    warehouse = unique("W")
    hand.warehouse("closed")
    hand.start(hand.example("let-it-fail"), {"warehouse": warehouse})
    card = hand.settled_card(warehouse)
    hand.say("@bot logs", card)
    eventually(lambda: [one for one in hand.replies(card) if "*Logs* of" in one["text"]])
    [reply] = [one for one in hand.replies(card) if "*Logs* of" in one["text"]]
    said = json.dumps(reply["blocks"])
    request = alert_of(hand, card).verdict.call.request_id
    assert f"START RequestId: {request}" in said
    assert "WarehouseUnavailableError" in said
    assert "Traceback" in said
    assert said.count("START RequestId") == 1


def test_without_a_call_there_are_no_logs(hand: Hand, card: Json) -> None:
    hand.say("@bot logs", card)
    assert hand.whispered("No function was called")


def test_history_tells_the_states_that_were_passed(hand: Hand, error: str) -> None:
    hand.start(
        hand.machine(
            {
                "Prepare": {"Type": "Pass", "Next": "Explode"},
                "Explode": {"Type": "Fail", "Error": error},
            }
        )
    )
    card = hand.settled_card(error)
    hand.say("@bot history", card)
    eventually(lambda: [one for one in hand.replies(card) if "*History* of" in one["text"]])
    [reply] = [one for one in hand.replies(card) if "*History* of" in one["text"]]
    text = reply["blocks"][1]["elements"][0]["elements"][0]["text"]
    first, second = text.splitlines()
    assert "Prepare" in first
    assert second.endswith("failed")
