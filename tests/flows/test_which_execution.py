"""Of several executions of one alert, the card and the thread tell which is which."""

import json
from datetime import timedelta

import pytest

from app.domain.execution import Failure
from app.step_functions import Description
from app.use_cases.outcome import as_ended
from tests.asking import Asker, texts
from tests.factories import NOW, execution_arn
from tests.hand import Hand, Json, eventually, unique
from tests.own import deps

pytestmark = pytest.mark.xdist_group("second world")


def test_a_card_that_turned_to_another_execution_says_which_was_redriven(hand: Hand) -> None:
    warehouse, machine = unique("W"), hand.example("let-it-fail")
    hand.warehouse("closed")
    first = hand.start(machine, {"warehouse": warehouse})
    shown = hand.settled_card(warehouse)
    other = hand.start(machine, {"warehouse": warehouse})
    eventually(lambda: "2 failures" in json.dumps(hand.card(warehouse)))
    # Redriven elsewhere, so that how long it lay idle is no part of what the card tells.
    hand.stepfunctions.redrive_execution(executionArn=other)
    eventually(lambda: "3 failures" in json.dumps(hand.card(warehouse)))
    hand.warehouse("open")
    hand.press(hand.settled_card(warehouse), "redrive")
    hand.ended(first, "SUCCEEDED")
    assert f"|{first.split(':')[-1]}> succeeded after" in hand.told(shown, "> succeeded after")
    assert hand.told(shown, "1 execution is still to be recovered.")

    def turned() -> Json | None:
        card = hand.settled_card(warehouse)
        return card if "Another execution" in json.dumps(card) else None

    card = json.dumps(eventually(turned))
    assert f"|{first.split(':')[-1]}>: redriven by *{hand.ana['name']}*, succeeded" in card
    assert f"`{other.split(':')[-1]}`" in card
    assert "after its redrive" in card
    assert "redriven once, last" in (answer := texts(Asker(hand, hand.ana).ask(other)))
    assert ", then took " in answer


def test_an_end_that_was_looked_up_tells_when_it_was_redriven(hand: Hand) -> None:
    told = Description(
        status="FAILED",
        redrive_count=1,
        redrive_status=None,
        redrive_reason=None,
        started_at=NOW - timedelta(hours=1),
        redriven_at=NOW - timedelta(seconds=12),
        stopped_at=NOW,
        input=None,
        error=None,
        cause=None,
        started_as="",
    )
    ended = as_ended(deps(hand), execution_arn(), told)
    assert isinstance(ended, Failure)
    assert ended.took == timedelta(seconds=12)
