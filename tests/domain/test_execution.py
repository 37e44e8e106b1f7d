"""An execution's ARN, and which attempt tells more than another."""

from datetime import datetime, timedelta

import pytest
from msgspec.structs import replace

from app.domain.execution import Attempt, ExecutionArn, Hold, took
from tests.factories import NOW, execution_arn, failure, held

PREFIX = "arn:aws:states:eu-west-1:123456789012"


@pytest.mark.parametrize(
    ("text", "machine", "name", "machine_arn", "express"),
    [
        (f"{PREFIX}:execution:orders:e1", "orders", "e1", f"{PREFIX}:stateMachine:orders", False),
        (
            f"{PREFIX}:express:orders:e1:u1",
            "orders",
            "e1:u1",
            f"{PREFIX}:stateMachine:orders",
            True,
        ),
        (
            f"{PREFIX}:execution:orders/Each:e1",
            "orders/Each",
            "e1",
            f"{PREFIX}:stateMachine:orders",
            False,
        ),
        (
            "arn:aws-cn:states:cn-north-1:123456789012:execution:orders:e1",
            "orders",
            "e1",
            "arn:aws-cn:states:cn-north-1:123456789012:stateMachine:orders",
            False,
        ),
    ],
    ids=["standard", "express", "child of a Map Run", "China"],
)
def test_an_arn_is_taken_apart_and_leads_to_its_state_machine(
    text: str, machine: str, name: str, machine_arn: str, *, express: bool
) -> None:
    arn = ExecutionArn.parse(text)
    assert (arn.text, arn.machine, arn.name, arn.express) == (text, machine, name, express)
    assert arn.machine_arn == machine_arn


@pytest.mark.parametrize(
    "text",
    ["", "e1", f"{PREFIX}:stateMachine:orders", f"{PREFIX}:execution:orders", "x" * 999],
    ids=["nothing", "name", "state machine", "no name", "long"],
)
def test_what_is_no_arn_of_an_execution_is_refused_and_said_in_part(text: str) -> None:
    with pytest.raises(ValueError, match="not the ARN") as refused:
        ExecutionArn.parse(text)
    assert str(refused.value) == f"not the ARN of an execution: {text[:300]!r}"


@pytest.mark.parametrize(
    ("told", "known", "no_more"),
    [
        ((0, 0), (0, 0), True),
        ((0, 0), (1, 0), True),
        ((1, 0), (0, 0), False),
        ((0, 5), (0, 7), True),
        ((0, 7), (0, 5), False),
        ((0, 0), (0, 5), False),
        ((0, 5), (0, 0), False),
        ((1, 0), (0, 5), False),
    ],
)
def test_the_end_after_a_wait_and_each_later_wait_or_redrive_are_news(
    told: tuple[int, int], known: tuple[int, int], *, no_more: bool
) -> None:
    one, other = (Attempt(execution_arn(), count, hold) for count, hold in (told, known))
    assert one.tells_no_more_than(other) is no_more


@pytest.mark.parametrize(
    ("redriven_at", "stopped_at", "redrive_count", "expected"),
    [
        (None, NOW, 0, timedelta(hours=3)),
        (NOW - timedelta(minutes=2), NOW, 1, timedelta(minutes=2)),
        (None, NOW, 1, None),
        (None, None, 0, None),
    ],
    ids=["first", "redriven", "redriven at no known time", "still running"],
)
def test_an_attempt_takes_from_its_own_beginning(
    redriven_at: datetime | None,
    stopped_at: datetime | None,
    redrive_count: int,
    expected: timedelta | None,
) -> None:
    assert took(NOW - timedelta(hours=3), redriven_at, stopped_at, redrive_count) == expected


def test_an_attempt_of_no_known_beginning_takes_no_known_time() -> None:
    assert took(None, None, NOW, 0) is None


def test_a_step_that_waits_is_retried_with_an_input_of_its_own() -> None:
    waiting = replace(held(), input='{"whole": 1}')
    assert waiting.hold is not None
    assert waiting.next_input == waiting.hold.input
    assert replace(waiting, hold=Hold(since=NOW)).next_input is None, "the execution's may differ"
    assert replace(waiting, status="FAILED").next_input == '{"whole": 1}'
    assert failure(input='{"whole": 1}').next_input == '{"whole": 1}'
