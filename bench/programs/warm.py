"""The executions function's handler with batches, beside its own calls made by boto3 alone.

Prints ``{size: [[the handler's seconds, the calls' seconds], …]}`` for the sizes in BATCHES.
"""

import json
import os
import random
import re
import string
import time
from types import SimpleNamespace
from typing import Any

import boto3

from app import wiring
from lambda_entry.executions import handler

EVENT, MACHINE, EXECUTION = os.environ["EVENT"], "order-import", "2026-03-01-a1b2"
CONTEXT = SimpleNamespace(
    function_name="bench",
    memory_limit_in_mb=512,
    aws_request_id="1",
    invoked_function_arn="arn:aws:lambda:us-east-1:000000000000:function:bench",
)
#: What the handler asked DynamoDB for: the operation, and its parameters.
calls: list[tuple[str, dict[str, Any]]] = []


def write_down(params: dict[str, Any], model: Any, **_: object) -> None:
    calls.append((model.name, params))


def name() -> str:
    """A name of its own, in letters only: digits do not tell one problem from another."""
    return "".join(random.choices(string.ascii_lowercase, k=len(MACHINE)))  # noqa: S311


def batch(size: int) -> dict[str, Any]:
    """A batch of one problem that is new, as the queue brings it."""
    event = EVENT.replace(MACHINE, name())
    bodies = (event.replace(EXECUTION, f"{number:08}-{name()}") for number in range(size))
    return {
        "Records": [
            {"eventSource": "aws:sqs", "messageId": str(n), "receiptHandle": "r", "body": body}
            for n, body in enumerate(bodies)
        ]
    }


def again() -> list[tuple[str, dict[str, Any]]]:
    """The calls that were written down, of another problem with names as long."""
    for _, parameters in calls:
        parameters.pop("ClientRequestToken", None)  # the SDK's own, and new for every request
    said = json.dumps(calls)
    [problem] = set(re.findall("alert#([0-9a-f]{24})", said))
    [machine] = set(re.findall("execution:([a-z]+):", said))
    same: list[tuple[str, dict[str, Any]]]
    same = json.loads(said.replace(problem, problem[::-1]).replace(machine, name()))
    return same


def measured(size: int, bare: dict[str, Any]) -> tuple[float, float]:
    given = batch(size)
    calls.clear()
    began = time.perf_counter()
    answer = handler(given, CONTEXT)
    own = time.perf_counter() - began
    assert answer == {"batchItemFailures": []}
    same = again()
    began = time.perf_counter()
    for operation, said in same:
        bare[operation](**said)
    return own, time.perf_counter() - began


def main() -> None:
    client = boto3.client("dynamodb")
    bare = {"Query": client.query, "TransactWriteItems": client.transact_write_items}
    wiring.aws("dynamodb").meta.events.register("provide-client-params", write_down)
    measured(10, bare)  # the first makes connections, and whatever else is made once
    batches: dict[str, int] = json.loads(os.environ["BATCHES"])
    found = {size: [measured(int(size), bare) for _ in range(n)] for size, n in batches.items()}
    print(json.dumps(found))


if __name__ == "__main__":
    main()
