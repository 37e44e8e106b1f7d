"""A failed step waits: people retry it, with the input it had or an edited one, or give up."""

import json

import pytest
from msgspec.structs import replace

from app.domain.people import Person
from app.use_cases.answer import answer
from app.use_cases.refused import RefusedError
from tests.hand import Hand, Json, eventually, unique
from tests.own import deps

pytestmark = pytest.mark.xdist_group("world")


@pytest.fixture
def order() -> str:
    return unique("O")


def waiting(hand: Hand, order: str, **given: object) -> str:
    """An execution of the example that waits for want of an address; its ARN."""
    return hand.start(hand.example("hold-and-resume"), {"order": order, "address": "", **given})


def card_that_waits(hand: Hand, order: str) -> Json:
    cards: list[Json] = eventually(
        lambda: [one for one in hand.cards(order) if "A retry goes back to" in json.dumps(one)]
    )
    return cards[0]


def test_the_card_says_that_the_execution_waits_and_until_when(hand: Hand, order: str) -> None:
    execution = waiting(hand, order)
    card = card_that_waits(hand, order)
    said = json.dumps(card)
    assert "*The execution waits for your answer* until <!date^" in said
    assert "A retry goes back to `ShipOrder`" in said
    offered = [
        one
        for one in ("retry", "retry_edited", "give_up", "redrive", "restart")
        if hand.button(card, one)
    ]
    assert offered == ["retry", "retry_edited", "give_up"]
    assert hand.describe(execution)["status"] == "RUNNING"


def test_a_retry_with_an_edited_input_lets_the_execution_succeed(hand: Hand, order: str) -> None:
    execution = waiting(hand, order, api_token="not-shown-5521")
    card = card_that_waits(hand, order)
    view = hand.modal(card, "retry_edited")
    [shown] = [block["element"]["initial_value"] for block in view["blocks"] if "element" in block]
    assert "not-shown-5521" not in shown
    edited = json.dumps({**json.loads(shown), "address": "Elbchaussee 1"})
    assert hand.send_input(view, edited) == {}
    ended = hand.ended(execution, "SUCCEEDED")
    output = json.loads(ended["output"])
    assert output["shipped"] == {"to": "Elbchaussee 1"}
    assert output["api_token"] == "not-shown-5521"
    hand.told(card, "Retry with an edited input started")
    assert "Nothing is left: resolved" in hand.told(card, "succeeded after")


def outcomes(hand: Hand, card: Json) -> list[str]:
    return [line for line in hand.thread(card) if "failed again, with" in line]


def test_what_comes_of_each_retry_is_told_where_it_was_asked_for_and_the_next_input_is_shown(
    hand: Hand, order: str
) -> None:
    waiting(hand, order)
    first, other = card_that_waits(hand, order), unique("P")

    def retried(name: str) -> None:
        [card] = eventually(
            lambda: [one for one in hand.cards(order) if hand.button(one, "retry_edited")]
        )
        told = len(outcomes(hand, first))
        edited = json.dumps({"order": name, "address": ""})
        assert hand.send_input(hand.modal(card, "retry_edited"), edited) == {}
        eventually(lambda: len(outcomes(hand, first)) == told + 1)

    retried(f"{other}-1")
    retried(f"{other}-2")  # under the same other alert
    [card] = [one for one in hand.cards(other) if one["ts"] != first["ts"]]
    place = hand.slack.chat_getPermalink(channel=hand.facts.channel, message_ts=card["ts"])
    leads = f"It failed again, with another message: see <{place['permalink']}|another alert>."
    assert [line.removeprefix(":x: ") for line in outcomes(hand, first)] == [leads, leads]
    hand.say("@bot input", first)
    hand.told(first, "*Input of a retry* of")
    [reply] = [one for one in hand.replies(first) if "*Input of a retry*" in one["text"]]
    assert f"{other}-2" in json.dumps(reply["blocks"])
    assert order not in json.dumps(reply["blocks"])


def test_a_retry_with_the_same_input_that_fails_again_waits_again(hand: Hand, order: str) -> None:
    execution = waiting(hand, order)
    card = card_that_waits(hand, order)
    hand.press(card, "retry")
    assert "Retry failed again" in hand.told(card, "failed again")
    again = eventually(
        lambda: (one := hand.card(order)) and "waits for your answer" in json.dumps(one) and one
    )
    stored = deps(hand).alerts.get(card["metadata"]["event_payload"]["alert_id"])
    assert stored is not None
    assert (stored.alert.count, stored.alert.failing_count) == (2, 1)
    hand.notes.said.clear()
    hand.press(card, "retry", actions=[{**(hand.button(card, "retry") or {}), "action_ts": "1"}])
    [note] = eventually(lambda: hand.notes.said)
    assert "moved on" in note, "the card was of the first wait"
    hand.press(again, "give_up")
    hand.ended(execution, "FAILED")


def test_giving_up_ends_the_execution_with_the_error_it_had(hand: Hand, order: str) -> None:
    execution = waiting(hand, order)
    card = card_that_waits(hand, order)
    hand.press(card, "give_up")
    assert hand.ended(execution, "FAILED")["error"] == "AddressMissingError"
    hand.told(card, "gave up: the execution has ended as failed")
    ended = eventually(
        lambda: (one := hand.card(order)) and "can't help" in json.dumps(one) and one
    )
    assert hand.button(ended, "restart") is not None
    assert hand.button(ended, "acknowledge") is None, "who gives up has seen it"
    assert len(hand.cards(order)) == 1


def test_of_two_answers_the_first_counts_and_the_second_is_told(hand: Hand, order: str) -> None:
    execution = waiting(hand, order)
    card = card_that_waits(hand, order)
    hand.notes.said.clear()
    hand.at_once(
        lambda: hand.press(card, "give_up", hand.ana),
        lambda: hand.press(card, "give_up", hand.ben),
    )
    [note] = eventually(lambda: hand.notes.said)
    assert "already" in note
    hand.ended(execution, "FAILED")


def test_a_wait_that_has_timed_out_says_so(hand: Hand, order: str) -> None:
    definition = json.loads(
        hand.stepfunctions.describe_state_machine(stateMachineArn=hand.example("hold-and-resume"))[
            "definition"
        ]
    )
    definition["States"]["NotifyError"]["TimeoutSeconds"] = 2
    machine = hand.machine(definition["States"])
    execution = hand.start(machine, {"order": order, "address": ""})
    card = card_that_waits(hand, order)
    retry = hand.button(card, "retry")
    hand.ended(execution, "FAILED")
    eventually(lambda: hand.button(hand.card(order), "retry") is None)
    hand.notes.said.clear()
    hand.press(card, "retry", actions=[{**(retry or {}), "action_ts": "1"}])
    [note] = eventually(lambda: hand.notes.said)
    assert "No step of the execution waits" in note


def test_an_answer_given_elsewhere_is_told_when_somebody_answers_too(
    hand: Hand, order: str
) -> None:
    execution = waiting(hand, order)
    card = card_that_waits(hand, order)
    own, alert_id = deps(hand), card["metadata"]["event_payload"]["alert_id"]
    stored = own.alerts.get(alert_id)
    assert stored is not None
    token = own.tokens.of(stored.alert.focus.attempt)
    hand.stepfunctions.send_task_success(
        taskToken=token, output=json.dumps({"action": "retry", "input": {"address": "x"}})
    )
    hand.ended(execution, "SUCCEEDED")
    hand.press(card, "retry")
    assert "its wait is over" in hand.told(card, "was refused")


def test_a_token_is_nowhere_in_clear(hand: Hand, order: str) -> None:
    waiting(hand, order)
    card = card_that_waits(hand, order)
    own, alert_id = deps(hand), card["metadata"]["event_payload"]["alert_id"]
    stored = own.alerts.get(alert_id)
    assert stored is not None
    token = own.tokens.of(stored.alert.focus.attempt)
    assert token
    pages = hand.dynamodb.get_paginator("scan").paginate(TableName="sfn-alerts-local")
    items = json.dumps([item for page in pages for item in page["Items"]], default=str)
    assert stored.alert.focus.execution_arn in items
    assert token not in items
    slack = json.dumps(hand.world.slack.seen_by(hand.ana["id"]))
    assert order in slack
    assert token not in slack
    logs = hand.world.client("logs")
    for function in ("executions", "recover", "publish", "slack"):
        group = f"/aws/lambda/sfn-alerts-local-{function}"
        events = logs.filter_log_events(logGroupName=group)["events"]
        assert events or function == "slack", "there is something to look through"
        assert token not in json.dumps(events)


def test_an_answer_whose_reply_was_lost_is_not_taken_for_a_refusal(hand: Hand, order: str) -> None:
    execution = waiting(hand, order)
    card = card_that_waits(hand, order)
    own, alert_id = deps(hand), card["metadata"]["event_payload"]["alert_id"]
    asked = []

    def seen_when_asked() -> bool:
        stored = own.alerts.get(alert_id)
        if stored and stored.alert.recovery:
            asked.append(stored.alert.recovery)
        return bool(asked)

    hand.press(card, "give_up")
    eventually(seen_when_asked)
    hand.ended(execution, "FAILED")
    # The stream brings it again: the token is used up, by this very answer.
    answer(own, asked[0])
    with pytest.raises(RefusedError):
        answer(own, replace(asked[0], by=Person("U02BEN", "Ben")))
