"""Hundreds failed, the cause is repaired: all of them are recovered, in waves, from Slack."""

import json
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest

from app.domain.execution import Failure
from app.domain.people import Person
from app.use_cases import respond
from app.use_cases.record import record
from tests.factories import asker
from tests.hand import Hand, Json, eventually
from tests.many import Many
from tests.own import deps

pytestmark = pytest.mark.xdist_group("world")


@pytest.fixture
def many(hand: Hand) -> Many:
    return Many(hand)


def said(message: Json | None) -> str:
    return json.dumps(message, ensure_ascii=False)


def test_all_that_failed_are_recovered_in_waves_and_the_alert_is_resolved(
    hand: Hand, many: Many
) -> None:
    many.fail(60)
    many.repair()
    assert many.recover() == {}
    ended = many.told("The recovery of all ended")
    assert "60 succeeded. Nothing is left: resolved." in ended
    assert hand.ana["name"] in ended
    assert many.redrives() == [1] * 60
    eventually(lambda: "is resolved" in many.card()["text"])
    eventually(lambda: "has ended" in said(many.progress()))
    shown = said(many.progress())
    assert "60 succeeded · 0 failed again" in shown
    assert "100 %" in shown
    assert "stop_recovery" not in shown
    assert not [line for line in hand.thread(many.card()) if "elsewhere" in line]


def test_the_modal_counts_what_is_failed_and_suggests_by_the_verdict(
    hand: Hand, many: Many
) -> None:
    many.fail(12)
    eventually(lambda: many.shows("A redrive resumes"))
    view = said(hand.modal(many.card(), "recover_all"))
    assert "12 can be redriven, from `Read`" in view
    assert "Failed in the last hour (12)" in view
    assert '"initial_option": {"text": {"type": "plain_text", "text": "Redrive"' in view


def test_those_that_fail_again_are_named_and_stay_with_the_alert(hand: Hand, many: Many) -> None:
    many.fail(30, hopeless=[0])
    many.repair()
    many.recover(canary=False)
    ended = many.told("The recovery of all ended")
    assert "29 succeeded, 1 failed again. 1 execution is still to be recovered." in ended
    replies = hand.slack.conversations_replies(channel=hand.facts.channel, ts=many.card()["ts"])[
        "messages"
    ]
    [line] = [one for one in replies if "The recovery of all ended" in one["text"]]
    assert many.executions[0] in said(line["blocks"]), "a link"
    assert many.redrives() == [1] * 30
    card = eventually(lambda: hand.button(many.card(), "redrive") and many.card())
    assert many.executions[0] in said(hand.button(card, "redrive")), "what the card now offers"


def test_a_canary_that_fails_again_stops_it_and_once_repaired_it_is_resumed(
    hand: Hand, many: Many
) -> None:
    many.fail(25)
    many.recover()
    stopped = many.told("The recovery stopped")
    assert "because the canary failed again" in stopped
    assert "25 executions are still to be recovered" in stopped
    assert Counter(many.redrives()) == {0: 24, 1: 1}, "one alone was tried"
    eventually(lambda: hand.button(many.card(), "redrive"))
    many.repair()
    many.press("resume_recovery", hand.ben)
    assert hand.ben["name"] in many.told("resumed the recovery")
    assert "25 succeeded. Nothing is left" in many.told("The recovery of all ended")
    assert Counter(many.redrives()) == {1: 24, 2: 1}, "the canary too, in its second attempt"
    eventually(lambda: "25 succeeded · 0 failed again" in said(many.progress()))


def test_a_wave_of_which_more_than_a_fifth_fails_again_stops_it(many: Many) -> None:
    many.fail(40, hopeless=range(3))
    many.repair()
    many.recover(canary=False)
    assert "more than a fifth of its wave failed again" in many.told("The recovery stopped")
    assert sum(many.redrives()) == 10
    many.repair(many.never)
    many.press("resume_recovery")
    assert "40 succeeded. Nothing is left" in many.told("The recovery of all ended")
    assert Counter(many.redrives()) == {1: 37, 2: 3}


def test_it_is_stopped_in_the_middle_and_resumed_by_somebody_else(hand: Hand, many: Many) -> None:
    many.fail(30)
    many.repair()
    many.recover(rate="5", canary=False)
    assert many.press("stop_recovery", hand.ben) == 200
    assert hand.ben["name"] in many.told("stopped the recovery")
    redriven = eventually(lambda: _settled(hand, many))
    assert 0 < redriven < 30
    eventually(lambda: f"{redriven} succeeded" in said(many.progress()))
    assert "was stopped by" in said(many.progress())
    hand.notes.said.clear()
    stop = {"type": "button", "action_id": "stop_recovery", "value": _value(hand, many)}
    hand.press(many.card(), "mute", actions=[stop])
    [note] = eventually(lambda: hand.notes.said)
    assert f"was stopped by *{hand.ben['name']}* already" in note
    hand.press(many.card(), "resume_recovery", hand.ana)
    assert "30 succeeded. Nothing is left" in many.told("The recovery of all ended")
    assert many.redrives() == [1] * 30


def _settled(hand: Hand, many: Many) -> int:
    """How many have been redriven, once none is running and nobody asks for more."""
    stored = deps(hand).alerts.get(many.card()["metadata"]["event_payload"]["alert_id"])
    assert stored is not None
    assert stored.alert.bulk is not None
    course = deps(hand).recoveries.get(stored.alert.id, stored.alert.bulk.id)
    assert course is not None
    done = course.course.asked == stored.alert.bulk.tally.ended and not course.course.pending
    return course.course.asked if done else 0


def _value(hand: Hand, many: Many) -> str:
    element = eventually(lambda: hand.button(many.card(), "resume_recovery"))
    return str(element["value"])


def test_restarts_take_the_place_of_redrives(hand: Hand, many: Many) -> None:
    many.fail(15)
    many.repair()
    assert many.recover(kind="restart") == {}
    assert "15 succeeded. Nothing is left" in many.told("The recovery of all ended")
    assert set(many.states()) == {"FAILED"}, "those themselves stay as they are"
    assert many.redrives() == [0] * 15
    executions = hand.stepfunctions.list_executions(stateMachineArn=many.machine)["executions"]
    new = [one for one in executions if one["executionArn"] not in many.executions]
    assert [one["status"] for one in new] == ["SUCCEEDED"] * 15
    again = deps(hand).occurrences.all(many.executions)
    assert {one.outcome.value for one in again.values()} == {"replaced"}


def test_of_two_who_press_at_once_one_begins_and_the_other_is_told(hand: Hand, many: Many) -> None:
    many.fail(12)
    many.repair()
    view = hand.modal(many.card(), "recover_all")
    answers = hand.at_once(
        *[lambda who=who: many.submit(view, who) for who in (hand.ana, hand.ben)]
    )
    assert sum(answer == {} for answer in answers) == 1
    [refused] = [answer for answer in answers if answer]
    assert "began to recover all of them already" in said(refused)
    many.told("The recovery of all ended")
    assert many.redrives() == [1] * 12


def test_meanwhile_a_single_redrive_is_refused_and_new_failures_just_count(
    hand: Hand, many: Many
) -> None:
    many.fail(6)
    redrive = hand.button(many.card(), "redrive")
    many.repair()
    many.recover(rate="1")
    card = eventually(lambda: many.shows("Recovery of all by") and many.card())
    assert hand.button(card, "redrive") is None
    hand.notes.said.clear()
    hand.press(card, "mute", hand.ben, actions=[redrive])
    [note] = eventually(lambda: hand.notes.said)
    assert f"*{hand.ana['name']}* began to recover all of them" in note
    eventually(lambda: any(many.redrives()))  # what fails before it has begun is of it
    hand.start(many.machine, {"wanted": many.never})
    ended = many.told("The recovery of all ended")
    assert "6 succeeded. 1 execution is still to be recovered." in ended
    assert hand.button(
        eventually(lambda: many.shows("still to recover") and many.card()), "acknowledge"
    )


def test_it_can_be_asked_for_without_a_dialog(hand: Hand, many: Many) -> None:
    many.fail(3)
    many.repair()
    alert_id = many.card()["metadata"]["event_payload"]["alert_id"]
    at = datetime.now(UTC)
    own, ben = deps(hand, now=lambda: at), Person(hand.ben["id"], "Ben")
    first = respond.recover_all(own, alert_id, asker(ben))
    assert "3 succeeded" in many.told("The recovery of all ended")
    again = respond.recover_all(own, alert_id, asker(ben))
    assert first.bulk
    assert again.bulk
    assert again.bulk.id == first.bulk.id, "what is delivered twice was asked for once"


def test_a_recovery_of_nothing_is_refused_in_words(hand: Hand, many: Many) -> None:
    card, own = many.fail(2), deps(hand)
    record(own, [otherwise(arn, own.now()) for arn in many.executions])
    eventually(lambda: len(hand.cards(many.machine.rpartition(":")[2])) == 2)
    view = hand.modal(card, "recover_all")
    hand.say("@bot recover all", card, hand.ben)
    hand.whispered("There is nothing to recover", hand.ben)
    assert "There is nothing to recover" in said(many.submit(view))
    stored = own.alerts.get(card["metadata"]["event_payload"]["alert_id"])
    assert stored
    assert stored.alert.bulk is None


def otherwise(arn: str, at: datetime) -> Failure:
    """What a redrive that somebody else had asked for has come to: another error."""
    return Failure(
        execution_arn=arn, redrive_count=1, status="FAILED", error="DiskFull", stopped_at=at
    )


def test_it_can_be_asked_for_in_the_thread(hand: Hand, many: Many) -> None:
    many.fail(3)
    many.repair()
    hand.say("@bot recover all, please", many.card())
    assert "3 succeeded" in many.told("The recovery of all ended")


def test_what_cannot_be_recovered_is_counted_with_its_reason(hand: Hand, many: Many) -> None:
    many.fail(3)
    many.repair()
    own = deps(hand)
    gone = [unknown(many, f"gone-{number}", own.now()) for number in range(2)]
    record(own, [*gone, unknown(many, "old", own.now() - timedelta(days=20))])
    eventually(lambda: many.shows("6 failures"))
    view = hand.modal(many.card(), "recover_all")
    assert "5 can be redriven" in said(view)
    assert "1 ended more than 14 days ago" in said(view)
    many.submit(view, canary=False)
    assert "3 succeeded, 2 refused. 3 executions" in many.told("The recovery of all ended")
    whole = said(
        hand.slack.conversations_replies(channel=hand.facts.channel, ts=many.card()["ts"])[
            "messages"
        ]
    )
    assert "2: Step Functions no longer knows this execution" in whole
    assert "1 execution is too old: AWS redrives for 14 days" in whole


def unknown(many: Many, name: str, at: datetime) -> Failure:
    """The same failure of an execution that Step Functions does not know."""
    return Failure(
        execution_arn=f"{many.machine.replace(':stateMachine:', ':execution:')}:{name}",
        redrive_count=0,
        status="FAILED",
        error="Ssm.ParameterNotFound",
        cause=f"Parameter {many.wanted} not found",
        stopped_at=at,
    )


def test_only_those_that_failed_lately_are_recovered_where_that_was_chosen(
    hand: Hand, many: Many
) -> None:
    many.fail(2)
    many.repair()
    own = deps(hand)
    record(own, [unknown(many, "yesterday", own.now() - timedelta(hours=20))])
    eventually(lambda: many.shows("3 failures"))
    many.recover(window="1h")
    ended = many.told("The recovery of all ended")
    assert "2 succeeded. 1 execution is still to be recovered." in ended


def test_a_stranger_may_neither_begin_nor_stop_it(hand: Hand, many: Many) -> None:
    many.fail(3)
    stranger = {**hand.person(hand.ana), "id": "U9STRANGER", "team_id": "T9ELSEWHERE"}
    view = hand.modal(many.card(), "recover_all")
    assert "Only members of this workspace" in said(many.submit(view, stranger))
    many.submit(view)
    hand.notes.said.clear()
    many.press("resume_recovery", stranger)
    [note] = eventually(lambda: hand.notes.said)
    assert "Only members of this workspace" in note


def test_five_hundred_of_which_one_in_a_hundred_fails_again(hand: Hand, many: Many) -> None:
    many.fail(500, hopeless=range(50, 500, 100))
    many.repair()
    before = hand.world.slack.control("log")["calls"]
    many.recover(canary=False)
    ended = many.told("The recovery of all ended", within=60)
    assert "495 succeeded, 5 failed again. 5 executions are still to be recovered." in ended
    assert many.redrives() == [1] * 500
    shown = eventually(lambda: many.progress() and "has ended" in said(many.progress()))
    assert shown
    ts = (many.progress() or {})["ts"]
    calls = hand.world.slack.control("log")["calls"][len(before) :]
    drawn = [one for one in calls if (one["method"], one["ts"]) == ("chat.update", ts)]
    assert 1 <= len(drawn) < 40, "every few seconds, however many end"
