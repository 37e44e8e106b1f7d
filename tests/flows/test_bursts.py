"""Many problems at once in a channel that takes one message a second: all are told, worst first."""

import json
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from local.world import World
from tests import authority
from tests.hand import Hand, Json, eventually, free_port, unique

pytestmark = pytest.mark.xdist_group("world")

LIMIT = 3
MIDDLE, HIGH = 12, 3


@pytest.fixture(scope="module")
def narrow(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hand]:
    """A hand in a world whose channels take few cards a minute."""
    directory = tmp_path_factory.mktemp("narrow")
    with World(
        aws_port=free_port(), slack_port=free_port(), directory=directory, cards_a_minute=LIMIT
    ) as world:
        one = Hand(world)
        world.slack.control("faults", {"limited": True})
        yield one
        authority.remember(world)
        one.notes.close()


def thread_of(hand: Hand, card: Json) -> list[Json]:
    found = hand.slack.conversations_replies(
        channel=hand.facts.channel, ts=card["ts"], limit=200, include_all_metadata=True
    )
    return list(found["messages"][1:])


@dataclass(frozen=True)
class Burst:
    """The names of the state machines that failed at once."""

    middle: list[str]
    high: list[str]


@pytest.fixture(scope="module")
def burst(narrow: Hand) -> Burst:
    """Many problems at once, all of them told by now."""
    hand = narrow
    wait = {"Type": "Task", "Resource": hand.function("exampleTimeOut"), "TimeoutSeconds": 1}
    high = [hand.machine({"Slow": {**wait, "End": True}}) for _ in range(HIGH)]
    middle = [hand.machine({"Fail": {"Type": "Fail", "Error": unique("E")}}) for _ in range(MIDDLE)]
    for machine in (*middle, *high):
        hand.start(machine)
    names = [machine.split(":")[-1] for machine in (*middle, *high)]

    def told() -> bool:
        folds = hand.cards("more problem")
        said = json.dumps([hand.cards("m-"), [thread_of(hand, fold) for fold in folds]])
        return all(f"|{name} " in said for name in names)

    eventually(told, within=90)
    return Burst(names[:MIDDLE], names[MIDDLE:])


def test_a_burst_is_told_whole_the_worst_first_within_slacks_rate(
    narrow: Hand, burst: Burst
) -> None:
    hand = narrow
    [fold] = hand.cards("more problem")
    alone = [card for card in hand.cards("m-") if card["ts"] != fold["ts"]]
    assert len(alone) <= LIMIT + HIGH, "the others are folded"
    for name in burst.high:
        assert any(name in card["text"] for card in alone), "high ones have room of their own"
    eventually(lambda: "Each has its card in this thread" in json.dumps(hand.cards("more problem")))
    replies = [one for one in thread_of(hand, fold) if one.get("metadata")]
    ids = [reply["metadata"]["event_payload"]["alert_id"] for reply in replies]
    assert len(ids) == len(set(ids)) == MIDDLE + HIGH - len(alone), "each once"
    assert hand.button(replies[0], "acknowledge") or hand.button(replies[0], "restart")


@pytest.mark.usefixtures("burst")
def test_a_folded_alert_is_acknowledged_from_its_card_in_the_thread(narrow: Hand) -> None:
    hand = narrow
    [fold] = hand.cards("more problem")
    reply = next(one for one in thread_of(hand, fold) if hand.button(one, "acknowledge"))
    hand.press(reply, "acknowledge")

    def acknowledged() -> bool:
        texts = [one["text"] for one in thread_of(hand, fold)]
        return any("acknowledged" in text and text.startswith("*m-") for text in texts)

    eventually(acknowledged, within=40)
