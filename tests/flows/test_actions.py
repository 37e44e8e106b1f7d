"""People act on an alert, and its card and thread tell what came of it."""

import json

import pytest

from tests.hand import Hand, eventually, unique
from tests.own import deps

pytestmark = pytest.mark.xdist_group("world")


def failing(hand: Hand, error: str) -> str:
    """A machine that waits an instant and fails with *error*; its ARN."""
    return hand.machine({"Fail": {"Type": "Fail", "Error": error, "Cause": "no reason"}})


@pytest.fixture
def error() -> str:
    return unique("E")


def orders(hand: Hand, warehouse: str) -> str:
    """An execution of the example that fails while its warehouse is closed; its ARN."""
    hand.warehouse("closed")
    execution = hand.start(hand.example("let-it-fail"), {"warehouse": warehouse})
    hand.ended(execution, "FAILED")
    return execution


def test_a_redrive_that_succeeds_is_told_and_turns_the_card_green(hand: Hand) -> None:
    warehouse = unique("W")
    execution = orders(hand, warehouse)
    card = hand.settled_card(warehouse)
    assert "*A redrive resumes* from `LoadOrders`" in json.dumps(card)
    hand.warehouse("open")
    assert hand.press(card, "redrive") == 200
    hand.ended(execution, "SUCCEEDED")
    assert hand.ana["name"] in hand.told(card, "Redrive started")
    assert "Nothing is left" in hand.told(card, "Redrive succeeded after")
    resolved = eventually(
        lambda: (
            (now := hand.card(warehouse))["attachments"][0]["color"].strip("#") == "2eb67d" and now
        )
    )
    assert "is resolved" in resolved["text"]
    assert hand.button(resolved, "redrive") is None
    assert hand.redrives(execution) == 1


def test_a_redrive_that_fails_again_says_so_with_error_and_state(hand: Hand) -> None:
    warehouse = unique("W")
    execution = orders(hand, warehouse)
    card = hand.settled_card(warehouse)
    hand.press(card, "redrive", hand.ben)
    line = hand.told(card, "failed again")
    assert "`LoadOrders`" in line
    assert "`WarehouseUnavailableError`" in line
    assert hand.ben["name"] in line
    again = eventually(
        lambda: (now := hand.settled_card(warehouse)) and "2 failures" in json.dumps(now) and now
    )
    assert hand.button(again, "redrive") is not None
    assert hand.describe(execution)["redriveCount"] == 1


def test_two_who_click_in_the_same_instant_start_one_redrive(hand: Hand) -> None:
    warehouse = unique("W")
    execution = orders(hand, warehouse)
    card = hand.settled_card(warehouse)
    hand.warehouse("open")
    hand.notes.said.clear()
    statuses = hand.at_once(
        lambda: hand.press(card, "redrive", hand.ana),
        lambda: hand.press(card, "redrive", hand.ben),
    )
    assert statuses == [200, 200]
    hand.ended(execution, "SUCCEEDED")
    hand.told(card, "Redrive succeeded")
    assert hand.redrives(execution) == 1
    [note] = eventually(lambda: hand.notes.said)
    assert "asked for a redrive" in note
    assert f"*{hand.ana['name']}*" in note or f"*{hand.ben['name']}*" in note


def test_a_refused_redrive_says_why(hand: Hand, error: str) -> None:
    machine = failing(hand, error)
    hand.start(machine)
    card = hand.settled_card(error)
    hand.stepfunctions.delete_state_machine(stateMachineArn=machine)
    hand.press(card, "redrive")
    line = hand.told(card, "was refused")
    assert "state machine is being deleted" in line or "no longer knows" in line


def test_an_execution_redriven_elsewhere_is_not_redriven_again(hand: Hand) -> None:
    warehouse = unique("W")
    execution = orders(hand, warehouse)
    card = hand.settled_card(warehouse)
    hand.warehouse("open")
    hand.stepfunctions.redrive_execution(executionArn=execution)
    hand.told(card, "redrive made elsewhere")
    hand.notes.said.clear()
    hand.press(card, "redrive")
    [note] = eventually(lambda: hand.notes.said)
    assert "resolved already" in note
    assert hand.redrives(execution) == 1


def test_an_acknowledgement_shows_who_and_a_second_one_says_so_quietly(
    hand: Hand, error: str
) -> None:
    hand.start(failing(hand, error))
    card = hand.settled_card(error)
    hand.press(card, "acknowledge", hand.ana)
    shown = eventually(lambda: (now := hand.card(error)) and "Acknowledged by" in str(now) and now)
    assert f"*{hand.ana['name']}*" in json.dumps(shown)
    assert hand.button(shown, "acknowledge") is None
    hand.notes.said.clear()
    hand.press(card, "acknowledge", hand.ben)
    [note] = eventually(lambda: hand.notes.said)
    assert "acknowledged this already" in note
    assert len([line for line in hand.thread(card) if "acknowledged" in line]) == 1


@pytest.mark.usefixtures("no_schedule")
def test_a_mute_holds_back_what_follows_and_its_end_says_how_many(hand: Hand, error: str) -> None:
    """Nothing sweeps meanwhile: it would end the mute, for it fails twelve times as often."""
    machine = failing(hand, error)
    hand.start(machine)
    card = hand.settled_card(error)
    assert hand.mute(card, reason="the supplier <!channel> is down") == {}
    muted = eventually(lambda: (now := hand.card(error)) and "Muted by" in str(now) and now)
    said = json.dumps(muted)
    assert "the supplier &lt;!channel&gt; is down" in said
    assert hand.button(muted, "unmute") is not None
    assert hand.button(muted, "mute") is None
    for _ in range(12):
        hand.start(machine)
    eventually(lambda: "12 failures held back" in json.dumps(hand.card(error)))
    assert not [line for line in hand.thread(card) if "so far" in line]
    hand.press(muted, "unmute", hand.ben)
    assert "12 failures were held back" in hand.told(card, "ended the mute")


def test_a_new_problem_under_a_mute_is_not_posted_until_the_mute_ends(
    hand: Hand, error: str
) -> None:
    machine = hand.machine(
        {
            "Which": {
                "Type": "Choice",
                "Choices": [{"Variable": "$.first", "BooleanEquals": True, "Next": "First"}],
                "Default": "Second",
            },
            "First": {"Type": "Fail", "Error": f"{error}First", "Cause": "one"},
            "Second": {"Type": "Fail", "Error": f"{error}Second", "Cause": "two"},
        }
    )
    hand.start(machine, {"first": True})
    card = hand.settled_card(f"{error}First")
    hand.mute(card, scope="machine")
    hand.start(machine, {"first": False})
    board = eventually(
        lambda: (said := json.dumps(hand.status())) and f"{error}Second" in said and said
    )
    assert "muted" in board
    assert hand.cards(f"{error}Second") == []
    hand.press(hand.card(f"{error}First"), "unmute")
    assert hand.card(f"{error}Second")


def test_a_mute_without_a_reason_is_refused_beside_the_field(hand: Hand, error: str) -> None:
    hand.start(failing(hand, error))
    card = hand.settled_card(error)
    answer = hand.mute(card, reason="  ")
    assert answer["response_action"] == "errors"
    assert "reason" in answer["errors"]
    assert "Muted by" not in json.dumps(hand.card(error))


def test_a_dialog_that_slack_no_longer_waits_for_is_told(hand: Hand, error: str) -> None:
    hand.start(failing(hand, error))
    card = hand.settled_card(error)
    hand.notes.said.clear()
    assert hand.press(card, "mute", trigger_id="1.1.long-gone") == 200
    [note] = eventually(lambda: hand.notes.said)
    assert "Press the button once more" in note


def test_a_button_of_another_version_is_told(hand: Hand, error: str) -> None:
    hand.start(failing(hand, error))
    card = hand.settled_card(error)
    hand.notes.said.clear()
    old = {"type": "button", "action_id": "redrive", "value": "of-old"}
    assert hand.press(card, "redrive", actions=[old]) == 200
    [note] = eventually(lambda: hand.notes.said)
    assert "another version" in note


def test_the_status_command_lists_open_alerts_with_links_and_mutes(hand: Hand, error: str) -> None:
    own = deps(hand)
    for mute in own.mutes.all():  # the board has room for three, and other tests leave theirs
        own.mutes.end(mute)
    machine = failing(hand, error)
    hand.start(machine)
    card = hand.settled_card(error)
    hand.press(card, "acknowledge")
    hand.mute(card, reason="a known one")
    board = eventually(
        lambda: (said := json.dumps(hand.status())) and "a known one" in said and said
    )
    assert error in board
    assert "acknowledged by" in board
    assert card["ts"].replace(".", "") in board, "a link to the card"
    assert '"response_type": "ephemeral"' in board


def test_somebody_of_another_workspace_may_not_act(hand: Hand, error: str) -> None:
    hand.start(failing(hand, error))
    card = hand.settled_card(error)
    hand.notes.said.clear()
    stranger = {**hand.person(hand.ana), "id": "U9STRANGER", "team_id": "T9ELSEWHERE"}
    assert hand.press(card, "acknowledge", stranger) == 200
    [note] = eventually(lambda: hand.notes.said)
    assert "Only members of this workspace" in note
    assert "Acknowledged by" not in json.dumps(hand.card(error))
