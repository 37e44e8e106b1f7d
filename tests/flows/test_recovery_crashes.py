"""Whoever drives a recovery of many dies anywhere: nobody is redriven twice, nobody is lost.

Driven from inside, on a table of its own: the deployed functions know nothing of it.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from app.deps import Deps
from app.domain.alert import BulkRecovery, BulkStage, BulkTerms, RecoveryKind, Refusal
from app.domain.course import numbers
from app.domain.execution import ExecutionEnded
from app.domain.occurrence import Outcome
from app.step_functions import StepFunctions
from app.stores.occurrences import Span
from app.use_cases import respond, waves
from app.use_cases.outcome import as_ended
from app.use_cases.record import record
from app.use_cases.stragglers import look_after
from tests.factories import ANA, asker
from tests.hand import Hand, eventually
from tests.many import Many
from tests.own import deps, own_table
from tests.wire import Answer, StepFunctionsWire

pytestmark = pytest.mark.xdist_group("world")

LONG = timedelta(seconds=20)
#: A canary, and a wave of two.
EACH = 3
#: Requests that leave something behind. Whoever dies before one that only reads may as well have
#: died after the last of these.
LASTING = {
    "PutItem",
    "UpdateItem",
    "TransactWriteItems",
    "SendMessage",
    "RedriveExecution",
    "StartExecution",
}


class DiedError(BaseException):
    """The process is gone: nobody catches that."""


class Process:
    """A driver with clients and a clock of its own.

    It dies before its *dies_at*-th request that leaves something behind.
    """

    def __init__(self, hand: Hand, table: str, *, dies_at: int | None = None) -> None:
        self.hand = hand
        self.dies_at = dies_at
        self.calls: list[str] = []
        self.clients: dict[str, Any] = {}
        # What a process that died had begun, it had begun a minute ago.
        self.time = datetime.now(UTC) + timedelta(minutes=0 if dies_at else 1)
        self.deps = deps(hand, table=table, client=self._client, now=self._now)

    def _client(self, service: str) -> Any:
        if service not in self.clients:
            client = self.hand.world.client(service)
            client.meta.events.register("before-call.*.*", self._before)
            self.clients[service] = client
        return self.clients[service]

    def _now(self) -> datetime:
        self.time += timedelta(microseconds=1)
        return self.time

    def _before(self, model: Any, **_: object) -> None:
        if model.name in LASTING:
            self.calls.append(model.name)
        if len(self.calls) == self.dies_at:
            raise DiedError

    def sleep(self, seconds: float) -> None:
        self.time += timedelta(seconds=seconds)

    def drive(self, alert_id: str) -> BulkRecovery:
        waves.drive(self.deps, alert_id, until=self.time + LONG, sleep=self.sleep)
        stored = self.deps.alerts.get(alert_id)
        assert stored is not None
        assert stored.alert.bulk is not None
        return stored.alert.bulk

    def work(self, alert_id: str, executions: list[str]) -> BulkRecovery:
        """Drive, and hear of what has ended, until the recovery has."""
        bulk = self.drive(alert_id)
        for _ in range(40):
            if bulk.stage is BulkStage.ENDED:
                break
            record(self.deps, list(self._ended(alert_id, executions)))
            self.sleep(3)
            bulk = self.drive(alert_id)
        assert bulk.stage is BulkStage.ENDED, bulk
        return bulk

    def _ended(self, alert_id: str, executions: list[str]) -> Iterator[ExecutionEnded]:
        """The ends of what was redriven or started, as their events tell them."""
        known = self.deps.occurrences.all(executions)
        for page in self.deps.occurrences.listed(alert_id, Outcome.AWAITED, span=Span()):
            known |= self.deps.occurrences.all(one.execution_arn for one in page)
        for arn, occurrence in known.items():
            asked = occurrence.outcome is Outcome.AWAITED or self.hand.redrives(arn)
            if occurrence.awaited_by and asked:
                self.hand.ended(arn, "SUCCEEDED")
                yield as_ended(self.deps, arn, self.deps.step_functions.describe(arn))


@pytest.fixture
def many(hand: Hand) -> Many:
    return Many(hand)


class Recovery:
    """A recovery of all *executions*, asked for on a table of its own."""

    def __init__(
        self, hand: Hand, executions: list[str], kind: RecoveryKind, *, canary: bool = True
    ) -> None:
        self.hand, self.executions = hand, executions
        self.table = own_table(hand)
        self.own = deps(hand, table=self.table)
        failures = [
            as_ended(self.own, arn, self.own.step_functions.describe(arn)) for arn in executions
        ]
        [self.alert_id] = record(self.own, failures)
        respond.recover_all(
            self.own, self.alert_id, asker(ANA), BulkTerms(kind=kind, canary=canary)
        )

    def process(self, *, dies_at: int | None = None) -> Process:
        return Process(self.hand, self.table, dies_at=dies_at)

    def started(self, machine: str) -> list[str]:
        """What was started in the place of the executions."""
        prefix = f"sfn-alerts-{self.alert_id.replace('.', '-')}"
        known = self.hand.stepfunctions.list_executions(stateMachineArn=machine, maxResults=1000)
        return [one["name"] for one in known["executions"] if one["name"].startswith(prefix)]


@pytest.mark.parametrize("kind", [RecoveryKind.REDRIVE, RecoveryKind.RESTART])
def test_wherever_the_driver_dies_each_attempt_is_asked_for_once_and_all_is_finished(
    hand: Hand, many: Many, kind: RecoveryKind
) -> None:
    first = [hand.start(many.machine, {"wanted": many.wanted}) for _ in range(EACH)]
    for execution in first:
        hand.ended(execution, "FAILED")
    many.repair()
    whole = Recovery(hand, first, kind)
    alive = whole.process(dies_at=10_000)
    assert alive.work(whole.alert_id, first).tally.succeeded == EACH
    calls = len(alive.calls)
    hand.ssm.delete_parameter(Name=many.wanted)
    lots = many.started([many.wanted] * EACH * calls)
    for execution in lots:
        hand.ended(execution, "FAILED")
    many.repair()
    before = len(whole.started(many.machine))
    died = 0
    for call in range(1, calls + 1):
        executions = lots[(call - 1) * EACH : call * EACH]
        recovery = Recovery(hand, executions, kind)
        try:
            recovery.process(dies_at=call).work(recovery.alert_id, executions)
        except DiedError:
            died += 1
        bulk = recovery.process().work(recovery.alert_id, executions)
        assert bulk.tally.succeeded == EACH, f"died before call {call}: {alive.calls[call - 1]}"
        assert bulk.tally.failed == 0
        asked = [hand.redrives(execution) for execution in executions]
        assert asked == ([1] * EACH if kind is RecoveryKind.REDRIVE else [0] * EACH)
        if kind is RecoveryKind.RESTART:
            now = len(whole.started(many.machine))
            assert now - before == EACH, f"died before call {call}"
            before = now
    assert died >= calls - 2, "it did die"


def failing(hand: Hand, many: Many, count: int) -> list[str]:
    executions = many.started([many.wanted] * count)
    for execution in executions:
        hand.ended(execution, "FAILED")
    return executions


@pytest.mark.parametrize("minutes", [0, 12])
def test_what_was_left_behind_and_has_failed_again_is_not_redriven_once_more(
    hand: Hand, many: Many, minutes: int
) -> None:
    """AWS: a token counts for 15 minutes, then the same request would be another redrive."""
    executions = failing(hand, many, 2)
    recovery = Recovery(hand, executions, RecoveryKind.REDRIVE)
    dies = recovery.process(dies_at=5)
    with pytest.raises(DiedError):
        dies.drive(recovery.alert_id)
    assert dies.calls[3:] == ["RedriveExecution", "UpdateItem"]

    def failed_again() -> list[str]:
        told = [hand.describe(one) for one in executions]
        return [
            one["executionArn"]
            for one in told
            if (one["status"], one["redriveCount"]) == ("FAILED", 1)
        ]

    [canary] = eventually(failed_again)
    later = recovery.process()
    later.time += timedelta(minutes=minutes)
    later.drive(recovery.alert_id)
    told = later.deps.step_functions.describe(canary)
    record(later.deps, [as_ended(later.deps, canary, told)])
    bulk = later.drive(recovery.alert_id)
    assert (bulk.stage, bulk.tally.failed_again) == (BulkStage.STOPPED, 1)
    assert hand.redrives(canary) == 1
    assert ("RedriveExecution" in later.calls) == (minutes == 0), "its token no longer counts"


@pytest.mark.parametrize("kind", [RecoveryKind.REDRIVE, RecoveryKind.RESTART])
def test_outcomes_whose_events_were_lost_are_found_by_the_sweep(
    hand: Hand, many: Many, kind: RecoveryKind
) -> None:
    executions = failing(hand, many, 12)
    many.repair()
    recovery = Recovery(hand, executions, kind)
    driver = recovery.process()
    bulk = driver.drive(recovery.alert_id)
    for _ in range(8):
        if bulk.stage is BulkStage.ENDED:
            break
        eventually(lambda: not running(hand, many))
        driver.sleep(90)
        stored = recovery.own.alerts.get(recovery.alert_id)
        assert stored is not None
        calls = look_after(driver.deps, stored.alert, 10, timedelta(minutes=1))
        assert 0 < calls <= 10
        bulk = driver.drive(recovery.alert_id)
    assert (bulk.stage, bulk.tally.succeeded) == (BulkStage.ENDED, 12)


def running(hand: Hand, many: Many) -> bool:
    found = hand.stepfunctions.list_executions(stateMachineArn=many.machine, statusFilter="RUNNING")
    return bool(found["executions"])


def test_throttled_requests_are_repeated_slower_with_the_same_tokens(
    hand: Hand, many: Many, wire: Callable[[Answer], StepFunctionsWire]
) -> None:
    recovery = Recovery(hand, failing(hand, many, 4), RecoveryKind.REDRIVE, canary=False)
    throttles = iter([False, True, True, True])

    def answer(_operation: str, _given: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        if next(throttles, False):
            return 400, {"__type": "ThrottlingException", "message": "Rate exceeded"}
        return 200, {"redriveDate": datetime.now(UTC)}

    asked = wire(answer)
    driver = recovery.process()
    driver.deps = replace(driver.deps, step_functions=StepFunctions(lambda: asked.client))
    began = driver.time
    driver.drive(recovery.alert_id)
    tokens = [given["clientToken"] for _, given in asked.calls]
    assert len(asked.calls) == 4 + 3
    assert Counter(Counter(tokens).values()) == {1: 3, 4: 1}, "the others waited"
    assert driver.time - began >= timedelta(seconds=2 + 4 + 8)


def test_what_has_gone_on_elsewhere_counts_and_what_cannot_is_refused_with_its_reason(
    hand: Hand, many: Many, wire: Callable[[Answer], StepFunctionsWire]
) -> None:
    runs, well, again, expired = executions = failing(hand, many, 4)
    recovery = Recovery(hand, executions, RecoveryKind.REDRIVE, canary=False)
    told = {
        runs: {"status": "RUNNING", "redriveCount": 1},
        well: {"status": "SUCCEEDED", "redriveCount": 1, "stopDate": 1_800_000_000},
        again: {"status": "FAILED", "redriveCount": 1, "error": "E", "stopDate": 1_800_000_000},
        expired: {
            "status": "FAILED",
            "redriveCount": 0,
            "redriveStatus": "NOT_REDRIVABLE",
            "redriveStatusReason": "Execution redrivable period exceeded",
        },
    }

    def answer(operation: str, given: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        if operation == "RedriveExecution":
            return 400, {"__type": "ExecutionNotRedrivable", "message": "not now"}
        described = {"stateMachineArn": many.machine, "startDate": 1_700_000_000}
        return 200, described | told[given["executionArn"]]

    driver = recovery.process()
    asked = wire(answer)
    driver.deps = replace(driver.deps, step_functions=StepFunctions(lambda: asked.client))
    bulk = driver.drive(recovery.alert_id)
    assert (bulk.tally.succeeded, bulk.tally.failed_otherwise) == (1, 1)
    stored = recovery.own.recoveries.get(recovery.alert_id, bulk.id)
    assert stored is not None
    assert stored.course.refused == (Refusal("Execution redrivable period exceeded", 1),)
    assert numbers(bulk, stored.course).running == 1


def begin_together(own: Deps, alert_id: str) -> None:
    """As if all that are awaited had been started in the same moment."""
    moment = own.now()
    for page in own.occurrences.listed(alert_id, Outcome.AWAITED, span=Span()):
        for one in page:
            own.occurrences.swap(
                one.execution_arn, lambda known: known and replace(known, at=moment)
            )


@pytest.mark.parametrize("at_one_time", [False, True])
def test_long_executions_do_not_hide_from_the_sweep_those_that_come_after_them(
    hand: Hand,
    many: Many,
    wire: Callable[[Answer], StepFunctionsWire],
    at_one_time: bool,  # noqa: FBT001
) -> None:
    """A wave of ten, started in the place of others at once; four are looked at each time."""
    executions = failing(hand, many, 12)
    recovery = Recovery(hand, executions, RecoveryKind.RESTART, canary=False)

    def answer(operation: str, given: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        if operation == "StartExecution":
            return 200, {"executionArn": "none", "startDate": 1_700_000_000}
        status = "FAILED" if given["executionArn"] in executions else "RUNNING"
        described = {"stateMachineArn": many.machine, "startDate": 1_700_000_000, "input": "{}"}
        return 200, described | {"status": status}

    asked = wire(answer)
    driver = recovery.process()
    driver.deps = replace(driver.deps, step_functions=StepFunctions(lambda: asked.client))
    driver.drive(recovery.alert_id)
    if at_one_time:
        begin_together(driver.deps, recovery.alert_id)
    asked.calls.clear()
    stored = recovery.own.alerts.get(recovery.alert_id)
    assert stored is not None
    for _ in range(4):
        driver.sleep(90)
        look_after(driver.deps, stored.alert, 4, timedelta(minutes=1))
    assert len({given["executionArn"] for _, given in asked.calls}) == 10
