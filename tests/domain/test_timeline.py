"""What an execution did, told from every shape of history there is."""

from datetime import UTC, datetime, timedelta

import pytest

from app.domain.history import Event
from app.domain.timeline import Ending, LeftOut, Redriven, Row, Step, shortened, timeline
from tests.factories import NOW
from tests.histories import FILES, newest_first


def told(rows: list[Row]) -> list[str]:
    """A line for each row: how deep, how it ended, what, how many failed of how many, tries."""
    return [_line(row) for row in rows]


def _line(row: Row) -> str:
    if isinstance(row, Redriven):
        return "redriven"
    if isinstance(row, LeftOut):
        return f"left out {row.steps} {row.events}"
    line = f"{'. ' * row.depth}{row.ending.value} {row.name}"
    if row.times > 1:
        line += f" {row.failed}/{row.times}"
    return line + (f" tries {row.tries}" if row.tries > 1 else "")


STORIES = {
    "lambda_function_failed": ["succeeded ExtractOrders", "failed LoadOrders"],
    "retried_then_failed": ["failed LoadOrders tries 3"],
    "caught_then_fail": ["succeeded ExtractOrders", "caught LoadOrders", "failed FailState"],
    "caught_then_notify_error_then_fail": [
        "caught LoadOrders",
        "succeeded NotifyError",
        "failed FailState",
    ],
    "aborted": ["succeeded LoadOrders", "stopped WaitForStock"],
    "evaluation_failed": ["succeeded ExtractOrders", "failed CountOrders"],
    "inline_map_item_failed": ["failed EachOrder", ". failed LoadOrder 1/3"],
    "distributed_map_failed": ["succeeded ListFiles", "failed EachFile"],
    "parallel_branch_failed": [
        "failed Both",
        ". failed LoadLeft",
        ". succeeded ReadRight",
        ". stopped LoadRight",
    ],
    "parallel_caught_then_fail": [
        "caught Both",
        ". succeeded ReadRight",
        ". failed LoadLeft",
        "failed FailState",
    ],
    "parallel_retried_then_failed": [
        "succeeded ExtractOrders",
        "failed Both tries 2",
        ". succeeded ReadRight 0/2",
        ". failed LoadLeft 2/2",
    ],
    "machine_timed_out": ["stopped Both", ". stopped LoadRight", ". succeeded ReadLeft"],
    "redriven_and_failed_further_on": [
        "succeeded ExtractOrders",
        "failed LoadOrders",
        "redriven",
        "succeeded LoadOrders",
        "failed ReportOrders",
    ],
    "redriven_parallel_failed_again": [
        "failed Both",
        ". succeeded ReadRight",
        ". failed LoadLeft",
        "redriven",
        "failed Both",
        ". failed LoadLeft",
    ],
    "redriven_without_entering_again": [
        "succeeded ExtractOrders",
        "failed LoadOrders",
        "redriven",
        "failed LoadOrders",
    ],
}


@pytest.mark.parametrize("story", STORIES)
def test_a_history_is_told_state_after_state(story: str) -> None:
    assert told(timeline(newest_first(story))) == STORIES[story]


@pytest.mark.parametrize("story", FILES)
def test_whatever_happened_every_step_has_ended_with_its_execution(story: str) -> None:
    steps = [row for row in timeline(newest_first(story)) if isinstance(row, Step)]
    assert steps
    assert all(step.took is not None and step.took >= timedelta() for step in steps)
    assert any(step.ending in {Ending.FAILED, Ending.STOPPED} for step in steps)


def test_a_step_takes_from_its_entering_to_its_leaving_or_its_failing() -> None:
    extract, load = timeline(newest_first("lambda_function_failed"))
    assert extract == Step(
        name="ExtractOrders",
        kind="Pass",
        depth=0,
        ending=Ending.SUCCEEDED,
        began=datetime(2026, 3, 2, 9, 28, 30, 52000, tzinfo=UTC),
        took=timedelta(milliseconds=20),
    )
    assert isinstance(load, Step)
    assert load.took == timedelta(seconds=2, milliseconds=460)


def test_what_still_runs_has_no_end() -> None:
    events = [event for event in newest_first("lambda_function_failed") if event["id"] < 7]
    assert told(timeline(events)) == ["succeeded ExtractOrders", "running LoadOrders"]
    [_, load] = timeline(events)
    assert isinstance(load, Step)
    assert load.took is None


def test_of_a_long_history_both_ends_are_told_and_the_gap_between() -> None:
    events = looped(400)
    rows = timeline(events[:10], list(reversed(events))[:10])
    assert [line for line in told(rows) if line.startswith("left out")] == [
        f"left out 0 {len(events) - 20}"
    ]
    assert told(rows)[0] == "succeeded Step0"
    assert told(rows)[-1].endswith("Step399")


def test_parts_that_overlap_are_told_once() -> None:
    events = looped(5)
    assert timeline(events[:8], list(reversed(events))[:8]) == timeline(events)


def test_a_state_that_was_entered_before_the_gap_ends_after_it() -> None:
    events = newest_first("inline_map_item_failed")
    rows = timeline(events[:2], list(reversed(events))[:10])
    assert told(rows) == ["failed EachOrder", ". stopped LoadOrder 0/2", "left out 0 12"]
    assert isinstance(rows[0], Step)
    assert rows[0].took is not None


def states(*kinds: str, name: str = "Each", begin: int = 1, previous: int = 0) -> list[Event]:
    """These events of one state, oldest first, each after the one before."""
    found = []
    for number, kind in enumerate(kinds, begin):
        told = "Entered" if kind.endswith("Entered") else "Exited"
        found.append(event(number, previous, kind, {f"state{told}EventDetails": {"name": name}}))
        previous = number
    return found


def test_of_several_states_of_a_name_the_last_is_the_one_that_ends_after_the_gap() -> None:
    once = ["MapStateEntered", "MapStateExited"]
    first = [
        *states("PassStateEntered", "PassStateExited", name="First"),
        *states(*once, *once, "MapStateEntered", begin=3, previous=2),
    ]
    latest = [
        *states("MapStateExited", begin=20, previous=19),
        *states("PassStateEntered", "PassStateExited", name="Last", begin=21, previous=20),
    ]
    rows = timeline(list(reversed(latest)), first)
    assert told(rows) == [
        "succeeded First",
        *["succeeded Each"] * 3,
        "left out 0 12",
        "succeeded Last",
    ]
    took = [row.took for row in rows if isinstance(row, Step) and row.name == "Each"]
    assert took == [timedelta(seconds=1), timedelta(seconds=1), timedelta(seconds=13)]


def test_a_history_cut_at_its_beginning_says_how_much_nobody_read() -> None:
    assert told(timeline(looped(3)[:5])) == ["left out 0 2", "succeeded Step1", "succeeded Step2"]


def test_of_a_map_that_failed_and_was_caught_the_other_items_were_stopped() -> None:
    def named(kind: str, name: str) -> dict[str, object]:
        return {f"state{kind}EventDetails": {"name": name}}

    events = [
        event(1, 0, "ParallelStateEntered", named("Entered", "Both")),
        event(2, 1, "ParallelStateStarted"),
        event(3, 2, "MapStateEntered", named("Entered", "Each")),
        event(4, 3, "MapStateStarted"),
        event(5, 4, "MapIterationStarted"),
        event(6, 5, "TaskStateEntered", named("Entered", "Load")),
        event(7, 4, "MapIterationStarted"),
        event(8, 7, "TaskStateEntered", named("Entered", "Load")),
        event(9, 8, "TaskScheduled"),
        event(10, 9, "TaskFailed"),
        event(11, 10, "MapIterationFailed"),
        event(12, 11, "MapStateFailed"),
        event(13, 12, "MapStateExited", named("Exited", "Each")),
        event(14, 13, "PassStateEntered", named("Entered", "Mend")),
        event(15, 14, "PassStateExited", named("Exited", "Mend")),
        event(16, 15, "ParallelStateSucceeded"),
        event(17, 16, "ParallelStateExited", named("Exited", "Both")),
    ]
    rows = timeline(list(reversed(events)))
    assert told(rows) == [
        "succeeded Both",
        ". caught Each",
        ". . failed Load 1/2",
        ". succeeded Mend",
    ]
    took = [row.took for row in rows if isinstance(row, Step)]
    assert took == [timedelta(seconds=seconds) for seconds in (16, 10, 6, 1)]


def test_an_item_that_failed_has_ended_where_its_map_tolerates_that_and_succeeds() -> None:
    events = [
        event(1, 0, "MapStateEntered", {"stateEnteredEventDetails": {"name": "Each"}}),
        event(2, 1, "MapStateStarted"),
        event(3, 2, "MapIterationStarted"),
        event(4, 3, "TaskStateEntered", {"stateEnteredEventDetails": {"name": "Load"}}),
        event(5, 4, "TaskScheduled"),
        event(6, 5, "TaskFailed"),
        event(7, 6, "MapIterationFailed"),
        event(8, 7, "MapStateSucceeded"),
        event(9, 8, "MapStateExited", {"stateExitedEventDetails": {"name": "Each"}}),
    ]
    assert told(timeline(list(reversed(events)))) == ["succeeded Each", ". failed Load"]


def test_a_redrive_is_told_with_its_time_and_the_state_it_goes_on_with_is_of_its_kind() -> None:
    [*_, redriven, load] = timeline(newest_first("redriven_without_entering_again"))
    at = next(
        one["timestamp"]
        for one in newest_first("redriven_without_entering_again")
        if one["type"] == "ExecutionRedriven"
    )
    assert redriven == Redriven(at)
    assert isinstance(load, Step)
    assert load.kind == "Task"


@pytest.mark.parametrize("details", [{}, {"stateEnteredEventDetails": None}])
def test_a_state_without_a_name_is_told_all_the_same(details: dict[str, object]) -> None:
    assert told(timeline([event(1, 0, "TaskStateEntered", details)])) == ["running ?"]


def test_a_history_of_nothing_has_no_rows() -> None:
    assert timeline([]) == []


def test_long_ones_are_shortened_in_the_middle_and_keep_more_of_the_end() -> None:
    rows = timeline(looped(100))
    short = told(shortened(rows, 10))
    assert short[:3] == ["succeeded Step0", "succeeded Step1", "succeeded Step2"]
    assert short[3] == "left out 91 0"
    assert short[-1] == "succeeded Step99"
    assert len(short) == 10
    assert told(shortened(rows, 11))[3] == "left out 90 0"


def test_short_ones_stay_as_they_are() -> None:
    rows = timeline(looped(10))
    assert shortened(rows, 10) == rows


def test_what_nobody_read_is_told_even_where_steps_are_left_out() -> None:
    rows: list[Row] = [*timeline(looped(5)), LeftOut(events=7), *timeline(looped(5))]
    assert LeftOut(steps=6, events=7) in shortened(rows, 5)


def looped(times: int) -> list[Event]:
    """So many states one after the other, newest event first."""
    events: list[Event] = [event(1, 0, "ExecutionStarted")]
    for number in range(times):
        for kind in ("PassStateEntered", "PassStateExited"):
            last = len(events)
            details = f"state{'Entered' if kind.endswith('Entered') else 'Exited'}EventDetails"
            events.append(event(last + 1, last, kind, {details: {"name": f"Step{number}"}}))
    return list(reversed(events))


def event(number: int, previous: int, kind: str, more: dict[str, object] | None = None) -> Event:
    at: datetime = NOW + timedelta(seconds=number)
    return {
        "id": number,
        "previousEventId": previous,
        "type": kind,
        "timestamp": at,
        **(more or {}),
    }
