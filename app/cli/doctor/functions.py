"""The Lambda functions, and the mappings that bring queues and the stream to them."""

from collections.abc import Iterator
from typing import Any

from botocore.exceptions import ClientError

from app.cli.doctor.deployment import Deployment, Resource
from app.cli.doctor.findings import Finding, well, wrong
from app.cli.doctor.places import Places


def look(deployment: Deployment, _: Places) -> Iterator[Finding]:
    yield from _stack(deployment)
    told = {}
    for function in deployment.of_kind("AWS::Lambda::Function"):
        try:
            one = deployment.client("lambda").get_function(FunctionName=function.id)
        except ClientError as problem:
            if problem.response["Error"]["Code"] != "ResourceNotFoundException":
                raise
            yield wrong(f"{function.id} was deleted", f"remove the stack and {deployment.deploy}")
            continue
        told[function.id] = one["Configuration"]
        yield from _state(deployment, function.id, one)
    codes = {one["CodeSha256"] for one in told.values()}
    if len(codes) > 1:
        yield wrong("the functions run different versions of the code", deployment.deploy)
    elif told:
        deployed = max(one["LastModified"] for one in told.values())[:16].replace("T", " ")
        yield well(f"{len(told)} functions run the same code, deployed {deployed} UTC")


def look_at_mappings(deployment: Deployment, _: Places) -> Iterator[Finding]:
    found = [
        _mapping(deployment, one) for one in deployment.of_kind("AWS::Lambda::EventSourceMapping")
    ]
    problems = [one for one in found if one]
    yield from problems
    if found and not problems:
        yield well(f"{len(found)} mappings from queues and the stream are enabled")


def _stack(deployment: Deployment) -> Iterator[Finding]:
    [stack] = deployment.client("cloudformation").describe_stacks(StackName=deployment.stack)[
        "Stacks"
    ]
    # AWS: UPDATE_ROLLBACK_COMPLETE, CREATE_FAILED; UPDATE_COMPLETE_CLEANUP_IN_PROGRESS is well.
    if "ROLLBACK" in stack["StackStatus"] or stack["StackStatus"].endswith("_FAILED"):
        yield wrong(
            f"the last deployment came to nothing: {deployment.stack} is {stack['StackStatus']}",
            "its events say why: "
            + deployment.aws(
                f"cloudformation describe-stack-events --stack-name {deployment.stack}"
            )
            + f"\n{deployment.deploy}",
        )


def _state(deployment: Deployment, name: str, told: Any) -> Iterator[Finding]:
    function = told["Configuration"]
    # AWS: Inactive is a function that nobody called for weeks; the next call begins it.
    if function.get("State") not in {"Active", "Inactive", None}:
        reason = function.get("StateReason", "")
        yield wrong(f"{name} is {function['State'].lower()}: {reason}", deployment.deploy)
    if function.get("LastUpdateStatus") == "Failed":
        reason = function.get("LastUpdateStatusReason", "")
        yield wrong(f"{name} could not be updated: {reason}", deployment.deploy)
    if told.get("Concurrency", {}).get("ReservedConcurrentExecutions") == 0:
        yield wrong(
            f"{name} is kept from running: its reserved concurrency is 0",
            deployment.aws(f"lambda delete-function-concurrency --function-name {name}"),
        )


def _mapping(deployment: Deployment, mapping: Resource) -> Finding | None:
    try:
        told = deployment.client("lambda").get_event_source_mapping(UUID=mapping.id)
    except ClientError as problem:
        if problem.response["Error"]["Code"] != "ResourceNotFoundException":
            raise
        return wrong(
            f"{mapping.name} was deleted",
            deployment.deploy_anew,
        )
    source = told["EventSourceArn"].partition("/stream/")[0].rpartition(":")[2]
    function = told["FunctionArn"].rpartition(":")[2]
    if told["State"] not in {"Enabled", "Enabling", "Updating", "Creating"}:
        return wrong(
            f"{function} is not told of {source}: the mapping is {told['State'].lower()}",
            deployment.aws(f"lambda update-event-source-mapping --enabled --uuid {mapping.id}"),
        )
    result = told.get("LastProcessingResult") or ""
    if result.startswith("PROBLEM"):  # AWS: "PROBLEM: Function call failed"
        return wrong(
            f"{function} had trouble with {source}: {result}",
            f"look at its log: {deployment.aws(f'logs tail /aws/lambda/{function} --since 1h')}",
        )
    return None
