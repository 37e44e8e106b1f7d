"""Thousands failed, the cause is repaired: all of them are recovered, in waves, from Slack."""

import json
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.hand import Hand, Json, eventually, unique

pytestmark = pytest.mark.xdist_group("world")


class Many:
    """Executions of one machine that fail until what they want is there."""

    def __init__(self, hand: Hand) -> None:
        self.hand = hand
        #: Of one shape, so that all failures are one problem.
        name = unique("W")
        self.wanted, self.never = f"/{name}/1", f"/{name}/2"
        self.machine = hand.machine(
            {
                "Read": {
                    "Type": "Task",
                    "Resource": "arn:aws:states:::aws-sdk:ssm:getParameter",
                    "Parameters": {"Name.$": "$.wanted"},
                    "End": True,
                }
            }
        )
        self.executions: list[str] = []

    def fail(self, count: int, *, hopeless: int = 0) -> Json:
        """So many executions fail, the last *hopeless* for ever; the card, once it counts all."""
        wanted = [self.wanted] * (count - hopeless) + [self.never] * hopeless
        with ThreadPoolExecutor(4) as pool:
            started = pool.map(lambda one: self.hand.start(self.machine, {"wanted": one}), wanted)
            self.executions += started
        text = f"{len(self.executions):,} failures"
        return eventually(
            lambda: next((one for one in self.cards() if text in json.dumps(one)), None), within=60
        )

    def cards(self) -> list[Json]:
        return self.hand.cards(self.machine.rpartition(":")[2])

    def repair(self) -> None:
        self.hand.ssm.put_parameter(Name=self.wanted, Value="there", Type="String", Overwrite=True)

    def redrives(self) -> list[int]:
        return [self.hand.redrives(one) for one in self.executions]


@pytest.fixture
def many(hand: Hand) -> Many:
    return Many(hand)


def recover(hand: Hand, card: Json, **how: str | bool) -> Json:
    view = hand.modal(card, "recover_all")
    values = {
        "kind": {"kind": {"selected_option": {"value": how.get("kind", "redrive")}}},
        "window": {"window": {"selected_option": {"value": how.get("window", "all")}}},
        "rate": {"rate": {"selected_option": {"value": how.get("rate", "50")}}},
        "canary": {
            "canary": {"selected_options": [{"value": "canary"}] if how.get("canary", True) else []}
        },
    }
    return hand.submit(view["callback_id"], view["private_metadata"], values)


def test_all_that_failed_are_recovered_in_waves(hand: Hand, many: Many) -> None:
    card = many.fail(130)
    many.repair()
    assert recover(hand, card) == {}
    ended = hand.told(card, "The recovery of all ended")
    assert "130 succeeded." in ended
    assert "Nothing is left: resolved" in ended
    assert many.redrives() == [1] * 130
