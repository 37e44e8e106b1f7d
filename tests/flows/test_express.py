"""Express executions tell of their ends in their log group alone: what is subscribed is told."""

import base64
import gzip
import json
import time
from collections.abc import Iterator
from typing import Any

import pytest

from deploy.package import ROOT
from tests.hand import Hand, eventually, unique

pytestmark = pytest.mark.xdist_group("world")


@pytest.fixture
def error() -> str:
    return unique("E")


@pytest.fixture
def subscribed(hand: Hand) -> Iterator[str]:
    """A log group whose events the executions function gets."""
    logs, group = hand.world.client("logs"), f"/aws/vendedlogs/states/{unique('g')}"
    logs.create_log_group(logGroupName=group)
    logs.create_log_stream(logGroupName=group, logStreamName="s")
    logs.put_subscription_filter(
        logGroupName=group,
        filterName="sfn-alerts",
        filterPattern="",  # the emulator knows no other; the function passes over the rest
        destinationArn=hand.function("executions"),
    )
    yield group
    logs.delete_log_group(logGroupName=group)


def logged(name: str, error: str, execution: str = "q1") -> str:
    """The message of the recorded log event *name*, of another failure."""
    told = json.loads((ROOT / "tests" / "events" / f"{name}.json").read_text())
    if told["type"] == "ExecutionFailed":
        told["details"]["error"] = error
    arn = "arn:aws:states:us-east-1:000000000000:express"
    return json.dumps(told | {"execution_arn": f"{arn}:{error}:{execution}:4f5a"})


def packed(*messages: str) -> str:
    told = {"messageType": "DATA_MESSAGE", "logEvents": [{"message": one} for one in messages]}
    data = base64.b64encode(gzip.compress(json.dumps(told).encode())).decode()
    return json.dumps({"awslogs": {"data": data}})


def invoked(hand: Hand, payload: str) -> dict[str, Any]:
    answer = hand.world.client("lambda").invoke(
        FunctionName="sfn-alerts-local-executions", Payload=payload
    )
    return {"error": answer.get("FunctionError"), **json.loads(answer["Payload"].read())}


def test_a_failure_in_a_subscribed_log_group_becomes_a_card(
    hand: Hand, subscribed: str, error: str
) -> None:
    messages = [logged("express_started", error), logged("express_failed", error)]
    hand.world.client("logs").put_log_events(
        logGroupName=subscribed,
        logStreamName="s",
        logEvents=[{"timestamp": int(time.time() * 1000), "message": one} for one in messages],
    )
    card = hand.settled_card(error)
    said = json.dumps(card)
    assert "the warehouse does not answer" in said
    assert "Express executions have no redrive" in said
    assert "/express-executions/details/" in said
    assert hand.button(card, "redrive") is None
    assert hand.button(card, "acknowledge")


def test_log_events_that_come_twice_are_counted_once(hand: Hand, error: str) -> None:
    both = packed(*[logged("express_failed", error, one) for one in ("q1", "q2")])
    assert invoked(hand, both) == invoked(hand, both)
    eventually(lambda: "2 failures" in json.dumps(hand.card(error)))


def test_a_log_event_that_nobody_understands_keeps_back_none_and_is_not_lost(
    hand: Hand, error: str
) -> None:
    strange = packed("no JSON", logged("express_failed", error))
    answer = invoked(hand, strange)
    assert answer["error"], "Lambda tries again, and parks it at last"
    assert "1 of 2 log events not understood" in answer["errorMessage"]
    assert hand.settled_card(error)


def test_what_stays_strange_ends_in_the_dead_letters_as_a_whole(hand: Hand, error: str) -> None:
    strange = packed(error)
    hand.world.client("lambda").invoke(
        FunctionName="sfn-alerts-local-executions", InvocationType="Event", Payload=strange
    )
    payload = json.loads(strange)
    parked: list[str] = []

    def found() -> bool:
        parked.extend(hand.received("executions-dead-letters"))
        return any(json.loads(one).get("requestPayload") == payload for one in parked)

    eventually(found)


def test_a_subscription_that_only_tries_the_way_is_answered(hand: Hand) -> None:
    told = {"messageType": "CONTROL_MESSAGE", "logEvents": [{"message": "CWL"}]}
    data = base64.b64encode(gzip.compress(json.dumps(told).encode())).decode()
    answer = invoked(hand, json.dumps({"awslogs": {"data": data}}))
    assert answer == {"error": None, "alerts": []}
