"""Whoever is refused something is told the reason that holds, and the way out."""

from msgspec.structs import replace

from app.domain.alert import Recovery, RecoveryStage
from app.domain.changes import Closed
from app.domain.lifecycle import apply
from app.domain.transitions import NotAllowedError, WhyNot
from app.domain.verdict import Help, Verdict
from app.render.refusals import words
from tests.factories import ANA, BEN, NOW, alert

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


def test_whatever_is_asked_of_a_resolved_alert_is_told_how_it_was_resolved() -> None:
    done = Recovery(attempt=ONE.focus.attempt, by=ANA, at=NOW, stage=RecoveryStage.SUCCEEDED)
    said = words(NotAllowedError(WhyNot.RESOLVED, replace(ONE, recovery=done)))
    assert said.startswith("This alert is resolved already: *Ana* asked for a redrive, at ")
    assert said.endswith(", and it succeeded.")
    closed = apply(replace(ONE, recovery=done), Closed(BEN, NOW))
    assert (
        words(NotAllowedError(WhyNot.RESOLVED, closed))
        == "This alert is resolved already, by *Ben*."
    )


def test_where_nothing_ever_waited_nobody_is_told_that_it_did() -> None:
    refused = NotAllowedError(WhyNot.NOT_WAITING, ONE)
    assert words(refused) == "No step of the execution waits for an answer."
