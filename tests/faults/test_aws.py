"""AWS refuses, answers late, or does what it was asked and the answer is lost on the way."""

import json
import threading
import urllib.parse
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError
from msgspec.structs import replace

from app.domain.alert import Status
from app.domain.execution import Failure
from app.domain.people import Person
from app.domain.redaction import Redactor
from app.ingest import parse
from app.publisher.cards import NotPublishedError
from app.render import refusals
from app.use_cases import respond
from app.use_cases.record import record
from deploy.package import ROOT
from tests.aws_faults import AwsFaults
from tests.factories import asker
from tests.hand import Hand, Json, eventually, free_port, unique
from tests.handlers import Handlers, batch, event_of, named, without
from tests.own import deps, own_publisher, own_table, recorded

pytestmark = pytest.mark.xdist_group("world")

ANA = Person("U01ANA", "Ana")
THROTTLED = {"code": "ProvisionedThroughputExceededException"}
#: Of all that can be wrong with AWS, what the SDK tries once only.
EXPIRED = {"code": "ExpiredTokenException"}


def failure(error: str) -> Failure:
    """Of an execution that nobody ever started."""
    machine = f"arn:aws:states:us-east-1:000000000000:stateMachine:{error}"
    told = parse(event_of(named(machine, 1)[0], error), Redactor.of())
    assert isinstance(told, Failure)
    return told


@pytest.mark.usefixtures("no_schedule")
def test_a_save_that_is_refused_after_the_post_makes_no_second_card(
    hand: Hand, error: str, aws: AwsFaults
) -> None:
    with without(hand, "publish"):
        hand.start(hand.machine({"Fail": {"Type": "Fail", "Error": error}}))
        alert_id = recorded(hand, error).alert.id
        own = deps(hand, client=aws.client)
        publisher = own_publisher(hand, own)
        aws.add(
            "dynamodb",
            "UpdateItem",
            body="contains(UpdateExpression, 'message_ts =')",
            error=THROTTLED,
        )
        for _ in range(2):
            with pytest.raises(ClientError, match="ProvisionedThroughput"):
                publisher.publish(alert_id)
            assert len(hand.cards(error)) == 1
        aws.clear()
        publisher.publish(alert_id)
        stored = own.alerts.get(alert_id)
        assert stored is not None
        assert stored.publication.message is not None
        assert len(hand.cards(error)) == 1, "found again by its metadata"


@pytest.mark.usefixtures("no_schedule")
def test_of_publishers_at_work_on_one_alert_one_posts_its_card(faults: Hand, error: str) -> None:
    """As when the stream or a queue brings it again while the first is still at it."""
    hand = faults
    with without(hand, "publish"):
        hand.start(hand.machine({"Fail": {"Type": "Fail", "Error": error}}))
        alert_id = recorded(hand, error).alert.id
        hand.world.slack.control(
            "faults", {"method": "chat.postMessage", "mode": "slow", "seconds": 0.5}
        )
        barrier = threading.Barrier(3)

        def publish() -> bool:
            mine = own_publisher(hand)
            barrier.wait()
            try:
                mine.publish(alert_id)
            except NotPublishedError:
                return False
            return True

        assert any(hand.at_once(publish, publish, publish))
        own_publisher(hand).publish(alert_id)
    assert len(hand.cards(error)) == 1


def recording(own: Any, _: str, told: Failure) -> None:
    record(own, [told])


def counting(own: Any, alert_id: str, _: Failure) -> None:
    """A change that would show it, were it made twice."""
    own.alerts.swap(alert_id, lambda one: replace(one, reminders=one.reminders + 1))


def acknowledging(own: Any, alert_id: str, _: Failure) -> None:
    """By somebody, and so together with its entry in the audit."""
    assert respond.acknowledge(own, alert_id, asker()).status is Status.ACKNOWLEDGED


def claiming(own: Any, alert_id: str, _: Failure) -> None:
    stored = own.alerts.get(alert_id)
    assert own.publications.claim(alert_id, "mine", "2026-03-02T09:30:00+00:00", stored.publication)


@pytest.mark.parametrize(
    ("operation", "write", "versions"),
    [
        pytest.param("TransactWriteItems", recording, 1, id="a failure recorded"),
        pytest.param("UpdateItem", counting, 2, id="an alert changed"),
        pytest.param("TransactWriteItems", acknowledging, 2, id="a click carried out"),
        pytest.param("UpdateItem", claiming, 1, id="a card claimed"),
    ],
)
def test_a_write_whose_answer_was_lost_is_known_as_our_own(  # noqa: PLR0917
    hand: Hand,
    error: str,
    aws: AwsFaults,
    operation: str,
    write: Callable[[Any, str, Failure], None],
    versions: int,
) -> None:
    own = deps(hand, table=own_table(hand), client=aws.client)
    told = failure(error)
    alert_id = "" if write is recording else record(own, [told])[0]
    aws.lose_answer("dynamodb", operation)
    write(own, alert_id, told)
    assert len(aws.fired()) == 1
    [stored] = own.alerts.unresolved()
    assert (stored.version, stored.alert.count, stored.alert.failing_count) == (versions, 1, 1)


@pytest.mark.parametrize(
    "fault",
    [
        pytest.param({"error": THROTTLED}, id="throttled"),
        pytest.param({"error": EXPIRED}, id="credentials expired"),
    ],
)
def test_no_failure_is_taken_from_its_queue_before_it_is_recorded(
    hand: Hand, error: str, aws: AwsFaults, handlers: Handlers, fault: Json
) -> None:
    machine = f"arn:aws:states:us-east-1:000000000000:stateMachine:{error}"
    event = batch([event_of(named(machine, 1)[0], error)])
    aws.add("dynamodb", **fault)
    ran = handlers.run("executions", event, aws=aws.url)
    assert ran.answer is None, "Lambda gives the whole batch back to the queue"
    assert fault["error"]["code"] in ran.error
    aws.clear()
    assert handlers.run("executions", event, aws=aws.url).answer == {"batchItemFailures": []}
    assert recorded(hand, error).alert.count == 1


def test_a_step_whose_token_cannot_be_kept_fails_and_offers_no_answer(
    hand: Hand, error: str, aws: AwsFaults, handlers: Handlers
) -> None:
    """So that its state machine goes its way, and what becomes of it is told by an event."""
    event = json.loads((ROOT / "tests/events/notify_error_with_task_token.json").read_text())
    event["param"]["Error"] = error
    aws.add("kms", error=EXPIRED)
    ran = handlers.run("executions", event, aws=aws.url)
    assert ran.answer is None
    assert "ExpiredToken" in ran.error
    assert not [one for one in deps(hand).alerts.unresolved() if one.alert.error == error]


def signed(hand: Hand, body: str, content_type: str) -> Json:
    """As the function URL brings it."""
    return {
        "headers": {"content-type": content_type, **hand.signed(body.encode())},
        "body": body,
        "isBase64Encoded": False,
        "rawPath": "/slack/events",
    }


def test_what_is_said_and_cannot_be_handed_over_is_sent_again_by_slack(
    hand: Hand, aws: AwsFaults, handlers: Handlers
) -> None:
    """Slack: an event that is not answered with 200 comes again, three times."""
    event = {
        "type": "event_callback",
        "team_id": hand.facts.team,
        "api_app_id": hand.facts.app_id,
        "event": {
            "type": "app_mention",
            "user": hand.ana["id"],
            "text": "help",
            "ts": "1.1",
            "channel": hand.facts.channel,
        },
    }
    said = signed(hand, json.dumps(event), "application/json")
    aws.add("lambda", error=EXPIRED)
    ran = handlers.run("slack", said, aws=aws.url)
    assert ran.answer is not None, ran.error
    assert ran.answer["statusCode"] == 500
    aws.clear()
    ran = handlers.run("slack", said, aws=aws.url)
    assert ran.answer is not None, ran.error
    assert ran.answer["statusCode"] == 200


def click(hand: Hand, card: Json, action_id: str) -> Json:
    payload = {
        "type": "block_actions",
        "team": {"id": hand.facts.team},
        "user": hand.person(hand.ana),
        "container": {"type": "message", "message_ts": card["ts"]},
        "channel": {"id": hand.facts.channel, "name": "sfn-alerts"},
        "message": card,
        "trigger_id": "1.1.none",
        "response_url": hand.notes.url,
        "actions": [{**(hand.button(card, action_id) or {}), "action_ts": "1"}],
    }
    body = urllib.parse.urlencode({"payload": json.dumps(payload)})
    return signed(hand, body, "application/x-www-form-urlencoded")


@pytest.fixture
def card(hand: Hand, error: str) -> Json:
    hand.start(hand.machine({"Fail": {"Type": "Fail", "Error": error}}))
    hand.notes.said.clear()
    return hand.settled_card(error)


def test_a_click_that_cannot_be_kept_is_told_and_may_be_repeated(
    hand: Hand, card: Json, aws: AwsFaults, handlers: Handlers
) -> None:
    aws.add("dynamodb", error=EXPIRED)
    ran = handlers.run("slack", click(hand, card, "acknowledge"), aws=aws.url)
    assert ran.answer is not None, ran.error
    assert ran.answer["statusCode"] == 500, "and nobody takes it for done"
    assert eventually(lambda: hand.notes.said) == [refusals.NOT_DONE]
    aws.clear()
    ran = handlers.run("slack", click(hand, card, "acknowledge"), aws=aws.url)
    assert ran.answer is not None, ran.error
    assert ran.answer["statusCode"] == 200
    hand.told(card, "acknowledged")


def test_where_the_secret_cannot_be_read_nobody_gets_in(
    hand: Hand, card: Json, aws: AwsFaults, handlers: Handlers
) -> None:
    aws.add("ssm", error=EXPIRED)
    ran = handlers.run("slack", click(hand, card, "acknowledge"), aws=aws.url)
    assert ran.answer is None, "Slack shows the person that the app did not answer"
    assert "ExpiredToken" in ran.error
    other = unique("E")
    machine = f"arn:aws:states:us-east-1:000000000000:stateMachine:{other}"
    event = batch([event_of(named(machine, 1)[0], other)])
    assert handlers.run("executions", event, aws=aws.url).answer == {"batchItemFailures": []}


def test_a_cold_click_while_slack_is_down_is_kept_and_answered(
    hand: Hand, card: Json, handlers: Handlers
) -> None:
    """Nothing is asked of Slack before it is answered."""
    nowhere = f"http://127.0.0.1:{free_port()}/"
    ran = handlers.run("slack", click(hand, card, "acknowledge"), SLACK_API_URL=nowhere)
    assert ran.answer is not None, ran.error
    assert ran.answer["statusCode"] == 200
    hand.told(card, "acknowledged")
