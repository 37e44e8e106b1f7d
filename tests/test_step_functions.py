"""What is asked of Step Functions, on the wire."""

import copy
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from botocore.exceptions import ParamValidationError

from app.domain.history import locate
from app.step_functions import StepFunctions, StepFunctionsBusyError, StepFunctionsError
from tests.factories import NOW, execution_arn
from tests.histories import newest_first
from tests.wire import Answer, StepFunctionsWire

Wired = Callable[[Answer], StepFunctionsWire]


def history(name: str, *, parameters: bool) -> Answer:
    """Answers with this history; without data perhaps without the parameters of tasks too."""

    def answer(_operation: str, given: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        events = copy.deepcopy(newest_first(name))[: given["maxResults"]]
        for event in events:
            if not given["includeExecutionData"] and not parameters:
                event.get("taskScheduledEventDetails", {}).pop("parameters", None)
        return 200, {"events": events}

    return answer


@pytest.mark.parametrize(("parameters", "asked"), [(True, 1), (False, 2)])
def test_the_function_is_known_whether_or_not_parameters_count_as_data(
    wire: Wired,
    parameters: bool,  # noqa: FBT001
    asked: int,
) -> None:
    asked_of = wire(history("lambda_invoke_failed", parameters=parameters))
    call = locate(StepFunctions(lambda: asked_of.client).history(execution_arn())).call
    assert call is not None
    assert call.function.name == "load-orders"
    assert len(asked_of.calls) == asked


def test_what_calls_no_function_is_asked_for_once(wire: Wired) -> None:
    asked_of = wire(history("another_service_failed", parameters=False))
    assert StepFunctions(lambda: asked_of.client).history(execution_arn())
    assert len(asked_of.calls) == 1


def test_a_description_has_the_trace_header_that_was_passed(wire: Wired) -> None:
    described = {
        "executionArn": execution_arn(),
        "stateMachineArn": "arn:aws:states:eu-west-1:123456789012:stateMachine:orders",
        "status": "FAILED",
        "startDate": NOW,
        "traceHeader": "Root=1-5e1b4151-5ac6c58f3c3c3c3c3c3c3c3c",
    }
    asked_of = wire(lambda _operation, _given: (200, described))
    description = StepFunctions(lambda: asked_of.client).describe(execution_arn())
    assert description.trace_header == described["traceHeader"]


def test_when_an_execution_was_redriven_is_told_by_its_description_and_in_lists(
    wire: Wired,
) -> None:
    told = {
        "executionArn": execution_arn(),
        "stateMachineArn": "arn:aws:states:eu-west-1:123456789012:stateMachine:orders",
        "name": "e1",
        "status": "FAILED",
        "startDate": NOW - timedelta(hours=3),
        "redriveCount": 1,
        "redriveDate": NOW - timedelta(minutes=2),
        "stopDate": NOW,
    }
    asked_of = wire(
        lambda operation, _given: (
            200,
            told if operation == "DescribeExecution" else {"executions": [told]},
        )
    )
    step_functions = StepFunctions(lambda: asked_of.client)
    assert step_functions.describe(execution_arn()).redriven_at == told["redriveDate"]
    [listed] = step_functions.executions(str(told["stateMachineArn"])).items
    assert listed.took == timedelta(minutes=2)


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (400, "ThrottlingException"),
        (400, "ExecutionLimitExceeded"),
        (400, "ExpiredTokenException"),
        (500, "InternalServerError"),
        (502, None),  # a gateway on the way that knows nothing of AWS's words
    ],
)
def test_what_may_go_through_later_is_told_from_what_never_will(
    wire: Wired, status: int, code: str | None
) -> None:
    said = {"message": "not now"} | ({"__type": code} if code else {})
    asked_of = wire(lambda _, __: (status, said))
    with pytest.raises(StepFunctionsBusyError):
        StepFunctions(lambda: asked_of.client).describe(execution_arn())
    asked_of = wire(lambda _, __: (400, {"__type": "ValidationException", "message": "no"}))
    with pytest.raises(StepFunctionsError) as refused:
        StepFunctions(lambda: asked_of.client).describe(execution_arn())
    assert not isinstance(refused.value, StepFunctionsBusyError)


def test_no_answer_at_all_may_go_through_later(wire: Wired) -> None:
    asked_of = wire(lambda _, __: (200, {}))
    asked_of.close()
    with pytest.raises(StepFunctionsBusyError, match="EndpointConnectionError"):
        StepFunctions(lambda: asked_of.client).describe(execution_arn())


def test_a_mistake_of_ours_is_not_taken_for_a_busy_service(wire: Wired) -> None:
    asked_of = wire(lambda _, __: (200, {}))
    steps: Any = StepFunctions(lambda: asked_of.client)
    with pytest.raises(ParamValidationError):
        steps.describe(None)
    broken: Any = None
    with pytest.raises(AttributeError):
        StepFunctions(lambda: broken).describe(execution_arn())
