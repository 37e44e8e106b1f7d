"""Failures that no event told of are found by Step Functions' own list, and get their alerts."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import pytest
from msgspec.structs import replace

from app.catalogue import Catalogue
from app.deps import Deps
from app.domain.listing import Listing, Machine
from app.domain.reports import Reconciled
from app.metrics import Metrics
from app.step_functions import StepFunctions
from app.use_cases import reconcile
from tests.asking import Asker, texts
from tests.calls import counted
from tests.hand import Hand, eventually, unique
from tests.own import MACHINES_ARN, deps

pytestmark = pytest.mark.xdist_group("second world")


@pytest.fixture
def error() -> str:
    return unique("E")


@contextmanager
def no_events(hand: Hand) -> Iterator[None]:
    """As if EventBridge delivered nothing."""
    events = hand.world.client("events")
    [rule] = [one["Name"] for one in events.list_rules()["Rules"] if "EndedRule" in one["Name"]]
    events.disable_rule(Name=rule)
    try:
        yield
    finally:
        events.enable_rule(Name=rule)


def failing(hand: Hand, error: str) -> str:
    return hand.machine({"Fail": {"Type": "Fail", "Error": error}})


def failed_unheard(hand: Hand, machine: str, times: int = 1) -> list[str]:
    with no_events(hand):
        executions = [hand.start(machine) for _ in range(times)]
        for one in executions:
            hand.ended(one, "FAILED")
    return executions


def metrics_tell(hand: Hand, machine: str, failures: int, metric: str = "ExecutionsFailed") -> None:
    hand.world.client("cloudwatch").put_metric_data(
        Namespace="AWS/States",
        MetricData=[
            {
                "MetricName": metric,
                "Dimensions": [{"Name": "StateMachineArn", "Value": machine}],
                "Timestamp": datetime.now(UTC),
                "Value": failures,
            }
        ],
    )


def among(hand: Hand, *machines: str, metrics: bool = False) -> Deps:
    """Parts that know these state machines alone, a minute later: no event is on its way."""
    here = deps(hand)
    cloudwatch = hand.world.client("cloudwatch") if metrics else without_metrics(hand)
    listed = Listing([Machine(arn=one, name=one.split(":")[-1]) for one in machines])
    return replace(
        here,
        metrics=Metrics(lambda: cloudwatch),
        catalogue=Catalogue(lambda: listed, here.now, MACHINES_ARN),
        now=lambda: here.now() + timedelta(minutes=1),
    )


def without_metrics(hand: Hand) -> Any:
    """A CloudWatch of another region, where nothing ever ran."""
    make: Any = boto3.client
    return make(
        "cloudwatch",
        region_name="eu-north-1",
        endpoint_url=hand.world.aws.url,
        aws_access_key_id="test",
        aws_secret_access_key="test",
    )


def looked(here: Deps, page: int = 0) -> Reconciled:
    return reconcile.reconcile(here, page, lambda _: None)


def test_what_no_event_told_of_is_recorded_and_gets_its_alert(hand: Hand, error: str) -> None:
    machine = failing(hand, error)
    failed_unheard(hand, machine, 2)
    assert hand.cards(error) == []
    found = looked(among(hand, machine))
    assert (found.account.failed, found.account.missing, found.recorded) == (2, 2, 2)
    eventually(lambda: "2 failures" in json.dumps(hand.card(error)))
    again = looked(among(hand, machine))
    assert (again.account.failed, again.account.alerted, again.account.missing) == (2, 2, 0)
    assert again.recorded == 0
    assert "2 failures" in json.dumps(hand.card(error)), "and is counted once"


def test_what_was_told_is_told_apart_by_what_became_of_it(hand: Hand, error: str) -> None:
    loud, quiet, muted = (failing(hand, f"{error}{kind}") for kind in ("A", "Throttled", "B"))
    hand.start(loud)
    hand.start(quiet)
    hand.start(muted)
    card = hand.settled_card(f"{error}B")
    hand.mute(card)
    hand.told(card, "muted")
    hand.start(muted)
    hand.settled_card(f"{error}A")
    account = eventually(
        lambda: (now := looked(among(hand, loud, quiet, muted)).account).held_back and now
    )
    assert (account.failed, account.missing) == (4, 0)
    assert (account.alerted, account.suppressed, account.held_back) == (2, 1, 1)


def test_what_has_only_just_failed_may_be_on_its_way(hand: Hand, error: str) -> None:
    machine = failing(hand, error)
    failed_unheard(hand, machine)
    here = replace(among(hand, machine), now=deps(hand).now)
    found = looked(here)
    assert (found.account.on_its_way, found.account.missing, found.recorded) == (1, 0, 0)


def test_what_failed_more_than_a_day_ago_is_not_looked_at(hand: Hand, error: str) -> None:
    machine = failing(hand, error)
    failed_unheard(hand, machine)
    here = among(hand, machine)
    tomorrow = replace(here, now=lambda: here.now() + timedelta(days=1))
    assert looked(tomorrow).account.failed == 0


def test_metrics_tell_where_to_look_and_for_what(hand: Hand, error: str) -> None:
    broken, healthy = failing(hand, error), failing(hand, f"{error}Healthy")
    failed_unheard(hand, broken)
    metrics_tell(hand, broken, 1)
    client = hand.world.client("stepfunctions")
    asked = counted(client)
    here = replace(
        among(hand, broken, healthy, metrics=True), step_functions=StepFunctions(lambda: client)
    )
    found = looked(here)
    assert found.by_metrics
    assert (found.machines, found.looked_at, found.recorded) == (1, 1, 1)
    assert asked == ["ListExecutions", "DescribeExecution"]


def test_metrics_of_very_many_state_machines_are_asked_for_in_parts(hand: Hand) -> None:
    one = f"{MACHINES_ARN}:{unique('m')}"
    metrics_tell(hand, one, 3, "ExecutionsAborted")
    cloudwatch = hand.world.client("cloudwatch")
    asked = counted(cloudwatch)
    arns = [f"{MACHINES_ARN}:nobody-{n}" for n in range(400)] + [one]
    now = datetime.now(UTC)
    found = Metrics(lambda: cloudwatch).failures(
        arns, now - timedelta(days=1), now + timedelta(minutes=1)
    )
    assert found == {one: {"ABORTED": 3}}
    assert asked == ["ListMetrics", "GetMetricData", "GetMetricData", "GetMetricData"]


def test_without_metrics_one_call_a_state_machine_is_enough(hand: Hand, error: str) -> None:
    machines = [failing(hand, f"{error}{n}") for n in "abc"]
    client = hand.world.client("stepfunctions")
    asked = counted(client)
    found = looked(replace(among(hand, *machines), step_functions=StepFunctions(lambda: client)))
    assert not found.by_metrics
    assert asked == ["ListExecutions"] * 3


def test_few_are_looked_at_in_one_go_and_slowly(hand: Hand, error: str) -> None:
    machines = [failing(hand, f"{error}{n}") for n in range(reconcile.AT_ONCE + 2)]
    waited: list[float] = []
    first = reconcile.reconcile(among(hand, *machines), 0, waited.append)
    assert (first.looked_at, first.left) == (reconcile.AT_ONCE, 2)
    assert waited == [0.5] * reconcile.AT_ONCE, "no more than two lists a second"
    second = looked(among(hand, *machines), 1)
    assert (second.first, second.looked_at, second.left) == (reconcile.AT_ONCE, 2, 0)
    assert looked(among(hand, *machines), 7).looked_at == 0


def test_a_state_machine_that_is_gone_is_named(hand: Hand) -> None:
    gone = f"{MACHINES_ARN}:{unique('gone')}"
    listed = looked(among(hand, gone))
    assert listed.account.failed == 0


def test_a_person_asks_what_is_missing(hand: Hand, error: str) -> None:
    machine = failing(hand, error)
    hand.ended(hand.start(machine), "FAILED")
    hand.settled_card(error)
    metrics_tell(hand, machine, 1)
    told = texts(Asker(hand, hand.ana).ask("missing"))
    assert "By their metrics" in told
    assert "failed      by Step Functions' own list" in told
