"""Functions in every form that AWS takes; ids that lead to logs and traces."""

import pytest

from app.domain.calls import LambdaFunction, request_id, trace_id

ROOT = "1-5e1b4151-5ac6c58f3c3c3c3c3c3c3c3c"
PLAIN = LambdaFunction(name="load-orders")
PARTIAL = LambdaFunction(name="load-orders", account="123456789012")
FULL = LambdaFunction(name="load-orders", account="123456789012", region="eu-west-1")


@pytest.mark.parametrize(
    ("text", "function"),
    [
        ("load-orders", PLAIN),
        ("load-orders:live", PLAIN),
        ("load-orders:$LATEST", PLAIN),
        ("function:load-orders:7", PLAIN),
        ("123456789012:function:load-orders", PARTIAL),
        ("123456789012:function:load-orders:live", PARTIAL),
        ("123456789012:load-orders", PARTIAL),
        ("arn:aws:lambda:eu-west-1:123456789012:function:load-orders", FULL),
        ("arn:aws:lambda:eu-west-1:123456789012:function:load-orders:$LATEST", FULL),
        ("arn:aws-cn:lambda:eu-west-1:123456789012:function:load-orders:7", FULL),
        ("arn:aws:states:eu-west-1:123456789012:activity:load-orders", None),
        ("arn:aws:lambda:eu-west-1:123456789012:layer:load-orders:7", None),
        ("load orders", None),
        ("load-orders|<!here>", None),
        ("", None),
        (None, None),
        (7, None),
    ],
)
def test_a_function_is_read_in_every_form(text: object, function: LambdaFunction | None) -> None:
    assert LambdaFunction.read(text) == function


def test_versions_and_aliases_share_the_functions_log_group() -> None:
    read = LambdaFunction.read("arn:aws:lambda:eu-west-1:123456789012:function:load-orders:live")
    assert read is not None
    assert read.log_group == "/aws/lambda/load-orders"


@pytest.mark.parametrize(
    ("header", "trace"),
    [
        (f"Root={ROOT};Parent=53995c3f42cd8ad8;Sampled=1", ROOT),
        (f"Sampled=1;Root={ROOT}", ROOT),
        (f"Root={ROOT}", ROOT),
        (f"Root={ROOT};Sampled=0", None),
        ("Root=1-5e1b4151-5ac6c58f|<!here>", None),
        (f"Self={ROOT}", None),
        ("", None),
        (None, None),
    ],
)
def test_a_trace_is_read_from_its_header(header: str | None, trace: str | None) -> None:
    assert trace_id(header) == trace


def test_what_is_no_request_id_filters_no_log() -> None:
    assert request_id("8d3c1b9e-6c1f-4c55-9a64-1f0c3a6f7a10")
    assert request_id('x" || "y') is None
    assert request_id(None) is None
