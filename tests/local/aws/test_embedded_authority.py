"""Functions may do what their roles allow; whoever else drives this AWS may do everything."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

Kit = Any
_CALLS = """
import boto3
def handler(event, context):
    try:
        getattr(boto3.client(event["service"]), event["operation"])(**event["given"])
    except Exception as problem:
        return problem.response["Error"]["Code"]
    return "done"
"""
TABLE = "held"
ARN = f"arn:aws:dynamodb:us-east-1:000000000000:table/{TABLE}"


@pytest.fixture
def table(kit: Kit) -> Iterator[None]:
    dynamodb = kit.aws.client("dynamodb")
    dynamodb.create_table(
        TableName=TABLE,
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
    )
    yield
    dynamodb.delete_table(TableName=TABLE)


@pytest.fixture
def role(kit: Kit) -> Iterator[str]:
    """A role that may get items of the table, and put them there; its ARN."""
    iam = kit.aws.client("iam")
    trust = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}}
    made = iam.create_role(
        RoleName="held-role",
        AssumeRolePolicyDocument=json.dumps({"Statement": [{**trust, "Action": "sts:AssumeRole"}]}),
    )
    may = ["dynamodb:GetItem", "dynamodb:PutItem"]
    statement = {"Effect": "Allow", "Action": may, "Resource": ARN}
    iam.put_role_policy(
        RoleName="held-role",
        PolicyName="may",
        PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [statement]}),
    )
    yield str(made["Role"]["Arn"])
    iam.delete_role_policy(RoleName="held-role", PolicyName="may")
    iam.delete_role(RoleName="held-role")


def did(kit: Kit, function: str, service: str, operation: str, **given: Any) -> str:
    event = {"service": service, "operation": operation, "given": given}
    answer = kit.functions.invoke(FunctionName=function, Payload=json.dumps(event))
    said: str = json.loads(answer["Payload"].read())
    return said


KEY = {"pk": {"S": "one"}}


@pytest.mark.usefixtures("table")
def test_a_function_is_held_to_its_role_action_by_action_and_resource_by_resource(
    kit: Kit, role: str
) -> None:
    function = kit.lambda_function(_CALLS, role=role)
    assert did(kit, function, "dynamodb", "get_item", TableName=TABLE, Key=KEY) == "done"
    refused = "AccessDeniedException"
    assert did(kit, function, "dynamodb", "delete_item", TableName=TABLE, Key=KEY) == refused
    assert did(kit, function, "dynamodb", "get_item", TableName="other", Key=KEY) == refused
    # AWS: a transaction is as many single actions, each to be allowed.
    put = {"Put": {"TableName": TABLE, "Item": KEY}}
    delete = {"Delete": {"TableName": TABLE, "Key": {"pk": {"S": "two"}}}}
    write = "transact_write_items"
    assert did(kit, function, "dynamodb", write, TransactItems=[put]) == "done"
    assert did(kit, function, "dynamodb", write, TransactItems=[put, delete]) == refused
    assert kit.aws.authority()["held-role"] == {
        "used": ["dynamodb:GetItem", "dynamodb:PutItem"],
        "refused": [
            f"dynamodb:DeleteItem {ARN}",
            f"dynamodb:GetItem {ARN.removesuffix(TABLE)}other",
        ],
    }


@pytest.mark.usefixtures("table")
def test_a_function_whose_role_is_not_there_may_do_everything(kit: Kit) -> None:
    function = kit.lambda_function(_CALLS)
    assert did(kit, function, "dynamodb", "delete_item", TableName=TABLE, Key=KEY) == "done"
