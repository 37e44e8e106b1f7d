"""Which changes a card may wait for, and for how long."""

from datetime import datetime, timedelta

import pytest
from msgspec.structs import replace

from app.domain.alert import Alert, BulkTerms, StopReason, Tally
from app.domain.bulk import counted
from app.domain.changes import Acknowledged, BulkRequested, BulkStopped, Failed
from app.domain.lifecycle import apply
from app.domain.mutes import Mute
from app.domain.redraws import TOGETHER, can_wait
from tests.factories import ANA, NOW, alert, execution_arn, failure

SECOND = timedelta(seconds=1)


def more(one: Alert, count: int = 1) -> Alert:
    """*one*, after so many more failures like those before, each a second later."""
    for number in range(one.count + 1, one.count + count + 1):
        one = apply(one, Failed(failure(f"e{number}"), one.last_failure_at + SECOND))
    return one


OPEN = alert()
TWO = more(OPEN)
MUTED = replace(
    OPEN,
    mute=Mute(
        machine_arn=None, error=None, by=ANA, reason="known", since=NOW, until=NOW + 60 * SECOND
    ),
)
ALL = apply(TWO, BulkRequested("r1", ANA, NOW, BulkTerms()))
ONE_ENDED = counted(ALL, "r1", execution_arn("e1"), None, Tally(succeeded=1))
OF_ITS_END = {"settled": (TWO.failing[0],), "failing": TWO.failing[1:], "failing_count": 1}


@pytest.mark.parametrize(
    ("before", "after", "waits"),
    [
        pytest.param(None, OPEN, False, id="there is no card yet"),
        pytest.param(OPEN, TWO, True, id="one more failure"),
        pytest.param(OPEN, more(OPEN, 8), True, id="many more failures"),
        pytest.param(OPEN, more(OPEN, 9), False, id="the tenth, which the thread tells"),
        pytest.param(MUTED, more(MUTED, 9), True, id="the tenth, of which a mute keeps quiet"),
        pytest.param(OPEN, apply(TWO, Acknowledged(ANA, NOW)), False, id="somebody has taken it"),
        pytest.param(TWO, ALL, False, id="all are being recovered"),
        pytest.param(ALL, replace(ONE_ENDED, **OF_ITS_END), True, id="one of all has ended"),
        pytest.param(TWO, replace(TWO, **OF_ITS_END), False, id="one has ended by itself"),
        pytest.param(
            ALL,
            apply(ONE_ENDED, BulkStopped("r1", StopReason.ASKED, NOW, ANA)),
            False,
            id="the recovery has stopped",
        ),
        pytest.param(ONE_ENDED, replace(ONE_ENDED, bulk=None), False, id="there is none any more"),
    ],
)
def test_a_card_waits_while_only_its_numbers_change(
    before: Alert | None, after: Alert, *, waits: bool
) -> None:
    left = can_wait([(before, after)], NOW, NOW + SECOND)
    assert left == (TOGETHER - SECOND if waits else None)


@pytest.mark.parametrize(
    ("drawn_at", "left"),
    [
        (NOW, TOGETHER),
        (NOW - TOGETHER + SECOND, SECOND),
        (NOW - TOGETHER, None),
        (None, None),
    ],
)
def test_it_waits_until_it_was_last_drawn_long_enough_ago(
    drawn_at: datetime | None, left: timedelta | None
) -> None:
    assert can_wait([(OPEN, TWO)], drawn_at, NOW) == left


def test_of_several_changes_one_is_enough_to_draw_it_at_once() -> None:
    quiet, loud = (OPEN, TWO), (TWO, apply(TWO, Acknowledged(ANA, NOW)))
    assert can_wait([quiet, quiet], NOW, NOW) == TOGETHER
    assert can_wait([quiet, loud], NOW, NOW) is None
    assert can_wait([loud, quiet], NOW, NOW) is None
