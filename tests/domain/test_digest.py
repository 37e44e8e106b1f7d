"""When the digest is due, and what it tells."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from msgspec.structs import replace

from app.domain.alert import Alert, Route
from app.domain.changes import Closed, Failed
from app.domain.digest import DigestPlan, digest, due
from app.domain.lifecycle import apply
from app.domain.mutes import Mute
from app.domain.overview import Overview, Posted
from tests.factories import ANA, NOW, alert, failure

PLAN = DigestPlan(at=time(9), zone=ZoneInfo("Europe/Berlin"), channel="#sfn-alerts")
MUTE = Mute(
    machine_arn=None,
    error="OrdersUnavailable",
    by=ANA,
    reason="known",
    since=NOW - timedelta(hours=2),
    until=NOW + timedelta(hours=2),
)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("now", "day"),
    [
        ("2026-03-02T07:59", None),
        ("2026-03-02T08:00", "2026-03-02"),
        ("2026-03-02T22:59", "2026-03-02"),  # late, since nobody swept
        ("2026-03-02T23:00", None),  # it is tomorrow there
        ("2026-07-01T06:59", None),
        ("2026-07-01T07:00", "2026-07-01"),  # in summer an hour earlier
    ],
)
def test_it_is_due_from_its_hour_to_the_end_of_the_day(now: str, day: str | None) -> None:
    assert due(PLAN, utc(now)) == (date.fromisoformat(day) if day else None)


def test_an_hour_that_the_clocks_leave_out_is_made_up_for() -> None:
    plan = replace(PLAN, at=time(2, 30))
    assert due(plan, utc("2026-03-29T00:59")) is None
    assert due(plan, utc("2026-03-29T01:00")) == date(2026, 3, 29)


def test_an_hour_that_comes_twice_is_of_the_same_day() -> None:
    plan = replace(PLAN, at=time(2, 30))
    first, again = utc("2026-10-25T00:30"), utc("2026-10-25T01:30")
    assert due(plan, first) == due(plan, again) == date(2026, 10, 25)


def test_what_rules_keep_quiet_is_told_the_most_failures_first_and_mutes_beside_it() -> None:
    once = alert(failure("e1", machine="once"), Route(notify=False))
    often = apply(
        alert(failure("e2", machine="often"), Route(notify=False)),
        Failed(failure("e3", machine="often"), NOW),
    )
    muted = replace(alert(failure("e4", machine="muted")), mute=MUTE)
    told = digest(NOW.date(), overview(once, often, muted))
    assert [(one.posted.alert, one.failures) for one in told.suppressed] == [(often, 2), (once, 1)]
    assert (told.held_back, told.whole) == (1, True)
    assert not digest(NOW.date(), replace(overview(once), whole=False)).whole


def overview(
    *alerts: Alert, lately: tuple[Alert, ...] = (), mutes: tuple[Mute, ...] = ()
) -> Overview:
    return Overview(
        alerts=[Posted(one) for one in alerts],
        lately=[Posted(one) for one in lately],
        mutes=mutes,
        now=NOW,
    )


def test_everything_is_told_under_one_heading() -> None:
    loud = alert(failure("e1", machine="loud"))
    quiet = alert(failure("e2", machine="quiet"), Route(notify=False))
    old = replace(alert(failure("e3", machine="old"), Route(notify=False)), hours=())
    muted = replace(alert(failure("e4", machine="muted")), mute=MUTE, count=4, muted_at_count=1)
    over = apply(alert(failure("e5", machine="over")), Closed(ANA, NOW))
    told = digest(NOW.date(), overview(loud, quiet, old, muted, lately=(over,), mutes=(MUTE,)))
    assert [one.alert for one in told.open] == [loud]
    assert [(one.posted.alert, one.failures) for one in told.suppressed] == [(quiet, 1)]
    assert [(one.mute, one.held_back) for one in told.muted] == [(MUTE, 3)]
    assert told.resolved == 1
    assert not told.all_well


def test_all_is_well_where_nothing_is_left() -> None:
    over = apply(alert(), Closed(ANA, NOW))
    assert digest(NOW.date(), overview(lately=(over,))).all_well
    assert not digest(NOW.date(), overview(mutes=(MUTE,))).all_well
