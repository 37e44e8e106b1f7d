"""A handle is looked up for a card, and whatever goes wrong with that, the card goes out."""

import json
import logging
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.client import HTTPException

import pytest
from msgspec.structs import replace
from slack_sdk import WebClient

from app import config
from app.deps import Deps
from app.domain.changes import Muted
from app.domain.lifecycle import apply
from app.domain.mutes import Mute
from app.domain.people import Person
from app.publisher import Publisher
from app.use_cases.record import record
from app.user_groups import UserGroups
from tests.factories import failure
from tests.hand import Hand, Json, unique
from tests.own import apart, own_publisher

pytestmark = pytest.mark.xdist_group("second world")

RULES = """
channel: "#sfn-alerts"
rules:
  - when: {error: "Group*"}
    mention: "@billing-oncall"
  - when: {error: "Nobody*"}
    mention: "@nobody-oncall"
  - when: {error: "Live*"}
    severity: high
    mention: "@here"
  - when: {error: "Low*"}
    severity: low
    mention: "@billing-oncall"
"""


@dataclass
class Desk:
    """A publisher in this process, with a table and a clock of its own."""

    hand: Hand
    deps: Deps
    later: timedelta = timedelta()
    publisher: Publisher = field(init=False)

    def __post_init__(self) -> None:
        self.begin()

    def begin(self) -> None:
        """As in a fresh process."""
        facts = self.hand.facts
        quick = WebClient(
            token=facts.bot_token, base_url=facts.slack_api_url, timeout=1, retry_handlers=[]
        )
        groups = UserGroups(lambda: quick, lambda: datetime.now(UTC) + self.later)
        self.publisher = own_publisher(self.hand, self.deps, groups)

    def recorded(self, error: str) -> str:
        [alert_id] = record(self.deps, [failure(uuid.uuid4().hex, error=error)])
        return alert_id

    def posted(self, kind: str) -> Json:
        """The card of a new alert."""
        error = unique(kind)
        self.publisher.publish(self.recorded(error))
        [card] = self.hand.cards(error)
        return card

    def fault(self, method: str, mode: str, **more: object) -> None:
        self.hand.world.slack.control("faults", {"method": method, "mode": mode, **more})

    def asked(self) -> int:
        calls: list[Json] = self.hand.world.slack.control("log")["calls"]
        return sum(one["method"] == "usergroups.list" for one in calls)


@pytest.fixture
def desk(hand: Hand) -> Iterator[Desk]:
    rules = config.rules_of(config.read(RULES))
    with apart(hand) as own:
        yield Desk(hand, replace(own, rules=rules))
    hand.world.slack.clear_faults()


def test_a_handle_becomes_its_group_and_the_list_is_read_once(desk: Desk) -> None:
    asked = desk.asked()
    for _ in range(3):
        assert desk.posted("Group")["text"].endswith("* <!subteam^S02BILL>")
    assert desk.asked() == asked + 1
    desk.later = timedelta(hours=1)
    desk.posted("Group")
    assert desk.asked() == asked + 2, "a handle may get another group in time"


def test_only_a_handle_on_a_card_that_is_posted_is_looked_up(desk: Desk) -> None:
    asked = desk.asked()
    assert desk.posted("Live")["text"].endswith("* <!here>")
    assert desk.posted("Middle")["text"].endswith("*")
    low = unique("Low")
    desk.publisher.publish(desk.recorded(low))
    muted = unique("Group")
    alert_id, now = desk.recorded(muted), datetime.now(UTC)
    mute = Mute(
        machine_arn=None,
        error=muted,
        by=Person("U01ANA", "Ana"),
        reason="known",
        since=now,
        until=now + timedelta(hours=1),
    )
    desk.deps.alerts.swap(alert_id, lambda alert: apply(alert, Muted(mute)))
    desk.publisher.publish(alert_id)
    assert desk.hand.cards(low) == desk.hand.cards(muted) == []
    assert desk.asked() == asked


FAULTS: dict[str, tuple[dict[str, object], str]] = {
    "the app may not": ({"mode": "error", "error": "missing_scope"}, "needs usergroups:read"),
    "the plan has none": (
        {"mode": "error", "error": "plan_upgrade_required"},
        "plan_upgrade_required",
    ),
    "too many ask": ({"mode": "rate_limit", "retry_after": 60}, "ratelimited"),
    "Slack is down": ({"mode": "server_error"}, "Down"),
    "Slack answers with a page": ({"mode": "html"}, "Down"),
    "the line is cut": ({"mode": "drop_after_accept"}, "IncompleteRead"),
    "Slack takes its time": ({"mode": "slow", "seconds": 30}, "timed out"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_whatever_goes_wrong_the_card_goes_out_with_the_handle_as_text(
    desk: Desk, fault: str, caplog: pytest.LogCaptureFixture
) -> None:
    said, reason = FAULTS[fault]
    desk.fault("usergroups.list", **said)  # type: ignore[arg-type]
    began = time.monotonic()
    with caplog.at_level(logging.WARNING):
        assert desk.posted("Group")["text"].endswith("* @billing-oncall")
    assert time.monotonic() - began < 5
    [warning] = [one for one in caplog.records if one.message == "mention stays plain text"]
    assert warning.handle == "@billing-oncall"  # type: ignore[attr-defined]
    assert reason in warning.reason  # type: ignore[attr-defined]


def test_a_list_that_could_not_be_read_is_not_asked_for_again_at_once(desk: Desk) -> None:
    desk.fault("usergroups.list", "error", error="missing_scope")
    asked = desk.asked()
    for _ in range(3):
        desk.posted("Group")
    assert desk.asked() == asked + 1
    desk.later = timedelta(minutes=2)
    assert desk.posted("Group")["text"].endswith("* <!subteam^S02BILL>")


def test_what_was_known_stays_known_when_the_list_can_no_longer_be_read(desk: Desk) -> None:
    desk.posted("Group")
    desk.later = timedelta(hours=1)
    desk.fault("usergroups.list", "server_error")
    assert desk.posted("Group")["text"].endswith("* <!subteam^S02BILL>")


def test_a_handle_that_no_group_has_stays_text(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        assert desk.posted("Nobody")["text"].endswith("* @nobody-oncall")
    [warning] = [one for one in caplog.records if one.message == "mention stays plain text"]
    assert warning.reason == "no user group has this handle"  # type: ignore[attr-defined]


@pytest.mark.parametrize("known", [True, False])
def test_a_card_keeps_its_mention_through_redraws_without_another_call(
    desk: Desk, *, known: bool
) -> None:
    error = unique("Group")
    alert_id = desk.recorded(error)
    if not known:
        desk.fault("usergroups.list", "error", error="missing_scope")
    desk.publisher.publish(alert_id)
    [first] = desk.hand.cards(error)
    assert ("<!subteam^S02BILL>" in first["text"]) is known
    desk.begin()
    asked = desk.asked()
    desk.recorded(error)
    desk.publisher.publish(alert_id)
    [drawn] = desk.hand.cards(error)
    assert "2 failures" in json.dumps(drawn)
    assert drawn["text"] == first["text"], "an edit would call nobody, so it says the same"
    assert desk.asked() == asked


def test_a_card_whose_answer_was_lost_keeps_the_mention_it_went_out_with(desk: Desk) -> None:
    error = unique("Group")
    alert_id = desk.recorded(error)
    desk.fault("chat.postMessage", "drop_after_accept")
    with pytest.raises(HTTPException):
        desk.publisher.publish(alert_id)
    [posted] = desk.hand.cards(error)
    desk.begin()
    desk.fault("usergroups.list", "error", error="missing_scope")
    desk.recorded(error)
    desk.publisher.publish(alert_id)
    [found] = desk.hand.cards(error)
    assert "2 failures" in json.dumps(found)
    assert found["text"] == posted["text"]
    assert posted["text"].endswith("* <!subteam^S02BILL>")
