"""Where an execution failed, and what a redrive would do, read from its history."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest

from app.domain.execution import Attempt
from app.domain.verdict import Help, Place, judge, locate
from tests.factories import NOW, execution_arn

ATTEMPT = Attempt(execution_arn(), 0)


def history(*rows: tuple[int, str, int, str | None]) -> list[Mapping[str, Any]]:
    """Events newest first, of rows ``(id, type, previous id, state)`` oldest first."""
    events: list[Mapping[str, Any]] = []
    for event_id, kind, previous, name in rows:
        event: dict[str, Any] = {"id": event_id, "type": kind, "previousEventId": previous}
        if name:
            which = "stateEnteredEventDetails" if "Entered" in kind else "stateExitedEventDetails"
            event[which] = {"name": name}
        events.append(event)
    return events[::-1]


FAILED_TASK = history(
    (1, "ExecutionStarted", 0, None),
    (2, "PassStateEntered", 0, "Extract"),
    (3, "PassStateExited", 2, "Extract"),
    (4, "TaskStateEntered", 3, "Load"),
    (5, "LambdaFunctionScheduled", 4, None),
    (6, "LambdaFunctionFailed", 5, None),
    (7, "ExecutionFailed", 6, None),
)
CAUGHT = history(
    (1, "ExecutionStarted", 0, None),
    (2, "TaskStateEntered", 0, "TimeOut"),
    (3, "LambdaFunctionScheduled", 2, None),
    (4, "LambdaFunctionTimedOut", 3, None),
    (5, "TaskStateExited", 4, "TimeOut"),
    (6, "TaskStateEntered", 5, "NotifyError"),
    (7, "LambdaFunctionFailed", 6, None),
    (8, "LambdaFunctionScheduled", 7, None),
    (9, "LambdaFunctionSucceeded", 8, None),
    (10, "TaskStateExited", 9, "NotifyError"),
    (11, "FailStateEntered", 10, "FailState"),
    (12, "ExecutionFailed", 11, None),
)
PARALLEL = history(
    (1, "ExecutionStarted", 0, None),
    (2, "ParallelStateEntered", 0, "Both"),
    (3, "ParallelStateStarted", 2, None),
    (4, "TaskStateEntered", 3, "Left"),
    (5, "TaskStateEntered", 3, "Right"),
    (6, "TaskFailed", 4, None),
    (7, "PassStateEntered", 5, "RightNext"),
    (8, "ParallelStateFailed", 6, None),
    (9, "ExecutionFailed", 8, None),
)
ABORTED = history(
    (1, "ExecutionStarted", 0, None),
    (2, "WaitStateEntered", 0, "Wait"),
    (3, "ExecutionAborted", 0, None),
)


@pytest.mark.parametrize(
    ("events", "place"),
    [
        (FAILED_TASK, Place(state="Load")),
        (CAUGHT, Place(state="FailState", in_fail_state=True, caught_from="TimeOut")),
        (PARALLEL, Place(state="Left")),
        (ABORTED, Place(state="Wait")),
        ([], Place()),
        (FAILED_TASK[:2], Place()),
    ],
    ids=["task", "caught", "parallel", "aborted", "nothing", "cut short"],
)
def test_the_failing_state_is_found(events: list[Mapping[str, Any]], place: Place) -> None:
    assert locate(events) == place


def test_a_redrive_resumes_from_the_failed_state_for_14_days() -> None:
    verdict = judge(
        ATTEMPT, redrive_status="REDRIVABLE", reason=None, stopped_at=NOW, events=FAILED_TASK
    )
    assert (verdict.help, verdict.state, verdict.finished_steps) == (Help.RESUMES, "Load", 1)
    assert verdict.until == NOW + timedelta(days=14)


def test_a_redrive_cannot_help_where_the_error_was_caught() -> None:
    verdict = judge(
        ATTEMPT, redrive_status="REDRIVABLE", reason=None, stopped_at=NOW, events=CAUGHT
    )
    assert (verdict.help, verdict.caught_from) == (Help.REENTERS_FAIL, "TimeOut")


def test_what_step_functions_will_not_redrive_is_said_with_its_reason() -> None:
    verdict = judge(
        ATTEMPT,
        redrive_status="NOT_REDRIVABLE",
        reason="Execution redrivable period exceeded",
        stopped_at=NOW,
        events=FAILED_TASK,
    )
    assert verdict.help is Help.NOT_REDRIVABLE
    assert verdict.reason == "Execution redrivable period exceeded"


def test_a_history_that_points_in_circles_ends_all_the_same() -> None:
    assert locate(history((5, "TaskFailed", 6, None), (6, "ExecutionFailed", 5, None))) == Place()
