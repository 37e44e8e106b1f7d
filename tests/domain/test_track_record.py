"""How a state machine has done lately, from a list that may not reach far enough."""

from datetime import timedelta

import pytest

from app.domain.listing import Listed, Listing
from app.domain.track_record import track_record
from tests.factories import NOW, execution_arn

HOUR = timedelta(hours=1)


def listed(status: str, started: timedelta, took: timedelta | None = HOUR) -> Listed:
    start = NOW - started
    return Listed(
        arn=execution_arn(),
        name="e1",
        status=status,
        started_at=start,
        stopped_at=start + took if took else None,
    )


def test_what_ended_within_a_day_counts_and_what_runs_is_told_apart() -> None:
    executions = [
        listed("RUNNING", HOUR, None),
        listed("SUCCEEDED", 2 * HOUR),
        listed("FAILED", 3 * HOUR),
        listed("SUCCEEDED", 25 * HOUR),  # ended a day ago to the second
        listed("FAILED", 30 * HOUR),
    ]
    record = track_record(Listing(executions), NOW)
    assert (record.ended, record.succeeded, record.running) == (3, 2, 1)
    assert record.whole_day


def test_a_list_that_is_cut_within_the_day_says_from_when_on_it_tells() -> None:
    executions = [listed("SUCCEEDED", 2 * HOUR), listed("SUCCEEDED", 3 * HOUR)]
    record = track_record(Listing(executions, whole=False), NOW)
    assert not record.whole_day
    assert record.since == NOW - 3 * HOUR


@pytest.mark.parametrize("hours", [24, 25])
def test_a_list_that_is_cut_before_the_day_tells_all_of_it(hours: int) -> None:
    executions = [listed("SUCCEEDED", 2 * HOUR), listed("SUCCEEDED", hours * HOUR)]
    record = track_record(Listing(executions, whole=False), NOW)
    assert record.whole_day
    assert record.since == NOW - 24 * HOUR


def test_nothing_listed_is_a_whole_day_of_nothing() -> None:
    record = track_record(Listing(()), NOW)
    assert (record.ended, record.running, record.whole_day) == (0, 0, True)
