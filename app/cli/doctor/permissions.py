"""Whether each role may still do what the template gave it.

A role may have been changed since, and a boundary or a policy of the organization may forbid
what it allows: only AWS's simulator tells of those.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from botocore.exceptions import ClientError

from app.cli.doctor.deployment import Deployment, Resource
from app.cli.doctor.findings import Finding, well, wrong
from app.cli.doctor.places import Places


def look(deployment: Deployment, _: Places) -> Iterator[Finding]:
    template = deployment.client("cloudformation").get_template(StackName=deployment.stack)
    wanted = template["TemplateBody"]["Resources"]
    roles = list(deployment.of_kind("AWS::IAM::Role"))
    problems = 0
    for role in roles:
        for problem in _look_at(deployment, role, _statements_of(wanted[role.name])):
            problems += 1
            yield problem
    if roles and not problems:
        yield well(f"{len(roles)} roles may do what they are for")


def _look_at(
    deployment: Deployment, role: Resource, wanted: list[Mapping[str, Any]]
) -> Iterator[Finding]:
    iam = deployment.client("iam")
    try:
        arn = iam.get_role(RoleName=role.id)["Role"]["Arn"]
        names = iam.list_role_policies(RoleName=role.id)["PolicyNames"]
        statements = [
            statement
            for name in names
            for statement in iam.get_role_policy(RoleName=role.id, PolicyName=name)[
                "PolicyDocument"
            ]["Statement"]
        ]
    except ClientError as problem:
        if problem.response["Error"]["Code"] != "NoSuchEntity":
            raise
        yield wrong(f"the role {role.id} was deleted", f"remove {deployment.stack} and deploy it")
        return
    lost = _actions(wanted) - _actions(statements)
    if lost:
        yield wrong(
            f"{role.name} may no longer {', '.join(sorted(lost))}",
            deployment.deploy_anew,
        )
    forbidden = {
        one["EvalActionName"]
        for statement in statements
        for one in iam.simulate_principal_policy(
            PolicySourceArn=arn,
            ActionNames=_listed(statement["Action"]),
            ResourceArns=_listed(statement["Resource"]),
        )["EvaluationResults"]
        if one["EvalDecision"] != "allowed"
    }
    if forbidden:
        yield wrong(
            f"{role.name} is kept from {', '.join(sorted(forbidden))}",
            "a permissions boundary or a policy of the organization forbids it: ask its keepers",
        )


def _statements_of(role: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return [
        statement
        for policy in role["Properties"].get("Policies", [])
        for statement in policy["PolicyDocument"]["Statement"]
    ]


def _actions(statements: list[Mapping[str, Any]]) -> set[str]:
    return {action for statement in statements for action in _listed(statement["Action"])}


def _listed(said: str | list[str]) -> list[str]:
    return [said] if isinstance(said, str) else said
