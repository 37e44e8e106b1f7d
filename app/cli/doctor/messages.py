"""EventBridge's rules, the queues, and what has come to lie in the dead letters."""

from collections.abc import Iterator
from typing import Any

from botocore.exceptions import ClientError

from app.cli.doctor.deployment import Deployment, Resource
from app.cli.doctor.findings import Finding, well, wrong
from app.cli.doctor.places import Places

#: What each rule brings, and to whom.
_RULES = {
    "EndedRule": ("executions that failed", "executions"),
    "ForwardedRule": ("executions of other accounts and regions", "executions"),
    "SweepEventsRuleSchedule1": ("the sweep of every minute", "sweep"),
}
_DEAD = "dead-letters"


def look_at_rules(deployment: Deployment, _: Places) -> Iterator[Finding]:
    for rule in deployment.of_kind("AWS::Events::Rule"):
        if rule.name in _RULES:
            yield _rule(deployment, rule, *_RULES[rule.name])


def look_at_queues(deployment: Deployment, _: Places) -> Iterator[Finding]:
    waiting = 0
    queues = sorted(deployment.of_kind("AWS::SQS::Queue"), key=lambda one: one.id)
    for queue in queues:
        name = queue.id.rpartition("/")[2]
        try:
            count = _waiting(deployment, queue)
        except ClientError as problem:
            if not problem.response["Error"]["Code"].endswith(
                ("QueueDoesNotExist", "NonExistentQueue")
            ):
                raise
            yield wrong(f"the queue {name} was deleted", deployment.deploy_anew)
            continue
        if _DEAD not in name:
            waiting += count
        elif count:
            messages = "1 message" if count == 1 else f"{count} messages"
            lie = "lies" if count == 1 else "lie"
            yield wrong(f"{messages} {lie} in {name}", "docs/operations.md says what to do")
        else:
            yield well(f"{name} is empty")
    if queues:
        yield well(
            f"{waiting} {'message waits' if waiting == 1 else 'messages wait'} in the others"
        )


def _rule(deployment: Deployment, rule: Resource, what: str, whom: str) -> Finding:
    events = deployment.client("events")
    bus, name = _place(deployment, rule)
    target = f"{deployment.stack}-{whom}"
    try:
        told = events.describe_rule(Name=name, EventBusName=bus)
        targets = events.list_targets_by_rule(Rule=name, EventBusName=bus)["Targets"]
    except ClientError as problem:
        if problem.response["Error"]["Code"] != "ResourceNotFoundException":
            raise
        return wrong(f"the rule for {what} was deleted", deployment.deploy_anew)
    if told["State"] == "DISABLED":
        return wrong(
            f"the rule for {what} is disabled",
            deployment.aws(f"events enable-rule --name {name} --event-bus-name {bus}"),
        )
    if not any(one["Arn"].endswith(f":{target}") for one in targets):
        return wrong(f"the rule for {what} has lost its target {target}", deployment.deploy_anew)
    return well(f"the rule for {what} is enabled")


def _place(deployment: Deployment, rule: Resource) -> tuple[str, str]:
    """The rule's bus, and its name there. AWS: of a bus of one's own, both are in its id."""
    bus, mark, name = rule.id.rpartition("|")
    if mark:
        return bus, name
    own = [one.id for one in deployment.of_kind("AWS::Events::EventBus")]
    return (own[0] if own and rule.name == "ForwardedRule" else "default"), rule.id


def _waiting(deployment: Deployment, queue: Resource) -> int:
    """AWS: approximately so many; those that somebody is at are not among them."""
    asked = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesDelayed"]
    told: Any = deployment.client("sqs").get_queue_attributes(
        QueueUrl=queue.id, AttributeNames=asked
    )["Attributes"]
    return sum(int(told.get(name, 0)) for name in asked)
