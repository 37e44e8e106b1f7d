"""What a redrive would do, told from a description and a history."""

from datetime import timedelta
from typing import Any

import msgspec
import pytest

from app.domain.execution import Attempt
from app.domain.history import Rerun, find_wait
from app.domain.verdict import Help, Verdict, judge, out_of_reach, unknown, waiting
from tests.factories import NOW, execution_arn
from tests.histories import held, newest_first

ATTEMPT = Attempt(execution_arn(), 0)


def judged(history: str | None, status: str | None = "REDRIVABLE", **more: Any) -> Verdict:
    given: dict[str, Any] = {"reason": None, "stopped_at": NOW, **more}
    events = newest_first(history) if history else None
    return judge(ATTEMPT, redrive_status=status, events=events, **given)


def test_a_redrive_resumes_from_the_failed_state_for_14_days() -> None:
    verdict = judged("lambda_function_failed")
    assert (verdict.help, verdict.state) == (Help.RESUMES, "LoadOrders")
    assert (verdict.finished_steps, verdict.vain) == (1, False)
    assert verdict.until == NOW + timedelta(days=14)


def test_a_redrive_cannot_help_where_the_error_was_caught() -> None:
    verdict = judged("caught_then_fail")
    assert (verdict.help, verdict.caught_from) == (Help.REENTERS_FAIL, "LoadOrders")
    assert verdict.vain


def test_a_redrive_of_what_called_nothing_is_known_to_be_in_vain() -> None:
    verdict = judged("choice_without_match")
    assert (verdict.help, verdict.repeats, verdict.vain) == (Help.RESUMES, True, True)


@pytest.mark.parametrize(
    ("history", "rerun"),
    [
        ("lambda_function_failed", Rerun.STATE),
        ("nested_execution_failed_2", Rerun.NEW_CHILD),
        ("distributed_map_failed", Rerun.FAILED_CHILDREN),
    ],
)
def test_the_verdict_says_how_it_would_run_again(history: str, rerun: Rerun) -> None:
    assert judged(history).rerun is rerun


def test_what_step_functions_will_not_redrive_is_said_with_its_reason() -> None:
    said = "Execution redrivable period exceeded"
    verdict = judged("lambda_function_failed", "NOT_REDRIVABLE", reason=said)
    assert (verdict.help, verdict.reason) == (Help.NOT_REDRIVABLE, said)


def test_a_child_of_a_map_run_is_not_redrivable_by_itself() -> None:
    verdict = judged("lambda_function_failed", "REDRIVABLE_BY_MAP_RUN")
    assert verdict.help is Help.NOT_REDRIVABLE
    assert verdict.reason == "only its Map Run can redrive it"


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        (None, None),
        ("REDRIVE_IN_PROGRESS", "its redrive status is REDRIVE_IN_PROGRESS"),
        ("", "its redrive status is "),
    ],
)
def test_a_redrive_status_we_do_not_know_leaves_it_open(
    status: str | None, reason: str | None
) -> None:
    verdict = judged("lambda_function_failed", status)
    assert (verdict.help, verdict.state) == (Help.UNKNOWN, "LoadOrders")
    assert verdict.reason == reason


def test_the_cause_tells_the_state_where_the_history_cannot_be_read() -> None:
    cause = (
        "An error occurred while executing the state 'It's (late)' (entered at the event id #7). "
        "The JSONPath '$.x' could not be found"
    )
    verdict = judged(None, cause=cause)
    assert (verdict.help, verdict.state, verdict.repeats) == (Help.RESUMES, "It's (late)", True)


def test_nothing_is_claimed_of_a_history_that_cannot_be_read() -> None:
    unread = judged(None, cause="boom")
    assert (unread.help, unread.reason) == (Help.UNKNOWN, "its history can't be read")
    assert judged(None).help is Help.UNKNOWN
    refused = judged(None, "NOT_REDRIVABLE", reason="State machine is in DELETING status")
    assert refused.help is Help.NOT_REDRIVABLE


def test_a_step_that_waits_tells_what_a_retry_goes_back_to_and_until_when() -> None:
    events = held(timeoutInSeconds=3600)
    wait = find_wait(events)
    assert waiting(ATTEMPT, events) == Verdict(
        attempt=ATTEMPT,
        help=Help.WAITS,
        state="NotifyError",
        caught_from="LoadOrders",
        finished_steps=1,
        until=NOW + timedelta(hours=1),
        call=wait.place.call,
    )


def test_what_could_not_be_asked_is_not_known_and_may_be_asked_again() -> None:
    assert unknown(ATTEMPT, "busy") == Verdict(attempt=ATTEMPT, help=Help.UNKNOWN, reason="busy")
    assert unknown(ATTEMPT, "busy", ask_again=True).ask_again


def test_what_is_out_of_reach_is_not_known_and_is_not_asked_again() -> None:
    verdict = out_of_reach(ATTEMPT)
    assert (verdict.attempt, verdict.help) == (ATTEMPT, Help.UNKNOWN)
    assert (verdict.out_of_reach, verdict.ask_again) == (True, False)
    assert verdict.reason == "alerts.yml does not list its account and region"


def test_the_verdict_names_the_call_that_failed_and_the_definition_that_ran() -> None:
    verdict = judged("lambda_function_failed", revision="r7", definition_changed=True)
    assert verdict.call is not None
    assert verdict.call.function.name == "load-orders"
    assert (verdict.revision, verdict.definition_changed) == ("r7", True)


def test_what_has_not_stopped_has_no_time_until_which_it_can_be_redriven() -> None:
    assert judged("lambda_function_failed", stopped_at=None).until is None


def test_a_trace_header_gives_its_trace() -> None:
    header = "Root=1-5e1b4151-5ac6c58f3c3c3c3c3c3c3c3c;Parent=53995c3f42cd8ad8;Sampled=1"
    assert judged("aborted", trace_header=header).trace_id == "1-5e1b4151-5ac6c58f3c3c3c3c3c3c3c3c"


def test_a_verdict_stored_before_there_were_calls_is_still_read() -> None:
    before = {
        "attempt": {"execution_arn": execution_arn(), "redrive_count": 0},
        "help": "resumes",
        "state": "Load",
        "caught_from": None,
        "finished_steps": 3,
        "until": "2026-03-16T09:30:00Z",
        "reason": None,
        "definition_changed": False,
        "ask_again": False,
    }
    verdict = msgspec.json.decode(msgspec.json.encode(before), type=Verdict)
    assert (verdict.call, verdict.rerun, verdict.finished_steps) == (None, Rerun.STATE, 3)


def test_a_verdict_comes_back_from_the_table_as_it_went() -> None:
    verdict = judged("lambda_invoke_failed")
    assert msgspec.json.decode(msgspec.json.encode(verdict), type=Verdict) == verdict
