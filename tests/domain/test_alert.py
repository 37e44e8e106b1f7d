"""An alert's id, and what it tells of itself."""

from datetime import timedelta

import pytest
from msgspec.structs import replace

from app.domain.alert import alert_id, former_id, parse_alert_id
from tests.factories import NOW, alert


def test_an_id_is_read_as_it_was_made() -> None:
    assert alert_id("abc", 12) == "abc.12"
    assert parse_alert_id("abc.12") == ("abc", 12)


@pytest.mark.parametrize("text", ["", "abc", "abc.", ".1", "abc.x", "a-b.1", "abc.1.2", "x" * 99])
def test_what_is_no_id_is_refused_and_said_in_part(text: str) -> None:
    with pytest.raises(ValueError, match="not the id of an alert") as refused:
        parse_alert_id(text)
    assert str(refused.value) == f"not the id of an alert: {text[:60]!r}"


@pytest.mark.parametrize(("generation", "former"), [(1, None), (2, "abc.1"), (3, "abc.2")])
def test_the_alert_before_is_of_the_same_problem(generation: int, former: str | None) -> None:
    one = replace(alert(), fingerprint="abc", generation=generation)
    assert former_id(one) == former


def test_trouble_lasts_from_its_return_until_it_is_resolved() -> None:
    hour = timedelta(hours=1)
    assert alert().lasted is None
    over = replace(alert(), resolved_at=NOW + 3 * hour)
    assert over.lasted == 3 * hour
    assert replace(over, reopened_at=NOW + hour).lasted == 2 * hour
