"""Causes, logs and histories, as files and as they stand in a thread."""

import json
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.calls import LogLine
from app.domain.timeline import Ending, LeftOut, Redriven, Row, Step
from app.render.readout import history_text, is_short, log_text, shown, whole_cause
from tests.factories import NOW
from tests.render.test_cards import TEXTS, assert_fit


@given(TEXTS)
def test_every_short_text_is_fit(text: str) -> None:
    if is_short(text):
        assert_fit(shown("*Input*", text))


def test_a_long_text_or_one_of_many_lines_is_for_a_file() -> None:
    assert is_short("x" * 2_500)
    assert not is_short("x" * 2_501)
    assert not is_short("x\n" * 41)


@pytest.mark.parametrize(
    ("cause", "text"),
    [
        ("just words", "just words"),
        ('{"a": [1]}', '{\n  "a": [\n    1\n  ]\n}'),
        (
            json.dumps(
                {
                    "errorMessage": "no",
                    "errorType": "KeyError",
                    "requestId": "r-1",
                    "stackTrace": ["  File a\n", "  File b\n"],
                }
            ),
            "KeyError: no\n\n  File a\n  File b\n\nRequest r-1",
        ),
    ],
)
def test_a_whole_cause_reads_as_its_kind_does(cause: str, text: str) -> None:
    assert whole_cause(cause) == text


def test_of_a_failed_child_execution_all_is_told() -> None:
    inner = json.dumps({"errorMessage": "no", "stackTrace": ["here"]})
    arn = "arn:aws:states:eu-west-1:123456789012:execution:child:c"
    told = whole_cause(json.dumps({"Error": "E", "ExecutionArn": arn, "Cause": inner}))
    assert arn in told


def test_a_log_tells_each_line_with_its_moment() -> None:
    lines = [LogLine(NOW, "START"), LogLine(NOW + timedelta(milliseconds=1250), "boom")]
    assert log_text(lines) == "09:30:00.000  START\n09:30:01.250  boom"


def step(name: str, seconds: float, ending: Ending = Ending.SUCCEEDED, **more: int) -> Step:
    return Step(
        **{"depth": 0, "times": 1, "failed": 0, "tries": 1, **more},
        name=name,
        kind="Task",
        ending=ending,
        began=NOW,
        took=timedelta(seconds=seconds) if seconds else None,
    )


def test_a_history_tells_each_state_with_how_long_it_took_and_how_it_ended() -> None:
    rows: list[Row] = [
        LeftOut(events=1200),
        step("Prepare", 0.042),
        step("ForEach", 65, Ending.FAILED),
        step("Load", 3, Ending.FAILED, depth=1, times=12, failed=2),
        Redriven(NOW),
        step("Call", 2, Ending.CAUGHT, tries=3),
        step("Wait", 0, Ending.RUNNING),
        LeftOut(steps=1),
    ]
    assert history_text(rows).splitlines() == [
        "          … 1,200 events left out …",
        "09:30:00  Prepare        42 ms",
        "09:30:00  ForEach    1 min 5 s  failed",
        "09:30:00    Load         3.0 s  failed, 12 times, 2 failed",
        "09:30:00  ── redriven ──",
        "09:30:00  Call           2.0 s  failed, and was caught, tried 3 times",
        "09:30:00  Wait                  still running",
        "          … 1 state left out …",
    ]


@given(st.lists(st.builds(step, TEXTS.map(lambda text: text[:80]), st.just(1.0)), max_size=9))
def test_a_name_never_breaks_the_line(rows: list[Step]) -> None:
    assert len(history_text(rows).split("\n")) == max(1, len(rows))
