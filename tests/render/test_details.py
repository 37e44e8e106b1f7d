"""The first reply leaves nothing out silently."""

import json
from typing import Any

import pytest
from msgspec.structs import replace

from app.domain.alert import Alert
from app.domain.execution import Hold
from app.domain.kept import LONGEST, shortened
from app.render.details import details
from tests.factories import NOW, alert, failure, held
from tests.render.test_cards import assert_fit


def told(one: Alert) -> tuple[str, list[str], str]:
    """What is said to be left out, the buttons, and all that is shown."""
    message = details(one)
    assert_fit(message)
    blocks: list[dict[str, Any]] = message["blocks"]
    said = [block["elements"][0]["text"] for block in blocks if block["type"] == "context"]
    left_out = next((text for text in said if "Left out" in text), "")
    buttons = [
        element["action_id"]
        for block in blocks
        if block["type"] == "actions"
        for element in block["elements"]
    ]
    return left_out, buttons, json.dumps(blocks, ensure_ascii=False)


def test_what_fits_is_whole_and_offers_no_file() -> None:
    left_out, buttons, shown = told(alert(failure(cause="c" * 3_000, input='{"a": 1}')))
    assert (left_out, buttons) == ("", [])
    assert "c" * 3_000 in shown


@pytest.mark.parametrize(
    ("cause", "given", "said", "buttons"),
    [
        ("c" * 5_000, "{}", "characters of the cause.", ["whole_cause"]),
        ("c", json.dumps("i" * 5_000), "characters of the input.", ["whole_input"]),
        (shortened("c" * 9_000), "{}", "more than ", ["whole_cause"]),
        (
            json.dumps({"errorMessage": "m", "stackTrace": ["s" * 5_000]}),
            shortened("i" * 9_000),
            "characters of the stack trace, more than ",
            ["whole_cause", "whole_input"],
        ),
        (
            # Where the stored text was cut, the stack trace is not even known of.
            shortened(json.dumps({"errorMessage": "m", "stackTrace": ["s" * 9_000]})),
            "{}",
            "the rest of the cause.",
            ["whole_cause"],
        ),
    ],
    ids=["cause", "input", "cut before", "both", "an unknown stack trace"],
)
def test_what_does_not_fit_is_told_and_offered_as_a_file(
    cause: str, given: str, said: str, buttons: list[str]
) -> None:
    left_out, offered, _ = told(alert(failure(cause=cause, input=given)))
    assert said in left_out
    assert offered == buttons


def test_how_much_is_left_out_is_counted() -> None:
    left_out, _, shown = told(alert(failure(cause="c" * 5_000)))
    whole = max(len(run) for run in shown.replace("…", '"').split('"') if set(run) == {"c"})
    assert f"Left out here: {5_000 - whole:,} characters of the cause." in left_out


def test_the_input_of_a_step_that_waits_is_offered_as_a_file_too() -> None:
    hold = Hold(since=NOW, input="i" * 5_000)
    left_out, buttons, _ = told(alert(replace(held(), hold=hold)))
    assert "characters of the input of a retry." in left_out
    assert buttons == ["whole_input"]


def test_a_text_that_only_looks_cut_is_whole() -> None:
    ends = "and so on…"
    left_out, buttons, _ = told(alert(failure(cause=ends, input="i" * (LONGEST - 5_000) + "…")))
    assert (left_out, buttons) == ("", [])


def test_a_failure_that_told_nothing_still_says_where_to_look() -> None:
    one = alert(failure(cause=None, input=None))
    _, _, shown = told(replace(one, focus=replace(one.focus, state=None)))
    assert "Execution" in shown
    assert "Cause" not in shown
