"""A storm is counted exactly and told once, whatever comes twice, late, at once or half-way."""

import json
import random
from collections.abc import Callable
from typing import Any

import pytest

from app.domain.redaction import Redactor
from app.ingest import parse
from app.use_cases.record import record
from tests.hand import Hand, eventually, unique
from tests.handlers import Handlers, batch, event_of, named, stream_record, without
from tests.own import deps

pytestmark = pytest.mark.xdist_group("world")

#: More sends than any handler of these tests makes.
_MOST = 60


@pytest.fixture
def error() -> str:
    return unique("E")


def counted(hand: Hand, error: str) -> tuple[int, int]:
    """``(count, failing_count)`` of the one alert about *error*."""
    found = [one.alert for one in deps(hand).alerts.unresolved() if one.alert.error == error]
    assert len(found) <= 1, "one problem, one alert"
    return (found[0].count, found[0].failing_count) if found else (0, 0)


def test_a_thousand_failures_twice_over_and_shuffled_make_one_exact_card(
    hand: Hand, error: str
) -> None:
    machine = hand.machine({"Fail": {"Type": "Fail", "Error": error}})
    bodies = [json.dumps(event_of(arn, error)) for arn in named(machine, 1000)]
    twice = bodies * 2
    random.shuffle(twice)
    for start in range(0, len(twice), 10):
        hand.queue("executions", *twice[start : start + 10])
    eventually(lambda: counted(hand, error) == (1000, 1000), within=60)
    hand.drained("executions")
    assert counted(hand, error) == (1000, 1000)
    eventually(lambda: "1,000 failures" in json.dumps(hand.card(error)))
    assert len(hand.cards(error)) == 1
    milestones = [line for line in hand.thread(hand.card(error)) if "so far" in line]
    assert len(milestones) == len(set(milestones)) <= 3


def test_handlers_at_work_on_the_same_failures_at_once_count_each_once(
    hand: Hand, error: str
) -> None:
    machine = hand.machine({"Fail": {"Type": "Fail", "Error": error}})
    own, redactor = deps(hand), Redactor.of()
    ended = [
        told
        for arn in named(machine, 240)
        if (told := parse(event_of(arn, error), redactor)) is not None
    ]

    def overlapping(first: int) -> Callable[[], object]:
        mine = ended[first : first + 120]
        random.shuffle(mine)
        return lambda: record(own, mine)

    hand.at_once(*[overlapping(first) for first in (0, 40, 80, 120)])
    assert counted(hand, error) == (240, 240)


def test_a_redriven_attempt_that_overtakes_its_first_is_counted_in_its_place(
    hand: Hand, error: str
) -> None:
    machine = hand.machine({"Fail": {"Type": "Fail", "Error": error}})
    arns = named(machine, 150)
    first = [event_of(arn, error) for arn in arns]
    second = [event_of(arn, error, redrive_count=1) for arn in arns]
    told = [*second, *first]
    random.shuffle(told)
    own, redactor = deps(hand), Redactor.of()
    record(own, [one for event in told if (one := parse(event, redactor)) is not None])
    count, failing = counted(hand, error)
    assert failing == 150, "each execution fails once at a time"
    assert 150 <= count <= 300, "an attempt that was overtaken is no news"


@pytest.fixture(scope="module")
def handlers(hand: Hand, tmp_path_factory: pytest.TempPathFactory) -> Handlers:
    return Handlers(hand, tmp_path_factory.mktemp("unpacked"))


def test_a_recorder_killed_between_any_two_steps_loses_and_doubles_nothing(
    hand: Hand, error: str, handlers: Handlers
) -> None:
    machine = hand.machine({"Fail": {"Type": "Fail", "Error": error}})
    event = batch([event_of(arn, error) for arn in named(machine, 250)])
    killed = handlers.killed("executions", event, _MOST)
    assert 3 <= killed < _MOST, "there were steps to be killed between"
    assert counted(hand, error) == (250, 250)


def test_a_publisher_killed_between_any_two_steps_posts_one_card_and_tells_all(
    hand: Hand, error: str, handlers: Handlers
) -> None:
    machine = hand.machine({"Fail": {"Type": "Fail", "Error": error}})
    with without(hand, "publish"):
        hand.start(machine)
        stored = eventually(
            lambda: next(
                (one for one in deps(hand).alerts.unresolved() if one.alert.error == error), None
            )
        )
        event = {"Records": [stream_record(hand, stored.alert.fingerprint)]}
        killed = handlers.killed("publish", event, _MOST)
    assert 4 <= killed < _MOST, "there were steps to be killed between"
    card = hand.settled_card(error)
    assert len(hand.cards(error)) == 1
    replies = hand.slack.conversations_replies(channel=hand.facts.channel, ts=card["ts"])
    details: list[Any] = [one for one in replies["messages"] if one["text"] == "Details"]
    # Slack has no key for "the same message": a reply is told again each time that its post and
    # what remembers it are torn apart, here twice. The card is looked for, so it never is.
    assert 1 <= len(details) <= 3
