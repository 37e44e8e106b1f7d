"""All alerts at once: the order they are shown in, and what was kept quiet."""

from datetime import timedelta

from msgspec.structs import replace

from app.domain.alert import Acknowledgement, Alert, Hour, Route, Severity, Status
from app.domain.hours import hour_of
from app.domain.mutes import Mute
from app.domain.overview import (
    Day,
    Overview,
    Posted,
    Quiet,
    days,
    for_board,
    for_person,
    held_back_by,
    of_machine,
    quiet,
)
from tests.factories import ANA, BEN, NOW, alert, failure

HOUR = timedelta(hours=1)
MUTE = Mute(
    machine_arn=None, error=None, by=ANA, reason="known", since=NOW - HOUR, until=NOW + HOUR
)


def one(name: str, **changes: object) -> Posted:
    first = alert(failure(name, machine=name))
    return Posted(replace(first, **changes))


def names(posted: list[Posted]) -> list[str]:
    return [each.alert.arn.machine for each in posted]


def high(name: str, **changes: object) -> Posted:
    return one(name, route=Route(severity=Severity.HIGH), **changes)


def taken(by: object) -> dict[str, object]:
    return {"status": Status.ACKNOWLEDGED, "acknowledged": Acknowledgement(by, NOW)}  # type: ignore[arg-type]


ALL = [
    one("older", last_failure_at=NOW - HOUR),
    one("bens", **taken(BEN)),
    high("anas", **taken(ANA)),
    one("recovering", status=Status.RECOVERING),
    one("latest"),
    high("loud", last_failure_at=NOW - 2 * HOUR),
]


def test_the_board_begins_with_what_is_severe_and_not_taken_then_the_latest() -> None:
    assert names(for_board(ALL)) == ["loud", "bens", "anas", "latest", "older", "recovering"]


def test_of_one_state_machine_only_its_own_are_shown() -> None:
    arn = ALL[0].alert.arn.machine_arn
    assert names(of_machine(ALL, arn)) == ["older"]
    assert of_machine(ALL, arn + "s") == []


def test_a_home_begins_with_ones_own_then_what_nobody_has_taken_the_severe_before() -> None:
    assert names(for_person(ALL, BEN.id)) == [
        "bens",
        "loud",
        "latest",
        "older",
        "anas",
        "recovering",
    ]


def overview(*alerts: Alert, lately: tuple[Alert, ...] = ()) -> Overview:
    return Overview(
        alerts=[Posted(each) for each in alerts],
        lately=[Posted(each) for each in lately],
        mutes=[],
        now=NOW,
    )


def failing(machine: str, ago: int, failures: int, **changes: object) -> Alert:
    hours = (Hour(hour_of(NOW) - ago, failures),)
    return replace(alert(failure("e", machine=machine)), hours=hours, **changes)


def test_failures_an_hour_add_up_over_the_alerts_of_a_state_machine_also_resolved_ones() -> None:
    found = days(
        overview(
            failing("orders", 0, 2),
            failing("orders", 3, 1),
            failing("quiet", 30, 9),
            failing("bills", 1, 5),
            lately=(failing("orders", 3, 4, status=Status.RESOLVED),),
        )
    )
    assert [(day.machine_arn.split(":")[-1], day.total) for day in found] == [
        ("orders", 7),
        ("bills", 5),
    ]
    assert found[0].hours[-4:] == (5, 0, 0, 2)


def test_a_day_has_as_many_hours_as_it_should() -> None:
    [day] = days(overview(failing("orders", 23, 1)))
    assert isinstance(day, Day)
    assert len(day.hours) == 24
    assert day.hours[0] == 1


def test_what_rules_and_mutes_kept_quiet_within_a_day_is_counted() -> None:
    kept = quiet(
        overview(
            failing("a", 0, 3, route=Route(severity=Severity.LOW, notify=False), count=3),
            failing("b", 0, 5, mute=MUTE, muted_at_count=1, count=5),
            failing("c", 0, 5, count=5),
            failing("e", 0, 2, mute=MUTE, count=2),
            lately=(failing("d", 0, 2, route=Route(notify=False)),),
        )
    )
    assert kept == Quiet(held_back=6, suppressed=5)


def test_what_a_mute_held_back_longer_ago_is_not_of_this_day() -> None:
    long = replace(MUTE, since=NOW - 100 * HOUR)
    kept = quiet(overview(failing("a", 0, 2, mute=long, muted_at_count=1, count=900)))
    assert kept.held_back == 2


def test_a_mute_that_has_run_out_holds_nothing_back() -> None:
    over = replace(MUTE, until=NOW - HOUR)
    assert quiet(overview(failing("a", 0, 2, mute=over, count=2))).held_back == 0


def test_a_mute_is_told_what_it_held_back_and_not_what_another_did() -> None:
    other = replace(MUTE, error="E")
    alerts = [
        one("a", mute=MUTE, muted_at_count=1, count=4),
        one("b", mute=other, muted_at_count=1, count=9),
        one("c"),
    ]
    assert held_back_by(MUTE, alerts) == 3
