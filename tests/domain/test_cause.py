"""A cause taken apart: what of it is a message, a type, a stack trace."""

import json

import pytest

from app.domain.cause import _DEEPEST, Cause

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


@pytest.mark.parametrize(
    "text",
    ["", "no", "7", "null", "[1]", "{}", "[" * 9999],
    ids=["nothing", "words", "number", "null", "list", "object", "deep"],
)
def test_a_cause_without_parts_is_its_own_message(text: str) -> None:
    assert Cause.read(text) == Cause(message=text)


@pytest.mark.parametrize("value", [7, "", None, ["KeyError"], {"a": 1}])
def test_a_type_that_is_no_text_is_none(value: object) -> None:
    assert Cause.read(json.dumps({"errorMessage": "no", "errorType": value})).type is None


def nested(inner: str, depth: int) -> str:
    """*inner* as the cause of a child's child, so many deep, as AWS tells it."""
    for number in range(depth):
        said = {"ExecutionArn": f"child-{number}", "Error": f"E{number}", "Cause": inner}
        inner = json.dumps(said)
    return inner


def test_the_cause_of_a_childs_child_is_told_with_the_innermost_execution() -> None:
    said = {"errorMessage": "no", "errorType": "KeyError", "requestId": "r1", "trace": LINES}
    assert Cause.read(nested(json.dumps(said), 2)) == Cause(
        message="no", type="KeyError", request_id="r1", stack_trace=TRACE, child_arn="child-0"
    )
    assert Cause.read(nested("no", 2)) == Cause(message="no", type="E0", child_arn="child-0")


def test_children_are_followed_so_deep_and_no_deeper() -> None:
    assert Cause.read(nested("no", _DEEPEST)).message == "no"
    assert Cause.read(nested("no", _DEEPEST + 1)).message == nested("no", 1)


def test_a_message_within_other_text_is_not_taken_out_of_it() -> None:
    text = 'it answered {"errorMessage": "no"'
    assert Cause.read(text) == Cause(message=text)


def test_of_a_cause_that_was_cut_the_message_is_read_without_its_escapes() -> None:
    assert Cause.read('{"errorMessage": "a \\"b\\" \\u00e9", "stackTr').message == 'a "b" é'
    assert Cause.read('{"errorMessage": "cut \\u00').message == "cut \\u00"
