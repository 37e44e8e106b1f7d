"""deploy/member-account.yml, deployed where AWS holds everybody to their policies."""

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from app import wiring
from app.domain.people import Person
from app.domain.reach import Account
from app.roles import Credentials, Roles
from app.step_functions import ExecutionGoneError, RoleRefusedError, StepFunctions
from deploy.package import ROOT
from local.aws import EmbeddedAws
from tests.factories import ANA
from tests.hand import free_port

HOME, MEMBER, REGION = "000000000000", "222222222222", "eu-west-1"
ROLE = f"arn:aws:iam::{MEMBER}:role/sfn-alerts"
EXECUTION = f"arn:aws:states:{REGION}:{MEMBER}:execution:orders:e1"
AS_LISTED = Account(id=MEMBER, role=ROLE, external_id="of-orders")

#: The Step Functions of a function's role, under the role that is listed so.
Under = Callable[[str, Account], StepFunctions]


class Strict:
    def __init__(self, aws: EmbeddedAws) -> None:
        self._aws = aws

    def sts(self, credentials: Credentials) -> Any:
        make: Any = boto3.client
        return make(
            "sts",
            region_name="us-east-1",
            endpoint_url=self._aws.url,
            aws_access_key_id=credentials.key_id,
            aws_secret_access_key=credentials.secret,
            aws_session_token=credentials.token,
        )

    def lambda_role(self, name: str) -> Credentials:
        """A role as CloudFormation names it, which may assume the member's; in a session of it."""
        trust = {"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}
        leave = {"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": ROLE}
        iam, whole = self._aws.client("iam"), f"sfn-alerts-prod-{name}-1ABC"
        iam.create_role(RoleName=whole, AssumeRolePolicyDocument=document(trust))
        iam.put_role_policy(RoleName=whole, PolicyName="leave", PolicyDocument=document(leave))
        told = self._aws.client("sts").assume_role(
            RoleArn=f"arn:aws:iam::{HOME}:role/{whole}", RoleSessionName="lambda"
        )["Credentials"]
        return Credentials(
            key_id=told["AccessKeyId"], secret=told["SecretAccessKey"], token=told["SessionToken"]
        )

    def under(self, credentials: Credentials, account: Account, by: Person | None = ANA) -> Any:
        """The client of Step Functions that such a function has in the member account."""
        roles = Roles(
            lambda: self.sts(credentials),
            wiring._under_a_role,
            lambda: datetime.now(UTC),
        )
        return roles.client(account, REGION, by)


def document(statement: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


@pytest.fixture(scope="module")
def strict() -> Iterator[Strict]:
    with EmbeddedAws(free_port(), environment={"AUTH": "true"}) as aws:
        given = {"AppAccount": HOME, "AppRegion": "us-east-1", "ExternalId": "of-orders"}
        formation = aws.client("cloudformation", account=MEMBER, region=REGION)
        formation.create_stack(
            StackName="sfn-alerts-member",
            TemplateBody=(ROOT / "deploy" / "member-account.yml").read_text(),
            Capabilities=["CAPABILITY_NAMED_IAM"],
            Parameters=[
                {"ParameterKey": key, "ParameterValue": value} for key, value in given.items()
            ],
        )
        formation.get_waiter("stack_create_complete").wait(
            StackName="sfn-alerts-member", WaiterConfig={"Delay": 0.1, "MaxAttempts": 200}
        )
        with pytest.MonkeyPatch.context() as environment:
            environment.setenv("AWS_ENDPOINT_URL", aws.url)
            yield Strict(aws)


@pytest.mark.parametrize("name", ["AnswerRole", "RecoverRole", "SweepRole"])
def test_functions_that_ask_step_functions_may_assume_the_role(strict: Strict, name: str) -> None:
    client = strict.under(strict.lambda_role(name), AS_LISTED)
    with pytest.raises(ExecutionGoneError):  # it was asked, and there is none
        StepFunctions(lambda: client).describe(EXECUTION)


@pytest.mark.parametrize("name", ["SlackRole", "PublishRole"])
def test_other_functions_may_not_and_the_refusal_names_the_role(strict: Strict, name: str) -> None:
    with pytest.raises(RoleRefusedError, match=ROLE):
        strict.under(strict.lambda_role(name), AS_LISTED)


def test_nobody_may_without_the_external_id(strict: Strict) -> None:
    with pytest.raises(RoleRefusedError, match="not authorized"):
        strict.under(strict.lambda_role("RecoverRole-x"), Account(id=MEMBER, role=ROLE))


def test_the_role_redrives_and_starts_and_does_no_harm(strict: Strict) -> None:
    client = strict.under(strict.lambda_role("RecoverRole-y"), AS_LISTED)
    machine = f"arn:aws:states:{REGION}:{MEMBER}:stateMachine:orders"
    tried = {
        "redrive": lambda: client.redrive_execution(executionArn=EXECUTION),
        "start": lambda: client.start_execution(stateMachineArn=machine),
        "stop": lambda: client.stop_execution(executionArn=EXECUTION),
        "delete": lambda: client.delete_state_machine(stateMachineArn=machine),
        "list": client.list_state_machines,
    }
    came_of_it = {}
    for what, call in tried.items():
        with pytest.raises(ClientError) as refused:
            call()
        came_of_it[what] = refused.value.response["Error"]["Code"]
    assert came_of_it == {
        "redrive": "ExecutionDoesNotExist",
        "start": "StateMachineDoesNotExist",
        "stop": "AccessDeniedException",
        "delete": "AccessDeniedException",
        "list": "AccessDeniedException",
    }
