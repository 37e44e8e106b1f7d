"""What other versions have stored: older ones lack fields, newer ones have more of everything."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from app.domain.alert import Alert, Attempts, Doing, Severity, Status
from app.domain.people import Person
from app.render.card import card
from app.render.note import note_text
from app.stores import stream
from app.stores.alerts import stored
from app.stores.publications import Publication
from app.stores.stream import AlertChanged
from app.stores.table import SCHEMA, UnreadableError, readable
from tests.factories import NOW

STORED = Path(__file__).parent / "stored"
Item = dict[str, Any]


def document(name: str) -> dict[str, Any]:
    said: dict[str, Any] = json.loads((STORED / f"{name}.json").read_text())
    return said


def item(said: dict[str, Any], *, schema: int = SCHEMA, version: int = 3) -> Item:
    return {
        "pk": {"S": f"alert#{said['fingerprint']}"},
        "sk": {"S": "generation#000001"},
        "document": {"S": json.dumps(said)},
        "version": {"N": str(version)},
        "schema": {"N": str(schema)},
    }


def read(name: str) -> Alert:
    return stored(item(document(name))).alert


def test_what_the_first_version_stored_is_read_with_defaults_for_all_that_came_later() -> None:
    kept = item(document("alert_of_the_first_version"))
    del kept["schema"]
    alert = stored(kept).alert
    assert alert.status is Status.OPEN
    assert alert.route.severity is Severity.MIDDLE
    assert (alert.count, alert.failing_count) == (1, 1)
    assert alert.attempts == Attempts()
    assert alert.deeds == ()
    assert alert.hours == ()
    assert stored(kept).publication == Publication()
    assert card(alert, now=NOW)["text"]


def test_fields_that_a_later_version_added_are_passed_over_at_any_depth() -> None:
    alert = read("alert_of_a_later_version")
    assert alert.route.severity is Severity.HIGH
    assert alert.error == "OrdersUnavailable"
    assert alert.acknowledged is not None
    assert alert.acknowledged.by == Person("U01ANA", "Ana")
    assert card(alert, now=NOW)["text"]


def test_a_deed_that_only_a_later_version_knows_is_told_as_such() -> None:
    alert = read("alert_of_a_later_version")
    assert [deed.doing for deed in alert.deeds] == [Doing.ACKNOWLEDGED, Doing.OTHER]
    assert "Ben: something that another version of sfn-alerts knows" in note_text(alert, None)


@pytest.mark.parametrize(
    ("kept", "why"),
    [
        (
            item({**document("alert_of_the_first_version"), "status": "parked"}),
            "Invalid enum value 'parked' - at `$.status`",
        ),
        (item(document("alert_of_the_first_version"), schema=2), "its schema is 2, not 1"),
        (
            item(document("alert_of_the_first_version"))
            | {"former": {"S": '{"permalink": 7, "lasted": 1}'}},
            "Expected `str | null`, got `int` - at `$.permalink`",
        ),
    ],
)
def test_what_would_be_misread_is_not_read_and_says_which_and_why(kept: Item, why: str) -> None:
    with pytest.raises(UnreadableError) as told:
        stored(kept)
    assert str(told.value) == (
        "alert#f0ld generation#000001 was written by a newer version of sfn-alerts, deploy that "
        f"again: {why}"
    )


def test_a_list_is_without_what_can_not_be_read_and_tells_of_it() -> None:
    good, bad = document("alert_of_the_first_version"), document("alert_of_a_later_version")
    unreadable: list[UnreadableError] = []
    found = list(readable([item(bad, schema=2), item(good)], stored, unreadable.append))
    assert [one.alert.fingerprint for one in found] == ["f0ld"]
    assert [str(one).partition(" ")[0] for one in unreadable] == ["alert#f0later"]


def test_the_stream_tells_of_changes_by_a_later_version_too() -> None:
    said = document("alert_of_a_later_version")
    record = {
        "dynamodb": {
            "SequenceNumber": "7",
            "Keys": {"pk": {"S": "alert#f0later"}, "sk": {"S": "generation#000001"}},
            "OldImage": item(said, version=3),
            "NewImage": item({**said, "status": "resolved"}, version=4),
        }
    }
    change = stream.read(record)
    assert isinstance(change, AlertChanged)
    assert change.before is not None
    assert (change.before.status, change.after.status) == (Status.OPEN, Status.RESOLVED)
    assert change.after.opened_at == datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
