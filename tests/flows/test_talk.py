"""People say things to the bot in an alert's thread, and it does them, once."""

import json
import time
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest
from msgspec.structs import replace
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from app.answers import Answers
from app.domain.alert import Status
from app.stores.errands import Talk
from app.stores.publications import MessageRef
from local.slack.people import USERS
from tests.hand import Hand, Json, eventually, unique
from tests.own import deps

pytestmark = pytest.mark.xdist_group("second world")

GUEST = {"id": "U09GUEST", "name": USERS["U09GUEST"].name}


def failing(hand: Hand, error: str, cause: str = "no reason") -> str:
    """A machine that fails with *error*; its ARN."""
    return hand.machine({"Fail": {"Type": "Fail", "Error": error, "Cause": cause}})


@pytest.fixture
def error() -> str:
    return unique("E")


@pytest.fixture
def card(hand: Hand, error: str) -> Json:
    """The card of an execution that has just failed."""
    hand.start(failing(hand, error), {"shelf": 7, "password": "not-to-be-seen"})
    return hand.settled_card(error)


@pytest.fixture
def orders(hand: Hand) -> tuple[str, Json]:
    """An execution of the example whose warehouse is closed, and its card."""
    warehouse = unique("W")
    hand.warehouse("closed")
    execution = hand.start(hand.example("let-it-fail"), {"warehouse": warehouse})
    return execution, hand.settled_card(warehouse)


def alert_of(hand: Hand, card: Json) -> Any:
    stored = deps(hand).alerts.get(card["metadata"]["event_payload"]["alert_id"])
    assert stored is not None
    return stored.alert


def test_a_redrive_asked_for_in_words_is_told_by_the_threads_own_story(
    hand: Hand, orders: tuple[str, Json]
) -> None:
    execution, card = orders
    hand.warehouse("open")
    hand.say("@bot Redrive, please!", card, hand.ben)
    assert hand.ben["name"] in hand.told(card, "Redrive started")
    hand.ended(execution, "SUCCEEDED")
    assert "Nothing is left" in hand.told(card, "Redrive succeeded after")
    assert hand.redrives(execution) == 1
    assert "asked for a redrive already" not in " ".join(hand.whispers(hand.ben))


def test_a_redrive_in_vain_is_refused_in_words_with_the_way_out(hand: Hand, card: Json) -> None:
    hand.say("@bot redrive", card, hand.ben)
    said = hand.whispered("A redrive would fail again", hand.ben)
    assert "Say `restart`, or press Redrive on the card" in said
    assert alert_of(hand, card).recovery is None
    hand.press(card, "redrive")
    hand.told(card, "Redrive failed again")


def test_what_the_life_cycle_refuses_is_told_to_the_speaker_alone_in_the_buttons_words(
    hand: Hand, card: Json
) -> None:
    hand.say("@bot ack", card, hand.ana)
    hand.told(card, "acknowledged, after")
    hand.say("@bot acknowledge", card, hand.ben)
    said = hand.whispered("acknowledged this already", hand.ben)
    assert f"*{hand.ana['name']}*" in said
    assert not [line for line in hand.thread(card) if "acknowledged this already" in line]


def test_a_restart_in_words_takes_the_same_input(hand: Hand, card: Json) -> None:
    hand.say("@bot restart", card)
    assert hand.ana["name"] in hand.told(card, "Restart failed again")
    execution = alert_of(hand, card).focus.execution_arn
    assert ":sfn-alerts-" in execution
    assert json.loads(hand.describe(execution)["input"])["password"] == "not-to-be-seen"


def test_a_step_that_waits_is_given_up_in_words(hand: Hand) -> None:
    order = unique("A")
    given = {"order": order, "address": "", "note": f"{'n' * 7_000} the end"}
    execution = hand.start(hand.example("hold-and-resume"), given)
    card = eventually(
        lambda: next(
            (one for one in hand.cards(order) if "waits for your answer" in str(one)), None
        )
    )
    hand.say("@bot redrive", card)
    assert hand.whispered("waits for an answer: retry its step, or give up")
    hand.say("@bot input", card)
    assert json.loads(hand.file(card, "input.json")) == given
    hand.say("@bot give up", card)
    hand.ended(execution, "FAILED")
    assert hand.ana["name"] in hand.told(card, "gave up")


def test_a_mute_in_words_has_reach_length_and_reason_and_ends_in_words(
    hand: Hand, error: str, card: Json
) -> None:
    hand.say("@bot mute 2h <@U02BEN> repairs <https://t.io/7|T-7> &amp; waits", card)
    line = hand.told(card, "muted")
    assert "@ben repairs T-7 (https://t.io/7) &amp; waits" in line
    assert f"`{error}` on `m-" in line
    mute = alert_of(hand, card).mute
    assert mute.until - mute.since == timedelta(hours=2)
    hand.say("@bot unmute", card, hand.ben)
    assert f"*{hand.ben['name']}* ended the mute" in hand.told(card, "ended the mute")
    hand.say("@bot mute everything 15m deploy", card)
    assert hand.told(card, "muted all of `m-")
    hand.say("@bot mute 1h again", card, hand.ben)
    assert hand.whispered("muted this already", hand.ben)
    hand.say("@bot unmute", card)


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("@bot mute", "A mute needs a length"),
        ("@bot mute 2h", "A mute needs a reason"),
        ("@bot mute 31d x", "at most 30 days"),
        ("@bot redirve", "Did you mean `redrive`?"),
        ("@bot redrive if you must", "I did nothing"),
        ("@bot help", "What I understand"),
        ("@bot", "What I understand"),
    ],
)
def test_what_can_not_be_done_is_told_how(hand: Hand, card: Json, said: str, told: str) -> None:
    asked = hand.say(said, card, hand.ben)
    eventually(lambda: [one for one in hand.whispers(hand.ben, after=asked) if told in one])
    assert alert_of(hand, card).status is Status.OPEN
    assert hand.thread(card)[-1] == said.replace("@bot", f"<@{hand.world.slack.bot_user}>")


def test_outside_of_an_alerts_thread_it_says_where_to_go(hand: Hand) -> None:
    first = hand.say("@bot redrive")
    other = hand.say("has anybody seen this?")
    hand.say("@bot ack", {"ts": other})
    eventually(
        lambda: sum("in the thread of an alert" in one for one in hand.whispers(after=first)) == 2
    )
    hand.say("@bot help", user=hand.ben)
    hand.whispered("What I understand", hand.ben)


def test_nobody_from_another_workspace_may_act(hand: Hand, card: Json) -> None:
    hand.say("@bot ack", card, GUEST)
    assert hand.whispered("Only members of this workspace", GUEST)
    hand.say("@bot input", card, GUEST)
    hand.react(card["ts"], "eyes", GUEST)
    hand.say("@bot resolve", card)
    hand.told(card, "resolved it")
    assert alert_of(hand, card).acknowledged is None
    assert not [one for one in hand.replies(card) if "Input" in one["text"]]


def test_eyes_on_the_card_acknowledge_and_other_reactions_do_not(hand: Hand, card: Json) -> None:
    hand.react(card["ts"], "tada", hand.ben)
    hand.react(card["ts"], "eyes", hand.ben)
    assert hand.ben["name"] in hand.told(card, "acknowledged, after")
    hand.react(card["ts"], "eyes", hand.ana)
    hand.say("@bot resolve", card)
    hand.told(card, "resolved it")
    assert alert_of(hand, card).acknowledged.by.id == hand.ben["id"]


def test_eyes_on_a_resolved_card_do_nothing(hand: Hand, card: Json) -> None:
    hand.say("@bot resolve", card)
    hand.told(card, "resolved it")
    hand.react(card["ts"], "eyes", hand.ben)
    hand.say("@bot ack", card, hand.ben)
    assert hand.whispered("resolved already", hand.ben)
    assert not [line for line in hand.thread(card) if "acknowledged, after" in line]


def test_resolving_is_told_by_card_and_thread_and_is_in_the_cards_menu(
    hand: Hand, error: str, card: Json
) -> None:
    menu = hand.button(card, "more")
    assert menu is not None
    [option] = [one for one in menu["options"] if "Resolve" in one["text"]["text"]]
    chosen = {"type": "overflow", "action_id": "more", "selected_option": option}
    hand.press(card, "more", hand.ben, actions=[{**chosen, "action_ts": "1"}])
    assert hand.ben["name"] in hand.told(card, "resolved it: nothing more is to be done")
    shown = eventually(lambda: (now := hand.card(error)) and "is resolved" in now["text"] and now)
    assert f"Resolved by *{hand.ben['name']}*" in json.dumps(shown)
    assert hand.button(shown, "more") is None


def test_the_same_message_delivered_twice_is_answered_once(hand: Hand, card: Json) -> None:
    own, slack = deps(hand), hand.slack
    talk = Talk(
        user_id=hand.ana["id"],
        channel=hand.facts.channel,
        ts=f"{datetime.now(UTC).timestamp():.6f}",
        text=f"<@{hand.world.slack.bot_user}> input",
        thread_ts=card["ts"],
    )
    hand.at_once(*[lambda: Answers(own, lambda: slack).run(talk) for _ in range(3)])
    Answers(own, lambda: slack).run(talk)
    assert len([one for one in hand.replies(card) if "*Input* of" in one["text"]]) == 1


def test_a_change_delivered_again_long_after_is_the_same_change(
    hand: Hand, orders: tuple[str, Json]
) -> None:
    """Not even a redrive that has failed again since is asked for anew."""
    execution, card = orders
    talk = Talk(
        user_id=hand.ana["id"],
        channel=hand.facts.channel,
        ts=f"{datetime.now(UTC).timestamp():.6f}",
        text=f"<@{hand.world.slack.bot_user}> redrive",
        thread_ts=card["ts"],
    )
    own = deps(hand)
    time.sleep(1.1)  # the second failure is to be of another moment
    Answers(own, lambda: hand.slack).run(talk)
    hand.told(card, "failed again")
    later = replace(own, now=lambda: datetime.now(UTC) + timedelta(hours=2))
    Answers(later, lambda: hand.slack).run(talk)
    another = msgspec.structs.replace(talk, ts=f"{float(talk.ts) + 0.001:.6f}")
    Answers(later, lambda: hand.slack).run(another)
    assert hand.whispered("moved on since you looked")
    assert hand.redrives(execution) == 1
    assert alert_of(hand, card).attempts.redrives == 1


def test_a_bot_is_not_listened_to(hand: Hand, card: Json) -> None:
    mention = f"<@{hand.world.slack.bot_user}>"
    hand.slack.chat_postMessage(
        channel=hand.facts.channel, thread_ts=card["ts"], text=f"{mention} ack"
    )
    talk = Talk(
        user_id=hand.world.slack.bot_user,
        channel=hand.facts.channel,
        ts="1.000001",
        text=f"{mention} ack",
        thread_ts=card["ts"],
    )
    Answers(deps(hand), lambda: hand.slack).run(talk)
    assert alert_of(hand, card).status is Status.OPEN


class Deaf(WebClient):
    """A Slack that takes no message."""

    def chat_postMessage(self, **_: Any) -> Any:  # noqa: N802
        raise SlackApiError("down", {"error": "internal_error"})  # type: ignore[no-untyped-call]


def test_an_answer_that_slack_did_not_take_is_given_when_it_is_delivered_again(
    hand: Hand, card: Json
) -> None:
    talk = Talk(
        user_id=hand.ana["id"],
        channel=hand.facts.channel,
        ts=f"{datetime.now(UTC).timestamp():.6f}",
        text=f"<@{hand.world.slack.bot_user}> input",
        thread_ts=card["ts"],
    )
    own = deps(hand)
    deaf = Deaf(token=hand.facts.bot_token, base_url=hand.facts.slack_api_url)
    with pytest.raises(SlackApiError):
        Answers(own, lambda: deaf).run(talk)
    Answers(own, lambda: hand.slack).run(talk)
    assert len([one for one in hand.replies(card) if "*Input* of" in one["text"]]) == 1


def test_a_message_that_somebody_died_over_is_anothers_to_answer(hand: Hand) -> None:
    own, message = deps(hand), MessageRef("C", unique("1."))
    now = own.now()
    assert own.heard.take(message, now)
    assert not own.heard.take(message, now + timedelta(minutes=2))
    assert own.heard.take(message, now + timedelta(minutes=4))
    own.heard.answered(message, now)
    assert not own.heard.take(message, now + timedelta(minutes=50))
