"""Events come twice, late, in any order, incomplete, or make no sense: each failure counts once."""

import itertools
import json
from typing import Any

import pytest

from app.domain.alert import Route, Status
from app.domain.execution import Failure
from app.domain.ledger import Ledger, Terms, fold
from app.domain.redaction import Redactor
from app.ingest import parse
from app.render.card import card
from tests.factories import NOW, alert
from tests.hand import Hand, eventually
from tests.handlers import event_of, named
from tests.own import recorded
from tests.render.test_cards import assert_fit

pytestmark = pytest.mark.xdist_group("world")

EXECUTION = "arn:aws:states:eu-west-1:123456789012:execution:orders:e-1"
REDACTOR = Redactor.of()


@pytest.mark.parametrize(
    "detail",
    [
        {"error": None, "cause": None, "input": None, "output": None, "redriveDate": None},
        {"input": None, "inputDetails": {"included": False}, "outputDetails": None},
        {"status": "EXPLODED", "redriveStatus": "REDRIVABLE_ON_SUNDAYS"},
        {"redriveStatus": None, "redriveStatusReason": None, "ofTomorrow": {"deep": [1]}},
        {"redriveDate": 1_795_600_002_000, "redriveCount": 0},
        {"redriveDate": "2026-11-24T09:30:00Z", "redriveCount": 0},
        {"startDate": None, "stopDate": None, "redriveCount": None},
        {"error": "", "cause": ""},
        {"stateMachineVersionArn": None, "stateMachineAliasArn": 7},
    ],
)
def test_an_event_that_lacks_anything_is_told_all_the_same(detail: dict[str, Any]) -> None:
    failure = parse(event_of(EXECUTION, "E", **detail), REDACTOR)
    assert isinstance(failure, Failure)
    assert_fit(card(alert(failure), NOW))


FIRST = ("FAILED", 0)
AGAIN = ("FAILED", 1)
WELL = ("SUCCEEDED", 2)


@pytest.mark.parametrize(
    "order", list(itertools.permutations([FIRST, ("RUNNING", 0), AGAIN, WELL]))
)
def test_in_whatever_order_events_come_the_last_attempt_decides(
    order: tuple[tuple[str, int], ...],
) -> None:
    ledger = Ledger({}, {}, {})
    terms = Terms(route_of=lambda _: Route(), mutes=[], now=NOW)
    for seen, (status, redrive_count) in enumerate(order, start=1):
        event = event_of(EXECUTION, "E", status=status, redrive_count=redrive_count)
        for _ in range(2):  # each of them comes twice
            one = parse(event, REDACTOR)
            ledger = fold(ledger, [one] if one else [], terms)
        latest = max(order[:seen], key=lambda one: (one[1], one[0] != "RUNNING"))
        failing = sum(one.failing_count for one in ledger.alerts.values())
        assert failing == (latest[0] == "FAILED")
        assert all(
            (one.status is Status.RESOLVED) == (latest == WELL) for one in ledger.alerts.values()
        )


@pytest.mark.usefixtures("no_schedule")
def test_a_storm_asks_step_functions_about_its_first_failure_alone(hand: Hand, error: str) -> None:
    cause = "the network is down"
    machine = hand.machine({"Fail": {"Type": "Fail", "Error": error, "Cause": cause}})
    hand.start(machine)
    hand.settled_card(error)
    before = hand.world.aws.counts()
    bodies = [json.dumps(event_of(arn, error)) for arn in named(machine, 300)]
    for start in range(0, len(bodies), 10):
        hand.queue("executions", *bodies[start : start + 10])
    eventually(lambda: recorded(hand, error).alert.count == 301)
    eventually(lambda: "301 failures" in json.dumps(hand.card(error)))
    asked = {
        name: count - before.get(name, 0)
        for name, count in hand.world.aws.counts().items()
        if name.endswith(("DescribeExecution", "GetExecutionHistory"))
    }
    assert any(name.endswith("DescribeExecution") for name in before), "the first was asked about"
    assert not any(asked.values()), asked
