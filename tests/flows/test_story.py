"""The thread tells the story: details, reminders, what came back, and what it all came to."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from msgspec.structs import replace

from app.deps import Deps
from app.domain.alert import Status
from app.domain.calls import Call, LambdaFunction
from app.domain.changes import Described
from app.domain.lifecycle import apply
from app.domain.rules import Defaults
from app.domain.verdict import Help, Verdict
from app.publisher import Publisher, Seen
from app.stores.alerts import Stored
from app.stores.redraws import FailedElsewhere, Redraws, read
from app.use_cases.record import record
from app.use_cases.sweep import sweep
from tests.factories import failure
from tests.flows.test_talk import alert_of
from tests.hand import Hand, Json, eventually, unique
from tests.own import apart, deps, own_publisher

pytestmark = pytest.mark.xdist_group("second world")


def failing(hand: Hand, error: str) -> str:
    return hand.machine({"Fail": {"Type": "Fail", "Error": error, "Cause": "no reason"}})


def later(own: Deps, **more: int) -> Deps:
    return replace(own, now=lambda: datetime.now(UTC) + timedelta(**more))


@pytest.fixture
def error() -> str:
    return unique("E")


def test_the_details_are_redrawn_when_the_verdict_leads_to_more(hand: Hand, error: str) -> None:
    with apart(hand) as own:
        publisher = own_publisher(hand, own)
        [alert_id] = record(own, [failure(unique("e"), error=error)])
        publisher.publish(alert_id)
        card = hand.card(error)
        before = hand.details(card)
        assert "Logs of load" not in json.dumps(before)
        called = Call(function=LambdaFunction(name="load"))
        own.alerts.swap(
            alert_id,
            lambda one: apply(
                one,
                Described(Verdict(attempt=one.focus.attempt, help=Help.RESUMES, call=called)),
            ),
        )
        publisher.publish(alert_id)
        after = hand.details(card)
        assert "Logs of load" in json.dumps(after)
        assert after["ts"] == before["ts"]
        publisher.publish(alert_id)
        assert hand.details(card) == after, "there is nothing more to tell"


def test_a_failure_that_joins_leaves_the_details_alone(hand: Hand, error: str) -> None:
    machine = failing(hand, error)
    hand.start(machine)
    card = hand.settled_card(error)
    eventually(lambda: "can't help" in json.dumps(hand.card(error)))
    before = hand.details(card).get("edited")
    hand.start(machine)
    eventually(lambda: "2 failures" in json.dumps(hand.card(error)))
    assert hand.details(card).get("edited") == before


def test_what_fails_again_while_acknowledged_is_counted_on_the_card_and_stays_quiet(
    hand: Hand, error: str
) -> None:
    machine = failing(hand, error)
    hand.start(machine)
    card = hand.settled_card(error)
    hand.say("@bot ack", card)
    hand.told(card, "acknowledged, after")
    hand.start(machine)
    shown = eventually(lambda: (now := hand.card(error)) and "2 failures" in str(now) and now)
    assert "Acknowledged by" in json.dumps(shown)
    assert alert_of(hand, card).status is Status.ACKNOWLEDGED
    assert len(hand.thread(card)) == 2, "what Ana said and what came of it"


def test_a_reminder_calls_again_until_somebody_acknowledges(hand: Hand, error: str) -> None:
    own = deps(hand)
    alert_id = _reminding(own, error)
    card = hand.card(error)
    assert card["text"].endswith("* <!here>")
    sweep(later(own, minutes=10))
    assert own.alerts.get(alert_id).alert.reminders == 0  # type: ignore[union-attr]
    sweep(later(own, minutes=16))
    line = hand.told(card, "Nobody has acknowledged this for 16 min")
    assert line.endswith(" <!here>")
    sweep(later(own, minutes=20))
    sweep(later(own, minutes=32))
    hand.told(card, "Nobody has acknowledged this for 32 min")
    in_channel = hand.cards("Nobody has acknowledged")
    assert [one["subtype"] for one in in_channel if one["thread_ts"] == card["ts"]] == [
        "thread_broadcast",
        "thread_broadcast",
    ]
    hand.say("@bot ack", card)
    hand.told(card, "acknowledged, after")
    sweep(later(own, minutes=60))
    stored = own.alerts.get(alert_id)
    assert stored is not None
    assert stored.alert.reminders == 2


def _reminding(own: Deps, error: str) -> str:
    """A failure of now, by rules that mention and remind; its alert's id."""
    always = Defaults(mention="<!here>", remind_after=timedelta(minutes=15))
    rules = replace(own.rules, severities={own.rules.default: always})
    first = replace(failure(unique("e"), error=error), stopped_at=datetime.now(UTC))
    [alert_id] = record(replace(own, rules=rules), [first])
    return alert_id


def test_a_problem_that_comes_back_later_links_to_its_former_card(hand: Hand, error: str) -> None:
    machine = failing(hand, error)
    hand.start(machine)
    card = hand.settled_card(error)
    hand.say("@bot resolve", card)
    hand.told(card, "resolved it")
    former = alert_of(hand, card)
    own = deps(hand)
    again = replace(
        former.focus,
        execution_arn=f"{former.focus.execution_arn}-again",
        stopped_at=datetime.now(UTC) + timedelta(hours=25),
    )
    record(later(own, hours=25), [again])
    new = eventually(lambda: hand.cards(error)[1:])[0]
    assert f"{former.fingerprint}.2" == new["metadata"]["event_payload"]["alert_id"]
    link = hand.slack.chat_getPermalink(channel=hand.facts.channel, message_ts=card["ts"])
    said = json.dumps(new)
    assert f"It failed before: <{link['permalink']}|the alert then>, resolved after" in said
    hand.say("@bot ack", new)
    shown = eventually(
        lambda: (now := hand.cards(error)[1]) and "Acknowledged by" in str(now) and now
    )
    assert "It failed before" in json.dumps(shown), "it stays when the card is drawn anew"


def test_a_problem_that_comes_back_soon_is_told_in_the_old_thread_and_the_channel(
    hand: Hand, error: str
) -> None:
    machine = failing(hand, error)
    hand.start(machine)
    card = hand.settled_card(error)
    hand.say("@bot resolve", card)
    hand.told(card, "resolved it")
    hand.start(machine)
    hand.told(card, "Failing again")
    [broadcast] = [one for one in hand.cards("Failing again") if error in one["text"]]
    assert broadcast["subtype"] == "thread_broadcast"


def test_the_summary_tells_what_it_came_to_and_exports_the_story(hand: Hand) -> None:
    warehouse = unique("W")
    hand.warehouse("closed")
    execution = hand.start(hand.example("let-it-fail"), {"warehouse": warehouse, "api_token": "x"})
    card = hand.settled_card(warehouse)
    hand.say("@bot ack", card, hand.ben)
    hand.told(card, "acknowledged, after")
    hand.say("redrive it? *boldly*", card, hand.ben)
    hand.say("<@U02BEN> yes", card, hand.ana)
    hand.say("the warehouse opens at <!date^1772443800^{time}|09:30>", card, hand.ben)
    hand.press(hand.card(warehouse), "redrive")
    hand.told(card, "failed again")
    hand.warehouse("open")
    eventually(lambda: hand.button(hand.settled_card(warehouse), "redrive"))
    hand.press(hand.settled_card(warehouse), "redrive")
    hand.ended(execution, "SUCCEEDED")
    line = hand.told(card, "*Resolved after")
    assert "Acknowledged by *ben* after" in line
    assert "2 redrives" in line
    assert "*ben* and *ana* wrote 4 messages" in line
    [reply] = [one for one in hand.replies(card) if "*Resolved after" in one["text"]]
    hand.press_below(reply, "story", hand.ben)
    story = hand.file(card, "story.txt")
    lines = story.splitlines()
    assert lines[0].endswith("let-it-fail: WarehouseUnavailableError")
    for said in (
        "ben: redrive it? boldly",
        "ana: @ben yes",
        "ben: the warehouse opens at 2026-03-02 09:30 UTC",
        "sfn-alerts: ben acknowledged, after",
        "sfn-alerts: Redrive started, asked for by ana",
        "sfn-alerts: Resolved after",
    ):
        assert f" UTC  {said}" in story, said
    assert "Stack trace" in story, "the details are part of it"
    assert not any(mark in story for mark in ("<@", "<!", "<http", ":checkered_flag:", ":mag:"))
    assert '"api_token": "[redacted]"' in story


def test_a_line_waits_for_the_card_that_it_leads_to_and_is_told_without_it_in_the_end(
    hand: Hand, error: str
) -> None:
    sqs, queue = hand.world.client("sqs"), unique("q")
    url = sqs.create_queue(QueueName=queue)["QueueUrl"]
    name, other_error = unique("e"), unique("E")

    def due() -> FailedElsewhere:
        [message] = eventually(
            lambda: sqs.receive_message(QueueUrl=url, VisibilityTimeout=0).get("Messages")
        )
        sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
        told = read(message["Body"])
        assert isinstance(told, FailedElsewhere)
        return told

    with apart(hand) as shared:
        own = replace(shared, redraws=Redraws(lambda: sqs, url))
        publisher = own_publisher(hand, own)
        [first] = record(own, [failure(name, error=error)])
        publisher.publish(first)
        card = hand.card(error)
        before = own.alerts.get(first)
        again = failure(name, redrive_count=1, error=other_error)
        [other] = [one for one in record(own, [again]) if one != first]
        after = own.alerts.get(first)
        assert before is not None
        assert after is not None
        publisher.publish(
            first, [Seen(before.alert, after.alert, after.version, before.publication)]
        )
        asked = due()
        assert (asked, hand.thread(card)) == (FailedElsewhere(first, other, 1), [])
        publisher.draw(replace(asked, looks=4))
        assert hand.thread(card)[0].endswith(
            "that alert has no card yet, and `/sfn-status` lists it."
        )
        publisher.draw(asked)
        assert due().looks == 2
        assert len(hand.thread(card)) == 1
        publisher.publish(other)
        publisher.draw(asked)
        place = hand.slack.chat_getPermalink(
            channel=hand.facts.channel, message_ts=hand.card(other_error)["ts"]
        )
        assert f"<{place['permalink']}|another alert>" in hand.thread(card)[1]


def test_a_resolution_without_a_word_says_so(hand: Hand, error: str) -> None:
    hand.start(failing(hand, error))
    card = hand.settled_card(error)
    chosen = {"selected_option": {"value": f"resolve {_id(card)}", "text": {"text": "x"}}}
    hand.press(card, "more", actions=[{"type": "overflow", "action_id": "more", **chosen}])
    line = hand.told(card, "*Resolved after")
    assert "Nobody acknowledged it · nothing was tried from here · nobody wrote" in line


def _id(card: Json) -> str:
    return str(card["metadata"]["event_payload"]["alert_id"])


@pytest.fixture
def publisher(hand: Hand) -> Iterator[Publisher]:
    """In this process, so that only it meets with the faults of a test."""
    yield own_publisher(hand)
    hand.world.slack.clear_faults()


def unpublished(hand: Hand, error: str) -> tuple[Stored, Json]:
    """A card whose alert is resolved, as the publisher is to find it."""
    hand.start(failing(hand, error))
    card = hand.settled_card(error)
    hand.say("@bot resolve", card)
    hand.told(card, "*Resolved after")
    stored = deps(hand).alerts.get(_id(card))
    assert stored is not None
    return stored, card


def test_a_discussion_that_can_not_be_read_keeps_no_summary_back(
    hand: Hand, error: str, publisher: Publisher
) -> None:
    stored, card = unpublished(hand, error)
    before = replace(stored.alert, status=Status.OPEN, resolved_by=None)
    fault = {"method": "conversations.replies", "mode": "error", "error": "missing_scope"}
    hand.world.slack.control("faults", fault)
    publisher.publish(
        _id(card), [Seen(before, stored.alert, stored.version + 9, stored.publication)]
    )
    hand.world.slack.clear_faults()
    told = [line for line in hand.thread(card) if "*Resolved after" in line]
    assert "wrote 1 message" in told[0]
    assert told[1].endswith("nothing was tried from here")


def test_details_that_slack_refuses_are_told_without_blocks(
    hand: Hand, error: str, publisher: Publisher
) -> None:
    stored, card = unpublished(hand, error)
    hand.world.slack.control(
        "faults", {"method": "chat.postMessage", "mode": "error", "error": "invalid_blocks"}
    )
    anew, ref = replace(stored.publication, told=0), stored.publication.message
    assert ref is not None
    publisher._detailed(stored, anew, ref)
    assert "Details: `no reason`" in hand.thread(card)
