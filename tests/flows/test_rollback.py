"""A version was taken back, and the newer one has written what this one does not understand."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import pytest

from app.domain.execution import Failure
from app.domain.fingerprint import fingerprint
from app.render import refusals
from app.stores.table import UnreadableError
from app.use_cases.record import UnrecordedError, record
from app.use_cases.sweep import sweep
from tests.hand import Hand, Json, eventually, unique
from tests.own import TABLE, deps

pytestmark = pytest.mark.xdist_group("world")


def failed_with(error: str, name: str = "e1") -> Failure:
    """An attempt as an event would tell it, of an execution that is not there."""
    arn = f"arn:aws:states:us-east-1:000000000000:execution:{error.lower()}:{name}"
    now = datetime.now(UTC)
    return Failure(execution_arn=arn, redrive_count=0, status="FAILED", error=error, stopped_at=now)


def key_of(alert_id: str) -> Json:
    problem, _, generation = alert_id.partition(".")
    return {"pk": {"S": f"alert#{problem}"}, "sk": {"S": f"generation#{int(generation):06d}"}}


@contextmanager
def of_a_later_schema(hand: Hand, alert_id: str) -> Iterator[None]:
    schema(hand, alert_id, 2)
    try:
        yield
    finally:
        schema(hand, alert_id, 1)


def schema(hand: Hand, alert_id: str, number: int) -> None:
    hand.dynamodb.update_item(
        TableName=TABLE,
        Key=key_of(alert_id),
        UpdateExpression="SET #schema = :schema",
        ExpressionAttributeNames={"#schema": "schema"},
        ExpressionAttributeValues={":schema": {"N": str(number)}},
    )


@pytest.fixture
def newer(hand: Hand) -> Iterator[Json]:
    """The card of an alert that a newer version has written to since."""
    error = unique("E")
    hand.start(hand.machine({"Fail": {"Type": "Fail", "Error": error}}))
    card = hand.settled_card(error)
    with of_a_later_schema(hand, id_of(card)):
        yield card


def id_of(card: Json) -> str:
    return str(card["metadata"]["event_payload"]["alert_id"])


def invoked(hand: Hand, function: str, event: Any) -> tuple[str | None, Any]:
    """The kind of error, if there was one, and what the function answered."""
    told = hand.world.client("lambda").invoke(
        FunctionName=hand.function(function), Payload=json.dumps(event)
    )
    said = json.loads(told["Payload"].read())
    return (said["errorType"] if "FunctionError" in told else None), said


def test_other_alerts_are_told_and_counted_as_ever(hand: Hand, newer: Json) -> None:
    error = unique("E")
    hand.start(hand.machine({"Fail": {"Type": "Fail", "Error": error}}))
    other = hand.settled_card(error)
    hand.press(other, "acknowledge")
    eventually(lambda: "cknowledged" in json.dumps(hand.card(error)["attachments"]))
    found = {one.alert.id for one in deps(hand).alerts.unresolved()}
    assert id_of(other) in found
    assert id_of(newer) not in found


def test_a_change_of_the_stream_that_is_not_understood_holds_up_no_other(hand: Hand) -> None:
    said = {"status": "parked"}
    image = {
        **key_of("f0later.1"),
        "document": {"S": json.dumps(said)},
        "version": {"N": "1"},
        "schema": {"N": "1"},
    }
    record = {
        "eventSource": "aws:dynamodb",
        "dynamodb": {"SequenceNumber": "1", "Keys": key_of("f0later.1"), "NewImage": image},
    }
    for function in ("publish", "recover"):
        assert invoked(hand, function, {"Records": [record]}) == (None, {"batchItemFailures": []})


def test_the_sweep_looks_after_the_others_and_then_fails_so_that_its_alarm_tells(
    hand: Hand, newer: Json
) -> None:
    problem = id_of(newer).partition(".")[0]
    told = [str(one) for one in sweep(deps(hand)).unreadable]
    assert [one.split()[0] for one in told] == [f"alert#{problem}"]
    kind, said = invoked(hand, "sweep", {})
    assert kind == UnreadableError.__name__
    assert said["errorMessage"] == told[0]


def test_a_failure_of_its_problem_alone_is_handed_back_to_the_queue(
    hand: Hand, newer: Json
) -> None:
    error, own = unique("E"), deps(hand)
    fresh = failed_with(error)
    stored = own.alerts
    with of_a_later_schema_lifted(hand, newer):
        known = stored.get(id_of(newer))
    assert known is not None
    again = Failure(
        execution_arn=f"{known.alert.focus.execution_arn}-again",
        redrive_count=0,
        status="FAILED",
        error=known.alert.focus.error,
        cause=known.alert.focus.cause,
    )
    assert fingerprint(again) == known.alert.fingerprint
    with pytest.raises(UnrecordedError) as told:
        record(own, [again, fresh])
    assert list(told.value.ended) == [again]
    assert stored.latest(fingerprint(fresh)) is not None


@contextmanager
def of_a_later_schema_lifted(hand: Hand, card: Json) -> Iterator[None]:
    schema(hand, id_of(card), 1)
    try:
        yield
    finally:
        schema(hand, id_of(card), 2)


def test_of_a_batch_from_the_queue_only_those_messages_come_again(hand: Hand, newer: Json) -> None:
    execution = newer["metadata"]["event_payload"]["alert_id"]
    with of_a_later_schema_lifted(hand, newer):
        known = deps(hand).alerts.get(execution)
    assert known is not None
    error = unique("E")

    def message(number: int, arn: str, problem: str | None) -> Json:
        detail = {
            "executionArn": arn,
            "stateMachineArn": arn.replace(":execution:", ":stateMachine:").rpartition(":")[0],
            "name": arn.rpartition(":")[2],
            "status": "FAILED",
            "startDate": 1772443710000,
            "stopDate": 1772443800123,
            "redriveCount": 0,
            "error": problem,
        }
        event = {
            "source": "aws.states",
            "detail-type": "Step Functions Execution Status Change",
            "detail": detail,
        }
        return {
            "eventSource": "aws:sqs",
            "messageId": f"m{number}",
            "receiptHandle": "none",
            "body": json.dumps(event),
        }

    focus, other = known.alert.focus, failed_with(error)
    records = [
        message(1, f"{focus.execution_arn}-more", focus.error),
        message(2, other.execution_arn, error),
    ]
    assert invoked(hand, "executions", {"Records": records}) == (
        None,
        {"batchItemFailures": [{"itemIdentifier": "m1"}]},
    )
    assert hand.card(error)


def test_who_presses_is_told_why_nothing_happens(hand: Hand, newer: Json) -> None:
    before = len(hand.notes.said)
    assert hand.press(newer, "acknowledge") == 200
    assert hand.notes.said[before:] == [refusals.UNREADABLE]


def test_who_submits_a_dialog_is_told_in_it(hand: Hand, newer: Json) -> None:
    answer = hand.mute(newer)
    assert answer["response_action"] == "update"
    assert refusals.UNREADABLE in json.dumps(answer["view"])


def test_who_speaks_in_the_thread_is_told_there(hand: Hand, newer: Json) -> None:
    hand.say("@bot ack", newer)
    assert hand.whispered("newer version") == refusals.UNREADABLE
