"""What the rules say of a failure is what Slack shows: loud, plain, or not at all."""

import json

import pytest
from msgspec.structs import replace

from app import config
from app.domain.execution import Failure
from app.use_cases.record import record
from tests.hand import Hand, Json, eventually, unique
from tests.own import deps

pytestmark = pytest.mark.xdist_group("world")

RED, AMBER = "e01e5a", "ecb22e"


def colour(card: Json) -> str:
    return str(card["attachments"][0]["color"]).strip("#")


def asked_for_groups(hand: Hand) -> int:
    calls: list[Json] = hand.world.slack.control("log")["calls"]
    return sum(one["method"] == "usergroups.list" for one in calls)


def test_a_timeout_is_of_high_severity_red_and_calls_whoever_is_here(hand: Hand) -> None:
    slow = {"Type": "Task", "Resource": hand.function("exampleTimeOut"), "TimeoutSeconds": 1}
    machine = hand.machine({"Slow": {**slow, "End": True}})
    hand.start(machine)
    card = hand.settled_card(machine.split(":")[-1])
    assert card["text"].startswith(":rotating_light: *")
    assert card["text"].endswith("* <!here>"), "a mention is live in the message's own text only"
    assert "<!here>" not in json.dumps(card["attachments"])
    assert colour(card) == RED


def test_an_error_without_a_rule_is_of_middle_severity_amber_and_calls_nobody(hand: Hand) -> None:
    error = unique("E")
    hand.start(hand.machine({"Fail": {"Type": "Fail", "Error": error}}))
    card = hand.settled_card(error)
    assert card["text"].startswith(":large_orange_diamond: *")
    assert not any(sign in card["text"] for sign in ("<!", "<@", " @"))
    assert colour(card) == AMBER


def test_a_throttle_is_of_low_severity_not_posted_and_counted_all_the_same(hand: Hand) -> None:
    error = unique("Throttled")
    machine = hand.machine({"Fail": {"Type": "Fail", "Error": error}})
    for number in range(3):
        hand.start(machine, {"number": number})

    def counted() -> bool:
        return f"`{error}`\nopen, not posted by rule · 3 failures" in "\n".join(
            block["text"]["text"] for block in hand.status()["blocks"] if "text" in block
        )

    eventually(counted)
    # One that is posted comes after: had these been, they would be there by now.
    other = unique("E")
    hand.start(hand.machine({"Fail": {"Type": "Fail", "Error": other}}))
    hand.settled_card(other)
    assert hand.cards(error) == []


@pytest.fixture
def failed() -> Failure:
    """A failure of an execution that AWS knows nothing of."""
    return Failure(
        execution_arn=f"arn:aws:states:us-east-1:000000000000:execution:{unique('billing-')}:e",
        redrive_count=0,
        status="FAILED",
        error=unique("E"),
    )


def test_a_mention_by_handle_calls_the_group_of_that_name(hand: Hand, failed: Failure) -> None:
    rules = config.read("""
        channel: "#sfn-alerts"
        rules:
          - when: {state_machine: "billing-*"}
            severity: high
            mention: "@billing-oncall"
    """)
    here = replace(deps(hand), rules=config.rules_of(rules))
    record(here, [failed])
    card = hand.card(str(failed.error))
    assert card["text"].endswith("* <!subteam^S02BILL>")
    assert colour(card) == RED
    asked = asked_for_groups(hand)
    again = replace(failed, execution_arn=f"{failed.execution_arn}-again")
    record(here, [again])
    drawn = eventually(
        lambda: "2 failures" in json.dumps(now := hand.card(str(failed.error))) and now
    )
    assert drawn["text"] == card["text"], "the card keeps whom it called"
    assert asked_for_groups(hand) == asked, "and nobody asks again"
