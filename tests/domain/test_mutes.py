"""What a mute covers, and which of several keeps a failure quiet."""

from datetime import timedelta

import pytest
from msgspec.structs import replace

from app.domain.mutes import Mute, MuteScope, mute_of, muted_by
from tests.factories import ANA, NOW

HERE, ELSEWHERE = "arn:machine:orders", "arn:machine:billing"
HOUR = timedelta(hours=1)


def asked(scope: MuteScope, *, hours: int = 1, **more: bool) -> Mute:
    return mute_of(
        scope,
        machine_arn=HERE,
        error="DiskFull",
        by=ANA,
        reason="known",
        since=NOW,
        until=NOW + hours * HOUR,
        **more,
    )


def test_a_mute_keeps_who_asked_why_and_for_how_long_and_ends_by_itself_unless_told() -> None:
    mute = asked(MuteScope.ERROR_HERE)
    assert mute == Mute(
        machine_arn=HERE, error="DiskFull", by=ANA, reason="known", since=NOW, until=NOW + HOUR
    )
    assert mute.breaks
    assert not asked(MuteScope.ERROR_HERE, breaks=False).breaks


@pytest.mark.parametrize(
    ("scope", "machine_arn", "error", "covered"),
    [
        (MuteScope.ERROR_HERE, HERE, "DiskFull", True),
        (MuteScope.ERROR_HERE, HERE, "Timeout", False),
        (MuteScope.ERROR_HERE, ELSEWHERE, "DiskFull", False),
        (MuteScope.ERROR_EVERYWHERE, ELSEWHERE, "DiskFull", True),
        (MuteScope.ERROR_EVERYWHERE, HERE, "Timeout", False),
        (MuteScope.MACHINE, HERE, "Timeout", True),
        (MuteScope.MACHINE, ELSEWHERE, "DiskFull", False),
    ],
)
def test_a_mute_covers_no_more_than_was_asked_for(
    scope: MuteScope, machine_arn: str, error: str, *, covered: bool
) -> None:
    mute = asked(scope)
    assert muted_by([mute], machine_arn, error, NOW) == (mute if covered else None)


def test_a_mute_ends_at_its_very_end() -> None:
    mute = asked(MuteScope.ERROR_HERE)
    last = mute.until - timedelta(microseconds=1)
    assert muted_by([mute], HERE, "DiskFull", last) == mute
    assert muted_by([mute], HERE, "DiskFull", mute.until) is None


def test_of_several_the_one_that_lasts_longest_keeps_quiet() -> None:
    short, long = asked(MuteScope.MACHINE), asked(MuteScope.ERROR_HERE, hours=2)
    for both in ([short, long], [long, short]):
        assert muted_by(both, HERE, "DiskFull", NOW) == long
    assert muted_by([], HERE, "DiskFull", NOW) is None


def test_a_second_mute_of_the_same_has_the_key_of_the_first() -> None:
    keys = {asked(scope).key for scope in MuteScope}
    assert len(keys) == len(MuteScope)
    first = asked(MuteScope.MACHINE)
    assert replace(first, reason="other", until=NOW + 5 * HOUR).key == first.key
