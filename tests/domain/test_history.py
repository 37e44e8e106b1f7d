"""Where an execution failed, which function was called, and what a redrive keeps."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.loaders import Loader
from botocore.model import ServiceModel, StringShape, StructureShape

from app.domain.calls import Call, LambdaFunction
from app.domain.history import Place, Rerun, Wait, find_wait, finished_steps, locate
from tests.factories import NOW
from tests.histories import FILES, held, newest_first

FIRST_REQUEST = "8d3c1b9e-6c1f-4c55-9a64-1f0c3a6f7a10"
SECOND_REQUEST = "0b7f6f5e-2a55-4a19-8c3e-5b1f0a9d2c41"
LAST_REQUEST = "c2a4e8d0-77b1-4f0e-b6d7-0e9a35c1f822"
NEW_CHILD, FAILED_CHILDREN = Rerun.NEW_CHILD, Rerun.FAILED_CHILDREN


@dataclass(frozen=True)
class Case:
    """A history, and what it tells."""

    history: str
    state: str
    function: str | None = None
    request: str | None = None
    fail: bool = False
    caught_from: str | None = None
    finished: int = 0
    rerun: Rerun = Rerun.STATE
    repeats: bool = False


CASES = [
    Case("lambda_function_failed", "LoadOrders", "load-orders", FIRST_REQUEST, finished=1),
    Case("lambda_invoke_failed", "LoadOrders", "load-orders", FIRST_REQUEST, finished=1),
    Case("task_timed_out", "LoadOrders", "load-orders"),
    Case("retried_then_failed", "LoadOrders", "load-orders", LAST_REQUEST),
    Case(
        "caught_then_fail",
        "FailState",
        "load-orders",
        FIRST_REQUEST,
        fail=True,
        caught_from="LoadOrders",
        finished=2,
    ),
    Case(
        "caught_then_notify_error_then_fail",
        "FailState",
        "load-orders",
        fail=True,
        caught_from="LoadOrders",
        finished=2,
    ),
    Case("parallel_branch_failed", "LoadLeft", "load-orders-left", FIRST_REQUEST, finished=1),
    Case(
        "parallel_retried_then_failed", "LoadLeft", "load-orders-left", SECOND_REQUEST, finished=2
    ),
    Case(
        "parallel_caught_then_fail",
        "FailState",
        "load-orders-left",
        FIRST_REQUEST,
        fail=True,
        caught_from="Both",
        finished=2,
    ),
    Case("inline_map_item_failed", "LoadOrder", "load-orders", SECOND_REQUEST, finished=1),
    Case("distributed_map_failed", "EachFile", finished=1, rerun=FAILED_CHILDREN),
    Case("nested_execution_failed", "LoadWarehouse", finished=1, rerun=NEW_CHILD),
    Case("nested_execution_failed_2", "LoadWarehouse", finished=1, rerun=NEW_CHILD),
    Case("runtime_error", "ReadText", finished=1, repeats=True),
    Case("evaluation_failed", "CountOrders", finished=1, repeats=True),
    Case("evaluation_failed_after_a_call", "LoadOrders", "load-orders"),
    Case("choice_without_match", "WhichKind", repeats=True),
    Case("machine_timed_out", "LoadRight", "load-orders-right", finished=1),
    Case("aborted", "WaitForStock", finished=1),
    Case("aborted_beside_a_finished_branch", "WaitLeft", finished=1),
    Case("redriven_and_failed_again", "LoadOrders", "load-orders", SECOND_REQUEST, finished=1),
    Case(
        "redriven_and_failed_further_on", "ReportOrders", "report-orders", LAST_REQUEST, finished=2
    ),
    Case(
        "redriven_without_entering_again", "LoadOrders", "load-orders", SECOND_REQUEST, finished=1
    ),
    Case(
        "redriven_parallel_failed_again",
        "LoadLeft",
        "load-orders-left",
        SECOND_REQUEST,
        finished=1,
    ),
    Case("wait_for_task_token_timed_out", "AskForApproval", "ask-for-approval", finished=1),
    Case("another_service_failed", "KeepOrders"),
]


@pytest.mark.parametrize("case", CASES, ids=[case.history for case in CASES])
def test_a_history_tells_where_it_failed(case: Case) -> None:
    events = newest_first(case.history)
    place = locate(events)
    assert (place.state, place.in_fail_state) == (case.state, case.fail)
    assert place.caught_from == case.caught_from
    assert (place.call.function.name if place.call else None) == case.function
    assert (place.call.request_id if place.call else None) == case.request
    assert (place.rerun, place.repeats) == (case.rerun, case.repeats)
    assert finished_steps(events) == case.finished


def test_every_history_is_told_of() -> None:
    assert sorted(case.history for case in CASES) == sorted(FILES)


def test_a_call_knows_when_it_failed() -> None:
    call = locate(newest_first("lambda_function_failed")).call
    assert call is not None
    assert call.at == datetime(2026, 3, 2, 9, 28, 32, 532000, tzinfo=UTC)


@pytest.mark.parametrize("name", FILES)
def test_a_history_cut_anywhere_tells_the_same_state_or_none(name: str) -> None:
    """AWS: a page holds 1,000 events, here the newest."""
    events = newest_first(name)
    told = {locate(events[:kept]).state for kept in range(len(events))}
    assert told <= {None, locate(events).state}


def test_a_history_that_points_in_circles_ends_all_the_same() -> None:
    circle = [
        {"id": 6, "type": "ExecutionFailed", "previousEventId": 5},
        {"id": 5, "type": "TaskFailed", "previousEventId": 6},
    ]
    assert locate(circle) == Place()
    assert locate([{"id": 6, "type": "ExecutionFailed", "previousEventId": 6}]) == Place()


def event(number: int, previous: int, kind: str, name: str | None = None) -> Mapping[str, Any]:
    told = "stateEnteredEventDetails" if kind.endswith("Entered") else "stateExitedEventDetails"
    one = {"id": number, "previousEventId": previous, "type": kind}
    return {**one, told: {"name": name}} if name else one


ABORTED_MAP = [
    event(1, 0, "MapStateEntered", "Each"),
    event(2, 1, "MapStateStarted"),
    event(3, 2, "TaskStateEntered", "Load"),
    event(4, 2, "TaskStateEntered", "Load"),
    event(5, 3, "TaskStateExited", "Load"),
    event(6, 4, "TaskStateExited", "Load"),
    event(7, 0, "ExecutionAborted"),
]


@pytest.mark.parametrize(
    ("events", "state"),
    [(ABORTED_MAP, "Each"), ([*ABORTED_MAP[:5], ABORTED_MAP[6]], "Load")],
    ids=["all items had ended", "one had not"],
)
def test_of_items_side_by_side_each_has_an_end_of_its_own(
    events: list[Mapping[str, Any]], state: str
) -> None:
    assert locate(list(reversed(events))).state == state


def test_steps_of_a_branch_that_is_tried_again_are_not_kept_nor_what_was_inside_them() -> None:
    events = [
        event(1, 0, "ParallelStateEntered", "Outer"),
        event(2, 1, "ParallelStateStarted"),
        event(3, 2, "PassStateEntered", "Before"),
        event(4, 3, "PassStateExited", "Before"),
        event(5, 4, "ParallelStateEntered", "Inner"),
        event(6, 5, "ParallelStateStarted"),
        event(7, 6, "PassStateEntered", "Inside"),
        event(8, 7, "PassStateExited", "Inside"),
        event(9, 8, "ParallelStateSucceeded"),
        event(10, 9, "ParallelStateExited", "Inner"),
        event(11, 10, "ParallelStateFailed"),
    ]
    assert finished_steps(list(reversed(events))) == 3
    again = [*events, event(12, 11, "ParallelStateStarted")]
    assert finished_steps(list(reversed(again))) == 0


def test_an_expression_that_failed_beside_another_branch_names_its_own_state() -> None:
    events = [
        event(1, 0, "ParallelStateEntered", "Both"),
        event(2, 1, "ParallelStateStarted"),
        event(3, 2, "TaskStateEntered", "Left"),
        event(4, 2, "TaskStateEntered", "Right"),
        {**event(5, 0, "EvaluationFailed"), "evaluationFailedEventDetails": {"state": "Left"}},
        event(6, 5, "ExecutionFailed"),
    ]
    assert locate(list(reversed(events))).state == "Left"


@pytest.mark.parametrize(
    ("action", "rerun"),
    [
        ("startExecution", Rerun.STATE),
        ("startExecution.sync:2", Rerun.NEW_CHILD),
        ("describeExecution", Rerun.STATE),
    ],
)
def test_a_child_is_started_anew_only_where_its_end_was_waited_for(
    action: str, rerun: Rerun
) -> None:
    assert locate(called("states", action, "")).rerun is rerun
    assert locate(called("batch", action, "")).rerun is Rerun.STATE


def called(service: str, action: str, parameters: str) -> list[Mapping[str, Any]]:
    """The history of a state that called this, and no more."""
    said = {"resourceType": service, "resource": action, "parameters": parameters}
    entered = {"type": "TaskStateEntered", "stateEnteredEventDetails": {"name": "Load"}}
    return [
        {"id": 3, "type": "ExecutionFailed", "previousEventId": 2},
        {
            "id": 2,
            "type": "TaskScheduled",
            "previousEventId": 1,
            "taskScheduledEventDetails": said,
        },
        {"id": 1, "previousEventId": 0, **entered},
    ]


@pytest.mark.parametrize(
    "parameters",
    ["", "{", "null", "[1]", '{"FunctionName": 7}', '{"FunctionName": "a b"}', "[" * 9999],
)
def test_parameters_that_name_no_function_are_passed_over(parameters: str) -> None:
    assert locate(called("lambda", "invoke", parameters)) == Place(state="Load")


@pytest.mark.parametrize(
    ("service", "action", "function"),
    [
        ("lambda", "invoke", "load-orders"),
        ("lambda", "invoke.waitForTaskToken", "load-orders"),
        ("aws-sdk:lambda", "invoke", "load-orders"),
        ("aws-sdk:lambda", "getFunction", None),
        ("apigateway", "invoke", None),
        ("aws-sdk:bedrockruntime", "invokeModel", None),
    ],
)
def test_only_lambda_has_functions(service: str, action: str, function: str | None) -> None:
    call = locate(called(service, action, '{"FunctionName": "load-orders"}')).call
    assert (call.function.name if call else None) == function


@pytest.mark.parametrize(
    ("details", "until"),
    [
        ({"timeoutInSeconds": 3600}, NOW + timedelta(hours=1)),
        ({"timeoutInSeconds": 99_999_998}, NOW + timedelta(seconds=99_999_998)),
        ({"timeoutInSeconds": 99_999_999}, None),
        ({"timeoutInSeconds": "3600"}, None),
        ({}, None),
    ],
)
def test_a_step_that_waits_is_told_with_what_it_asks_about_and_until_when(
    details: dict[str, object], until: datetime | None
) -> None:
    load = LambdaFunction(name="load-orders", region="eu-west-1", account="123456789012")
    timed_out = datetime(2026, 3, 2, 9, 28, 35, 92000, tzinfo=UTC)
    asked_about = Place(
        state="NotifyError", caught_from="LoadOrders", call=Call(function=load, at=timed_out)
    )
    assert find_wait(held(**details)) == Wait(asked_about, until)


def test_of_steps_that_waited_the_last_is_told() -> None:
    again = [
        {
            "id": 10,
            "type": "TaskScheduled",
            "previousEventId": 9,
            "taskScheduledEventDetails": {"resource": "x.waitForTaskToken"},
        },
        {
            "id": 9,
            "type": "TaskStateEntered",
            "previousEventId": 8,
            "stateEnteredEventDetails": {"name": "Again"},
        },
    ]
    assert find_wait([*again, *held(timeoutInSeconds=60)]).place.state == "Again"
    assert find_wait([*again, *held(timeoutInSeconds=60)]).until is None


def test_no_wait_is_told_where_none_began_or_the_history_was_cut_before() -> None:
    assert find_wait(newest_first("caught_then_notify_error_then_fail")) == Wait(Place())
    assert find_wait(held(timeoutInSeconds=60)[:1]) == Wait(Place())
    assert find_wait([]) == Wait(Place())


def test_an_expression_names_its_state_though_the_history_was_cut_after_it_was_entered() -> None:
    assert locate(newest_first("evaluation_failed")[:2]).state == "CountOrders"


@pytest.mark.parametrize("name", FILES)
def test_the_histories_have_the_shape_that_aws_gives_them(name: str) -> None:
    model = ServiceModel(Loader().load_service_model("stepfunctions", "service-2"))
    event_shape = model.shape_for("HistoryEvent")
    types = model.shape_for("HistoryEventType")
    assert isinstance(event_shape, StructureShape)
    assert isinstance(types, StringShape)
    for event in newest_first(name):
        assert event["type"] in types.enum
        _assert_shape(event_shape, event)


def _assert_shape(shape: StructureShape, value: Mapping[str, Any]) -> None:
    assert set(shape.required_members) <= value.keys() <= shape.members.keys()
    for name, inner in value.items():
        member = shape.members[name]
        if isinstance(member, StructureShape):
            _assert_shape(member, inner)
