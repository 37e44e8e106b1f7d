"""Whether redrives or restarts are the way to recover all of an alert."""

from datetime import timedelta

import pytest

from app.domain.alert import RecoveryKind
from app.domain.changes import Described
from app.domain.lifecycle import apply
from app.domain.outlook import USUAL_RATE, Count, Outlook, Window, redrives, since, usual_terms
from app.domain.verdict import Help, Verdict
from tests.factories import NOW, alert

ATTEMPT = alert().focus.attempt


@pytest.mark.parametrize(
    ("verdict", "they_are"),
    [
        (None, True),
        (Verdict(attempt=ATTEMPT, help=Help.RESUMES), True),
        (Verdict(attempt=ATTEMPT, help=Help.NOT_REDRIVABLE, reason="it is nested"), False),
        (Verdict(attempt=ATTEMPT, help=Help.NOT_REDRIVABLE), False),
        # Each execution has a period of its own.
        (
            Verdict(attempt=ATTEMPT, help=Help.NOT_REDRIVABLE, reason="Redrive period exceeded."),
            True,
        ),
        (Verdict(attempt=ATTEMPT, help=Help.REENTERS_FAIL), False),
    ],
)
def test_redrives_are_the_way_unless_they_would_come_to_nothing(
    verdict: Verdict | None, *, they_are: bool
) -> None:
    assert redrives(verdict) is they_are
    one = apply(alert(), Described(verdict)) if verdict else alert()
    kind = RecoveryKind.REDRIVE if they_are else RecoveryKind.RESTART
    assert (usual_terms(one).kind, usual_terms(one).rate) == (kind, USUAL_RATE)


@pytest.mark.parametrize(
    ("failed", "too_old", "recent"),
    [
        (Count(12), Count(2), Count(10)),
        (Count(1_000, more=True), Count(0), Count(1_000, more=True)),
        (Count(1), Count(1), Count(0)),
        # Counted one after the other: some may have succeeded in between.
        (Count(1), Count(3), Count(0)),
    ],
)
def test_those_too_old_for_a_redrive_are_left_out(
    failed: Count, too_old: Count, recent: Count
) -> None:
    assert Outlook(alert(), {Window.ALL: failed, Window.HOUR: Count(9)}, too_old).recent == recent


def test_a_window_reaches_back_by_its_length_and_all_has_no_beginning() -> None:
    assert since(Window.ALL, NOW) is None
    assert since(Window.HOUR, NOW) == NOW - timedelta(hours=1)
    assert since(Window.WEEK, NOW) == NOW - timedelta(days=7)
