"""A failure becomes an alert: by the event, by a step in the workflow, by both."""

import json
import uuid

import pytest

from tests.hand import Hand, eventually, unique

pytestmark = pytest.mark.xdist_group("world")


def fail(error: str, cause: str = "no reason") -> dict[str, object]:
    return {"Fail": {"Type": "Fail", "Error": error, "Cause": cause}}


def test_a_failed_execution_is_told_with_everything_the_team_needs(hand: Hand) -> None:
    error = unique("E")
    machine = hand.machine(fail(error, "the shelf is empty"))
    execution = hand.start(machine, {"shelf": 7, "password": "not-to-be-seen"})
    card = hand.settled_card(error)
    said = json.dumps(card, ensure_ascii=False)
    for fact in (
        error,
        "the shelf is empty",
        "us-east-1",
        "000000000000",
        machine.split(":")[-1],
        '\\"shelf\\": 7',
        "<!date^",
        f"console.aws.amazon.com/states/home?region=us-east-1#/v2/executions/details/{execution}",
    ):
        assert fact in said, fact
    assert "not-to-be-seen" not in said
    assert card["metadata"]["event_type"] == "sfn_alert"
    assert "can't help" in said, "a Fail state would be entered again"


def test_a_notify_step_the_event_that_follows_and_a_redrive_in_vain_make_one_alert(
    hand: Hand,
) -> None:
    execution = hand.start(hand.example("notify-in-workflow"), {"report": uuid.uuid4().hex})
    hand.ended(execution, "FAILED")
    name = execution.split(":")[-1]
    card = hand.settled_card("sfn-alerts-local-notify-in-workflow")
    said = json.dumps(card)
    assert "States.Timeout" in said
    assert "<!here>" in card["text"], "a timeout is of high severity in alerts.yml"
    assert "The error was caught from `TimeOut`" in said
    assert name in said
    hand.press(card, "redrive")
    hand.told(card, "Redrive failed again")
    assert hand.redrives(execution) == 1
    shown = hand.settled_card("sfn-alerts-local-notify-in-workflow")
    assert "The error was caught from `TimeOut`" in json.dumps(shown)
    assert len(hand.cards("notify-in-workflow")) == 1
    assert not hand.cards("CaughtAndNotified"), "the Fail state's own error is no other problem"


def test_many_failures_of_one_problem_are_one_card_with_a_count(hand: Hand) -> None:
    error = unique("E")
    machine = hand.machine(fail(error))
    hand.start(machine)
    hand.settled_card(error)
    for number in range(24):
        hand.start(machine, {"number": number})
    eventually(lambda: "25 failures" in json.dumps(hand.cards(error)))
    [card] = hand.cards(error)
    assert hand.told(card, "10 failures so far")


def test_an_event_delivered_again_is_not_counted_again(hand: Hand) -> None:
    error = unique("E")
    execution = hand.start(hand.machine(fail(error)))
    card = hand.settled_card(error)
    detail = hand.describe(execution)
    event = {
        "source": "aws.states",
        "detail-type": "Step Functions Execution Status Change",
        "detail": {"executionArn": execution, "status": "FAILED", "error": error, "cause": "again"},
    }
    assert detail["status"] == "FAILED"
    for _ in range(3):
        hand.queue("executions", json.dumps(event))
    hand.drained("executions")
    assert "1 failure" in json.dumps(hand.card(error))
    assert hand.thread(card) == []


def test_what_cannot_be_understood_goes_to_the_dead_letters_alone(hand: Hand) -> None:
    error = unique("E")
    arn = f"arn:aws:states:us-east-1:000000000000:execution:beside-poison:{uuid.uuid4().hex}"
    good = {
        "source": "aws.states",
        "detail-type": "Step Functions Execution Status Change",
        "detail": {"executionArn": arn, "status": "FAILED", "error": error},
    }
    poison = [f"not json {error}", json.dumps({"source": "aws.s3", "detail": {"of": error}})]
    hand.queue("executions", poison[0], json.dumps(good), poison[1])
    assert hand.card(error), "its batch goes on"
    dead: set[str] = set()

    def both() -> bool:
        dead.update(hand.received("executions-dead-letters"))
        return set(poison) <= dead

    eventually(both, within=60)
    assert json.dumps(good) not in dead
