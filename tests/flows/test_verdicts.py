"""The verdict on every way we know for a state machine to fail, run for real."""

import time
import uuid
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest

from app.domain.verdict import REDRIVABLE_FOR, Help, Verdict
from tests.hand import Hand, Json, eventually
from tests.own import deps

pytestmark = pytest.mark.xdist_group("world")

LOAD, SLOW = "LOAD", "SLOW"  # stand for the examples' functions: one fails, one sleeps
ALL = ["States.ALL"]
BOOM = {"Type": "Fail", "Error": "Boom", "Cause": "on purpose"}


def task(**more: Any) -> Json:
    return {"Type": "Task", "Resource": LOAD, "End": True, **more}


def caught(next_state: str, **more: Any) -> Json:
    return task(Catch=[{"ErrorEquals": ALL, "ResultPath": "$.caught", "Next": next_state}], **more)


def inside(*states: tuple[str, Json]) -> Json:
    return {"StartAt": states[0][0], "States": dict(states)}


PASS = {"Type": "Pass"}
NOTIFY = {
    "Type": "Task",
    "Resource": "NOTIFY",
    "Parameters": {
        "param.$": "$",
        "Execution.$": "$$.Execution",
        "State.$": "$$.State",
        "StateMachine.$": "$$.StateMachine",
    },
    "ResultPath": None,
    "Retry": [{"ErrorEquals": ["Lambda.TooManyRequestsException"], "IntervalSeconds": 1}],
}


@dataclass(frozen=True)
class Case:
    """A machine of ``states``, and what the verdict on its execution must say."""

    name: str
    states: Json
    help: Help
    state: str
    caught_from: str | None = None
    finished: int = 0
    given: Json = field(default_factory=dict)
    machine: Json = field(default_factory=dict)
    stop: bool = False


RESUMES, REENTERS = Help.RESUMES, Help.REENTERS_FAIL
CASES = [
    Case("task failed", {"Load": task()}, RESUMES, "Load"),
    Case(
        "retries exhausted",
        {"Load": task(Retry=[{"ErrorEquals": ALL, "MaxAttempts": 1, "IntervalSeconds": 1}])},
        RESUMES,
        "Load",
    ),
    Case("task timed out", {"Slow": task(Resource=SLOW, TimeoutSeconds=1)}, RESUMES, "Slow"),
    Case(
        "machine timed out",
        {"Wait": {"Type": "Wait", "Seconds": 20, "End": True}},
        RESUMES,
        "Wait",
        machine={"TimeoutSeconds": 1},
    ),
    Case(
        "aborted",
        {"Begin": {**PASS, "Next": "Wait"}, "Wait": {"Type": "Wait", "Seconds": 60, "End": True}},
        RESUMES,
        "Wait",
        finished=1,
        stop=True,
    ),
    Case(
        "choice without match",
        {
            "Which": {
                "Type": "Choice",
                "Choices": [{"Variable": "$.x", "NumericEquals": 1, "Next": "End"}],
            },
            "End": {"Type": "Succeed"},
        },
        RESUMES,
        "Which",
        given={"x": 2},
    ),
    Case(
        "runtime error of an intrinsic function",
        {"Read": {**PASS, "Parameters": {"x.$": "States.StringToJson($.text)"}, "End": True}},
        RESUMES,
        "Read",
        given={"text": "{"},
    ),
    Case(
        "JSONata error",
        {"Sum": {**PASS, "Output": "{% $error('no') %}", "End": True}},
        RESUMES,
        "Sum",
        machine={"QueryLanguage": "JSONata"},
    ),
    Case("Fail with error and cause", {"Fail": BOOM}, REENTERS, "Fail"),
    Case("Fail with neither", {"Fail": {"Type": "Fail"}}, REENTERS, "Fail"),
    Case(
        "Fail after steps",
        {"A": {**PASS, "Next": "B"}, "B": {**PASS, "Next": "Fail"}, "Fail": BOOM},
        REENTERS,
        "Fail",
        finished=2,
    ),
    Case(
        "Catch to Fail",
        {"Load": caught("Fail"), "Fail": BOOM},
        REENTERS,
        "Fail",
        caught_from="Load",
        finished=1,
    ),
    Case(
        "Catch to NotifyError to Fail",
        {"Load": caught("Notify"), "Notify": {**NOTIFY, "Next": "Fail"}, "Fail": BOOM},
        REENTERS,
        "Fail",
        caught_from="Load",
        finished=2,
    ),
    Case(
        "Catch to Pass to Fail",
        {"Load": caught("Tidy"), "Tidy": {**PASS, "Next": "Fail"}, "Fail": BOOM},
        REENTERS,
        "Fail",
        caught_from="Load",
        finished=2,
    ),
    Case(
        "Retry, then Catch to Fail",
        {
            "Load": caught("Fail", Retry=[{"ErrorEquals": ALL, "MaxAttempts": 1}]),
            "Fail": BOOM,
        },
        REENTERS,
        "Fail",
        caught_from="Load",
        finished=1,
    ),
    Case(
        "Catch to another task that fails",
        {"Load": caught("Tidy"), "Tidy": task()},
        RESUMES,
        "Tidy",
        finished=1,
    ),
    Case(
        "Fail with an error from a path",
        {
            "Load": caught("Fail"),
            "Fail": {"Type": "Fail", "ErrorPath": "$.caught.Error", "CausePath": "$.caught.Cause"},
        },
        REENTERS,
        "Fail",
        caught_from="Load",
        finished=1,
    ),
    Case(
        "inside Parallel",
        {
            "Both": {
                "Type": "Parallel",
                "End": True,
                "Branches": [
                    inside(("Left", {**PASS, "End": True})),
                    inside(("Right", task())),
                ],
            }
        },
        RESUMES,
        "Right",
        finished=1,
    ),
    Case(
        "inside Map",
        {
            "Each": {
                "Type": "Map",
                "End": True,
                "ItemsPath": "$.items",
                "ItemProcessor": inside(("One", task())),
            }
        },
        RESUMES,
        "One",
        given={"items": [{}]},
    ),
    Case(
        "Fail inside Map",
        {
            "Each": {
                "Type": "Map",
                "End": True,
                "ItemsPath": "$.items",
                "ItemProcessor": inside(("No", BOOM)),
            }
        },
        REENTERS,
        "No",
        given={"items": [{}]},
    ),
    Case(
        "Parallel caught to Fail",
        {
            "Both": {
                "Type": "Parallel",
                "Branches": [inside(("Right", task()))],
                "Catch": [{"ErrorEquals": ALL, "Next": "Fail"}],
                "End": True,
            },
            "Fail": BOOM,
        },
        REENTERS,
        "Fail",
        caught_from="Both",
        finished=1,
    ),
    Case(
        "caught inside a Parallel branch",
        {
            "Both": {
                "Type": "Parallel",
                "End": True,
                "Branches": [inside(("Right", caught("Fail")), ("Fail", BOOM))],
            }
        },
        REENTERS,
        "Fail",
        caught_from="Right",
        finished=1,
    ),
    Case(
        "nested execution",
        {
            "Child": task(
                Resource="arn:aws:states:::states:startExecution.sync:2",
                Parameters={"StateMachineArn": "CHILD", "Input": {}},
            )
        },
        RESUMES,
        "Child",
    ),
    Case(
        "after a Wait",
        {"Wait": {"Type": "Wait", "Seconds": 1, "Next": "Load"}, "Load": task()},
        RESUMES,
        "Load",
        finished=1,
    ),
    Case(
        "after a Choice loop",
        {
            "Count": {
                **PASS,
                "Parameters": {"n.$": "States.MathAdd($.n, 1)"},
                "Next": "Enough",
            },
            "Enough": {
                "Type": "Choice",
                "Choices": [{"Variable": "$.n", "NumericLessThan": 3, "Next": "Count"}],
                "Default": "Load",
            },
            "Load": task(),
        },
        RESUMES,
        "Load",
        finished=6,
        given={"n": 0},
    ),
    Case(
        "a function that is not there",
        {"Call": task(Resource="arn:aws:lambda:us-east-1:000000000000:function:not-there")},
        RESUMES,
        "Call",
    ),
    Case(
        "JSONata task failed",
        {"Load": {"Type": "Task", "Resource": LOAD, "Arguments": {"a": 1}, "End": True}},
        RESUMES,
        "Load",
        machine={"QueryLanguage": "JSONata"},
    ),
]


@pytest.fixture(scope="module")
def executions(hand: Hand) -> dict[str, str]:
    """Every case's execution by its name, all started at once."""
    hand.warehouse("closed")
    child = hand.machine({"Fail": BOOM})
    stand_ins = {
        f'"{LOAD}"': f'"{hand.function("exampleLoadOrders")}"',
        f'"{SLOW}"': f'"{hand.function("exampleTimeOut")}"',
        '"NOTIFY"': f'"{hand.function("executions")}"',
        '"CHILD"': f'"{child}"',
    }
    started = {}
    for case in CASES:
        machine = hand.machine(case.states, stand_ins=stand_ins, **case.machine)
        started[case.name] = hand.start(machine, {**case.given, "of": uuid.uuid4().hex})
    time.sleep(0.5)
    for case in CASES:
        if case.stop:
            hand.stepfunctions.stop_execution(executionArn=started[case.name])
    return started


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_the_verdict_is_right(hand: Hand, executions: dict[str, str], case: Case) -> None:
    execution, own = executions[case.name], deps(hand)

    def judged() -> Verdict | None:
        occurrence = own.occurrences.all([execution]).get(execution)
        stored = own.alerts.get(occurrence.alert_ids[-1]) if occurrence else None
        return stored.alert.verdict if stored else None

    verdict: Verdict = eventually(judged)
    assert (verdict.help, verdict.state) == (case.help, case.state), verdict
    assert verdict.caught_from == case.caught_from
    assert verdict.finished_steps == case.finished
    assert not verdict.definition_changed
    stopped_at = hand.describe(execution)["stopDate"]
    assert verdict.until is not None
    assert abs(verdict.until - stopped_at - REDRIVABLE_FOR) < timedelta(seconds=1)


def test_a_definition_that_changed_since_is_told(hand: Hand) -> None:
    hand.warehouse("closed")
    load = {"Load": {"Type": "Task", "Resource": hand.function("exampleLoadOrders"), "End": True}}
    machine = hand.machine(load)
    name = machine.split(":")[-1]
    execution = hand.start(machine)
    card = hand.settled_card(name)
    hand.stepfunctions.update_state_machine(
        stateMachineArn=machine,
        definition=hand.definition({"Other": {"Type": "Succeed"}}),
    )
    hand.press(card, "redrive")
    hand.told(card, "failed again")
    again = eventually(lambda: [one for one in hand.cards(name) if "has changed since" in str(one)])
    assert "runs the old one" in str(again[0])
    assert hand.describe(execution)["redriveCount"] == 1
