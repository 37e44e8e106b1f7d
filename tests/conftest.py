"""What tests share: the embedded world, begun by the first test that asks for it."""

from collections.abc import Callable, Iterator

import pytest
from hypothesis import HealthCheck, Phase, settings

from local.world import World
from tests import authority
from tests.hand import Hand, free_port
from tests.wire import Answer, StepFunctionsWire

# How long an example takes says something of the machine, nothing of the code.
settings.register_profile(
    "any machine", deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("any machine")
# Of a mutant only counts that it was noticed: no time is spent on the smallest example.
settings.register_profile(
    "mutants", derandomize=True, database=None, phases=[Phase.explicit, Phase.generate]
)


@pytest.fixture(scope="session")
def hand(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hand]:
    """A hand in a world of its own."""
    directory = tmp_path_factory.mktemp("world")
    # Tests share one channel: what they post there is no burst.
    with World(
        aws_port=free_port(), slack_port=free_port(), directory=directory, cards_a_minute=1000
    ) as world:
        one = Hand(world)
        yield one
        authority.remember(world)
        one.notes.close()


@pytest.fixture
def no_schedule(hand: Hand) -> Iterator[None]:
    """Nothing sweeps but what the test asks for: a sweep of its own accord may come first."""
    events = hand.world.client("events")
    rules = [one["Name"] for one in events.list_rules()["Rules"] if "ScheduleExpression" in one]
    assert rules, "the sweep is scheduled"
    for name in rules:
        events.disable_rule(Name=name)
    yield
    for name in rules:
        events.enable_rule(Name=name)


@pytest.fixture
def wire() -> Iterator[Callable[[Answer], StepFunctionsWire]]:
    """Makes a Step Functions that answers as the test says."""
    wires: list[StepFunctionsWire] = []

    def made(answer: Answer) -> StepFunctionsWire:
        wires.append(StepFunctionsWire(answer))
        return wires[-1]

    yield made
    for one in wires:
        one.close()
