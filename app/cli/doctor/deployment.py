"""A stage's deployment, as its stack and AWS itself tell of it."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from botocore.exceptions import ClientError
from msgspec import Struct

from app.cli.aws import Clients
from app.cli.files import ProblemError

SERVICE = "sfn-alerts"


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

    def aws(self, words: str) -> str:
        """The command of AWS's own that does *words* in this region."""
        return f"aws {words} --region {self.region}"

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
    client = Clients(region)
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
            f"there is no stack {stack} in {client.region} of account {account}: deploy it "
            "(see README.md), or name another with --stage and --region"
        )
        raise ProblemError(message) from None
    return Deployment(
        stage=stage,
        region=client.region,
        account=account,
        stack=stack,
        resources=resources,
        client=client,
    )
