"""What was dropped on the way is taken up by the sweep, as it is deployed and with its own role."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from msgspec.structs import replace

from app.domain.alert import Alert
from tests.hand import Hand, Json, eventually, unique
from tests.own import deps

pytestmark = pytest.mark.xdist_group("world")

#: Longer than the sweep leaves things to the ordinary way.
AGO = timedelta(minutes=3)


@contextmanager
def deaf(hand: Hand, function: str) -> Iterator[None]:
    """Meanwhile the stream does not tell this function of anything."""
    client = hand.world.client("lambda")
    [mapping] = [
        one["UUID"]
        for one in client.list_event_source_mappings(FunctionName=hand.function(function))[
            "EventSourceMappings"
        ]
        if "/stream/" in one["EventSourceArn"]
    ]
    client.update_event_source_mapping(UUID=mapping, Enabled=False)
    try:
        yield
    finally:
        client.update_event_source_mapping(UUID=mapping, Enabled=True)


def sweep(hand: Hand) -> None:
    told = hand.world.client("lambda").invoke(FunctionName=hand.function("sweep"), Payload=b"{}")
    assert "FunctionError" not in told, told["Payload"].read()


def id_of(card: Json) -> str:
    return str(card["metadata"]["event_payload"]["alert_id"])


def make_older(hand: Hand, card: Json, change: Callable[[Alert], Alert]) -> None:
    assert deps(hand).alerts.swap(id_of(card), change)


def asked_long_ago(alert: Alert) -> Alert:
    assert alert.recovery is not None
    return replace(alert, recovery=replace(alert.recovery, at=alert.recovery.at - AGO))


def started_long_ago(alert: Alert) -> Alert:
    recovery = alert.recovery
    assert recovery is not None
    assert recovery.started_at is not None
    return replace(alert, recovery=replace(recovery, started_at=recovery.started_at - AGO))


def shipping(hand: Hand, order: str) -> str:
    """An execution that fails for want of an address, uncaught; its ARN."""
    states = {"Ship": {"Type": "Task", "Resource": hand.function("exampleShipOrder"), "End": True}}
    execution = hand.start(hand.machine(states), {"order": order})
    hand.ended(execution, "FAILED")
    return execution


def test_a_redrive_that_nobody_carried_out_is_carried_out(hand: Hand) -> None:
    order = unique("O")
    execution = shipping(hand, order)
    card = hand.settled_card(order)
    with deaf(hand, "recover"):
        assert hand.press(card, "redrive") == 200
        make_older(hand, card, asked_long_ago)
        sweep(hand)
        assert eventually(lambda: hand.redrives(execution)) == 1
    hand.told(card, "failed again")


def test_a_restart_that_nobody_carried_out_is_carried_out_with_its_edited_input(hand: Hand) -> None:
    order = unique("O")
    execution = shipping(hand, order)
    card = hand.settled_card(order)
    with deaf(hand, "recover"):
        edited = json.dumps({"order": order, "address": "Elbchaussee 1"})
        assert hand.send_input(hand.modal(card, "restart"), edited) == {}
        make_older(hand, card, asked_long_ago)
        sweep(hand)
        machine = hand.describe(execution)["stateMachineArn"]
        listed = hand.stepfunctions.list_executions(stateMachineArn=machine)["executions"]
        assert len(listed) == 2
    # No event tells of a success that was no redrive: the sweep looks for that, too.
    make_older(hand, card, started_long_ago)
    sweep(hand)
    hand.told(card, "succeeded after")


def test_an_answer_that_nobody_gave_is_given(hand: Hand) -> None:
    order = unique("O")
    execution = hand.start(hand.example("hold-and-resume"), {"order": order, "address": ""})
    cards: list[Json] = eventually(
        lambda: [one for one in hand.cards(order) if "A retry goes back to" in json.dumps(one)]
    )
    [card] = cards
    with deaf(hand, "recover"):
        edited = json.dumps({"order": order, "address": "Elbchaussee 1"})
        assert hand.send_input(hand.modal(card, "retry_edited"), edited) == {}
        make_older(hand, card, asked_long_ago)
        sweep(hand)
        hand.ended(execution, "SUCCEEDED")


def test_a_verdict_that_nobody_asked_for_is_asked_for(hand: Hand) -> None:
    order = unique("O")
    with deaf(hand, "recover"):
        shipping(hand, order)
        card = hand.card(order)
        assert deps(hand).alerts.get(id_of(card)).alert.verdict is None  # type: ignore[union-attr]
        make_older(
            hand, card, lambda alert: replace(alert, last_failure_at=alert.last_failure_at - AGO)
        )
        sweep(hand)
        assert "A redrive resumes" in json.dumps(hand.settled_card(order))


def test_a_card_that_nobody_drew_is_drawn(hand: Hand) -> None:
    order = unique("O")
    shipping(hand, order)
    card = hand.settled_card(order)
    with deaf(hand, "publish"):
        assert hand.press(card, "acknowledge") == 200
        sweep(hand)
        assert "cknowledged" in json.dumps(hand.card(order)["attachments"])
