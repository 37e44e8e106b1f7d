"""What the accounts of alerts.yml need of the stack: leave for our functions to assume their roles,
and no others, and for them to put events on the bus for forwarded ones.

Made by packaging, so that an account is listed in one place: see docs/accounts.md.
"""

from collections.abc import Sequence
from typing import Any

from app.domain.reach import Account

#: The roles of the functions that ask Step Functions anything.
ROLES = ("AnswerRole", "RecoverRole", "SweepRole")


def resources(accounts: Sequence[Account]) -> dict[str, Any]:
    """A CloudFormation template's, to be merged with the others; none where none is listed."""
    if not accounts:
        return {"Resources": {}}
    return {
        "Resources": {
            "AccountsPolicy": {
                "Type": "AWS::IAM::Policy",
                "Properties": {
                    "PolicyName": "accounts",
                    "Roles": [{"Ref": role} for role in ROLES],
                    "PolicyDocument": _document(
                        Action="sts:AssumeRole",
                        Resource=sorted({one.role for one in accounts}),
                    ),
                },
            },
            "AccountsBusPolicy": {
                "Type": "AWS::Events::EventBusPolicy",
                "Properties": {
                    "EventBusName": {"Ref": "ForwardedBus"},
                    "StatementId": "sfn-alerts-accounts",
                    "Statement": {
                        "Effect": "Allow",
                        "Principal": {"AWS": sorted({one.id for one in accounts})},
                        "Action": "events:PutEvents",
                        "Resource": {"Fn::GetAtt": ["ForwardedBus", "Arn"]},
                    },
                },
            },
        }
    }


def _document(**statement: Any) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", **statement}]}
