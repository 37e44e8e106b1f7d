"""Whether each function's role allows what the function does, and no more.

While tests run, the embedded AWS holds every function to its role and remembers what it was used
for and what it was refused: see `local/aws/authority.py`. Here that is held against the roles of
the packaged template.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from deploy.package import ROOT

#: Where tests keep what they have seen, one file a world:
#: ``{"PublishRole": {"used": ["kms:Encrypt", …], "refused": ["kms:Decrypt arn:…", …]}}``.
USED = ROOT / ".build" / "authority"

#: What a function does that no test lets the deployed one do, and why.
UNSEEN: Mapping[str, Mapping[str, str]] = {
    "ExecutionsRole": {
        "sqs:SendMessage": "log events that could not be recorded are kept: rare, and tests do "
        "so with own clients"
    },
}
#: Tests ask about executions of other accounts and regions too, and about Express ones, of which
#: Step Functions tells nothing: those are to be refused.
_HERE = re.compile(r"\S+ (\*|arn:aws:\w+:us-east-1:000000000000:(?!express:).*)")

Json = Mapping[str, Any]
Actions = dict[str, set[str]]

#: Done by Lambda itself, with the function's role.
_BY_LAMBDA = {
    "logs:CreateLogStream",
    "logs:PutLogEvents",
    "xray:PutTelemetryRecords",
    "xray:PutTraceSegments",
}
#: AWS: what a mapping from such a source does with the role of its function.
_BY_MAPPINGS = {
    "sqs": {"sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ReceiveMessage"},
    "dynamodb": {
        "dynamodb:DescribeStream",
        "dynamodb:GetRecords",
        "dynamodb:GetShardIterator",
        "dynamodb:ListStreams",
    },
    "on failure": {"sqs:SendMessage"},
}


def allowed(resources: Json) -> Actions:
    """What each role allows, by its name in the template."""
    return {
        name: {
            action
            for policy in one["Properties"].get("Policies", [])
            for statement in policy["PolicyDocument"]["Statement"]
            for action in _listed(statement["Action"])
        }
        for name, one in resources.items()
        if one["Type"] == "AWS::IAM::Role"
    }


def by_lambda(resources: Json) -> Actions:
    """What Lambda does itself with the role of each function."""
    needed: Actions = {}
    roles = {}
    for name, one in resources.items():
        if one["Type"] == "AWS::Lambda::Function":
            [role, _] = one["Properties"]["Role"]["Fn::GetAtt"]
            roles[name] = role
            needed.setdefault(role, set()).update(_BY_LAMBDA)
    for one in resources.values():
        if one["Type"] == "AWS::Lambda::EventSourceMapping":
            mapping = one["Properties"]
            [function, _] = mapping["FunctionName"]["Fn::GetAtt"]
            [source, _] = mapping["EventSourceArn"]["Fn::GetAtt"]
            kind = "sqs" if resources[source]["Type"] == "AWS::SQS::Queue" else "dynamodb"
            needed[roles[function]] |= _BY_MAPPINGS[kind]
            if "OnFailure" in mapping.get("DestinationConfig", {}):
                needed[roles[function]] |= _BY_MAPPINGS["on failure"]
    return needed


def problems(resources: Json, seen: Sequence[Json]) -> Iterator[str]:
    """What was done without leave, and what may be done and is not."""
    used, refused = _joined(seen, "used"), _joined(seen, "refused")
    for role, actions in refused.items():
        for action in sorted(action for action in actions if _HERE.fullmatch(action)):
            yield f"{role} was refused {action}: allow it in deploy/roles.yml, or do without"
    needed = by_lambda(resources)
    granted = allowed(resources)
    for role, by_itself in needed.items():
        unseen = set(UNSEEN.get(role, ()))
        for action in sorted(unseen - granted[role]):
            yield f"{role} no longer allows {action}: take it out of UNSEEN"
        for action in sorted(granted[role] - used.get(role, set()) - by_itself - unseen):
            yield f"{role} allows {action}, which no function did while tests ran"


def read(directory: Path) -> list[Json]:
    return [json.loads(path.read_text()) for path in sorted(directory.glob("*.json"))]


def _joined(seen: Sequence[Json], kind: str) -> Actions:
    joined: Actions = {}
    for one in seen:
        for role, told in one.items():
            if told[kind]:
                joined.setdefault(role, set()).update(told[kind])
    return joined


def _listed(said: str | list[str]) -> list[str]:
    return [said] if isinstance(said, str) else said
