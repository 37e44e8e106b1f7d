"""A new execution takes the place of one that failed, with the same input or an edited one."""

import json

import pytest

from tests.hand import Hand, eventually, unique
from tests.own import deps

pytestmark = pytest.mark.xdist_group("world")


@pytest.fixture
def order() -> str:
    return unique("O")


def shipping(hand: Hand, order: str, **given: object) -> str:
    """An execution that fails for want of an address, uncaught; its ARN."""
    machine = hand.machine(
        {"Ship": {"Type": "Task", "Resource": hand.function("exampleShipOrder"), "End": True}}
    )
    execution = hand.start(machine, {"order": order, **given})
    hand.ended(execution, "FAILED")
    return execution


def started_instead(hand: Hand, execution: str) -> list[str]:
    """The executions of the same machine but this one."""
    arn = execution.replace(":execution:", ":stateMachine:").rpartition(":")[0]
    executions = hand.stepfunctions.list_executions(stateMachineArn=arn)["executions"]
    return [one["executionArn"] for one in executions if one["executionArn"] != execution]


def test_a_restart_with_an_edited_input_that_succeeds_resolves_the_alert(
    hand: Hand, order: str
) -> None:
    execution = shipping(hand, order, api_token="not-shown-5521")
    card = hand.settled_card(order)
    view = hand.modal(card, "restart")
    [shown] = [block["element"]["initial_value"] for block in view["blocks"] if "element" in block]
    assert "not-shown-5521" not in json.dumps(view)
    edited = json.dumps({**json.loads(shown), "address": "Elbchaussee 1"})
    assert hand.send_input(view, edited) == {}
    assert "with an edited input started" in hand.told(card, "started")
    assert "Nothing is left: resolved" in hand.told(card, "succeeded after")
    [new] = started_instead(hand, execution)
    alert_id = card["metadata"]["event_payload"]["alert_id"]
    assert f":sfn-alerts-{alert_id.replace('.', '-')}-" in new, "its name tells of the alert"
    assert json.loads(hand.describe(new)["input"]) == {
        "order": order,
        "address": "Elbchaussee 1",
        "api_token": "not-shown-5521",
    }
    assert "is resolved" in hand.card(order)["text"]


def test_an_edited_input_is_nowhere_once_it_was_used(hand: Hand, order: str) -> None:
    shipping(hand, order)
    card = hand.settled_card(order)
    view = hand.modal(card, "restart")
    hand.send_input(view, json.dumps({"order": order, "address": "Hidden Lane 7"}))
    hand.told(card, "succeeded after")
    pages = hand.dynamodb.get_paginator("scan").paginate(TableName="sfn-alerts-local")
    items = [item for page in pages for item in page["Items"]]
    assert items
    assert "Hidden Lane 7" not in json.dumps(items, default=str)


def test_a_restart_that_fails_again_takes_the_place_of_the_first(hand: Hand, order: str) -> None:
    execution = shipping(hand, order)
    card = hand.settled_card(order)
    view = hand.modal(card, "restart")
    [shown] = [block["element"]["initial_value"] for block in view["blocks"] if "element" in block]
    hand.send_input(view, shown)
    assert "Restart failed again" in hand.told(card, "failed again")
    [new] = started_instead(hand, execution)
    assert hand.describe(new)["input"] == hand.describe(execution)["input"]
    alert_id = card["metadata"]["event_payload"]["alert_id"]
    stored = eventually(lambda: deps(hand).alerts.get(alert_id))
    assert (stored.alert.count, stored.alert.failing_count) == (2, 1)
    assert stored.alert.focus.execution_arn == new


def test_the_same_restart_twice_starts_one_execution(hand: Hand, order: str) -> None:
    execution = shipping(hand, order)
    card = hand.settled_card(order)
    view = hand.modal(card, "restart")
    [shown] = [block["element"]["initial_value"] for block in view["blocks"] if "element" in block]
    hand.at_once(
        *[lambda who=who: hand.send_input(view, shown, who) for who in (hand.ana, hand.ben)]
    )
    hand.told(card, "failed again")
    answer = hand.send_input(view, shown)
    assert "moved on" in json.dumps(answer), "the modal was about the first execution"
    assert len(started_instead(hand, execution)) == 1


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('{"order": ', "not JSON"),
        ("{'order': 1}", "(line 1, after “{”): the name of a field"),
        ('{"n": NaN}', "NaN"),
        ('"just a text"', "The input was an object, and this is a text"),
        ('{"order": "[redacted]"}', "can't be put back at $.order"),
    ],
)
def test_an_input_that_cannot_be_used_is_told_beside_the_field(
    hand: Hand, order: str, text: str, said: str
) -> None:
    execution = shipping(hand, order)
    view = hand.modal(hand.settled_card(order), "restart")
    answer = hand.send_input(view, text)
    assert said in answer["errors"]["input"]
    assert started_instead(hand, execution) == []


def test_an_input_too_long_for_slack_is_restarted_as_it_is(hand: Hand, order: str) -> None:
    execution = shipping(hand, order, note="x" * 4000)
    card = hand.settled_card(order)
    view = hand.modal(card, "restart")
    assert not [block for block in view["blocks"] if block["type"] == "input"]
    assert "Slack's fields take 3,000" in json.dumps(view)
    assert hand.send_input(view, None) == {}
    hand.told(card, "failed again")
    [new] = started_instead(hand, execution)
    assert hand.describe(new)["input"] == hand.describe(execution)["input"]


def test_a_restart_runs_the_definition_of_today(hand: Hand, order: str) -> None:
    execution = shipping(hand, order)
    card = hand.settled_card(order)
    machine = execution.replace(":execution:", ":stateMachine:").rpartition(":")[0]
    hand.stepfunctions.update_state_machine(
        stateMachineArn=machine, definition=hand.definition({"Done": {"Type": "Succeed"}})
    )
    hand.send_input(hand.modal(card, "restart"), None)
    hand.told(card, "succeeded after")


def test_a_restart_of_an_execution_that_succeeded_meanwhile_is_refused(
    hand: Hand, order: str
) -> None:
    hand.warehouse("closed")
    execution = hand.start(hand.example("let-it-fail"), {"warehouse": order})
    hand.ended(execution, "FAILED")
    card = hand.settled_card(order)
    view = hand.modal(card, "restart")
    hand.warehouse("open")
    hand.stepfunctions.redrive_execution(executionArn=execution)
    hand.told(card, "redrive made elsewhere")
    answer = hand.send_input(view, json.dumps({"warehouse": order}))
    assert "resolved already" in json.dumps(answer)
