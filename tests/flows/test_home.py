"""The app's home: opened, acted in, and drawn anew after everything that is done there."""

import json
from typing import Any

import pytest

from local.slack.people import USERS
from tests.asking import Asker, buttons, texts
from tests.hand import Hand, Json, eventually, unique

pytestmark = pytest.mark.xdist_group("second world")


@pytest.fixture
def ana(hand: Hand) -> Asker:
    return Asker(hand, hand.ana)


@pytest.fixture
def error(hand: Hand) -> str:
    """Of an execution that has failed, and has its card with a verdict."""
    name = unique("E")
    hand.start(hand.machine({"Fail": {"Type": "Fail", "Error": name}}))
    hand.settled_card(name)
    return name


def found(ana: Asker, about: str) -> Json:
    """The page of the home on which *about* stands."""
    view = ana.home()
    while about not in json.dumps(view):
        view = ana.press_home(view, "home.next")
    return view


def under(view: Json, about: str) -> list[str]:
    """The action ids of the buttons below where *about* stands."""
    blocks = view["blocks"]
    start = next(n for n, one in enumerate(blocks) if about in json.dumps(one))
    return [element["action_id"] for element in blocks[start + 1].get("elements", [])]


def test_an_alert_is_acknowledged_there_and_is_then_ones_own(
    hand: Hand, ana: Asker, error: str
) -> None:
    view = found(ana, error)
    assert {"restart", "acknowledge", "mute"} <= set(under(view, error))
    ana.act_home(view, "acknowledge", about=error)

    def own() -> Json | None:
        now = ana.home()
        text = json.dumps(now)
        return now if error in text and "Yours" in text else None

    drawn = eventually(own)
    text = texts(drawn)
    assert text.index("*Yours*") < text.index(error)
    assert "acknowledge" not in under(drawn, error)
    hand.told(hand.card(error), "acknowledged, after")


def test_the_home_is_drawn_anew_by_itself_after_a_press(ana: Asker, error: str) -> None:
    view = found(ana, error)
    drawn = ana.press_home(view, "acknowledge", about=error)
    assert drawn["hash"] != view["hash"]
    assert drawn["private_metadata"] == view["private_metadata"], "on the page it was on"


def test_a_refusal_is_shown_in_a_dialog_and_the_home_is_drawn_anew(
    hand: Hand, ana: Asker, error: str
) -> None:
    view = found(ana, error)
    hand.press(hand.card(error), "acknowledge", hand.ben)
    hand.told(hand.card(error), "acknowledged, after")
    ana.press_home(view, "acknowledge", about=error)
    modal = eventually(lambda: hand.world.slack.seen_by(hand.ana["id"])["modal"])
    assert "acknowledged this already" in texts(modal)
    hand.world.slack.do("close", user=hand.ana["id"])


MUTED: dict[str, Any] = {
    "scope": {"scope": {"selected_option": {"value": "error_here"}}},
    "length": {"length": {"selected_option": {"value": "1h"}}},
    "reason": {"reason": {"value": "the supplier is down"}},
}


def test_a_dialog_opened_there_does_what_it_says_and_the_home_shows_it(
    hand: Hand, ana: Asker, error: str
) -> None:
    view = ana.press_home(found(ana, error), "mute", about=error)
    modal = hand.world.slack.seen_by(hand.ana["id"])["modal"]
    assert modal["callback_id"] == "mute_modal"
    said = hand.world.slack.do("submit", user=hand.ana["id"], view_id=modal["id"], state=MUTED)
    assert said == {"ok": True}
    drawn = ana._drawn(view["hash"])
    assert error in json.dumps(drawn)
    hand.told(hand.card(error), "muted")
    whole = eventually(lambda: "unmute" in under(now := found(ana, error), error) and now)
    assert "muted" in texts(whole)


def test_a_restart_is_asked_for_there_with_an_edited_input(
    hand: Hand, ana: Asker, error: str
) -> None:
    ana.press_home(found(ana, error), "restart", about=error)
    modal = hand.world.slack.seen_by(hand.ana["id"])["modal"]
    state = {"input": {"input": {"value": '{"edited": true}'}}}
    said = hand.world.slack.do("submit", user=hand.ana["id"], view_id=modal["id"], state=state)
    assert said == {"ok": True}
    hand.told(hand.card(error), "Restart with an edited input")


def test_a_mute_is_ended_there(hand: Hand, ana: Asker, error: str) -> None:
    card = hand.card(error)
    hand.mute(card)
    hand.told(card, "muted")
    view = eventually(lambda: error in str(buttons(now := ana.home(), "end_mute")) and now)
    [unmute] = [one for one in buttons(view, "end_mute") if error in one["value"]]
    hand.world.slack.do("act", user=hand.ana["id"], view_id=view["id"], action=unmute)
    assert hand.told(card, "ended the mute").startswith(":bell: *")
    assert error not in str(buttons(ana._drawn(view["hash"]), "end_mute"))


def test_pages_of_the_home_are_turned(hand: Hand, ana: Asker) -> None:
    for _ in range(22):
        hand.start(hand.machine({"Fail": {"Type": "Fail", "Error": unique("E")}}))
    first = eventually(lambda: buttons(now := ana.home(), "home.next") and now)
    second = ana.press_home(first, "home.next")
    assert "Page 2 of" in texts(second)
    assert second["private_metadata"] == "1"
    assert "Page 1 of" in texts(ana.press_home(second, "home.previous"))


def test_the_home_of_somebody_of_another_workspace_says_so(hand: Hand, error: str) -> None:
    guest_id = next(one.id for one in USERS.values() if one.team != hand.facts.team)
    view = Asker(hand, {"id": guest_id, "name": "Gil"}).home()
    assert "for that workspace's members alone" in texts(view)
    assert error not in texts(view)
