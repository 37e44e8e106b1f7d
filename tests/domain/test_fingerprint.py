"""Which failures are one problem."""

import json

import pytest

from app.domain.fingerprint import fingerprint, shape
from tests.factories import failure


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("order 4711 not found", "order 99 not found"),
        ("id 6f1c0f5e-8a53-4a7e-9d6c-0d5e7a3b2c1d", "id 00000000-1111-2222-3333-444444444444"),
        ("at 2026-03-01T10:00:00Z", "at 2025-12-31T23:59:59.123+01:00"),
        ("no object s3 9f86d081884c7d65", "no object s3 60303ae22b998861"),
        ("arn:aws:sqs:eu-west-1:1:a is full", "arn:aws:sqs:eu-west-1:1:b is full"),
    ],
)
def test_particulars_do_not_make_another_problem(one: str, other: str) -> None:
    assert fingerprint(failure("e1", cause=one)) == fingerprint(failure("e2", cause=other))


def test_the_stack_trace_and_request_id_of_a_lambda_do_not_make_another_problem() -> None:
    def cause(request_id: str, line: int) -> str:
        return json.dumps(
            {
                "errorMessage": "no stock",
                "errorType": "Empty",
                "requestId": request_id,
                "stackTrace": [f"line {line}"],
            }
        )

    assert fingerprint(failure(cause=cause("a", 1))) == fingerprint(failure(cause=cause("b", 2)))


@pytest.mark.parametrize(
    "other",
    [
        failure(machine="billing"),
        failure(error="DiskFull"),
        failure(cause="the order service is closed"),
        failure(error=None, status="TIMED_OUT"),
    ],
)
def test_another_machine_error_or_message_is_another_problem(other: object) -> None:
    assert fingerprint(failure()) != fingerprint(other)  # type: ignore[arg-type]


def test_words_that_look_like_hexadecimal_are_kept() -> None:
    assert shape("decade effaced") == "decade effaced"
