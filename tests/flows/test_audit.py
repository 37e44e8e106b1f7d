"""Whatever people do, or are refused, is in the audit: who, what, from where, what came of it."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from app.domain.alert import Alert
from app.domain.audit import Action, Entry, Refused, Surface
from app.domain.mutes import MuteScope
from app.domain.people import Person
from app.domain.transitions import NotAllowedError
from app.stores.audit import Kept
from app.use_cases import respond
from app.use_cases.record import record
from local.slack.people import USERS
from tests.asking import Asker
from tests.factories import asker, failure
from tests.hand import Hand, Json, eventually, unique
from tests.many import Many
from tests.own import alerts_apart, deps

pytestmark = pytest.mark.xdist_group("second world")

GUEST = {"id": "U09GUEST", "name": USERS["U09GUEST"].name}


@pytest.fixture
def error() -> str:
    return unique("E")


@pytest.fixture
def card(hand: Hand, error: str) -> Json:
    hand.start(hand.machine({"Fail": {"Type": "Fail", "Error": error}}))
    return hand.settled_card(error)


def id_of(card: Json) -> str:
    return str(card["metadata"]["event_payload"]["alert_id"])


def audit(hand: Hand, wanted: Callable[[Entry], bool] = lambda _: True) -> list[Kept]:
    """What was done within the last minutes, and is *wanted*."""
    now = datetime.now(UTC)
    kept = deps(hand).audit.between(now - timedelta(minutes=5), now + timedelta(minutes=1))
    return [one for one in kept if wanted(one.entry)]


def about(hand: Hand, card: Json) -> list[Kept]:
    return audit(hand, lambda entry: entry.alert_id == id_of(card))


def told(hand: Hand, card: Json, number: int = 1) -> list[Entry]:
    """The entries about the card's alert, once there are so many."""
    found: list[Kept] = eventually(lambda: len(all_ := about(hand, card)) >= number and all_)
    assert len(found) == number, found
    return [one.entry for one in found]


def orders(hand: Hand) -> tuple[str, str, Json]:
    """An execution of the example whose warehouse is closed, the warehouse, and the card."""
    warehouse = unique("W")
    hand.warehouse("closed")
    execution = hand.start(hand.example("let-it-fail"), {"warehouse": warehouse})
    return execution, warehouse, hand.settled_card(warehouse)


def test_a_button_is_kept_with_who_what_where_and_when(hand: Hand, card: Json) -> None:
    before = datetime.now(UTC)
    hand.press(card, "acknowledge", hand.ana)
    [entry] = told(hand, card)
    assert entry.action is Action.ACKNOWLEDGE
    assert entry.by == Person(hand.ana["id"], hand.ana["name"])
    assert (entry.place.surface, entry.place.channel, entry.place.ts) == (
        Surface.MESSAGE,
        hand.facts.channel,
        card["ts"],
    )
    assert before <= entry.at <= datetime.now(UTC)
    assert entry.refused is None
    assert str(entry.machine_arn).rpartition(":")[2] in json.dumps(card)


def test_a_redrive_is_kept_with_what_came_of_it_and_when(hand: Hand) -> None:
    execution, warehouse, card = orders(hand)
    hand.press(card, "redrive", hand.ben)
    hand.told(card, "failed again")
    hand.warehouse("open")
    again = eventually(
        lambda: (now := hand.settled_card(warehouse)) and "2 failures" in json.dumps(now) and now
    )
    hand.press(again, "redrive", hand.ana)
    hand.told(card, "Redrive succeeded")
    first, second = eventually(
        lambda: len(all_ := about(hand, card)) == 2 and all_[1].came[1:] and all_
    )
    assert [one.stage for one in first.came] == ["started", "failed_again"]
    assert [one.stage for one in second.came] == ["started", "succeeded"]
    assert first.entry.at < min(came.at for came in first.came)
    assert max(came.at for came in first.came) < second.entry.at
    assert first.entry.attempt is not None
    assert first.entry.attempt.execution_arn == execution
    assert [one.entry.attempt and one.entry.attempt.redrive_count for one in (first, second)] == [
        0,
        1,
    ]


def test_a_redrive_that_step_functions_refuses_is_kept_with_the_reason(
    hand: Hand, card: Json
) -> None:
    [execution] = [
        kept.alert.focus.execution_arn for kept in [deps(hand).alerts.get(id_of(card))] if kept
    ]
    machine = execution.replace(":execution:", ":stateMachine:").rpartition(":")[0]
    hand.stepfunctions.delete_state_machine(stateMachineArn=machine)
    hand.press(card, "redrive")
    [kept] = eventually(lambda: (all_ := about(hand, card)) and all_[0].came and all_)
    assert [one.stage for one in kept.came] == ["refused"]
    assert kept.came[0].detail


def test_two_who_click_at_once_have_one_that_is_done_and_one_that_came_too_late(
    hand: Hand,
) -> None:
    _, _, card = orders(hand)
    hand.at_once(
        lambda: hand.press(card, "redrive", hand.ana),
        lambda: hand.press(card, "redrive", hand.ben),
    )
    entries = told(hand, card, 2)
    [refused] = [one.refused.why for one in entries if one.refused]
    assert refused in {"recovering", "moved_on"}, "the redrive may have failed again by then"
    assert {one.by.id for one in entries} == {hand.ana["id"], hand.ben["id"]}


def test_a_dialog_that_is_opened_is_nothing_and_that_is_submitted_is_kept(
    hand: Hand, card: Json
) -> None:
    view = hand.modal(card, "restart")
    assert about(hand, card) == []
    assert hand.send_input(view, '{"shelf": 8}', hand.ben) == {}
    [kept] = eventually(lambda: (all_ := about(hand, card)) and all_[0].came[1:] and all_)
    assert kept.entry.action is Action.RESTART
    assert kept.entry.edited
    assert kept.entry.place.surface is Surface.MODAL
    assert ":sfn-alerts-" in str(kept.came[0].detail), "the execution that it started"


def test_a_mute_and_its_end_are_kept_with_its_reach_and_reason(hand: Hand, card: Json) -> None:
    assert hand.mute(card, reason="a known one") == {}
    muted = eventually(lambda: hand.button(now := hand.card(error_of(card)), "unmute") and now)
    hand.press(muted, "unmute", hand.ben)
    begun, ended = told(hand, card, 2)
    assert (begun.action, ended.action) == (Action.MUTE, Action.UNMUTE)
    assert begun.mute is not None
    assert begun.mute.reason == "a known one"
    assert begun.mute.until - begun.at == timedelta(hours=1)
    assert ended.mute == begun.mute
    assert ended.by.id == hand.ben["id"]


def error_of(card: Json) -> str:
    text = json.dumps(card)
    return text[text.index("*Error*\\n`") + 10 :].split("`")[0]


def test_a_choice_in_the_menu_is_kept_and_one_that_may_change_nothing_is_answered(
    hand: Hand, card: Json
) -> None:
    hand.notes.said.clear()
    for what in ("ask_again", "resolve"):
        chosen = {
            "type": "overflow",
            "action_id": "more",
            "selected_option": {"value": f"{what} {id_of(card)}"},
        }
        hand.press(card, "acknowledge", actions=[chosen])
        eventually(lambda: "hourglass" not in json.dumps(hand.card(error_of(card))))
    assert [one.action for one in told(hand, card, 2)] == [Action.ASK_AGAIN, Action.RESOLVE]
    assert hand.notes.said == ["Looking again: the card will say so if the answer has changed."]


def test_what_is_said_in_the_thread_is_kept_with_the_message_it_was_said_in(
    hand: Hand, card: Json
) -> None:
    ts = hand.say("@bot ack", card, hand.ben)
    [entry] = told(hand, card)
    assert entry.action is Action.ACKNOWLEDGE
    assert (entry.place.surface, entry.place.ts) == (Surface.TALK, ts)
    assert entry.by.id == hand.ben["id"]
    assert entry.at == datetime.fromtimestamp(float(ts), UTC)
    hand.say("@bot redrive the other", card, hand.ben)
    hand.say("@bot logs", card, hand.ben)
    hand.say("@bot ack", card, hand.ana)
    entries = told(hand, card, 2)
    assert entries[1].refused == Refused("acknowledged"), "what was only asked to be shown is not"


def test_a_reaction_is_kept(hand: Hand, card: Json) -> None:
    hand.react(card["ts"], "eyes", hand.ben)
    [entry] = told(hand, card)
    assert entry.action is Action.ACKNOWLEDGE
    assert (entry.place.surface, entry.place.ts) == (Surface.REACTION, card["ts"])


def test_outsiders_are_kept_wherever_they_try(hand: Hand, card: Json) -> None:
    hand.say("@bot redrive", card, GUEST)
    told(hand, card, 1)
    hand.react(card["ts"], "eyes", GUEST)
    told(hand, card, 2)
    stranger = {**hand.person(hand.ana), "id": "U9STRANGER", "team_id": "T9ELSEWHERE"}
    hand.press(card, "mute", stranger)
    entries = told(hand, card, 3)
    assert {one.refused for one in entries} == {Refused("outsider")}
    assert entries[0].machine_arn is not None, "the talk is of an alert that was looked at"
    assert [(one.action, one.by.id) for one in entries] == [
        (Action.REDRIVE, GUEST["id"]),
        (Action.ACKNOWLEDGE, GUEST["id"]),
        (Action.MUTE, "U9STRANGER"),
    ]


def test_what_outsiders_wanted_to_read_is_kept_with_where(hand: Hand, card: Json) -> None:
    before = datetime.now(UTC).replace(microsecond=0)  # as the local Slack's times begin
    guest = Asker(hand, GUEST)
    assert guest.ask()["text"] == "Only members of this workspace can ask about its alerts."
    answer = Asker(hand, hand.ana).ask()
    guest.press(answer, "share")
    hand.say("@bot logs", card, GUEST)
    hand.shortcut(card["ts"], GUEST)
    guest.home()

    def wanted() -> list[Kept]:
        return audit(
            hand,
            lambda one: one.by.id == GUEST["id"] and one.at > before and one.action is Action.READ,
        )

    kept: list[Kept] = eventually(lambda: len(found := wanted()) >= 5 and found)
    assert {one.entry.refused for one in kept} == {Refused("outsider")}
    assert sorted(one.entry.place.surface for one in kept) == [
        Surface.COMMAND,
        Surface.COMMAND,
        Surface.HOME,
        Surface.MESSAGE,
        Surface.TALK,
    ]
    assert all(one.entry.place.channel for one in kept if one.entry.place.surface != Surface.HOME)
    [shortcut] = [one.entry for one in kept if one.entry.place.surface is Surface.MESSAGE]
    assert shortcut.place.ts == card["ts"]


def test_what_is_done_in_the_home_and_in_an_answer_says_so(hand: Hand, card: Json) -> None:
    in_home = {"container": {"type": "view", "view_id": "V1"}, "channel": None, "message": None}
    hand.press(card, "acknowledge", **in_home)
    in_answer = {"container": {"type": "message", "is_ephemeral": True, "message_ts": "1.2"}}
    hand.press(card, "redrive", **in_answer)
    entries = told(hand, card, 2)
    assert [one.place.surface for one in entries] == [Surface.HOME, Surface.COMMAND]


def test_looking_for_what_was_missed_records_it_and_is_kept(hand: Hand) -> None:
    hand.notes.said.clear()
    hand.status(hand.ben, "missing")
    [kept, *_] = eventually(
        lambda: audit(
            hand, lambda one: one.action is Action.RECORD_MISSING and one.by.id == hand.ben["id"]
        )
    )
    assert kept.entry.place.surface is Surface.COMMAND
    # Its answer is no other test's.
    eventually(lambda: any("24 hours" in one for one in hand.notes.said))


def test_a_recovery_of_many_is_kept_with_its_terms_its_stop_and_its_end(hand: Hand) -> None:
    many = Many(hand)
    many.fail(3)
    many.repair()
    own, alert_id = deps(hand), id_of(many.card())
    respond.recover_all(own, alert_id, asker(Person(hand.ana["id"], "Ana")))
    [kept] = eventually(
        lambda: (
            (all_ := audit(hand, lambda one: one.alert_id == alert_id)) and all_[0].came and all_
        ),
        within=60,
    )
    assert kept.entry.action is Action.RECOVER_ALL
    assert kept.entry.terms is not None
    assert [(one.stage, one.detail) for one in kept.came] == [
        ("ended", "3 succeeded, 0 failed again")
    ]


class CrashedError(BaseException):
    """The process is gone: nobody catches that."""


def dies_at(hand: Hand, number: int) -> Callable[[str], Any]:
    """Clients of a process that is gone before its *number*-th write, or after the first."""
    writes: list[str] = []

    def before(model: Any, **_: object) -> None:
        if model.name in {"PutItem", "UpdateItem", "DeleteItem", "TransactWriteItems"}:
            writes.append(model.name)
            if len(writes) == number:
                raise CrashedError

    def client(service: str) -> Any:
        made = hand.world.client(service)
        made.meta.events.register("before-call.*.*", before)
        return made

    return client


def mute(hand: Hand, card: Json, **more: Any) -> Alert:
    return respond.mute(
        deps(hand, **more),
        id_of(card),
        asker(Person(hand.ana["id"], "Ana")),
        scope=MuteScope.ERROR_HERE,
        length=timedelta(hours=1),
        reason="known",
    )


def end_mute(hand: Hand, card: Json, **more: Any) -> None:
    [key] = [one.key for one in deps(hand).mutes.all() if one.error == error_of(card)]
    respond.end_mute(deps(hand, **more), key, asker(Person(hand.ana["id"], "Ana")))


def close(hand: Hand, card: Json, **more: Any) -> Alert:
    return respond.close(deps(hand, **more), id_of(card), asker())


@pytest.mark.parametrize("deed", [mute, end_mute, close])
def test_wherever_the_process_dies_nothing_is_done_that_is_not_kept_nor_kept_that_is_not_done(
    hand: Hand, card: Json, error: str, deed: Callable[..., object]
) -> None:
    if deed is end_mute:
        mute(hand, card)
    own = deps(hand)
    before = own.alerts.get(id_of(card))
    kept_before = len(audit(hand, lambda one: error in str(one)))
    assert before is not None
    for number in range(1, 4):
        try:
            deed(hand, card, client=dies_at(hand, number))
        except CrashedError:
            after = own.alerts.get(id_of(card))
            assert after is not None
            kept = len(audit(hand, lambda one: error in str(one) or one.alert_id == id_of(card)))
            changed = after.alert.mute != before.alert.mute or (
                after.alert.status != before.alert.status
            )
            assert (kept > kept_before) == changed
        else:
            break
    else:
        pytest.fail("it was never done")
    assert number > 1, "it never died"
    for left in own.mutes.all():
        if left.error == error:
            own.mutes.end(left)


def test_a_write_of_somebody_else_in_between_leaves_one_entry(hand: Hand, card: Json) -> None:
    """The transaction is refused and made again of the alert as it is then."""
    own = deps(hand)
    by = asker(Person(hand.ana["id"], "Ana"))
    raced: list[Alert] = []
    inner = own.alerts._write_together

    def late(update: Any, puts: Any) -> bool:
        if not raced:
            raced.append(respond.acknowledge(deps(hand), id_of(card), asker()))
        return inner(update, puts)

    own.alerts._write_together = late  # type: ignore[method-assign]
    respond.close(own, id_of(card), by)
    assert raced
    assert {one.action for one in told(hand, card, 2)} == {Action.ACKNOWLEDGE, Action.RESOLVE}


def test_the_same_request_delivered_twice_has_one_entry(hand: Hand) -> None:
    at, by = datetime.now(UTC), asker()
    length, scope = timedelta(hours=1), MuteScope.ERROR_HERE
    with alerts_apart(hand) as apart:
        own = deps(hand, table=apart._table, now=lambda: at)
        [alert_id] = record(own, [failure()])
        respond.acknowledge(own, alert_id, by)
        respond.acknowledge(own, alert_id, by)
        respond.mute(own, alert_id, by, scope=scope, length=length, reason="known")
        respond.unmute(own, alert_id, by)
        with pytest.raises(NotAllowedError):
            respond.unmute(own, alert_id, by)
        entries = [one.entry for one in own.audit.between(at, at)]
    assert {one.action for one in entries} == {Action.ACKNOWLEDGE, Action.MUTE, Action.UNMUTE}
    assert len(entries) == 3
    assert {one.refused for one in entries} == {None}, "what was done stays done"


def test_entries_outlive_alerts_and_end_after_a_year(hand: Hand, card: Json) -> None:
    hand.press(card, "acknowledge")
    [entry] = told(hand, card)
    month = f"audit#{entry.at:%Y-%m}"
    items = hand.dynamodb.query(
        TableName="sfn-alerts-local",
        KeyConditionExpression="pk = :pk",
        ExpressionAttributeValues={":pk": {"S": month}},
    )["Items"]
    [item] = [one for one in items if one["sk"]["S"].endswith(entry.key.id)]
    year = timedelta(days=365)
    assert int(item["expires_at"]["N"]) == int((entry.at + year).timestamp())
    assert item["schema"] == {"N": "1"}
