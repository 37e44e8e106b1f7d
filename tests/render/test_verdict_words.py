"""The verdict as people read it."""

from typing import Any

import pytest
from msgspec.structs import replace

from app.domain.alert import Alert, RecoveryKind
from app.domain.history import Rerun
from app.domain.transitions import allows
from app.domain.verdict import Help, Verdict, judge, unknown
from app.render.card import card
from app.render.verdict import verdict_line
from tests.factories import NOW, alert, failure
from tests.histories import newest_first


def judged(history: str, status: str = "REDRIVABLE", **more: Any) -> Alert:
    one = alert()
    verdict = judge(
        one.focus.attempt,
        redrive_status=status,
        events=newest_first(history),
        **{"reason": None, "stopped_at": NOW, **more},
    )
    return replace(one, verdict=verdict)


def redrive_button(one: Alert) -> Any:
    [actions] = [b for b in card(one, NOW)["attachments"][0]["blocks"] if b["type"] == "actions"]
    return next((e for e in actions["elements"] if e["action_id"] == "redrive"), None)


RESUMES = (
    ":leftwards_arrow_with_hook: *A redrive resumes* from {state}, keeps 1 finished step, and is "
    "possible until <!date^1773653400^{{date_short_pretty}} {{time}}|2026-03-16 09:30 UTC>."
)


@pytest.mark.parametrize(
    ("history", "state", "mind"),
    [
        ("lambda_function_failed", "`LoadOrders`", ""),
        (
            "nested_execution_failed_2",
            "`LoadWarehouse`",
            " It starts a new child execution: the one that failed stays failed.",
        ),
        (
            "distributed_map_failed",
            "`EachFile`",
            " Of its Map Run, only the children that did not succeed run again.",
        ),
    ],
)
def test_where_a_redrive_resumes_is_said_with_how(history: str, state: str, mind: str) -> None:
    assert verdict_line(judged(history)) == RESUMES.format(state=state) + mind


def test_that_a_caught_error_cannot_be_repaired_is_said() -> None:
    assert verdict_line(judged("caught_then_fail")) == (
        ":warning: *A redrive can't help*: it would enter the Fail state `FailState` again. "
        "The error was caught from `LoadOrders`."
    )


def test_that_the_same_input_fails_again_is_said() -> None:
    assert verdict_line(judged("choice_without_match")) == (
        ":warning: *A redrive would fail again*: `WhichKind` failed by its input alone, and a "
        "redrive gives it the same."
    )


@pytest.mark.parametrize(
    ("reason", "words"),
    [
        ("State machine is in DELETING status", "its state machine is being deleted"),
        ("Execution is RUNNING and cannot be redriven", "it is running"),
        ("Execution is SUCCEEDED and cannot be redriven", "it has succeeded"),
        (
            "Execution was started before the launch of RedriveExecution",
            "it was started before AWS had redrives",
        ),
        (
            "Execution history event limit exceeded",
            "its history is too long to go on (AWS allows 25,000 events)",
        ),
        (
            "Execution has exceeded the max execution time",
            "it has been open for a year, the longest AWS allows",
        ),
        ("Execution redrivable period exceeded", "it ended more than 14 days ago"),
        ("Execution was <!here> and `there`", "`Execution was &lt;!here&gt; and 'there'`"),
        (None, "Step Functions does not say why"),
    ],
)
def test_each_reason_of_aws_is_said_plainly(reason: str | None, words: str) -> None:
    one = judged("lambda_function_failed", "NOT_REDRIVABLE", reason=reason)
    assert verdict_line(one) == f":no_entry: *It can't be redriven*: {words}."
    assert redrive_button(one) is None


def test_a_child_of_a_map_run_is_redriven_from_above() -> None:
    one = judged("lambda_function_failed", "REDRIVABLE_BY_MAP_RUN")
    assert verdict_line(one) == (
        ":no_entry: *It can't be redriven*: it is part of a Map Run, and runs again when the "
        "execution that started that is redriven."
    )
    assert not allows(one, RecoveryKind.REDRIVE)


def test_a_status_of_the_future_is_named_and_may_be_tried() -> None:
    one = judged("lambda_function_failed", "REDRIVE_IN_PROGRESS")
    assert "`its redrive status is REDRIVE_IN_PROGRESS`" in verdict_line(one)
    assert redrive_button(one)["style"] == "primary"


def test_an_express_execution_has_no_redrive() -> None:
    arn = "arn:aws:states:eu-west-1:123456789012:express:orders:e1:uuid"
    one = alert(replace(failure(), execution_arn=arn))
    assert verdict_line(one) == ":no_entry: Express executions have no redrive."


def test_a_definition_that_changed_is_warned_of() -> None:
    assert "a redrive runs the old one" in verdict_line(
        judged("lambda_function_failed", definition_changed=True)
    )


@pytest.mark.parametrize(
    ("reason", "ask_again", "line"),
    [
        (
            "Step Functions could not be asked just now",
            True,
            "Step Functions could not be asked just now. It will be asked again.",
        ),
        (
            "sfn-alerts has no permission to read this execution",
            False,
            "sfn-alerts has no permission for it.",
        ),
        (
            "Step Functions no longer knows this execution",
            False,
            "Step Functions no longer knows this execution.",
        ),
        ("its history can't be read", False, "its history can't be read."),
    ],
)
def test_what_could_not_be_asked_is_said(reason: str, ask_again: bool, line: str) -> None:  # noqa: FBT001
    one = alert()
    one = replace(one, verdict=unknown(one.focus.attempt, reason, ask_again=ask_again))
    assert verdict_line(one) == (
        f":grey_question: Whether a redrive would help is not known: {line}"
    )


@pytest.mark.parametrize("history", ["caught_then_fail", "choice_without_match"])
def test_a_redrive_in_vain_is_warned_of_once_more(history: str) -> None:
    button = redrive_button(judged(history))
    assert "style" not in button
    assert "would fail again" in button["confirm"]["text"]["text"]


def test_a_new_child_is_told_of_before_it_is_started() -> None:
    button = redrive_button(judged("nested_execution_failed"))
    assert "starts a new child execution" in button["confirm"]["text"]["text"]


def test_long_names_leave_room_to_confirm() -> None:
    one = alert(replace(failure(), state="S" * 80))
    verdict = Verdict(
        attempt=one.focus.attempt, help=Help.RESUMES, state="S" * 300, rerun=Rerun.NEW_CHILD
    )
    text = redrive_button(replace(one, verdict=verdict, failing_count=9))["confirm"]["text"]["text"]
    assert len(text) <= 300
