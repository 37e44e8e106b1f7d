"""The cost of a failure in a warm process: the executions function's handler with full batches.

The floor are the handler's own calls of DynamoDB, written down as it makes them and made again
by boto3 alone with keys of their own, against the same embedded AWS.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from typing import Any

from bench import template
from bench.figures import Figure, Line
from bench.places import Places

ABOUT = "a failure in a batch, against the handler's own calls of DynamoDB made by boto3 alone"
GOAL = 1.3
#: Failures in a batch, and how often it is measured.
BATCHES = {1: 100, 10: 60, 100: 40, 1000: 15}

_EVENT = template.ROOT / "tests" / "events" / "failed_lambda.json"
_TABLE = "bench"
_PROGRAM = Path(__file__).parent / "programs" / "warm.py"


def measure(places: Places) -> Iterator[Line]:
    aws = places.aws
    aws.client("dynamodb").create_table(**_table())
    found = places.alone.run(
        _PROGRAM.read_text(),
        AWS_ENDPOINT_URL=aws.url,
        AWS_DEFAULT_REGION=aws.region,
        EVENT=json.dumps(json.loads(_EVENT.read_text())),
        BATCHES=json.dumps(BATCHES),
        TABLE_NAME=_TABLE,
        MACHINES_ARN="arn:aws:states:us-east-1:000000000000:stateMachine",
    )
    for size in BATCHES:
        own, floor = zip(*found[str(size)], strict=True)
        yield Figure(
            name=f"batch of {size:,}",
            measured=median(own) / size * 1_000_000,
            floor=median(floor) / size * 1_000_000,
            unit="µs",
            goal=GOAL,
        )


def _table() -> dict[str, Any]:
    """The table of deploy/table.yml, without the stream that wakes other functions."""
    described = template.read("deploy/table.yml")["Resources"]["AlertTable"]["Properties"]
    wanted = ("BillingMode", "AttributeDefinitions", "KeySchema", "GlobalSecondaryIndexes")
    return {"TableName": _TABLE} | {name: described[name] for name in wanted}
