"""Slack fails, answers are lost, time passes: the alert is told all the same, and once."""

import json
from collections.abc import Iterator
from datetime import timedelta

import pytest

from app.domain.mutes import MuteScope
from app.domain.people import Person
from app.use_cases import respond
from tests.factories import asker
from tests.hand import Hand, Json, eventually, unique
from tests.many import Many
from tests.own import deps

pytestmark = pytest.mark.xdist_group("world")


@pytest.fixture
def error() -> str:
    return unique("E")


@pytest.fixture
def faults(hand: Hand) -> Iterator[Hand]:
    yield hand
    hand.world.slack.clear_faults()


def fail(hand: Hand, error: str) -> str:
    execution = hand.start(hand.machine({"Fail": {"Type": "Fail", "Error": error}}))
    hand.ended(execution, "FAILED")
    return execution


def posts(hand: Hand) -> list[Json]:
    calls: list[Json] = hand.world.slack.control("log")["calls"]
    return [one for one in calls if one["method"] == "chat.postMessage"]


@pytest.mark.parametrize("mode", ["error", "server_error", "html", "rate_limit"])
def test_a_slack_that_is_unwell_is_told_later(faults: Hand, error: str, mode: str) -> None:
    fault = {"method": "chat.postMessage", "mode": mode, "times": 2, "error": "internal_error"}
    faults.world.slack.control("faults", fault)
    fail(faults, error)
    assert len(eventually(lambda: faults.cards(error))) == 1
    faults.settled_card(error)
    assert len(faults.cards(error)) == 1


def test_a_card_whose_answer_was_lost_is_not_posted_again(faults: Hand, error: str) -> None:
    fault = {"method": "chat.postMessage", "mode": "drop_after_accept"}
    faults.world.slack.control("faults", fault)
    fail(faults, error)
    card = faults.settled_card(error)
    details = eventually(
        lambda: faults.slack.conversations_replies(channel=faults.facts.channel, ts=card["ts"])[
            "messages"
        ][1:]
    )
    assert len(faults.cards(error)) == 1, "found by its metadata, and adopted"
    assert details[0]["text"] == "Details"


def test_progress_whose_answer_was_lost_is_not_posted_again(faults: Hand) -> None:
    many = Many(faults)
    many.fail(3)
    many.repair()
    faults.settled_card(many.machine.rpartition(":")[2])
    fault = {"method": "chat.postMessage", "mode": "drop_after_accept"}
    faults.world.slack.control("faults", fault)
    many.recover()
    many.told("The recovery of all ended")
    eventually(lambda: "has ended" in json.dumps(many.progress()))
    assert len(many.all_progress()) == 1, "found by its metadata, and adopted"


def test_a_recovery_of_many_goes_on_while_slack_is_down(faults: Hand) -> None:
    many = Many(faults)
    many.fail(15)
    many.repair()
    view = faults.modal(many.card(), "recover_all")
    faults.world.slack.control("faults", {"method": "*", "mode": "server_error", "times": 60})
    many.submit(view)
    eventually(lambda: set(many.states()) == {"SUCCEEDED"})
    faults.world.slack.clear_faults()
    many.told("The recovery of all ended")
    assert many.redrives() == [1] * 15


def test_a_redrive_is_carried_out_while_slack_is_down(faults: Hand) -> None:
    warehouse = unique("W")
    faults.warehouse("closed")
    execution = faults.start(faults.example("let-it-fail"), {"warehouse": warehouse})
    card = faults.settled_card(warehouse)
    faults.warehouse("open")
    faults.world.slack.control("faults", {"method": "*", "mode": "server_error", "times": 8})
    assert faults.press(card, "redrive") == 200
    faults.ended(execution, "SUCCEEDED")
    faults.world.slack.clear_faults()
    faults.told(card, "Redrive succeeded")


def test_blocks_that_slack_refuses_become_plain_text(faults: Hand, error: str) -> None:
    fault = {"method": "chat.postMessage", "mode": "error", "error": "invalid_blocks"}
    faults.world.slack.control("faults", fault)
    fail(faults, error)
    assert eventually(lambda: faults.cards(error))
