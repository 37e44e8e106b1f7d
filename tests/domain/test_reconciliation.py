"""What became of each failure that Step Functions knows of."""

from datetime import timedelta

import pytest
from msgspec.structs import replace

from app.domain.alert import Alert, Late, Route
from app.domain.changes import Closed, Failed
from app.domain.hours import hour_of
from app.domain.lifecycle import apply
from app.domain.listing import Listed
from app.domain.mutes import Mute
from app.domain.occurrence import Occurrence, Outcome
from app.domain.reconciliation import LATE, ON_ITS_WAY, Fate, account, fate, found, to_be_listed
from tests.factories import ANA, NOW, alert, execution_arn, failure, success

HOUR = timedelta(hours=1)
FAILED = Listed(
    arn=execution_arn(),
    name="e1",
    status="FAILED",
    started_at=NOW - 2 * HOUR,
    stopped_at=NOW - HOUR,
)
KNOWN = Occurrence(
    execution_arn=execution_arn(),
    redrive_count=0,
    outcome=Outcome.FAILED,
    alert_ids=("a.1",),
    at=NOW - HOUR,
)
MUTE = Mute(
    machine_arn=None, error=None, by=ANA, reason="x", since=NOW - 2 * HOUR, until=NOW + HOUR
)
LOUD = alert()
QUIET = replace(alert(), route=Route(notify=False))
MUTED = replace(alert(), mute=MUTE)


@pytest.mark.parametrize(
    ("failed", "known", "of", "expected"),
    [
        (FAILED, KNOWN, LOUD, Fate.ALERTED),
        (FAILED, KNOWN, QUIET, Fate.SUPPRESSED),
        (FAILED, KNOWN, MUTED, Fate.HELD_BACK),
        (FAILED, replace(KNOWN, at=NOW - 3 * HOUR), MUTED, Fate.ALERTED),
        (FAILED, KNOWN, None, Fate.ALERTED),
        (FAILED, None, None, Fate.MISSING),
        (replace(FAILED, redrive_count=1), KNOWN, LOUD, Fate.MISSING),
        (FAILED, replace(KNOWN, redrive_count=1), LOUD, Fate.ALERTED),
        (FAILED, replace(KNOWN, outcome=Outcome.TOLD), LOUD, Fate.UNTOLD),
        (FAILED, replace(KNOWN, outcome=Outcome.AWAITED), LOUD, Fate.MISSING),
        (FAILED, replace(KNOWN, at=MUTE.since), MUTED, Fate.HELD_BACK),
        (replace(FAILED, stopped_at=NOW - ON_ITS_WAY / 2), None, None, Fate.ON_ITS_WAY),
        (replace(FAILED, stopped_at=NOW - ON_ITS_WAY), None, None, Fate.MISSING),
    ],
)
def test_the_fate_of_a_failure(
    failed: Listed, known: Occurrence | None, of: Alert | None, expected: Fate
) -> None:
    assert fate(failed, known, of, NOW) is expected


def test_only_what_was_never_recorded_is_to_be() -> None:
    assert {one for one in Fate if one.to_record} == {Fate.MISSING, Fate.UNTOLD}


def test_counts_add_up_to_what_failed() -> None:
    told = account([*Fate, Fate.MISSING])
    parts = told.alerted + told.held_back + told.suppressed + told.on_its_way + told.missing
    assert told.failed == parts == len(Fate) + 1
    assert told.missing == 2


THIS, LAST = hour_of(NOW), hour_of(NOW) - 1


@pytest.mark.parametrize(
    ("counted", "recorded", "listed"),
    [
        ({}, {}, ()),
        ({THIS: {"FAILED": 2}}, {THIS: 2}, ()),
        ({THIS: {"FAILED": 2}}, {THIS: 1}, ("FAILED",)),
        ({THIS: {"FAILED": 2, "ABORTED": 1}}, {THIS: 2}, ("FAILED", "ABORTED")),
        ({THIS: {"FAILED": 1, "TIMED_OUT": 1}}, {THIS: 2}, ()),
        ({LAST: {"FAILED": 1}, THIS: {"TIMED_OUT": 1}}, {THIS: 1}, ("FAILED",)),
        ({THIS: {"FAILED": 1}}, {}, ("FAILED",)),
        ({THIS: {"FAILED": 1}}, {THIS: 2}, ()),  # metrics are behind
        ({LAST: {"FAILED": 1}}, {LAST: 2}, ("FAILED",)),  # they are not any more
        ({LAST: {"FAILED": 0}}, {LAST: 2}, ()),
        ({}, {LAST: 2}, ()),
    ],
)
def test_only_where_counts_disagree_executions_are_listed(
    counted: dict[int, dict[str, int]], recorded: dict[int, int], listed: tuple[str, ...]
) -> None:
    assert to_be_listed(counted, recorded, NOW) == listed


def test_counts_are_final_a_quarter_of_an_hour_after_their_hour() -> None:
    end = NOW.replace(minute=0)
    behind = ({LAST: {"FAILED": 1}}, {LAST: 2})
    assert to_be_listed(*behind, end + timedelta(minutes=14, seconds=59)) == ()
    assert to_be_listed(*behind, end + timedelta(minutes=15)) == ("FAILED",)


def test_what_is_found_is_late_only_after_some_minutes() -> None:
    one = failure()
    assert found(one, NOW + LATE - timedelta(seconds=1)) is one
    assert found(one, NOW + LATE) == replace(one, found_at=NOW + LATE)
    assert found(success(), NOW + LATE) == success()


def test_an_alert_counts_what_was_found_late_until_it_comes_back() -> None:
    first = alert(replace(failure(), found_at=NOW + LATE))
    assert first.late == Late(1, LATE)
    again = replace(failure("e2"), found_at=NOW + 2 * LATE)
    second = apply(first, Failed(again, NOW))
    assert second.late == Late(2, 2 * LATE)
    assert apply(second, Failed(failure("e3"), NOW)).late == Late(2, 2 * LATE)
    resolved = apply(second, Closed(ANA, NOW))
    assert apply(resolved, Failed(failure("e3"), NOW)).late is None
