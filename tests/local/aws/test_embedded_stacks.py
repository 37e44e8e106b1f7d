"""What a stack's resources are, where the emulator alone would make less of them."""

import json
import urllib.request
from typing import Any

from tests.local.aws.conftest import eventually, unique

Kit = Any

ECHO = "def handler(event, context): return {'statusCode': 200, 'body': event['rawPath']}"


def template(name: str, **more: Any) -> str:
    table = {
        "TableName": name,
        "BillingMode": "PAY_PER_REQUEST",
        "AttributeDefinitions": [{"AttributeName": "pk", "AttributeType": "S"}],
        "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}],
        **more,
    }
    return json.dumps({"Resources": {"T": {"Type": "AWS::DynamoDB::Table", "Properties": table}}})


def kept(kit: Kit, name: str) -> tuple[str, str]:
    """Of a table: whether items expire, and whether it can be recovered."""
    expiry = kit.dynamodb.describe_time_to_live(TableName=name)["TimeToLiveDescription"]
    backups = kit.dynamodb.describe_continuous_backups(TableName=name)
    recovery = backups["ContinuousBackupsDescription"]["PointInTimeRecoveryDescription"]
    return expiry["TimeToLiveStatus"], recovery["PointInTimeRecoveryStatus"]


def test_a_table_of_a_template_has_its_expiry_and_its_recovery(kit: Kit) -> None:
    formation, name = kit.aws.client("cloudformation"), unique("table")
    on = {
        "TimeToLiveSpecification": {"AttributeName": "expires_at", "Enabled": True},
        "PointInTimeRecoverySpecification": {"PointInTimeRecoveryEnabled": True},
    }

    def stands(status: str) -> bool:
        [stack] = formation.describe_stacks(StackName=name)["Stacks"]
        return bool(stack["StackStatus"] == status)

    formation.create_stack(StackName=name, TemplateBody=template(name))
    eventually(lambda: stands("CREATE_COMPLETE"))
    assert kept(kit, name) == ("DISABLED", "DISABLED")
    formation.update_stack(StackName=name, TemplateBody=template(name, **on))
    eventually(lambda: stands("UPDATE_COMPLETE"))
    assert kept(kit, name) == ("ENABLED", "ENABLED")
    other = unique("table")
    formation.create_stack(StackName=other, TemplateBody=template(other, **on))
    eventually(lambda: kit.dynamodb.list_tables()["TableNames"].count(other))
    assert eventually(lambda: kept(kit, other) == ("ENABLED", "ENABLED"))


def test_a_functions_url_can_be_called(kit: Kit) -> None:
    function = kit.lambda_function(ECHO)
    made = kit.functions.create_function_url_config(FunctionName=function, AuthType="NONE")
    url = made["FunctionUrl"]
    assert kit.functions.get_function_url_config(FunctionName=function)["FunctionUrl"] == url
    with urllib.request.urlopen(f"{url}some/where", timeout=10) as answer:
        assert answer.read() == b"/some/where"
