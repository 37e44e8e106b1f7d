"""Once a day one message tells what is open and what was kept quiet; once, whatever happens."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta

import pytest
from msgspec.structs import replace

from app.domain.digest import DigestPlan
from app.domain.ledger import Ledger
from app.publisher.digests import DigestPoster
from app.publisher.messages import Messages, Sent
from app.publisher.pace import Pace
from app.stores.digests import Digests
from app.stores.publications import MessageRef
from tests.hand import Hand, unique
from tests.own import deps, table_apart

pytestmark = pytest.mark.xdist_group("second world")

TODAY = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)


class DiedError(BaseException):
    """The process is gone: nobody catches that."""


class Dying(Messages):
    """Dies before a message is posted, or just after."""

    def __init__(self, hand: Hand, *, after: bool) -> None:
        super().__init__(lambda: hand.slack, _pace())
        self.after = after

    def post(self, channel: str, sent: Sent, *, instead: str) -> MessageRef:
        if self.after:
            super().post(channel, sent, instead=instead)
        raise DiedError


def _pace() -> Pace:
    return Pace(1000, lambda: 0.0, lambda _: None)


class Days:
    """The digest of a table of its own, due at nine o'clock of a *day* that no other test has."""

    def __init__(self, hand: Hand, table: str, day: datetime) -> None:
        self.hand, self.day = hand, day
        self.own = deps(hand, table=table)
        self.digests = Digests(hand.dynamodb, table)

    def post(self, hour: float, messages: Messages | None = None) -> bool:
        at = self.day + timedelta(hours=hour)
        own = replace(self.own, now=lambda: at)
        plan = DigestPlan(at=time(9), zone=UTC, channel="#sfn-alerts")
        sent = messages or Messages(lambda: self.hand.slack, _pace())
        return DigestPoster(own, self.digests, sent, plan).post()

    def posted(self) -> int:
        """So often it stands in the channel."""
        found = self.hand.slack.conversations_history(
            channel=self.hand.facts.channel, include_all_metadata=True, limit=999
        )["messages"]
        day = {"day": self.day.date().isoformat()}
        return sum(one.get("metadata", {}).get("event_payload") == day for one in found)


@pytest.fixture
def days(hand: Hand, request: pytest.FixtureRequest) -> Iterator[Days]:
    number = sorted(one.name for one in request.session.items).index(request.node.name)
    with table_apart(hand) as table:
        yield Days(hand, table, TODAY - timedelta(days=2 + 3 * number))


def test_it_is_posted_from_its_hour_on_and_once_a_day(days: Days) -> None:
    assert not days.post(8.9)
    assert days.posted() == 0
    assert days.post(9)
    assert not days.post(9.1)
    assert not days.post(23)
    assert days.posted() == 1
    days.day += timedelta(days=1)
    assert not days.post(0)
    assert days.post(9)


def test_where_nobody_swept_at_its_hour_it_is_posted_late_the_same_day(days: Days) -> None:
    assert days.post(20)
    assert days.posted() == 1


def test_sweeps_at_the_same_time_post_it_once(hand: Hand, days: Days) -> None:
    assert sum(hand.at_once(*[lambda: days.post(9)] * 4)) == 1
    assert days.posted() == 1


@pytest.mark.parametrize("after", [False, True])
def test_who_dies_at_it_is_made_up_for_without_a_second_one(
    hand: Hand,
    days: Days,
    after: bool,  # noqa: FBT001
) -> None:
    with pytest.raises(DiedError):
        days.post(9, Dying(hand, after=after))
    assert not days.post(9.01), "it may still be on its way"
    assert days.post(9.1) is not after
    assert not days.post(9.2)
    assert days.posted() == 1


def test_it_tells_what_is_open_with_a_link_to_the_card(hand: Hand, days: Days) -> None:
    error = unique("E")
    hand.start(hand.machine({"Fail": {"Type": "Fail", "Error": error}}))
    card = hand.settled_card(error)
    stored = deps(hand).alerts.get(card["metadata"]["event_payload"]["alert_id"])
    assert stored is not None
    days.own.alerts.commit(Ledger(), Ledger(alerts={stored.alert.id: stored.alert}), {})
    days.own.publications.published(stored.alert.id, stored.publication)
    assert days.post(9)
    [_, digest] = hand.cards(f"`{error}`")
    assert "1 open alert" in digest["text"]
    assert str(stored.publication.permalink) in json.dumps(digest)
