"""Roles against what was seen of the functions that have them."""

from typing import Any

import pytest

from deploy.authority import problems

RESOURCES: dict[str, Any] = {
    "Queue": {"Type": "AWS::SQS::Queue", "Properties": {}},
    "TellRole": {
        "Type": "AWS::IAM::Role",
        "Properties": {
            "Policies": [
                {
                    "PolicyDocument": {
                        "Statement": [
                            {"Action": "ssm:GetParameter", "Resource": "p"},
                            {"Action": ["sqs:ReceiveMessage", "kms:Decrypt"], "Resource": "q"},
                        ]
                    }
                }
            ]
        },
    },
    "OtherRole": {"Type": "AWS::IAM::Role", "Properties": {}},
    "Tell": {
        "Type": "AWS::Lambda::Function",
        "Properties": {"Role": {"Fn::GetAtt": ["TellRole", "Arn"]}},
    },
    "Mapping": {
        "Type": "AWS::Lambda::EventSourceMapping",
        "Properties": {
            "FunctionName": {"Fn::GetAtt": ["Tell", "Arn"]},
            "EventSourceArn": {"Fn::GetAtt": ["Queue", "Arn"]},
        },
    },
}


def seen(*used: str, refused: tuple[str, ...] = ()) -> dict[str, Any]:
    return {"TellRole": {"used": list(used), "refused": list(refused)}}


def test_what_was_done_in_any_world_and_what_lambda_does_is_no_problem() -> None:
    worlds = [seen("ssm:GetParameter"), seen("kms:Decrypt"), seen()]
    assert list(problems(RESOURCES, worlds)) == []


def test_what_is_allowed_and_nobody_does_is_told() -> None:
    assert list(problems(RESOURCES, [seen("ssm:GetParameter")])) == [
        "TellRole allows kms:Decrypt, which no function did while tests ran"
    ]


@pytest.mark.parametrize("where", ["*", "arn:aws:sqs:us-east-1:000000000000:q"])
def test_what_is_done_and_not_allowed_is_told(where: str) -> None:
    refused = f"sqs:SendMessage {where}"
    told = list(problems(RESOURCES, [seen("ssm:GetParameter", "kms:Decrypt", refused=(refused,))]))
    assert told == [f"TellRole was refused {refused}: allow it in deploy/roles.yml, or do without"]


@pytest.mark.parametrize(
    "where",
    [
        "arn:aws:states:eu-west-1:123456789012:execution:m:e",
        "arn:aws:states:us-east-1:000000000000:express:m:e:1",
    ],
)
def test_that_others_executions_and_express_ones_are_refused_is_right(where: str) -> None:
    refused = f"states:DescribeExecution {where}"
    worlds = [seen("ssm:GetParameter", "kms:Decrypt", refused=(refused,))]
    assert list(problems(RESOURCES, worlds)) == []
