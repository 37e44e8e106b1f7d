"""A stage's deployment, as its stack and AWS itself tell of it."""

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError, NoCredentialsError
from msgspec import Struct

from app.cli.files import ProblemError

SERVICE = "sfn-alerts"
#: As serverless.yml has it.
_REGION = "eu-west-1"
_CONFIG = Config(
    connect_timeout=5, read_timeout=15, retries={"mode": "standard", "max_attempts": 3}
)
#: AWS: credentials that are not, or no longer, good.
_NOT_KNOWN = frozenset(
    {
        "ExpiredToken",
        "ExpiredTokenException",
        "InvalidClientTokenId",
        "SignatureDoesNotMatch",
        "UnrecognizedClientException",
    }
)
_SIGN_IN = "sign in (`aws sso login`), or set AWS_PROFILE or AWS_ACCESS_KEY_ID"


class Resource(Struct, frozen=True):
    """``name`` is the one in the template, ``id`` what AWS made of it: a name, an ARN, a URL."""

    name: str
    id: str
    kind: str


class Deployment(Struct, frozen=True, kw_only=True):
    stage: str
    region: str
    account: str
    stack: str
    resources: Sequence[Resource]
    client: Callable[[str], Any]

    def of_kind(self, kind: str) -> Iterator[Resource]:
        return (one for one in self.resources if one.kind == kind)

    def environment(self, function: str) -> Mapping[str, str]:
        """The variables of one of the app's functions, by its key in serverless.yml."""
        told = self.client("lambda").get_function_configuration(
            FunctionName=f"{self.stack}-{function}"
        )
        variables: Mapping[str, str] = told.get("Environment", {}).get("Variables", {})
        return variables

    @property
    def deploy(self) -> str:
        """The command that deploys what has changed."""
        return f"npx osls deploy --stage {self.stage} --region {self.region}"

    @property
    def deploy_anew(self) -> str:
        """The same where nothing has changed but what is there."""
        return f"npx osls deploy --force --stage {self.stage} --region {self.region}"

    @property
    def secrets_path(self) -> str:
        return f"/{SERVICE}/{self.stage}/slack"


def find(stage: str, region: str | None) -> Deployment:
    """The deployment of *stage*. Raises ProblemError when there is none to be seen."""
    session = boto3.Session(region_name=region or os.environ.get("AWS_REGION") or _REGION)

    @cache
    def client(service: str) -> Any:
        make: Any = session.client
        return make(service, config=_CONFIG)

    account = str(client("sts").get_caller_identity()["Account"])
    stack = f"{SERVICE}-{stage}"
    try:
        pages = client("cloudformation").get_paginator("list_stack_resources")
        resources = [
            Resource(
                one["LogicalResourceId"], one.get("PhysicalResourceId", ""), one["ResourceType"]
            )
            for page in pages.paginate(StackName=stack)
            for one in page["StackResourceSummaries"]
            if one["ResourceStatus"] != "DELETE_COMPLETE"
        ]
    except ClientError as problem:
        if problem.response["Error"]["Code"] != "ValidationError":
            raise
        message = (
            f"there is no stack {stack} in {session.region_name} of account {account}: deploy it "
            "(see README.md), or name another with --stage and --region"
        )
        raise ProblemError(message) from None
    return Deployment(
        stage=stage,
        region=str(session.region_name),
        account=account,
        stack=stack,
        resources=resources,
        client=client,
    )


def unknown(problem: Exception) -> str:
    """In words, what keeps AWS from being asked at all."""
    if isinstance(problem, NoCredentialsError):
        return f"AWS does not know who you are, for there are no credentials: {_SIGN_IN}"
    if isinstance(problem, ClientError) and problem.response["Error"]["Code"] in _NOT_KNOWN:
        return f"AWS does not take your credentials, which may have expired: {_SIGN_IN}"
    if isinstance(problem, BotoCoreError):
        return f"AWS can't be asked: {problem}"
    return str(problem)
