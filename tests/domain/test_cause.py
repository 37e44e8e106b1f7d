"""A cause taken apart: what of it is a message, a type, a stack trace."""

import json

import pytest

from app.domain.cause import Cause

LINES = ["  File load.py, line 7\n", "    orders[key]\n"]
TRACE = "  File load.py, line 7\n    orders[key]"


@pytest.mark.parametrize(
    ("trace", "read"),
    [
        (LINES, TRACE),
        ("\n" + TRACE + "\n\n", TRACE),
        ([*LINES, 7, None], TRACE),
        ("XX at load X\n", "XX at load X"),
        (["at loadX\n"], "at loadX"),
        ({"at": "load"}, ""),
        (None, ""),
    ],
)
def test_a_stack_trace_is_lines_or_one_text(trace: object, read: str) -> None:
    said = {"errorMessage": "no", "errorType": "KeyError", "requestId": "r1", "stackTrace": trace}
    whole = Cause.read(json.dumps(said))
    assert whole == Cause(message="no", type="KeyError", request_id="r1", stack_trace=read)


@pytest.mark.parametrize("value", [7, "", None, ["KeyError"], {"a": 1}])
def test_a_type_that_is_no_text_is_none(value: object) -> None:
    assert Cause.read(json.dumps({"errorMessage": "no", "errorType": value})).type is None


def test_of_a_cause_that_was_cut_the_message_is_read_without_its_escapes() -> None:
    assert Cause.read('{"errorMessage": "a \\"b\\" \\u00e9", "stackTr').message == 'a "b" é'
    assert Cause.read('{"errorMessage": "cut \\u00').message == "cut \\u00"
