"""A deployment is taken back: older code reads what newer code has written."""

import json
from datetime import UTC, datetime

import pytest

from app.domain.alert import Status
from app.domain.redaction import Redactor
from app.ingest import parse
from app.use_cases import respond
from app.use_cases.record import UnrecordedError, record
from tests.factories import asker
from tests.hand import Hand
from tests.handlers import event_of, named
from tests.own import deps, own_table

pytestmark = pytest.mark.xdist_group("world")

MACHINE = "arn:aws:states:us-east-1:000000000000:stateMachine:orders"


def test_what_a_newer_version_has_written_is_read_and_changed_by_an_older_one(
    hand: Hand, error: str
) -> None:
    table = own_table(hand)
    own, redactor = deps(hand, table=table), Redactor.of()
    first, second = (parse(event_of(arn, error), redactor) for arn in named(MACHINE, 2))
    assert first is not None
    assert second is not None
    [alert_id] = record(own, [first])
    for item in hand.dynamodb.scan(TableName=table)["Items"]:
        document = json.loads(item["document"]["S"]) if "document" in item else None
        newer = {
            **item,
            "weather": {"S": "of a later version"},
            **(
                {"document": {"S": json.dumps({**document, "weather": {"deep": [1]}})}}
                if document
                else {}
            ),
        }
        hand.dynamodb.put_item(TableName=table, Item=newer)
    record(own, [first, second])
    respond.acknowledge(own, alert_id, asker())
    [stored] = own.alerts.unresolved()
    assert (stored.alert.count, stored.alert.status) == (2, Status.ACKNOWLEDGED)
    assert own.mutes.active(datetime.now(UTC)) == []


def test_what_an_older_version_can_not_know_is_an_error_and_never_overwritten(
    hand: Hand, error: str
) -> None:
    table = own_table(hand)
    own, told = deps(hand, table=table), parse(event_of(named(MACHINE, 1)[0], error), Redactor.of())
    assert told is not None
    record(own, [told])
    [alert] = [item for item in hand.dynamodb.scan(TableName=table)["Items"] if "standing" in item]
    document = {**json.loads(alert["document"]["S"]), "status": "dreaming"}
    newer = {**alert, "document": {"S": json.dumps(document)}}
    hand.dynamodb.put_item(TableName=table, Item=newer)
    another = parse(event_of(named(MACHINE, 2)[1], error), Redactor.of())
    assert another is not None
    with pytest.raises(UnrecordedError, match="dreaming"):
        record(own, [another])
    items = hand.dynamodb.scan(TableName=table)["Items"]
    assert newer in items
    assert len(items) == 2, "its failure waits in the queue"
