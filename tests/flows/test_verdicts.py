"""The verdict on every way we know for a state machine to fail, run for real."""

import json
import re
import time
import uuid
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from app.domain.alert import Alert
from app.domain.calls import LambdaFunction
from app.domain.history import Rerun
from app.domain.verdict import REDRIVABLE_FOR, Help, Verdict
from app.step_functions import StepFunctions
from app.use_cases.describe import describe
from tests.hand import Hand, Json, eventually, unique
from tests.own import deps
from tests.wire import StepFunctionsWire

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
INVOKE = task(
    Resource="arn:aws:states:::lambda:invoke",
    Parameters={"FunctionName": LOAD, "Payload.$": "$"},
)
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
    """A machine of ``states``, and what the verdict on its execution must say.

    ``called`` is the function whose call failed.
    """

    name: str
    states: Json
    help: Help
    state: str
    caught_from: str | None = None
    finished: int = 0
    called: str | None = None
    rerun: Rerun = Rerun.STATE
    repeats: bool = False
    given: Json = field(default_factory=dict)
    machine: Json = field(default_factory=dict)
    stop: bool = False


RESUMES, REENTERS = Help.RESUMES, Help.REENTERS_FAIL
CASES = [
    Case("task failed", {"Load": task()}, RESUMES, "Load", called=LOAD),
    Case("function invoked by name", {"Load": INVOKE}, RESUMES, "Load", called=LOAD),
    Case(
        "retries exhausted",
        {"Load": task(Retry=[{"ErrorEquals": ALL, "MaxAttempts": 1, "IntervalSeconds": 1}])},
        RESUMES,
        "Load",
        called=LOAD,
    ),
    Case(
        "task timed out",
        {"Slow": task(Resource=SLOW, TimeoutSeconds=1)},
        RESUMES,
        "Slow",
        called=SLOW,
    ),
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
        repeats=True,
    ),
    Case(
        "runtime error of an intrinsic function",
        {"Read": {**PASS, "Parameters": {"x.$": "States.StringToJson($.text)"}, "End": True}},
        RESUMES,
        "Read",
        given={"text": "{"},
        repeats=True,
    ),
    Case(
        "JSONata error",
        {"Sum": {**PASS, "Output": "{% $error('no') %}", "End": True}},
        RESUMES,
        "Sum",
        machine={"QueryLanguage": "JSONata"},
        repeats=True,
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
        called=LOAD,
    ),
    Case(
        "Catch to NotifyError to Fail",
        {"Load": caught("Notify"), "Notify": {**NOTIFY, "Next": "Fail"}, "Fail": BOOM},
        REENTERS,
        "Fail",
        caught_from="Load",
        finished=2,
        called=LOAD,
    ),
    Case(
        "Catch to Pass to Fail",
        {"Load": caught("Tidy"), "Tidy": {**PASS, "Next": "Fail"}, "Fail": BOOM},
        REENTERS,
        "Fail",
        caught_from="Load",
        finished=2,
        called=LOAD,
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
        called=LOAD,
    ),
    Case(
        "Catch to another task that fails",
        {"Load": caught("Tidy"), "Tidy": task()},
        RESUMES,
        "Tidy",
        finished=1,
        called=LOAD,
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
        called=LOAD,
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
        called=LOAD,
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
        called=LOAD,
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
        called=LOAD,
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
        called=LOAD,
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
        rerun=Rerun.NEW_CHILD,
    ),
    Case(
        "inside a Distributed Map",
        {
            "Each": {
                "Type": "Map",
                "End": True,
                "ItemsPath": "$.items",
                "ItemProcessor": {
                    "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"},
                    **inside(("One", task())),
                },
            }
        },
        RESUMES,
        "Each",
        rerun=Rerun.FAILED_CHILDREN,
        given={"items": [{}, {}]},
    ),
    Case(
        "after a Wait",
        {"Wait": {"Type": "Wait", "Seconds": 1, "Next": "Load"}, "Load": task()},
        RESUMES,
        "Load",
        finished=1,
        called=LOAD,
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
        called=LOAD,
    ),
    Case(
        "a function that is not there",
        {"Call": task(Resource="arn:aws:lambda:us-east-1:000000000000:function:not-there")},
        RESUMES,
        "Call",
        called="not-there",
    ),
    Case(
        "JSONata task failed",
        {"Load": {"Type": "Task", "Resource": LOAD, "Arguments": {"a": 1}, "End": True}},
        RESUMES,
        "Load",
        machine={"QueryLanguage": "JSONata"},
        called=LOAD,
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


def judged(hand: Hand, execution: str) -> Alert | None:
    """The alert that the execution failed under, once it holds a verdict."""
    own = deps(hand)
    occurrence = own.occurrences.all([execution]).get(execution)
    stored = own.alerts.get(occurrence.alert_ids[-1]) if occurrence else None
    return stored.alert if stored and stored.alert.verdict else None


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_the_verdict_is_right(hand: Hand, executions: dict[str, str], case: Case) -> None:
    execution = executions[case.name]
    verdict: Verdict = eventually(lambda: judged(hand, execution)).verdict
    assert (verdict.help, verdict.state) == (case.help, case.state), verdict
    assert verdict.caught_from == case.caught_from
    assert verdict.finished_steps == case.finished
    assert (verdict.rerun, verdict.repeats) == (case.rerun, case.repeats)
    assert not verdict.definition_changed
    called = {LOAD: hand.function("exampleLoadOrders"), SLOW: hand.function("exampleTimeOut")}
    expected = LambdaFunction.read(called.get(case.called or "", case.called))
    assert (verdict.call.function.name if verdict.call else None) == (
        expected.name if expected else None
    )
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


def test_a_new_child_is_told_of_on_the_card(hand: Hand) -> None:
    child = hand.machine({"Fail": BOOM})
    sync = "arn:aws:states:::states:startExecution.sync:2"
    parent = hand.machine({"Child": task(Resource=sync, Parameters={"StateMachineArn": child})})
    hand.start(parent)
    card = json.dumps(hand.settled_card(parent.split(":")[-1]))
    assert "starts a new child execution" in card
    assert "|Child execution>" in card


def test_the_card_leads_to_the_call_that_failed_and_to_its_trace(hand: Hand) -> None:
    hand.warehouse("closed")
    warehouse, root = unique("W"), f"1-{uuid.uuid4().hex[:8]}-{uuid.uuid4().hex[:24]}"
    hand.stepfunctions.start_execution(
        stateMachineArn=hand.example("let-it-fail"),
        input=json.dumps({"warehouse": warehouse}),
        traceHeader=f"Root={root};Sampled=1",
    )
    card = json.dumps(hand.settled_card(warehouse))
    assert "|Logs of sfn-alerts-local-exampleLoadOrders>" in card
    assert "$252Faws$252Flambda$252Fsfn-alerts-local-exampleLoadOrders/log-events" in card
    assert re.search(r"filterPattern\$3D\$2522[0-9a-f-]{36}\$2522", card)
    assert f"#xray:traces/{root}|X-Ray trace>" in card


def test_what_may_not_be_read_leaves_the_rest_told(hand: Hand) -> None:
    """The role may describe executions, but read neither histories nor definitions."""
    denied = {"__type": "AccessDeniedException", "message": "not authorized"}

    def answer(operation: str, given: Json) -> tuple[int, Json]:
        if operation == "DescribeExecution":
            return 200, hand.describe(given["executionArn"])
        return 400, denied

    read = {"Read": {**PASS, "Parameters": {"x.$": "States.StringToJson($.text)"}, "End": True}}
    execution = hand.start(hand.machine(read), {"text": "{", "of": uuid.uuid4().hex})
    before = eventually(lambda: judged(hand, execution))
    wire = StepFunctionsWire(answer)
    own = replace(deps(hand), step_functions=StepFunctions(lambda: wire.client))
    describe(own, before)
    wire.close()
    after = judged(hand, execution)
    assert after is not None
    assert after.verdict is not None
    # Which definition it ran is told by what may not be read, and by nothing else.
    known = replace(after.verdict, revision=before.verdict.revision)
    assert known == before.verdict, "the cause tells the state"
    assert (after.verdict.help, after.verdict.vain) == (Help.RESUMES, True)
    assert {operation for operation, _ in wire.calls} > {"DescribeExecution"}


def test_an_express_execution_tells_by_a_step_and_offers_nothing_it_has_not(hand: Hand) -> None:
    """The embedded AWS gives Express executions the ARNs of others: the step says AWS's own."""
    name = f"express-{uuid.uuid4().hex[:8]}"
    arn = f"arn:aws:states:us-east-1:000000000000:express:{name}:e1:{uuid.uuid4()}"
    told = {
        "param": {"Error": "Boom", "Cause": "on purpose"},
        "Execution": {"Id": arn, "Input": {}, "StartTime": "2026-03-01T10:00:00.123Z"},
        "State": {"Name": "Notify", "EnteredTime": "2026-03-01T10:00:01Z"},
        "StateMachine": {"Name": name},
    }
    notify = {"Type": "Task", "Resource": hand.function("executions"), "Parameters": told}
    hand.start(hand.machine({"Notify": {**notify, "End": True}}))
    card = hand.settled_card(name)
    assert "Express executions have no redrive" in json.dumps(card)
    assert "#/express-executions/details/" in json.dumps(card)
    assert not [one for one in ("redrive", "restart", "retry") if hand.button(card, one)]
    assert hand.button(card, "acknowledge")
