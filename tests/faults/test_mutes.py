"""Time passes over a mute, by clocks that differ: what it kept quiet is told in the end."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from msgspec.structs import replace

from app.deps import Deps
from app.domain.alert import Alert
from app.domain.mutes import Mute, MuteScope
from app.domain.people import Person
from app.domain.redaction import Redactor
from app.ingest import parse
from app.stores.mutes import mute_put
from app.use_cases import respond
from app.use_cases.quiet import end_those_run_out, spread
from app.use_cases.record import record
from app.use_cases.sweep import sweep
from tests.factories import asker
from tests.hand import Hand, eventually
from tests.handlers import event_of, named, without
from tests.own import TABLE, deps, own_publisher, own_table, recorded

pytestmark = pytest.mark.xdist_group("world")


@pytest.mark.usefixtures("no_schedule")
def test_a_mute_breaks_when_it_fails_ten_times_as_often(hand: Hand, error: str) -> None:
    machine = hand.machine({"Fail": {"Type": "Fail", "Error": error}})
    hand.start(machine)
    card = hand.settled_card(error)
    hand.mute(card)
    for _ in range(11):
        hand.start(machine)
    eventually(lambda: "11 failures held back" in json.dumps(hand.card(error)))
    hand.world.client("lambda").invoke(FunctionName="sfn-alerts-local-sweep", Payload="{}")
    line = hand.told(card, "The mute has ended by itself")
    assert "it has failed 12 times within the hour" in line
    assert "11 failures were held back" in line
    assert "Muted by" not in json.dumps(hand.card(error))


def test_a_mute_that_runs_out_ends_by_itself(hand: Hand, error: str) -> None:
    machine = hand.machine({"Fail": {"Type": "Fail", "Error": error}})
    hand.start(machine)
    card = hand.settled_card(error)
    alert_id = card["metadata"]["event_payload"]["alert_id"]
    respond.mute(
        deps(hand),
        alert_id,
        asker(Person(hand.ana["id"], "Ana")),
        scope=MuteScope.ERROR_HERE,
        length=timedelta(hours=1),
        reason="for a moment",
    )
    hand.start(machine)
    eventually(lambda: "1 failure held back" in json.dumps(hand.card(error)))
    end_those_run_out(deps(hand, now=lambda: datetime.now(UTC) + timedelta(hours=2)))
    assert "1 failure was held back" in hand.told(card, "The mute has ended")


def test_a_mute_that_ended_at_once_is_not_put_back_by_the_news_of_its_beginning(
    hand: Hand, error: str
) -> None:
    table = own_table(hand)
    own = deps(hand, table=table)
    alert_id = failed_once(own, error)
    mute = asked_for(hand, datetime.now(UTC) + timedelta(hours=1), error)
    spread(own, None, mute)
    assert alert_in(own, alert_id).mute is None
    hand.dynamodb.put_item(**mute_put(table, mute))
    spread(own, None, mute)
    assert alert_in(own, alert_id).mute == mute, "one that is there still is spread"


def test_a_mute_that_was_replaced_meanwhile_is_not_taken_for_one_that_has_ended(
    hand: Hand, error: str
) -> None:
    table = own_table(hand)
    own = deps(hand, table=table)
    alert_id = failed_once(own, error)
    now = datetime.now(UTC)
    first, second, third = (asked_for(hand, now + timedelta(hours=n), error) for n in (1, 2, 3))
    hand.dynamodb.put_item(**mute_put(table, first))
    spread(own, None, first)
    hand.dynamodb.put_item(**mute_put(table, third))
    spread(own, first, second)
    assert alert_in(own, alert_id).mute == third
    spread(own, second, third)
    assert alert_in(own, alert_id).mute == third


def failed_once(own: Deps, error: str) -> str:
    """The id of the alert that it is recorded under."""
    machine = f"arn:aws:states:us-east-1:000000000000:stateMachine:{error}"
    told = [parse(event_of(arn, error), Redactor.of()) for arn in named(machine, 1)]
    [alert_id] = record(own, [one for one in told if one])
    return alert_id


def alert_in(own: Deps, alert_id: str) -> Alert:
    stored = own.alerts.get(alert_id)
    assert stored is not None
    return stored.alert


def asked_for(hand: Hand, until: datetime, error: str) -> Mute:
    since = until - timedelta(hours=1)
    return Mute(
        machine_arn=None,
        error=error,
        by=Person(hand.ana["id"], "Ana"),
        reason="r",
        since=since,
        until=until,
    )


@pytest.mark.usefixtures("no_schedule")
@pytest.mark.parametrize("minutes", [-10, 0, 10])
def test_clocks_that_differ_hold_nothing_back_beyond_a_mute(
    hand: Hand, error: str, minutes: int
) -> None:
    """The recorder's clock is wrong by some *minutes*; the mute has just run out by the right one.

    AWS: it is still in the table, which takes days to delete it.
    """
    own, now = deps(hand), datetime.now(UTC)
    mute = asked_for(hand, now - timedelta(seconds=1), error)
    hand.dynamodb.put_item(**mute_put(TABLE, mute))
    assert error in {one.error for one in own.mutes.all()}
    machine = f"arn:aws:states:us-east-1:000000000000:stateMachine:{error}"
    told = [parse(event_of(arn, error), Redactor.of()) for arn in named(machine, 2)]
    wrong = replace(own, now=lambda: now + timedelta(minutes=minutes))
    with without(hand, "publish"):
        record(wrong, [one for one in told if one])
        stored = recorded(hand, error)
        assert stored.alert.count == 2
        assert (stored.alert.mute is not None) is (minutes < 0), "by the clock of who recorded"
        own_publisher(hand).publish(stored.alert.id)
    assert len(hand.cards(error)) == 1


def test_a_mute_that_runs_out_between_two_failures_covers_the_first_alone(
    hand: Hand, error: str
) -> None:
    table, now = own_table(hand), datetime.now(UTC)
    until = now + timedelta(minutes=1)
    before = deps(hand, table=table, now=lambda: until - timedelta(seconds=1))
    after = deps(hand, table=table, now=lambda: until)
    hand.dynamodb.put_item(**mute_put(table, asked_for(hand, until, error)))
    machine = f"arn:aws:states:us-east-1:000000000000:stateMachine:{error}"
    first, second = (parse(event_of(arn, error), Redactor.of()) for arn in named(machine, 2))
    assert first is not None
    assert second is not None
    [alert_id] = record(before, [first])
    assert alert_id not in sweep(before).behind, "it is muted, and nobody waits for its card"
    assert record(after, [second]) == [alert_id]
    later = replace(after, now=lambda: until + timedelta(minutes=2))
    assert sweep(later).behind == [alert_id], "what the mute held back is told"
    [stored] = later.alerts.unresolved()
    assert stored.alert.mute is None
    assert stored.alert.count == 2
