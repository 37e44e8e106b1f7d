"""Whoever is refused something is told the reason that holds, and the way out."""

from msgspec.structs import replace

from app.domain.transitions import NotAllowedError, WhyNot
from app.domain.verdict import Help, Verdict
from app.render.refusals import words
from tests.factories import alert

ONE = alert()


def test_a_redrive_in_vain_leads_to_what_does_help() -> None:
    verdict = Verdict(attempt=ONE.focus.attempt, help=Help.REENTERS_FAIL)
    enters = replace(ONE, verdict=verdict)
    assert words(NotAllowedError(WhyNot.IN_VAIN, enters)) == (
        "A redrive would fail again: it would enter the Fail state again. Say `restart`, "
        "or press Redrive on the card if you want it all the same."
    )
    by_input = replace(ONE, verdict=replace(verdict, help=Help.RESUMES, repeats=True))
    assert words(NotAllowedError(WhyNot.IN_VAIN, by_input)) == (
        "A redrive would fail again: its input was at fault, and that stays as it is. "
        "Press Restart… on the card to change the input, or Redrive if you want it all the same."
    )
