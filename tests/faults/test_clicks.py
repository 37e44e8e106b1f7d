"""A click comes twice, late, from somebody else, or while nobody can say who may."""

import pytest

from tests.hand import Hand, eventually, unique

pytestmark = pytest.mark.xdist_group("world")


class Replaying(Hand):
    """A hand that remembers what it has sent, as whoever listens on the way would."""

    def __init__(self, hand: Hand) -> None:
        self.__dict__.update(hand.__dict__)
        self.sent: list[tuple[bytes, dict[str, str]]] = []

    def send_raw(self, body: bytes, headers: dict[str, str]) -> tuple[int, str]:
        self.sent.append((body, headers))
        return super().send_raw(body, headers)

    def again(self) -> int:
        """The same bytes once more."""
        return super().send_raw(*self.sent[-1])[0]


@pytest.fixture
def replaying(hand: Hand) -> Replaying:
    hand.notes.said.clear()
    return Replaying(hand)


def test_a_redrive_that_is_delivered_again_is_one_redrive(replaying: Replaying) -> None:
    """Slack: a signature is good for five minutes, so whatever was signed can be sent again."""
    hand, warehouse = replaying, unique("W")
    hand.warehouse("closed")
    execution = hand.start(hand.example("let-it-fail"), {"warehouse": warehouse})
    card = hand.settled_card(warehouse)
    assert hand.press(card, "redrive") == 200
    assert hand.at_once(hand.again, hand.again) == [200, 200]
    hand.told(card, "failed again")
    assert hand.again() == 200, "now it is about an attempt that has gone on"
    assert hand.redrives(execution) == 1
    assert "has moved on" in eventually(lambda: hand.notes.said)[-1]
    assert sum("Redrive started" in line for line in hand.thread(card)) == 1


def test_a_mute_that_is_delivered_again_is_one_mute(replaying: Replaying, error: str) -> None:
    hand = replaying
    hand.start(hand.machine({"Fail": {"Type": "Fail", "Error": error}}))
    card = hand.settled_card(error)
    hand.mute(card)
    hand.told(card, "muted")
    muted = eventually(lambda: hand.button(now := hand.card(error), "unmute") and now)
    assert hand.again() == 200
    hand.press(muted, "unmute")
    hand.told(card, "ended the mute")
    assert sum(" muted" in line for line in hand.thread(card)) == 1
