"""Secrets planted wherever they may come from are found in nothing that is kept, said or logged."""

import json
from collections.abc import Iterator

import pytest

from app.domain.calls import request_id
from app.domain.cause import Cause
from tests.flows.test_hold import card_that_waits, waiting
from tests.hand import Hand, Json, eventually, unique
from tests.own import deps

pytestmark = pytest.mark.xdist_group("second world")

#: Where each is planted; all of one length, and in no way words.
PLACES = (
    *("input", "input in input", "environment", "output", "cause", "address", "error", "log"),
    *("key in logs", "edited input", "history", "discussion", "hold"),
)


@pytest.fixture
def canaries() -> dict[str, str]:
    return {place: unique("Canary9") + "x7Q" for place in PLACES}


@pytest.fixture
def order() -> str:
    return unique("O")


def everything(hand: Hand) -> Iterator[tuple[str, str]]:
    """All that is kept of the world, each with where it is."""
    pages = hand.dynamodb.get_paginator("scan").paginate(TableName="sfn-alerts-local")
    yield "the table", json.dumps([item for page in pages for item in page["Items"]], default=str)
    yield "what Slack was told", json.dumps(hand.world.slack.control("heard"))
    for user in (hand.ana, hand.ben):
        yield f"what {user['name']} sees", json.dumps(hand.world.slack.seen_by(user["id"]))
    logs = hand.world.client("logs")
    for group in logs.describe_log_groups(logGroupNamePrefix="/aws/lambda/sfn-alerts-")[
        "logGroups"
    ]:
        name = group["logGroupName"]
        if "-local-example" not in name:
            pages = logs.get_paginator("filter_log_events").paginate(logGroupName=name)
            yield name, json.dumps([event for page in pages for event in page["events"]])


def logged(hand: Hand, card: Json, *lines: str) -> None:
    """Lines of the very call that failed."""
    stored = deps(hand).alerts.get(card["metadata"]["event_payload"]["alert_id"])
    assert stored is not None
    assert stored.alert.verdict is not None
    call = stored.alert.verdict.call
    assert call is not None
    asked = call.request_id or request_id(Cause.read(stored.alert.focus.cause).request_id)
    assert asked
    client, group = hand.world.client("logs"), call.function.log_group
    [first, *_] = client.filter_log_events(logGroupName=group, filterPattern=f'"{asked}"')["events"]
    events = [
        {"timestamp": first["timestamp"], "message": line}
        for line in (*lines, f"RequestId: {asked} is over")
    ]
    client.put_log_events(
        logGroupName=group, logStreamName=first["logStreamName"], logEvents=events
    )


def failing(hand: Hand, order: str, canaries: dict[str, str]) -> Json:
    """The card of an execution that met secrets all the way to its failure."""
    task = hand.function("exampleShipOrder")
    begun = json.dumps({"Parameters": {"client_secret": canaries["output"]}})
    machine = hand.machine(
        {
            "Prepare": {
                "Type": "Pass",
                "Result": {"api_key": canaries["output"], "said": begun},
                "ResultPath": "$.prepared",
                "Next": "Ship",
            },
            "Ship": {"Type": "Task", "Resource": task, "End": True},
        }
    )
    told = (
        f"{order} db_password: {canaries['cause']}, https://bob:{canaries['address']}@example.com"
    )
    given = {
        "order": told,
        "password": canaries["input"],
        "body": json.dumps({"x-api-key": canaries["input in input"]}),
        "Environment": [{"Name": "DB_PASSWORD", "Value": canaries["environment"]}],
    }
    hand.ended(hand.start(machine, given), "FAILED")
    card = hand.settled_card(order)
    dashes, kind = "-" * 5, "PRIVATE" + " KEY"
    logged(
        hand,
        card,
        f"{order} logged in with password={canaries['log']}",
        f"{dashes}BEGIN {kind}{dashes}",
        canaries["key in logs"],
        f"{dashes}END {kind}{dashes}",
    )
    return card


def test_no_secret_is_found_in_anything_that_is_kept_said_or_logged(
    hand: Hand, order: str, canaries: dict[str, str]
) -> None:
    card = failing(hand, order, canaries)
    for word in ("input", "logs", "history"):
        hand.say(f"@bot {word}", card)
    hand.say(f"it was password={canaries['discussion']}", card, hand.ben)
    for said in ("*Input* of", "*Logs* of", "*History* of"):
        hand.told(card, said)
    assert f"{order} logged in with" in json.dumps(hand.world.slack.control("heard"))
    hand.status(text=order)

    view = hand.modal(card, "restart")
    [shown] = [block["element"]["initial_value"] for block in view["blocks"] if "element" in block]
    edited = json.loads(shown) | {"address": "Elbchaussee 1", "pin_token": canaries["edited input"]}
    assert hand.send_input(view, json.dumps(edited)) == {}
    hand.told(card, "*Resolved after")
    [reply] = [one for one in hand.replies(card) if "*Resolved after" in one["text"]]
    hand.press_below(reply, "story", hand.ben)
    assert "it was password=" in hand.file(card, "story.txt")

    error = f"{order}.E token={canaries['error']}"
    failed = hand.machine({"Fail": {"Type": "Fail", "Error": error, "Cause": error}})
    hand.start(failed, {"history": {"session_token": canaries["history"]}})
    another = hand.settled_card(f"{order}.E")
    hand.say("@bot history", another)
    hand.told(another, "*History* of")

    waiting(hand, f"{order}.H", api_token=canaries["hold"])
    held = card_that_waits(hand, f"{order}.H")
    own, alert_id = deps(hand), held["metadata"]["event_payload"]["alert_id"]
    stored = own.alerts.get(alert_id)
    assert stored is not None
    token = own.tokens.of(stored.alert.focus.attempt)
    assert token
    canaries["task token"] = token

    # The words that Ben typed are his own; what the app made of them is not.
    theirs = {"discussion"}

    def found() -> list[tuple[str, str]]:
        return [
            (planted, place)
            for place, text in everything(hand)
            for planted, canary in canaries.items()
            if canary in text and not (planted in theirs and " sees" in place)
        ]

    eventually(lambda: not [one for one in found() if one[0] == "edited input"])
    assert found() == []
    assert all(order in text for place, text in everything(hand) if "lambda" not in place)
