"""Time passes over a mute, by clocks that differ: what it kept quiet is told in the end."""

import json
from datetime import timedelta

import pytest

from app.domain.mutes import MuteScope
from app.domain.people import Person
from app.use_cases import respond
from tests.hand import Hand, eventually
from tests.own import deps

pytestmark = pytest.mark.xdist_group("world")


@pytest.mark.usefixtures("no_schedule")
def test_a_mute_breaks_when_it_fails_ten_times_as_often(hand: Hand, error: str) -> None:
    machine = hand.machine({"Fail": {"Type": "Fail", "Error": error}})
    hand.start(machine)
    card = hand.settled_card(error)
    hand.mute(card)
    for _ in range(11):
        hand.start(machine)
    eventually(lambda: "11 failures held back" in json.dumps(hand.card(error)))
    hand.world.client("lambda").invoke(FunctionName="sfn-alerts-local-sweep", Payload="{}")
    line = hand.told(card, "The mute has ended by itself")
    assert "it has failed 12 times within the hour" in line
    assert "11 failures were held back" in line
    assert "Muted by" not in json.dumps(hand.card(error))


def test_a_mute_that_runs_out_ends_by_itself(hand: Hand, error: str) -> None:
    machine = hand.machine({"Fail": {"Type": "Fail", "Error": error}})
    hand.start(machine)
    card = hand.settled_card(error)
    alert_id = card["metadata"]["event_payload"]["alert_id"]
    respond.mute(
        deps(hand),
        alert_id,
        Person(hand.ana["id"], "Ana"),
        scope=MuteScope.ERROR_HERE,
        length=timedelta(seconds=10),
        reason="for a moment",
    )
    hand.start(machine)
    eventually(lambda: "1 failure held back" in json.dumps(hand.card(error)))

    def swept() -> bool:
        hand.world.client("lambda").invoke(FunctionName="sfn-alerts-local-sweep", Payload="{}")
        return any("The mute has ended" in line for line in hand.thread(card))

    eventually(swept)
    assert "1 failure was held back" in hand.told(card, "The mute has ended")
