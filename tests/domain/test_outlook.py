"""Whether redrives or restarts are the way to recover all of an alert."""

import pytest

from app.domain.alert import RecoveryKind
from app.domain.changes import Described
from app.domain.lifecycle import apply
from app.domain.outlook import USUAL_RATE, redrives, usual_terms
from app.domain.verdict import Help, Verdict
from tests.factories import alert

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
