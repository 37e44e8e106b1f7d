"""Which new cards stand alone, and which are folded."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from app.domain.alert import Severity
from app.domain.bursts import GATHERED, QUIET, WINDOW, Burst, Placement, place, to_be_drawn
from tests.factories import NOW

LIMIT = 3


def placed(severities: list[Severity], *, burst: Burst | None = None) -> list[Placement]:
    after, placements = burst or Burst(), []
    for number, severity in enumerate(severities):
        after, placement = place(after, severity, NOW, f"fold-{number}", limit=LIMIT)
        placements.append(placement)
    return placements


def test_the_first_cards_of_a_minute_stand_alone_and_the_rest_is_folded() -> None:
    assert placed([Severity.MIDDLE] * 5) == [Placement.OWN_CARD] * 3 + [Placement.FOLDED] * 2


def test_high_ones_have_as_many_again_to_themselves() -> None:
    placements = placed([Severity.MIDDLE] * 4 + [Severity.HIGH] * 4)
    assert placements[3:] == [Placement.FOLDED, *[Placement.OWN_CARD] * 3, Placement.FOLDED]


def test_a_minute_later_cards_stand_alone_again_and_a_list_goes_on_until_it_is_quiet() -> None:
    burst = Burst()
    for _ in range(4):
        burst, _ = place(burst, Severity.MIDDLE, NOW, "first", limit=LIMIT)
    later = NOW + WINDOW
    burst, placement = place(burst, Severity.MIDDLE, later, "second", limit=LIMIT)
    assert placement is Placement.OWN_CARD
    for _ in range(3):
        burst, _ = place(burst, Severity.MIDDLE, later, "second", limit=LIMIT)
    assert burst.fold is not None
    assert burst.fold.id == "first"
    for _ in range(4):
        burst, _ = place(burst, Severity.MIDDLE, later + QUIET, "third", limit=LIMIT)
    assert burst.fold is not None
    assert burst.fold.id == "third"


def test_a_list_goes_on_for_as_long_as_something_is_put_on_it() -> None:
    burst, at = Burst(), NOW
    for turn in range(4):
        at = NOW + turn * (QUIET - timedelta(seconds=1))
        burst, _ = place(replace(burst, began=at, taken=99), Severity.LOW, at, f"f{turn}", limit=1)
    assert burst.fold is not None
    assert (burst.fold.id, burst.fold.last_at) == ("f0", at)


def test_a_list_is_drawn_once_for_all_that_gathers() -> None:
    burst = Burst()
    for _ in range(4):
        burst, _ = place(burst, Severity.MIDDLE, NOW, "fold", limit=LIMIT)
    due = to_be_drawn(burst, NOW)
    assert due.fold is not None
    assert due.fold.due_at == NOW + GATHERED
    assert to_be_drawn(due, NOW + timedelta(seconds=1)) is due
    assert to_be_drawn(due, NOW + GATHERED) is not due


@given(st.lists(st.tuples(st.sampled_from(Severity), st.integers(0, 30)), max_size=80))
def test_no_minute_has_more_cards_than_its_limit(arrivals: list[tuple[Severity, int]]) -> None:
    burst, at, alone = Burst(), NOW, []
    for severity, seconds in arrivals:
        at += timedelta(seconds=seconds)
        burst, placement = place(burst, severity, at, "fold", limit=LIMIT)
        if placement is Placement.OWN_CARD:
            alone.append(at)
        began = burst.began
        assert began is not None
        assert sum(one >= began for one in alone) <= 2 * LIMIT
