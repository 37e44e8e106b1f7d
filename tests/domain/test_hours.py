"""When an alert has failed, hour by hour, for a day."""

from datetime import timedelta

import pytest

from app.domain.alert import Hour
from app.domain.hours import an_hour_before, hour_of, last_day, with_failure
from tests.factories import NOW

THIS = hour_of(NOW)
HOUR = timedelta(hours=1)


def test_a_failure_counts_in_its_hour_and_what_is_a_day_older_is_forgotten() -> None:
    hours = with_failure(with_failure((), NOW), NOW)
    assert hours == (Hour(THIS, 2),)
    two = with_failure(hours, NOW - HOUR)
    assert two == (Hour(THIS - 1, 1), Hour(THIS, 2))
    assert with_failure(two, NOW) == (Hour(THIS - 1, 1), Hour(THIS, 3))
    assert with_failure(two, NOW - HOUR) == (Hour(THIS - 1, 2), Hour(THIS, 2))
    assert with_failure(hours, NOW + 23 * HOUR) == (Hour(THIS, 2), Hour(THIS + 23, 1))
    assert with_failure(hours, NOW + 24 * HOUR) == (Hour(THIS + 24, 1),)
    assert with_failure(hours, NOW - 24 * HOUR) == hours, "told too late to count"


@pytest.mark.parametrize(
    ("hours", "most"),
    [
        ((), 0),
        ((Hour(THIS, 2),), 2),
        ((Hour(THIS - 3, 7), Hour(THIS - 1, 1), Hour(THIS, 2)), 7),
        ((Hour(THIS - 24, 9), Hour(THIS - 23, 5)), 5),
        ((Hour(THIS - 24, 9),), 0),
    ],
)
def test_the_most_in_an_hour_is_of_the_last_day(hours: tuple[Hour, ...], most: int) -> None:
    assert an_hour_before(hours, NOW) == most


def test_a_day_is_24_hours_the_oldest_first_and_alerts_add_up() -> None:
    hours = [Hour(THIS - 24, 9), Hour(THIS - 23, 5), Hour(THIS, 2), Hour(THIS, 3)]
    assert last_day(hours, NOW) == [5, *[0] * 22, 5]
