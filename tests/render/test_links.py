"""Addresses: in the console of every partition that we know, and of runbooks."""

import json
from typing import Any

import pytest
from msgspec.structs import replace

from app.domain.alert import Alert, Route
from app.domain.calls import Call, LambdaFunction
from app.domain.execution import ExecutionArn
from app.domain.verdict import Help, Verdict
from app.render import links
from app.render.card import card
from app.render.details import details
from tests.factories import NOW, alert, failure


def arn(partition: str, region: str, kind: str = "execution") -> ExecutionArn:
    tail = ":uuid-1" if kind == "express" else ""
    return ExecutionArn.parse(
        f"arn:{partition}:states:{region}:123456789012:{kind}:orders:e-1{tail}"
    )


@pytest.mark.parametrize(
    ("partition", "region", "host"),
    [
        ("aws", "eu-west-1", "eu-west-1.console.aws.amazon.com"),
        ("aws-cn", "cn-north-1", "cn-north-1.console.amazonaws.cn"),
        ("aws-us-gov", "us-gov-west-1", "us-gov-west-1.console.amazonaws-us-gov.com"),
    ],
)
def test_an_executions_page_is_in_its_partitions_console(
    partition: str, region: str, host: str
) -> None:
    one = arn(partition, region)
    assert links.execution(one) == (
        f"https://{host}/states/home?region={region}#/v2/executions/details/{one.text}"
    )


def test_an_express_execution_has_a_page_of_its_own_kind() -> None:
    one = arn("aws", "eu-west-1", "express")
    page = links.execution(one, NOW)
    assert page is not None
    assert f"#/express-executions/details/{one.text}?startDate=1772443800000" in page


def test_a_partition_whose_console_is_not_known_gets_no_link() -> None:
    assert links.execution(arn("aws-iso", "us-iso-east-1")) is None


def test_a_name_cannot_break_out_of_its_link() -> None:
    one = ExecutionArn.parse("arn:aws:states:eu-west-1:123456789012:execution:orders:a|b>c d")
    page = links.execution(one)
    assert page is not None
    assert not set("|> ") & set(page)


def test_the_thread_leads_to_the_child_that_failed() -> None:
    child = "arn:aws:states:eu-west-1:123456789012:execution:child:c-1"
    cause = json.dumps({"Error": "Inner", "Cause": "of the child", "ExecutionArn": child})
    said = json.dumps(details(alert(failure(error="States.TaskFailed", cause=cause))))
    assert f"details/{child}|Child execution" in said
    assert "of the child" in said


def test_a_cause_that_names_no_execution_leads_nowhere() -> None:
    cause = json.dumps({"Cause": "x", "ExecutionArn": "https://evil.example"})
    said = json.dumps(details(alert(failure(cause=cause))))
    assert "Child execution" not in said


LOAD = LambdaFunction(name="load-orders")
REQUEST = "8d3c1b9e-6c1f-4c55-9a64-1f0c3a6f7a10"


@pytest.mark.parametrize(
    ("partition", "region", "host"),
    [
        ("aws", "eu-west-1", "eu-west-1.console.aws.amazon.com"),
        ("aws-cn", "cn-north-1", "cn-north-1.console.amazonaws.cn"),
        ("aws-us-gov", "us-gov-west-1", "us-gov-west-1.console.amazonaws-us-gov.com"),
    ],
)
def test_logs_are_shown_around_the_failure(partition: str, region: str, host: str) -> None:
    assert links.logs(arn(partition, region), LOAD, NOW) == (
        f"https://{host}/cloudwatch/home?region={region}#logsV2:log-groups/log-group/"
        "$252Faws$252Flambda$252Fload-orders/log-events"
        "$3Fstart$3D1772443500000$26end$3D1772444100000"
    )


def test_logs_of_one_request_are_filtered_by_its_id_in_quotes() -> None:
    page = links.logs(arn("aws", "eu-west-1"), LOAD, NOW, REQUEST)
    assert page is not None
    assert page.endswith(f"$26filterPattern$3D$2522{REQUEST}$2522")


def test_a_functions_logs_are_in_its_own_region() -> None:
    away = LambdaFunction(name="load-orders", region="us-east-1", account="123456789012")
    page = links.logs(arn("aws", "eu-west-1"), away, NOW)
    assert page is not None
    assert page.startswith(
        "https://us-east-1.console.aws.amazon.com/cloudwatch/home?region=us-east-1#"
    )


def test_logs_that_the_readers_console_cannot_show_get_no_link() -> None:
    foreign = LambdaFunction(name="load-orders", account="999999999999")
    assert links.logs(arn("aws", "eu-west-1"), foreign, NOW) is None
    assert links.logs(arn("aws-iso", "us-iso-east-1"), LOAD, NOW) is None


def test_a_trace_has_its_page_in_the_partitions_console() -> None:
    root = "1-5e1b4151-5ac6c58f3c3c3c3c3c3c3c3c"
    assert links.trace(arn("aws-cn", "cn-north-1"), root) == (
        f"https://cn-north-1.console.amazonaws.cn/cloudwatch/home?region=cn-north-1#xray:traces/{root}"
    )
    assert links.trace(arn("aws-iso", "us-iso-east-1"), root) is None


@pytest.mark.parametrize(
    ("said", "address"),
    [
        ("https://wiki.example.com/billing", "https://wiki.example.com/billing"),
        ("http://wiki/a%20b?x=1&y=2#z", "http://wiki/a%20b?x=1&amp;y=2#z"),
        ("https://wiki/a|b>c d", "https://wiki/a%7Cb%3Ec%20d"),
        ("javascript:alert(1)", None),
        ("slack://channel?id=C1", None),
        ("wiki.example.com/billing", None),
        ("https://", None),
        ("https://[", None),
        ("https://wiki/" + "x" * 300, None),
        ("ask <!here>", None),
    ],
)
def test_a_runbook_is_followed_on_the_web_only(said: str, address: str | None) -> None:
    assert links.runbook(said) == address


def shown(one: Alert) -> list[str]:
    """The card's line of links."""
    blocks = card(one, NOW)["attachments"][0]["blocks"]
    return [
        element["text"]
        for block in blocks
        if block["type"] == "context" and block["elements"][0]["text"] == ":mag:"
        for element in block["elements"][1:]
    ]


def with_verdict(one: Alert, **told: Any) -> Alert:
    verdict = Verdict(attempt=one.focus.attempt, help=Help.RESUMES, **told)
    return replace(one, verdict=verdict)


def test_the_card_and_the_thread_lead_to_logs_trace_and_runbook() -> None:
    call = Call(function=LOAD, at=NOW, request_id=REQUEST)
    one = with_verdict(
        alert(failure(), Route(runbook="https://wiki.example.com/orders")),
        call=call,
        trace_id="1-5e1b4151-5ac6c58f3c3c3c3c3c3c3c3c",
    )
    logs, trace, runbook = shown(one)
    assert logs == f"<{links.logs(one.arn, LOAD, NOW, REQUEST)}|Logs of load-orders>"
    assert trace.endswith("#xray:traces/1-5e1b4151-5ac6c58f3c3c3c3c3c3c3c3c|X-Ray trace>")
    assert runbook == "<https://wiki.example.com/orders|Runbook>"
    thread = details(one)["blocks"][-1]["elements"]
    assert {logs, trace, runbook} <= {element["text"] for element in thread}


def test_the_request_of_a_call_is_else_that_of_the_cause() -> None:
    cause = json.dumps({"errorMessage": "no", "requestId": REQUEST})
    one = with_verdict(alert(failure(cause=cause)), call=Call(function=LOAD))
    assert f"$2522{REQUEST}$2522" in shown(one)[0]
    assert "$3Fstart$3D1772443500000" in shown(one)[0], "around the end, when the call has no time"


def test_a_cause_cannot_write_into_the_filter() -> None:
    cause = json.dumps({"errorMessage": "no", "requestId": 'x" OR "y'})
    one = with_verdict(alert(failure(cause=cause)), call=Call(function=LOAD))
    assert "filterPattern" not in shown(one)[0]


def test_a_runbook_that_is_no_address_is_shown_as_it_is() -> None:
    assert shown(alert(failure(), Route(runbook="the <!here> binder"))) == [
        "Runbook: `the &lt;!here&gt; binder`"
    ]


def test_a_card_without_anything_to_look_at_has_no_such_line() -> None:
    assert shown(alert()) == []
