"""Everything that one can ask with /sfn-status, asked in the world."""

import json
import time
import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from msgspec.structs import replace
from slack_sdk import WebClient

from app.answers import Answers
from app.catalogue import Catalogue
from app.deps import Deps
from app.domain.people import Person
from app.step_functions import StepFunctions
from app.stores.errands import Question
from app.use_cases.record import record
from local.slack.people import USERS
from tests.asking import Asker, buttons, texts
from tests.calls import counted
from tests.factories import failure
from tests.hand import Hand, Json, eventually, unique
from tests.own import MACHINES_ARN, deps
from tests.wire import StepFunctionsWire

pytestmark = pytest.mark.xdist_group("second world")


@pytest.fixture
def ana(hand: Hand) -> Asker:
    return Asker(hand, hand.ana)


@pytest.fixture
def error() -> str:
    return unique("E")


def failing(hand: Hand, error: str) -> str:
    return hand.machine({"Fail": {"Type": "Fail", "Error": error, "Cause": "because"}})


def failed(hand: Hand, error: str) -> tuple[str, str, Json]:
    """A state machine, its execution that has failed, and its card with a verdict."""
    machine = failing(hand, error)
    execution = hand.start(machine)
    return machine, execution, hand.settled_card(error)


def permalink(card: Json) -> str:
    return f"p{card['ts'].replace('.', '')}"


def test_the_board_is_in_the_response_itself_with_pages(hand: Hand, ana: Asker) -> None:
    sort, now = unique("Sort"), datetime.now(UTC)
    record(
        deps(hand),
        [
            replace(failure(uuid.uuid4().hex, machine=f"{sort}-{n}", error=sort), stopped_at=now)
            for n in range(24)
        ],
    )
    eventually(lambda: len(hand.cards(sort)) == 24)
    board = hand.status()
    assert board["response_type"] == "ephemeral"
    assert "open alerts" in board["text"]
    assert "Failures an hour, over the last 24 hours" in texts(board)
    first = ana.ask()
    second = ana.turned(first, "ask.next")
    assert second["ts"] == first["ts"], "the next page takes the place of the first"
    assert "Page 2 of" in texts(second)
    assert ana.turned(second, "ask.previous")["blocks"] != second["blocks"]


def test_help_is_in_the_response_itself(hand: Hand) -> None:
    assert "What you can ask" in texts(hand.status(text="help"))


def test_a_state_machine_is_found_by_its_name_a_part_of_it_its_arn_and_its_link(
    hand: Hand, ana: Asker, error: str
) -> None:
    machine, execution, card = failed(hand, error)
    name = machine.split(":")[-1]
    page = f"https://console.aws.amazon.com/states/home#/statemachines/view/{machine}"
    for words in (name, name.upper(), name[:-1], name[2:], machine, f"<{page}>"):
        answer = ana.ask(words)
        told = texts(answer)
        assert f"|{name}>*\n*0 %* succeeded in the last 24 hours: 0 of 1 execution" in told, words
        assert execution.split(":")[-1] in told
        assert f"`{error}`" in told
        assert permalink(card) in told
        assert "A redrive can't help" in told


def test_an_exact_name_costs_one_description_and_one_list(hand: Hand, error: str) -> None:
    machine, _, _ = failed(hand, error)
    here = deps(hand)
    client = hand.world.client("stepfunctions")
    asked = counted(client)
    functions = StepFunctions(lambda: client)
    catalogue = Catalogue(functions.machines, here.now, MACHINES_ARN)
    ask(hand, replace(here, step_functions=functions, catalogue=catalogue), machine.split(":")[-1])
    assert asked == ["DescribeStateMachine", "ListExecutions"]


def test_the_list_of_state_machines_is_kept_for_a_minute(hand: Hand) -> None:
    here = deps(hand)
    later = timedelta()
    client = hand.world.client("stepfunctions")
    asked = counted(client)
    functions = StepFunctions(lambda: client)
    catalogue = Catalogue(functions.machines, lambda: here.now() + later, MACHINES_ARN)
    catalogue.all()
    catalogue.all()
    catalogue.all(fresh=True)
    assert len(asked) == 1
    later = timedelta(seconds=10)
    catalogue.all()
    assert len(asked) == 1
    catalogue.all(fresh=True)
    assert len(asked) == 2
    later = timedelta(seconds=75)
    catalogue.all()
    assert asked == ["ListStateMachines"] * 3


def test_of_several_state_machines_one_is_chosen(hand: Hand, ana: Asker) -> None:
    both = unique("m-twins-")
    for end in ("a", "b"):
        hand.stepfunctions.create_state_machine(
            name=f"{both}-{end}",
            definition=hand.definition({"Fail": {"Type": "Fail"}}),
            roleArn="arn:aws:iam::000000000000:role/any",
        )
    time.sleep(1.1)  # a list of state machines that was made within the second is not made anew
    answer = ana.ask(both)
    assert "2 state machines may be meant" in texts(answer)
    chosen = ana.turned(answer, "ask", place=1)
    assert f"{both}-b" in texts(chosen)
    assert "It has no executions" in texts(chosen)
    assert "No open alerts" in texts(chosen)


def test_a_name_that_nothing_has_is_answered_with_the_nearest(ana: Asker) -> None:
    answer = ana.ask("let-it-fial")
    assert "no state machine and no execution called `let-it-fial`" in texts(answer)
    assert "Did you mean one of these?" in texts(answer)
    chosen = ana.turned(answer, "ask.near0")
    assert "sfn-alerts-local-let-it-fail" in texts(chosen)


def test_an_execution_is_found_by_its_arn_its_name_and_links(
    hand: Hand, ana: Asker, error: str
) -> None:
    _, execution, card = failed(hand, error)
    console = "https://us-east-1.console.aws.amazon.com/states/home?region=us-east-1#"
    link = f"<{console}/v2/executions/details/{execution}|the page>"
    for words in (execution, execution.split(":")[-1], link):
        told = texts(ana.ask(words))
        assert f"|{execution.split(':')[-1]}>* of `" in told, words
        assert f"*Error* `{error}`" in told
        assert "because" in told
        assert "✗ Fail" in told
        assert permalink(card) in told
        assert "Restart…" in told


def test_the_buttons_act_on_what_is_shown_and_the_answer_is_drawn_anew(
    hand: Hand, ana: Asker, error: str
) -> None:
    machine, execution, card = failed(hand, error)
    for words in (machine, execution):
        answer = ana.ask(words)
        if buttons(answer, "acknowledge"):
            answer = ana.turned(answer, "acknowledge")
        assert "acknowledged by *" in texts(answer)
        assert not buttons(answer, "acknowledge")
    hand.told(card, "acknowledged, after")


def test_what_is_chosen_in_a_menu_is_shown_too(hand: Hand, ana: Asker, error: str) -> None:
    _, execution, _ = failed(hand, error)
    answer = ana.ask(execution)
    menu = buttons(answer, "more")[0]
    chosen = next(one for one in menu["options"] if "Resolve" in one["text"]["text"])
    ana.act(answer, {**menu, "selected_option": chosen})
    drawn = eventually(lambda: "resolved ·" in texts(now := ana.at(answer["ts"])) and now)
    assert not buttons(drawn, "restart")
    eventually(lambda: "is resolved" in hand.card(error)["text"])


def test_a_modal_opened_from_an_answer_does_what_it_says(
    hand: Hand, ana: Asker, error: str
) -> None:
    _, execution, card = failed(hand, error)
    ana.press(ana.ask(execution), "mute")
    view = hand.world.slack.seen_by(hand.ana["id"])["modal"]
    said = hand.world.slack.do("submit", user=hand.ana["id"], view_id=view["id"], state=MUTED)
    assert said["ok"], said
    hand.told(card, "muted")


MUTED = {
    "scope": {"scope": {"selected_option": {"value": "error_here"}}},
    "length": {"length": {"selected_option": {"value": "1h"}}},
    "reason": {"reason": {"value": "the supplier is down"}},
}


def test_no_secret_is_in_an_answer(hand: Hand, ana: Asker, error: str) -> None:
    cause = "no connection with password=hunter2 to the warehouse"
    machine = hand.machine({"Fail": {"Type": "Fail", "Error": error, "Cause": cause}})
    execution = hand.start(machine)
    hand.settled_card(error)
    told = texts(ana.ask(execution))
    assert "no connection with password=" in told
    assert "hunter2" not in told


def test_an_execution_that_went_well_has_no_alert(hand: Hand, ana: Asker) -> None:
    execution = hand.start(hand.machine({"Go": {"Type": "Pass", "End": True}}))
    hand.ended(execution, "SUCCEEDED")
    told = texts(ana.ask(execution))
    assert "succeeded" in told
    assert "✓ Go" in told
    assert "No alert knows of this execution" in told


def test_another_execution_of_the_same_problem_leads_to_its_alert(
    hand: Hand, ana: Asker, error: str
) -> None:
    machine, first, card = failed(hand, error)
    hand.ended(hand.start(machine), "FAILED")
    eventually(lambda: "2 failures" in json.dumps(hand.card(error)))
    second = next(
        one["executionArn"]
        for one in hand.stepfunctions.list_executions(stateMachineArn=machine)["executions"]
        if one["executionArn"] != first
    )
    shown = [ana.ask(first), ana.ask(second)]
    assert sum("act on another execution" in texts(one) for one in shown) == 1
    assert all(permalink(card) in texts(one) for one in shown)
    assert all("A redrive can't help" in texts(one) for one in shown)


def test_what_step_functions_can_not_tell_is_said(ana: Asker) -> None:
    here = "arn:aws:states:us-east-1:000000000000"
    gone = ana.ask(f"{here}:execution:orders:{uuid.uuid4()}")
    assert "Step Functions does not know this execution" in texts(gone)
    express = ana.ask(f"{here}:express:orders:run:{uuid.uuid4()}")
    assert "This is an Express execution" in texts(express)
    other = ana.ask(f"arn:aws:states:eu-west-1:123456789012:execution:orders:{uuid.uuid4()}")
    assert "I can't act in account 123456789012, region eu-west-1" in texts(other)
    machine = ana.ask("arn:aws:states:eu-west-1:123456789012:stateMachine:orders")
    assert "I can't act in account 123456789012, region eu-west-1" in texts(machine)
    unknown = texts(ana.ask(f"{here}:stateMachine:{uuid.uuid4()}"))
    assert "I found no state machine" in unknown
    assert "I find any execution" not in unknown


def test_an_express_state_machine_has_no_list_of_executions(hand: Hand, ana: Asker) -> None:
    name = unique("m-express-")
    hand.stepfunctions.create_state_machine(
        name=name,
        type="EXPRESS",
        definition=hand.definition({"Go": {"Type": "Pass", "End": True}}),
        roleArn="arn:aws:iam::000000000000:role/any",
    )
    assert "An Express state machine" in texts(ana.ask(name))


def test_an_answer_is_shared_with_everybody_and_says_by_whom(
    hand: Hand, ana: Asker, error: str
) -> None:
    _, execution, _ = failed(hand, error)
    ana.press(ana.ask(execution), "share")
    shared = eventually(lambda: [one for one in hand.cards("Shared by *ana*") if error in str(one)])
    assert f"*Error* `{error}`" in texts(shared[0])
    assert not buttons(shared[0], "share")
    assert not buttons(shared[0], "restart")


def test_mutes_are_listed_with_what_they_held_back_and_ended_one_by_one(
    hand: Hand, ana: Asker, error: str
) -> None:
    machine, _, card = failed(hand, error)
    hand.mute(card, reason="the supplier is down")
    hand.told(card, "muted")
    hand.start(machine)

    def held() -> Json | None:
        answer = ana.ask("mutes")
        return (
            answer
            if f"`{error}`" in texts(answer) and "1 failure held back" in texts(answer)
            else None
        )

    answer = eventually(held)
    assert "the supplier is down" in texts(answer)
    unmute = next(one for one in buttons(answer, "end_mute") if error in one["value"])
    place = buttons(answer, "end_mute").index(unmute)
    changed = ana.turned(answer, "end_mute", place=place)
    assert f"`{error}`" not in texts(changed)
    assert hand.told(card, "ended the mute").startswith(":bell: *")
    before = ana.seen()[-1]["ts"]
    hand.world.slack.do(
        "act", user=hand.ana["id"], channel=ana.channel, ts=answer["ts"], action=unmute
    )
    notes = eventually(lambda: ana.whispers(after=before))
    assert "This mute has ended already" in notes[0]["text"]


def test_nobody_of_another_workspace_gets_an_answer(hand: Hand, ana: Asker) -> None:
    guest_id = next(one.id for one in USERS.values() if one.team != hand.facts.team)
    guest = Asker(hand, {"id": guest_id, "name": "Gil"})
    for words in ("", "help", "mutes", "missing", "sfn-alerts-local-let-it-fail"):
        assert guest.ask(words)["text"].startswith("Only members of this workspace")
    answer = ana.ask()
    guest.press(answer, "share")
    guest.press(answer, "ask.again")
    notes = eventually(lambda: guest.whispers()[5:7][1:])
    assert notes[0]["text"].startswith("Only members of this workspace")


@pytest.mark.parametrize(
    ("code", "told"),
    [
        ("AccessDeniedException", "I have no permission to ask Step Functions"),
        ("ThrottlingException", "Step Functions could not be asked just now"),
    ],
)
def test_when_step_functions_does_not_answer_that_is_said(hand: Hand, code: str, told: str) -> None:
    wire = StepFunctionsWire(lambda *_: (400, {"__type": code, "message": "no"}))
    functions = StepFunctions(lambda: wire.client)
    here = deps(hand)
    catalogue = Catalogue(functions.machines, here.now, MACHINES_ARN)
    assert told in ask(hand, replace(here, step_functions=functions, catalogue=catalogue), "orders")
    wire.close()


def ask(hand: Hand, here: Deps, words: str) -> str:
    """Have the answer function's parts answer, with these parts in it; the text of the answer."""
    hand.notes.said.clear()
    question = Question(
        words=words, by=Person("U01ANA", "Ana"), response_url=hand.notes.url, replace=True
    )
    Answers(here, _no_slack).run(question)
    [said] = hand.notes.said
    return said


@pytest.mark.parametrize("replace_", [False, True])
def test_only_who_waits_long_is_told_that_it_is_looked_at(
    hand: Hand,
    monkeypatch: pytest.MonkeyPatch,
    replace_: bool,  # noqa: FBT001
) -> None:
    """A button's answer stands meanwhile where its question does."""
    hand.notes.said.clear()
    question = Question(
        words="nosuch", by=Person("U01ANA", "Ana"), response_url=hand.notes.url, replace=replace_
    )
    here = deps(hand)
    monkeypatch.setattr("app.answers.questions.PATIENCE_SECONDS", 0.0)
    Answers(here, _no_slack).run(question)
    first = [] if replace_ else [":mag: Looking at `nosuch`…"]
    assert hand.notes.said[:-1] == first
    assert "Looking" not in hand.notes.said[-1]
    hand.notes.said.clear()
    monkeypatch.setattr("app.answers.questions.PATIENCE_SECONDS", 60.0)
    Answers(here, _no_slack).run(question)
    assert len(hand.notes.said) == 1


def _no_slack() -> WebClient:
    message = "questions are answered through their response URL"
    raise AssertionError(message)


def test_an_old_button_is_told_and_nothing_breaks(hand: Hand, ana: Asker) -> None:
    answer = ana.ask("help")
    old: dict[str, Any] = {**buttons(answer, "share")[0], "value": "of-old"}
    before = ana.seen()[-1]["ts"]
    hand.world.slack.do(
        "act", user=hand.ana["id"], channel=ana.channel, ts=answer["ts"], action=old
    )
    assert "another version" in eventually(lambda: ana.whispers(after=before))[0]["text"]
