"""Step Functions refuses, is busy, tells of yesterday, or its answer is lost: one redrive."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from app.deps import Deps
from app.domain.alert import Alert, RecoveryKind, RecoveryStage, Status
from app.domain.execution import Attempt
from app.domain.redaction import Redactor
from app.ingest import parse
from app.render.card import card
from app.step_functions import StepFunctions, StepFunctionsBusyError
from app.use_cases import respond
from app.use_cases.describe import describe, wants_verdict
from app.use_cases.record import record
from app.use_cases.recover import carry_out
from app.use_cases.sweep import sweep
from tests.aws_faults import AwsFaults
from tests.factories import asker
from tests.hand import Hand, Json, unique
from tests.handlers import event_of, named
from tests.own import deps, own_table
from tests.wire import Answer, StepFunctionsWire

pytestmark = pytest.mark.xdist_group("world")

MACHINE = "arn:aws:states:us-east-1:000000000000:stateMachine:orders"
Wired = Callable[[Answer], StepFunctionsWire]


class Asked:
    """A redrive of a failed execution that somebody has asked for, on a table of its own."""

    def __init__(self, hand: Hand, execution: str) -> None:
        self.deps = deps(hand, table=own_table(hand))
        told = parse(event_of(execution, unique("E")), Redactor.of())
        assert told is not None
        [self.alert_id] = record(self.deps, [told])
        self.attempt = Attempt(execution, 0)
        respond.recover(self.deps, self.alert_id, self.attempt, asker(), RecoveryKind.REDRIVE)

    @property
    def alert(self) -> Alert:
        stored = self.deps.alerts.get(self.alert_id)
        assert stored is not None
        return stored.alert

    @property
    def stage(self) -> RecoveryStage:
        assert self.alert.recovery is not None
        return self.alert.recovery.stage

    def facing(self, answers: StepFunctionsWire) -> Deps:
        """What the functions have, with a Step Functions that answers as the test says."""
        return replace(self.deps, step_functions=StepFunctions(lambda: answers.client))


@pytest.fixture
def asked(hand: Hand) -> Asked:
    return Asked(hand, named(MACHINE, 1)[0])


def described(status: str = "FAILED", redrive_count: int = 0, **more: object) -> Json:
    return {
        "stateMachineArn": MACHINE,
        "startDate": 1_795_600_000,
        "stopDate": 1_795_600_001,
        "status": status,
        "redriveCount": redrive_count,
        **more,
    }


def answering(redrive: tuple[int, Json], *descriptions: Json) -> Answer:
    """Answers RedriveExecution with *redrive*, and descriptions one after the other."""
    left = list(descriptions)

    def answer(operation: str, _: dict[str, Any]) -> tuple[int, Json]:
        if operation == "RedriveExecution":
            return redrive
        if operation == "DescribeExecution":
            return 200, left.pop(0) if len(left) > 1 else left[0]
        return 400, {"__type": "AccessDeniedException", "message": "not for this test"}

    return answer


def redrives(answers: StepFunctionsWire) -> list[str]:
    """The tokens that redrives were asked for with."""
    return [
        given["clientToken"] for operation, given in answers.calls if operation.startswith("Re")
    ]


DONE = 200, {"redriveDate": 1_795_600_002}
NOT_REDRIVABLE = 400, {"__type": "ExecutionNotRedrivable", "message": "not redrivable"}


def test_what_is_too_old_says_so_and_offers_it_no_more(asked: Asked, wire: Wired) -> None:
    expired = "Execution redrivable period exceeded"
    now = described(redriveStatus="NOT_REDRIVABLE", redriveStatusReason=expired)
    answers = wire(
        answering(NOT_REDRIVABLE, then := described(redriveStatus="REDRIVABLE"), then, now)
    )
    describe(asked.facing(answers), asked.alert)
    before = asked.alert
    assert before.verdict is not None
    carry_out(asked.facing(answers), before)
    assert asked.alert.recovery is not None
    assert (asked.stage, asked.alert.recovery.reason) == (RecoveryStage.REFUSED, expired)
    assert asked.alert.status is Status.OPEN
    assert wants_verdict(before, asked.alert), "its verdict was wrong: it is asked for anew"
    describe(asked.facing(answers), asked.alert)
    said = json.dumps(card(asked.alert, datetime.now(UTC)))
    assert '"action_id": "redrive"' not in said
    assert '"action_id": "restart"' in said


def test_what_runs_already_counts_as_redriven(asked: Asked, wire: Wired) -> None:
    answers = wire(answering(NOT_REDRIVABLE, described(), described("RUNNING", 1)))
    carry_out(asked.facing(answers), asked.alert)
    assert (asked.stage, asked.alert.status) == (RecoveryStage.STARTED, Status.RECOVERING)
    assert len(redrives(answers)) == 1


def test_what_step_functions_has_forgotten_is_told_and_not_asked_again(
    asked: Asked, wire: Wired
) -> None:
    answers = wire(lambda *_: (400, {"__type": "ExecutionDoesNotExist", "message": "gone"}))
    carry_out(asked.facing(answers), asked.alert)
    assert asked.alert.recovery is not None
    assert asked.alert.recovery.reason == "Step Functions no longer knows this execution"
    assert len(answers.calls) == 1
    sweep(replace(asked.facing(answers), now=lambda: datetime.now(UTC) + timedelta(minutes=5)))
    assert redrives(answers) == []


@pytest.mark.parametrize("code", ["ThrottlingException", "ExecutionLimitExceeded"])
def test_what_is_throttled_is_asked_again_with_the_same_token(
    asked: Asked, wire: Wired, code: str
) -> None:
    refusals = iter([True] * 3)

    def answer(operation: str, given: dict[str, Any]) -> tuple[int, Json]:
        if operation == "RedriveExecution" and next(refusals, False):
            return 400, {"__type": code, "message": "slower"}
        return answering(DONE, described())(operation, given)

    answers = wire(answer)
    for _ in range(3):
        with pytest.raises(StepFunctionsBusyError):  # and the stream brings it again
            carry_out(asked.facing(answers), asked.alert)
        assert asked.stage is RecoveryStage.REQUESTED
    carry_out(asked.facing(answers), asked.alert)
    assert asked.stage is RecoveryStage.STARTED
    assert len(redrives(answers)) == 4
    assert len(set(redrives(answers))) == 1


def test_a_description_older_than_the_redrive_starts_no_second_one(
    asked: Asked, wire: Wired
) -> None:
    """AWS: descriptions are eventually consistent."""
    answers = wire(answering(DONE, described()))
    before = asked.alert
    carry_out(asked.facing(answers), before)
    assert asked.stage is RecoveryStage.STARTED
    later = replace(asked.facing(answers), now=lambda: datetime.now(UTC) + timedelta(minutes=5))
    sweep(later)
    assert (asked.stage, asked.alert.status) == (RecoveryStage.STARTED, Status.RECOVERING)
    assert len(redrives(answers)) == 1
    carry_out(later, before)  # its process had died before it could save
    assert len(set(redrives(answers))) == 1, "AWS takes a repetition for the same redrive"


@pytest.mark.parametrize(
    "fault",
    [
        pytest.param({"response": {"abort_bytes": 0}}, id="its answer is lost"),
        pytest.param({"error": {"code": "ThrottlingException"}}, id="it is throttled"),
        pytest.param({"error": {"code": "ServiceUnavailable", "status": 503}}, id="it is down"),
        pytest.param({"reset": True}, id="its connection breaks"),
    ],
)
def test_a_redrive_that_goes_wrong_once_is_done_once(
    hand: Hand, aws: AwsFaults, fault: Json
) -> None:
    execution = hand.start(hand.machine({"Fail": {"Type": "Fail", "Error": unique("E")}}))
    hand.ended(execution, "FAILED")
    asked = Asked(hand, execution)
    aws.add("stepfunctions", "RedriveExecution", times=1, **fault)
    step_functions = StepFunctions(lambda: aws.client("stepfunctions"))
    carry_out(replace(asked.deps, step_functions=step_functions), asked.alert)
    assert len(aws.fired()) == 1
    assert asked.stage is RecoveryStage.STARTED
    assert hand.redrives(execution) == 1
