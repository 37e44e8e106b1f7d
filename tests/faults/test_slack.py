"""Slack refuses, is slow, or loses an answer: the alert is told all the same, and once."""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from msgspec.structs import replace
from slack_sdk.errors import SlackApiError

from app.stores.alerts import Stored
from tests.hand import Hand, Json, eventually, unique
from tests.handlers import without
from tests.many import Many
from tests.own import deps, own_publisher, recorded

pytestmark = pytest.mark.xdist_group("world")


def fail(hand: Hand, error: str) -> str:
    execution = hand.start(hand.machine({"Fail": {"Type": "Fail", "Error": error}}))
    hand.ended(execution, "FAILED")
    return execution


def calls(hand: Hand, method: str, since: float) -> list[Json]:
    """What Slack was asked since then, the time as seconds since the epoch."""
    log: list[Json] = hand.world.slack.control("log")["calls"]
    return [one for one in log if one["method"] == method and one["at"] >= since]


@pytest.mark.parametrize("mode", ["error", "server_error", "html"])
def test_a_slack_that_is_unwell_is_told_later(faults: Hand, error: str, mode: str) -> None:
    fault = {"method": "chat.postMessage", "mode": mode, "times": 2, "error": "internal_error"}
    faults.world.slack.control("faults", fault)
    fail(faults, error)
    assert len(eventually(lambda: faults.cards(error))) == 1
    faults.settled_card(error)
    assert len(faults.cards(error)) == 1


def test_a_rate_limit_is_waited_out_and_nothing_is_lost(faults: Hand, error: str) -> None:
    began = time.time()
    fault = {"method": "chat.postMessage", "mode": "rate_limit", "retry_after": 3}
    faults.world.slack.control("faults", fault)
    fail(faults, error)
    faults.settled_card(error)
    assert len(faults.cards(error)) == 1
    refused, then, *_ = calls(faults, "chat.postMessage", began)
    assert (refused["error"], then["ok"]) == ("ratelimited", True)
    assert then["at"] - refused["at"] >= 3, "not a moment before Slack said"


def test_a_card_whose_answer_was_lost_is_not_posted_again(faults: Hand, error: str) -> None:
    began = time.time()
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
    asked = [one for one in calls(faults, "chat.postMessage", began) if not one["thread_ts"]]
    assert len(asked) == 1, "a request whose connection broke is not sent again"


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


@contextmanager
def untold(hand: Hand, error: str) -> Iterator[Stored]:
    """An alert that nobody has told of, and nobody but the test will."""
    with without(hand, "publish"):
        fail(hand, error)
        yield recorded(hand, error)


@pytest.mark.usefixtures("no_schedule")
@pytest.mark.parametrize("refusal", ["invalid_blocks", "msg_blocks_too_long"])
def test_blocks_that_slack_refuses_become_plain_text(
    faults: Hand, error: str, refusal: str
) -> None:
    with untold(faults, error) as stored:
        fault = {"method": "chat.postMessage", "mode": "error", "error": refusal}
        faults.world.slack.control("faults", fault)
        own_publisher(faults).publish(stored.alert.id)
    [card] = faults.cards(error)
    assert "blocks" not in json.dumps(card.get("attachments", []))


@pytest.mark.usefixtures("no_schedule")
@pytest.mark.parametrize(
    "refusal", ["channel_not_found", "not_in_channel", "is_archived", "restricted_action"]
)
def test_a_channel_that_takes_nothing_gives_way_to_the_fallback(
    faults: Hand, error: str, refusal: str
) -> None:
    with untold(faults, error) as stored:
        own = deps(faults)
        route = replace(stored.alert.route, channel="C0ELSEWHERE")
        own.alerts.swap(stored.alert.id, lambda alert: replace(alert, route=route))
        for wrong in (refusal, "invalid_blocks"):
            fault = {"method": "chat.postMessage", "mode": "error", "error": wrong}
            faults.world.slack.control("faults", fault)
        own_publisher(faults, own).publish(stored.alert.id)
    [card] = faults.cards(error)
    assert "blocks" not in json.dumps(card.get("attachments", [])), "there too, without its blocks"


@pytest.mark.usefixtures("no_schedule")
@pytest.mark.parametrize(
    "refusal", ["token_revoked", "account_inactive", "invalid_auth", "is_archived"]
)
def test_what_slack_refuses_for_good_raises_and_is_told_once_it_is_mended(
    faults: Hand, error: str, refusal: str
) -> None:
    """So that the stream parks it, where an alarm sees it that needs no Slack."""
    with untold(faults, error) as stored:
        publisher = own_publisher(faults)
        fault = {"method": "chat.postMessage", "mode": "error", "error": refusal, "times": 2}
        faults.world.slack.control("faults", fault)
        for _ in range(2):
            with pytest.raises(SlackApiError, match=refusal):
                publisher.publish(stored.alert.id)
        publisher.publish(stored.alert.id)
    assert len(faults.cards(error)) == 1


@contextmanager
def tries(hand: Hand, function: str, most: int) -> Iterator[None]:
    """A record of the stream is tried again so often only, for the test's patience."""
    lambda_ = hand.world.client("lambda")
    mappings = lambda_.list_event_source_mappings(FunctionName=f"sfn-alerts-local-{function}")
    [stream] = [
        one for one in mappings["EventSourceMappings"] if ":dynamodb:" in one["EventSourceArn"]
    ]
    lambda_.update_event_source_mapping(UUID=stream["UUID"], MaximumRetryAttempts=most)
    try:
        yield
    finally:
        usual = stream["MaximumRetryAttempts"]
        lambda_.update_event_source_mapping(UUID=stream["UUID"], MaximumRetryAttempts=usual)


@pytest.mark.usefixtures("no_schedule")
def test_what_slack_refuses_again_and_again_is_parked_and_told_by_the_sweep(
    faults: Hand, error: str
) -> None:
    fault = {"method": "chat.postMessage", "mode": "error", "error": "token_revoked", "times": 999}
    faults.world.slack.control("faults", fault)
    with tries(faults, "publish", 1):
        fail(faults, error)
        parked = eventually(lambda: faults.received("stream-dead-letters"))
    assert "sfn-alerts-local-publish" in parked[0], "whoever reads it learns who gave up"
    faults.world.slack.clear_faults()
    faults.world.client("lambda").invoke(FunctionName="sfn-alerts-local-sweep", Payload="{}")
    assert len(eventually(lambda: faults.cards(error))) == 1


@pytest.mark.parametrize(
    "refusal",
    ["message_not_found", "cant_update_message", "edit_window_closed"],
)
def test_a_card_that_can_not_be_changed_is_not_posted_anew_and_its_thread_goes_on(
    faults: Hand, error: str, refusal: str
) -> None:
    fail(faults, error)
    card = faults.settled_card(error)
    fault = {"method": "chat.update", "mode": "error", "error": refusal, "times": 999}
    faults.world.slack.control("faults", fault)
    faults.press(card, "acknowledge")
    faults.told(card, "acknowledged")
    assert len(faults.cards(error)) == 1
