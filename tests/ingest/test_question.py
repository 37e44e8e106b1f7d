"""What people type after /sfn-status, in every form that it comes in."""

from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.ingest.question import (
    LONGEST,
    Board,
    Help,
    Missing,
    MutesInForce,
    Named,
    OfExecution,
    OfMachine,
    parse,
)
from tests.factories import execution_arn

ARN = execution_arn("run-7")
MACHINE = "arn:aws:states:eu-west-1:123456789012:stateMachine:orders"
EXPRESS = "arn:aws:states:eu-west-1:123456789012:express:orders:run-7:8d3c1b9e-6c1f"
CONSOLE = "https://eu-west-1.console.aws.amazon.com/states/home?region=eu-west-1#"


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("", Board()),
        ("  \n", Board()),
        ("help", Help()),
        ("HELP", Help()),
        ("?", Help()),
        ("`help`", Help()),
        ("mutes", MutesInForce()),
        (" Missing ", Missing()),
        ("orders", Named("orders")),
        ("`orders`", Named("orders")),
        ("my orders", Named("my orders")),
        (MACHINE, OfMachine(MACHINE)),
        (f"{MACHINE}:7", OfMachine(MACHINE)),
        (f"{MACHINE}:PROD", OfMachine(MACHINE)),
        (f"what about {MACHINE}?", OfMachine(MACHINE)),
    ],
)
def test_words_mean_what_they_say(typed: str, meant: object) -> None:
    assert parse(typed) == meant


@pytest.mark.parametrize(
    "typed",
    [
        ARN,
        f"`{ARN}`",
        f" {ARN}. ",
        f"<{CONSOLE}/v2/executions/details/{ARN}>",
        f"<{CONSOLE}/v2/executions/details/{ARN}|the console>",
        f"{CONSOLE}/executions/details/{ARN}",
        f"{CONSOLE}/v2/executions/details/{quote(ARN, safe='')}",
        f"{CONSOLE}/v2/executions/details/{quote(quote(ARN, safe=''), safe='')}",
        f"{CONSOLE}/v2/executions/details/{ARN}?tab=events&amp;x=1",
        f"https://console.amazonaws.cn/states/home#/executions/details/{ARN}",
    ],
)
def test_an_execution_is_known_by_its_arn_and_every_link_to_it(typed: str) -> None:
    found = parse(typed)
    assert isinstance(found, OfExecution)
    assert found.arn.text == ARN
    assert parse(found.words) == found


def test_an_express_execution_is_known_by_its_link() -> None:
    found = parse(f"<{CONSOLE}/express-executions/details/{EXPRESS}?startDate=1700000000000>")
    assert isinstance(found, OfExecution)
    assert found.arn.express
    assert found.words == EXPRESS


def test_a_state_machine_is_known_by_its_link() -> None:
    assert parse(f"<{CONSOLE}/statemachines/view/{quote(MACHINE)}>") == OfMachine(MACHINE)


def test_a_name_in_other_letters_is_taken_from_a_link() -> None:
    arn = execution_arn("lauf-für-ä")
    found = parse(f"{CONSOLE}/v2/executions/details/{quote(arn, safe=':')}")
    assert isinstance(found, OfExecution)
    assert found.arn.name == "lauf-für-ä"


def test_what_slack_has_escaped_is_read_as_it_was_typed() -> None:
    assert parse("a &lt;b&gt; &amp;amp; c") == Named("a <b> &amp; c")


@pytest.mark.parametrize("typed", ["arn:aws:states:::", "arn:aws:lambda:eu-west-1:1:function:f"])
def test_another_arn_is_but_a_name(typed: str) -> None:
    assert parse(typed) == Named(typed) or parse(typed) == Named(typed.rstrip(":"))


@given(st.text(max_size=3000) | st.text("<>|&;%arn:states ", max_size=3000))
def test_whatever_is_typed_is_understood_and_short(typed: str) -> None:
    asked = parse(typed)
    assert len(asked.words) <= LONGEST
