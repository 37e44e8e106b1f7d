"""Step Functions can't be asked: the card says so, and the verdict is filled in later."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest
from msgspec.structs import replace

from app.step_functions import StepFunctions
from app.use_cases.describe import describe
from app.use_cases.sweep import sweep
from tests.hand import Hand, Json, eventually, unique
from tests.own import deps
from tests.wire import StepFunctionsWire

pytestmark = pytest.mark.xdist_group("world")


@contextmanager
def refusing(code: str) -> Iterator[StepFunctions]:
    """Step Functions, as it is when it answers everything with this error."""
    wire = StepFunctionsWire(lambda *_: (400, {"__type": code, "message": "on purpose"}))
    try:
        yield StepFunctions(lambda: wire.client)
    finally:
        wire.close()


def card_that_says(hand: Hand, error: str, text: str) -> Json:
    cards: list[Json] = eventually(
        lambda: [one for one in hand.cards(error) if text in json.dumps(one)]
    )
    return cards[0]


def test_a_throttled_question_is_told_and_asked_again_by_the_sweep(hand: Hand) -> None:
    error, own = unique("E"), deps(hand)
    hand.start(hand.machine({"Fail": {"Type": "Fail", "Error": error}}))
    alert_id = hand.settled_card(error)["metadata"]["event_payload"]["alert_id"]
    stored = own.alerts.get(alert_id)
    assert stored is not None
    with refusing("ThrottlingException") as busy:
        describe(replace(own, step_functions=busy), stored.alert)
    card_that_says(hand, error, "could not be asked just now")
    # A minute later, when nobody else has filled it in.
    sweep(replace(own, now=lambda: datetime.now(UTC) + timedelta(minutes=2)))
    card_that_says(hand, error, "A redrive can't help")


def test_a_denied_question_is_told_and_asked_again_when_somebody_wants_it(hand: Hand) -> None:
    error, own = unique("E"), deps(hand)
    hand.start(hand.machine({"Fail": {"Type": "Fail", "Error": error}}))
    alert_id = hand.settled_card(error)["metadata"]["event_payload"]["alert_id"]
    stored = own.alerts.get(alert_id)
    assert stored is not None
    with refusing("AccessDeniedException") as denied:
        describe(replace(own, step_functions=denied), stored.alert)
    card = card_that_says(hand, error, "no permission")
    option = {
        "value": f"ask_again {alert_id}",
        "text": {"type": "plain_text", "text": "Check again"},
    }
    chosen = {"type": "overflow", "action_id": "more", "selected_option": option}
    hand.press(card, "more", actions=[{**chosen, "action_ts": "1"}])
    card_that_says(hand, error, "A redrive can't help")
