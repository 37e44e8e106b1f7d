"""An alert's card as a note to copy, from the message shortcut."""

import json

import pytest

from local.slack.people import USERS
from tests.hand import Hand, unique

pytestmark = pytest.mark.xdist_group("second world")

GUEST = {"id": "U09GUEST", "name": USERS["U09GUEST"].name}


def note_in(view: dict[str, object]) -> str:
    blocks = view["blocks"]
    assert isinstance(blocks, list)
    [text] = [block["element"]["initial_value"] for block in blocks if "element" in block]
    return str(text)


def test_a_card_is_copied_as_a_note_with_what_was_done(hand: Hand) -> None:
    error = unique("E")
    fail = {"Type": "Fail", "Error": error, "Cause": "the shelf is empty"}
    execution = hand.start(hand.machine({"Fail": fail}))
    card = hand.settled_card(error)
    hand.say("@bot ack", card, hand.ben)
    hand.told(card, "acknowledged, after")
    note = note_in(hand.shortcut(card["ts"]))
    link = hand.slack.chat_getPermalink(channel=hand.facts.channel, message_ts=card["ts"])
    for fact in (
        f": {error}",
        "the shelf is empty",
        "- Status: acknowledged by ben",
        "- How often: 1 failure",
        "- A redrive can't help: it would enter the Fail state Fail again.",
        "ben: acknowledged",
        f"- Alert: {link['permalink']}",
        execution,
    ):
        assert fact in note, fact


def test_what_is_no_card_has_no_note(hand: Hand) -> None:
    ts = hand.say("just talking")
    assert "no alert's card" in json.dumps(hand.shortcut(ts))


def test_the_note_is_for_members_of_the_workspace(hand: Hand) -> None:
    error = unique("E")
    hand.start(hand.machine({"Fail": {"Type": "Fail", "Error": error}}))
    card = hand.settled_card(error)
    assert "Only members of this workspace" in json.dumps(hand.shortcut(card["ts"], GUEST))
