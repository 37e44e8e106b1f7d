"""Events of every shape we know of, and of none."""

import base64
import contextlib
import gzip
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.execution import Failure, Success
from app.domain.kept import LONGEST
from app.domain.redaction import Redactor
from app.ingest import parse, subscription
from app.ingest.errors import NotUnderstoodError

EVENTS = {path.stem: path for path in (Path(__file__).parent.parent / "events").glob("*.json")}
REDACTOR = Redactor.of()


def read(name: str) -> Any:
    return parse(json.loads(EVENTS[name].read_text()), REDACTOR)


@pytest.mark.parametrize(
    "name", sorted(name for name in EVENTS if name.startswith(("failed", "timed", "aborted")))
)
def test_every_failure_of_eventbridge_is_read(name: str) -> None:
    failure = read(name)
    assert isinstance(failure, Failure)
    assert failure.arn.machine == "order-import"
    assert failure.started_at == datetime(2026, 3, 2, 9, 28, 30, tzinfo=UTC)
    assert failure.error_name


@pytest.mark.parametrize(
    ("name", "error", "redrive_count"),
    [
        ("failed_lambda", "WarehouseUnavailable", 0),
        ("failed_after_redrive", "WarehouseUnavailable", 2),
        ("failed_redrive_date_as_text", "WarehouseUnavailable", 1),
        ("timed_out", "Execution timed out", 0),
        ("aborted", "Execution aborted", 0),
        ("failed_without_anything", "No error given", 0),
    ],
)
def test_a_failure_has_its_error_and_attempt(name: str, error: str, redrive_count: int) -> None:
    failure = read(name)
    assert (failure.error_name, failure.redrive_count) == (error, redrive_count)


@pytest.mark.parametrize(
    ("name", "seconds"),
    [("failed_after_redrive", 10.123), ("failed_lambda", 90.123), ("timed_out", 90.123)],
)
def test_how_long_an_attempt_took_leaves_out_the_time_before_its_redrive(
    name: str, seconds: float
) -> None:
    assert read(name).took == timedelta(seconds=seconds)


def test_an_outcome_is_read() -> None:
    outcome = read("succeeded_after_redrive")
    assert isinstance(outcome, Success)
    assert outcome.redrive_count == 1


@pytest.mark.parametrize(
    ("name", "status", "error"),
    [
        ("express_failed", "FAILED", "WarehouseUnavailable"),
        ("express_timed_out", "TIMED_OUT", "Execution timed out"),
        ("express_aborted", "ABORTED", "Stopped"),
    ],
)
def test_a_log_event_tells_how_an_express_execution_has_ended(
    name: str, status: str, error: str
) -> None:
    failure = read(name)
    assert (failure.status, failure.error_name, failure.redrive_count) == (status, error, 0)
    assert failure.arn.express
    assert failure.arn.machine == "order-quote"
    assert failure.stopped_at == datetime(2026, 3, 2, 9, 30, tzinfo=UTC)


def packed(*messages: str, kind: str = "DATA_MESSAGE") -> dict[str, Any]:
    told = {"messageType": kind, "logEvents": [{"message": message} for message in messages]}
    data = base64.b64encode(gzip.compress(json.dumps(told).encode())).decode()
    return {"awslogs": {"data": data}}


def test_a_subscription_hands_over_several_log_events_at_once() -> None:
    assert subscription.messages(packed("a", "{}")) == ["a", "{}"]
    assert subscription.messages(packed("CWL", kind="CONTROL_MESSAGE")) == []


@pytest.mark.parametrize(
    "event",
    [
        {"awslogs": {}},
        {"awslogs": {"data": 7}},
        {"awslogs": {"data": "*"}},
        {"awslogs": {"data": "AAAA"}},
        {"awslogs": {"data": packed("a" * 99)["awslogs"]["data"][:40]}},
        {"awslogs": {"data": base64.b64encode(gzip.compress(b"[]")).decode()}},
        {"awslogs": {"data": base64.b64encode(gzip.compress(b"{")).decode()}},
    ],
)
def test_what_no_subscription_sends_is_not_understood(event: dict[str, Any]) -> None:
    with pytest.raises(NotUnderstoodError, match="awslogs"):
        subscription.messages(event)


@pytest.mark.parametrize("name", ["running", "pending_redrive", "express_started"])
def test_what_is_no_end_is_no_news(name: str) -> None:
    assert read(name) is None


@pytest.mark.parametrize(
    ("name", "error"),
    [
        ("notify_error", "States.Timeout"),
        ("notify_error_beside_input", "WarehouseUnavailable"),
        ("notify_error_with_task_token", "WarehouseUnavailable"),
    ],
)
def test_a_step_tells_of_an_execution_that_has_not_ended(name: str, error: str) -> None:
    failure = read(name)
    assert (failure.error, failure.status, failure.redrive_count) == (error, "RUNNING", 0)
    assert json.loads(failure.input) == {"day": "2026-03-01"}
    assert failure.started_at == datetime(2026, 3, 2, 9, 28, 30, 123456, tzinfo=UTC)


@pytest.mark.parametrize(
    ("event", "named"),
    [
        ([], "list"),
        ("text", "str"),
        ({}, "EventBridge"),
        ({"source": "aws.s3", "detail": {}}, "EventBridge"),
        ({"source": "aws.states", "detail": {"status": "FAILED"}}, "detail.executionArn"),
        (
            {
                "source": "aws.states",
                "detail": {"executionArn": "arn:aws:s3:::x", "status": "FAILED"},
            },
            "detail.executionArn",
        ),
        ({"param": {}, "Execution": {"Name": "x"}}, "Execution.Id"),
        ({"type": "ExecutionFailed", "execution_arn": 7}, "execution_arn"),
    ],
)
def test_an_event_that_cannot_be_understood_says_what_is_missing(event: object, named: str) -> None:
    with pytest.raises(NotUnderstoodError, match=named):
        parse(event, REDACTOR)


def test_texts_are_cut_redacted_and_made_fit_to_store() -> None:
    event = json.loads(EVENTS["failed_lambda"].read_text())
    event["detail"]["cause"] = "\ud800\x00\u202epassword=" + "x" * 40_000
    event["detail"]["error"] = "a" * 300
    failure = parse(event, REDACTOR)
    assert isinstance(failure, Failure)
    assert failure.cause is not None
    assert len(failure.cause) <= LONGEST
    assert "xxx" not in failure.cause
    failure.cause.encode()
    assert "\u202e" not in failure.cause


@pytest.mark.parametrize(
    "moment",
    [-1000, 0, "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", 10**14 * 2.5],
)
def test_a_moment_that_cannot_be_is_none(moment: object) -> None:
    """Slack would not show it, and a period could not be added to it."""
    event = json.loads(EVENTS["failed_lambda"].read_text())
    event["detail"]["startDate"] = moment
    failure = parse(event, REDACTOR)
    assert isinstance(failure, Failure)
    assert failure.started_at is None


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
VARYING = ("status", "error", "cause", "input", "startDate", "stopDate", "redriveCount")
DETAIL = st.fixed_dictionaries(
    {"executionArn": st.just("arn:aws:states:eu-west-1:123456789012:execution:m:e")},
    optional=dict.fromkeys(
        ("status", "error", "cause", "input", "startDate", "stopDate", "redriveCount"), JSON
    ),
)


@given(DETAIL)
def test_fields_of_any_type_are_read_or_refused_never_fatal(detail: dict[str, Any]) -> None:
    with contextlib.suppress(NotUnderstoodError):
        parse({"source": "aws.states", "detail": detail}, REDACTOR)


@given(JSON, JSON)
def test_a_step_may_send_anything(param: object, given_input: object) -> None:
    execution = {
        "Id": "arn:aws:states:eu-west-1:123456789012:execution:m:e",
        "Input": given_input,
        "StartTime": param,
        "RedriveCount": param,
    }
    assert parse({"param": param, "Execution": execution}, REDACTOR) is not None
