"""What the accounts of alerts.yml need of the stack: leave to assume their roles, and no other;
and a bus that takes the events they forward.

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
                    "StatementId": "sfn-alerts-accounts",
                    "Statement": {
                        "Effect": "Allow",
                        "Principal": {"AWS": sorted({one.id for one in accounts})},
                        "Action": "events:PutEvents",
                        "Resource": _DEFAULT_BUS,
                        # AWS: nobody but a service can put events with a source of aws.*
                        "Condition": {"StringEquals": {"events:source": "aws.states"}},
                    },
                },
            },
        }
    }


_DEFAULT_BUS = {
    "Fn::Sub": "arn:${AWS::Partition}:events:${AWS::Region}:${AWS::AccountId}:event-bus/default"
}


def _document(**statement: Any) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", **statement}]}
