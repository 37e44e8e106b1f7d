"""Addresses in the console, for every partition whose console we know."""

import json

import pytest

from app.domain.execution import ExecutionArn
from app.render import links
from app.render.thread import details
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
