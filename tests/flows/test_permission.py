"""What alerts.yml keeps to some, others are refused: everywhere, with who may."""

import json
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from msgspec.structs import replace
from slack_sdk import WebClient

from app import config
from app.answers.talk import Conversation
from app.domain.audit import Refused
from app.domain.mutes import MuteScope
from app.domain.people import Person
from app.domain.transitions import NotAllowedError
from app.members import Members
from app.slack.bolt import Endpoint, endpoint
from app.stores.errands import Talk
from app.use_cases import respond
from app.user_groups import UserGroups
from tests.factories import asker
from tests.hand import Hand, Json, Notes, eventually, unique
from tests.own import deps

pytestmark = pytest.mark.xdist_group("world")

RULES = """
channel: "#sfn-alerts"
may:
  redrive: "@data-oncall"
  restart: "@data-oncall"
  recover_all: "@data-oncall"
  mute: [S01DATA, U09OTHER1]
  acknowledge: "@data-oncall"
  resolve: "@no-such-group"
"""


class Kept(Hand):
    """A hand whose presses meet an app of its own, with rules that keep things to some."""

    def __init__(self, hand: Hand, app: Endpoint) -> None:
        self.__dict__.update(hand.__dict__)
        self._app = app
        self.chen = hand.facts.users[2]

    def send_raw(self, body: bytes, headers: dict[str, str]) -> tuple[int, str]:
        typed = {"content-type": "application/x-www-form-urlencoded", **headers}
        answer = self._app.handle({"headers": typed, "body": body.decode()})
        return int(answer["statusCode"]), str(answer["body"])


@pytest.fixture
def kept(hand: Hand) -> Iterator[Kept]:
    impatient = WebClient(
        token=hand.facts.bot_token,
        base_url=hand.facts.slack_api_url,
        timeout=1,
        retry_handlers=[],
    )
    groups = UserGroups(lambda: impatient, lambda: datetime.now(UTC))
    rules = config.rules_of(config.read(RULES))
    own = replace(deps(hand), rules=rules, belongs=groups.belongs)
    app = endpoint(
        deps=lambda: own,
        client=WebClient(base_url=hand.facts.slack_api_url, retry_handlers=[]),
        bot_token=lambda: hand.facts.bot_token,
        signing_secret=lambda: hand.facts.signing_secret,
        now=time.time,
    )
    one = Kept(hand, app)
    one.notes.said.clear()
    yield one
    hand.world.slack.clear_faults()


@pytest.fixture
def card(hand: Hand) -> Json:
    error = unique("E")
    hand.start(hand.machine({"Fail": {"Type": "Fail", "Error": error}}))
    return hand.settled_card(error)


def id_of(card: Json) -> str:
    return str(card["metadata"]["event_payload"]["alert_id"])


@pytest.mark.parametrize(
    ("action_id", "deed"),
    [("redrive", "redrive this"), ("restart", "restart this"), ("acknowledge", "acknowledge")],
)
def test_a_button_that_is_not_for_everybody_names_who_may(
    kept: Kept, card: Json, action_id: str, deed: str
) -> None:
    assert kept.press(card, action_id, kept.chen) == 200
    [note] = eventually(lambda: kept.notes.said)
    assert f"Only *@data-oncall* may {deed}" in note
    stored = deps(kept).alerts.get(id_of(card))
    assert stored is not None
    assert stored.alert.status.value == "open"


def test_a_member_of_the_group_may(kept: Kept, card: Json) -> None:
    kept.press(card, "acknowledge", kept.ben)
    eventually(lambda: "Acknowledged by" in json.dumps(kept.card(_error(card))))
    assert kept.notes.said == []


def test_a_dialog_asks_again_when_it_is_submitted(kept: Kept, card: Json) -> None:
    metadata = json.loads(json.dumps(kept.button(card, "restart")))["value"]
    answer = kept.submit(
        "restart_modal", metadata, {"input": {"input": {"value": "{}"}}}, kept.chen
    )
    assert answer["errors"]["input"] == "Only @data-oncall may restart this."
    values: Any = {
        "scope": {"scope": {"selected_option": {"value": "error_here"}}},
        "length": {"length": {"selected_option": {"value": "1h"}}},
        "reason": {"reason": {"value": "known"}},
    }
    answer = kept.submit("mute_modal", id_of(card), values, kept.chen)
    assert answer["errors"]["reason"] == "Only those whom alerts.yml names may mute or unmute this."
    assert kept.submit("mute_modal", id_of(card), values, kept.ana) == {}


def test_what_is_said_in_the_thread_is_held_to_the_same(kept: Kept, card: Json) -> None:
    own = replace(
        deps(kept),
        rules=config.rules_of(config.read(RULES)),
        belongs=UserGroups(lambda: kept.slack, lambda: datetime.now(UTC)).belongs,
    )
    conversation = Conversation(own, lambda: kept.slack, Members(lambda: kept.slack))
    channel = kept.facts.channel
    said = kept.slack.chat_postMessage(channel=channel, thread_ts=card["ts"], text="x")
    bot = kept.slack.auth_test()["user_id"]
    conversation.talk(
        Talk(
            user_id=kept.chen["id"],
            channel=channel,
            ts=str(said["ts"]),
            text=f"<@{bot}> redrive",
            thread_ts=card["ts"],
        )
    )
    seen = kept.world.slack.seen_by(kept.chen["id"])["messages"][channel]
    assert any("Only *@data-oncall* may redrive this" in one["text"] for one in seen)


@pytest.mark.parametrize(
    "fault",
    [
        {"mode": "error", "error": "plan_upgrade_required"},
        {"mode": "error", "error": "missing_scope"},
        {"mode": "rate_limit", "retry_after": 30},
        {"mode": "server_error"},
        {"mode": "slow", "seconds": 1.5},
    ],
    ids=lambda fault: fault.get("error", fault["mode"]),
)
def test_a_group_that_can_not_be_read_lets_nobody_in(kept: Kept, card: Json, fault: Json) -> None:
    method = {"method": "usergroups.users.list", "times": 3}
    kept.world.slack.control("faults", {**method, **fault})
    kept.press(card, "acknowledge", kept.ben)
    [note] = eventually(lambda: kept.notes.said)
    assert "Slack does not tell just now who is in *@data-oncall*" in note


def test_a_group_that_does_not_exist_lets_nobody_in(kept: Kept, card: Json) -> None:
    own = replace(
        deps(kept),
        rules=config.rules_of(config.read(RULES)),
        belongs=UserGroups(lambda: kept.slack, lambda: datetime.now(UTC)).belongs,
    )
    by = Person(kept.ana["id"], "Ana")
    with pytest.raises(NotAllowedError) as refused:
        respond.close(own, id_of(card), asker(by))
    assert refused.value.lacking is not None
    assert not refused.value.lacking.unknown


def _error(card: Json) -> str:
    text = json.dumps(card)
    return text[text.index("*Error*\\n`") + 11 :].split("`")[0]


def refusals(kept: Kept, about: str, by: Json) -> list[Refused | None]:
    """What came of what this person wanted of an alert, by its id, or of a mute, by its key."""
    now = datetime.now(UTC)
    found = deps(kept).audit.between(now - timedelta(minutes=2), now)
    entries = [one.entry for one in found]
    return [
        one.refused
        for one in entries
        if one.by.id == by["id"] and about in {one.alert_id, one.scope}
    ]


def test_a_refusal_is_kept_with_the_rule_that_says_who_may(kept: Kept, card: Json) -> None:
    for action_id in ("redrive", "mute"):
        kept.press(card, action_id, kept.chen)
    assert refusals(kept, id_of(card), kept.chen) == [
        Refused("not_permitted", "may.redrive"),
        Refused("not_permitted", "may.mute"),
    ]


def test_who_could_not_be_looked_up_is_kept_as_that(kept: Kept, card: Json) -> None:
    fault = {"method": "usergroups.users.list", "mode": "error", "error": "plan_upgrade_required"}
    kept.world.slack.control("faults", {**fault, "times": 3})
    kept.press(card, "acknowledge", kept.ben)
    assert refusals(kept, id_of(card), kept.ben) == [
        Refused("membership_unknown", "may.acknowledge")
    ]


def end(kept: Kept, card: Json, key: str, by: Json) -> list[str]:
    """Press the button of the mute's row, in an answer; what is said before the answer is anew."""
    pressed = {"type": "button", "action_id": "end_mute", "value": key}
    in_answer = {"type": "message", "is_ephemeral": True, "message_ts": "1.2"}
    notes = Notes()
    more = {"actions": [pressed], "container": in_answer, "response_url": notes.url}
    kept.press(card, "acknowledge", by, **more)
    eventually(
        lambda: (
            notes.said and ("in force" in notes.said[-1] or "Nothing is muted" in notes.said[-1])
        )
    )
    notes.close()
    return notes.said[:-1]


def test_a_mute_that_covers_no_open_alert_is_theirs_to_end_who_may_mute(
    kept: Kept, card: Json
) -> None:
    own, ana = deps(kept), asker(Person(kept.ana["id"], "Ana"))
    length, scope = timedelta(hours=1), MuteScope.ERROR_HERE
    muted = respond.mute(own, id_of(card), ana, scope=scope, length=length, reason="known")
    respond.close(own, id_of(card), ana)
    assert muted.mute is not None
    key = muted.mute.key
    eventually(lambda: not any(one.alert.mute == muted.mute for one in own.alerts.unresolved()))

    [note] = end(kept, card, key, kept.chen)
    assert note == ":lock: Only <!subteam^S01DATA> or <@U09OTHER1> may mute or unmute this."
    assert muted.mute in own.mutes.all()
    assert refusals(kept, key, kept.chen) == [Refused("not_permitted", "may.mute")]

    assert end(kept, card, key, kept.ana) == []
    assert muted.mute not in own.mutes.all()
    assert refusals(kept, key, kept.ana) == [None]
    assert end(kept, card, key, kept.ana) == ["This mute has ended already."]
    assert refusals(kept, key, kept.ana) == [None, Refused("mute_ended")]


@pytest.mark.parametrize(
    ("who", "scope"), [(0, MuteScope.ERROR_EVERYWHERE), (2, MuteScope.ERROR_HERE)]
)
def test_who_may_not_mute_one_of_them_may_not_mute_them_all(
    kept: Kept, card: Json, who: int, scope: MuteScope
) -> None:
    rules = f"""
channel: "#sfn-alerts"
rules:
  - when: {{state_machine: "billing-*"}}
    may: {{mute: {kept.ana["id"]}}}
"""
    own = replace(deps(kept), rules=config.rules_of(config.read(rules)))
    chen, everywhere = asker(Person(kept.chen["id"], "Chen")), MuteScope.ERROR_EVERYWHERE
    length, reason = timedelta(hours=1), "known"
    with pytest.raises(NotAllowedError) as refused:
        respond.mute(own, id_of(card), chen, scope=everywhere, length=length, reason=reason)
    assert refused.value.lacking
    assert refused.value.lacking.place == "rules[0].may.mute"
    another = asker(Person(kept.facts.users[who]["id"], "another"))
    muted = respond.mute(own, id_of(card), another, scope=scope, length=length, reason=reason)
    assert muted.mute
    own.mutes.end(muted.mute)
