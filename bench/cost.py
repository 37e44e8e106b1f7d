"""What failures cost on AWS: ``python -m bench.cost`` counts, and multiplies with list prices.

What is paid for is counted where it arrives in the embedded world: requests, the bytes of every
write as the table's stream tells it, invocations and how long they ran here, what was logged.
Where AWS's bill can't be told from that, the dearer case is taken: every write counts as part of
a transaction and as written to an index too.
"""

import json
import re
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import ceil
from pathlib import Path
from typing import Any

from bench.storm import storm
from local.world import World
from tests.hand import Hand, free_port

#: AWS's list prices in us-east-1, in dollars, without any free tier, as of November 2026. Lambda is
#: arm64, DynamoDB on demand.
PRICES = {
    "lambda_request": 0.20 / 1e6,
    "lambda_gigabyte_second": 0.0000133334,
    "dynamodb_write_unit": 0.625 / 1e6,
    "dynamodb_read_unit": 0.125 / 1e6,
    "sqs_request": 0.40 / 1e6,
    "log_gigabyte": 0.50,
    "alarm_month": 0.10,
    "key_month": 1.00,
}
#: AWS: what is written to a table is paid by the kilobyte, twice in a transaction; an index again.
_DEARER = 2 * 2
#: AWS: a consistent read is paid by 4 KB; an alert is less than two of these.
_READ_UNITS = 2
#: A message is sent, received and deleted.
_REQUESTS_A_MESSAGE = 3
#: AWS: an event source mapping polls a queue with five connections, each waiting 20 s at most.
_POLLS_A_MONTH = 5 * 30 * 24 * 3600 / 20
_MINUTES_A_MONTH = 30 * 24 * 60
#: AWS adds to the size of every event that is logged.
_LOG_EVENT = 26
_BILLED = re.compile(r"^REPORT .*Billed Duration: (\d+) ms")
_FUNCTIONS = ("executions", "publish", "recover", "answer", "slack", "sweep")


@dataclass(frozen=True)
class Bill:
    """Dollars, by what they are for."""

    failures: int
    problems: int
    functions: float
    table: float
    queues: float
    logs: float

    @property
    def dollars(self) -> float:
        return self.functions + self.table + self.queues + self.logs


@dataclass(frozen=True)
class Logged:
    """Bytes that were logged, and what the reports among them tell of."""

    size: int
    runs: int
    gigabyte_seconds: float


class Meter:
    """Counts what is paid for from when it was made."""

    def __init__(self, hand: Hand) -> None:
        self._hand = hand
        self._streams = hand.world.client("dynamodbstreams")
        self._before = self._run()
        self._iterators = list(self._latest())
        hand.world.aws.counts(anew=True)

    def bill(self, failures: int, problems: int) -> Bill:
        calls = self._hand.world.aws.counts()
        reads = sum(calls.get(f"DynamoDB.{name}", 0) for name in ("GetItem", "Query"))
        reads += calls.get("DynamoDB.BatchGetItem", 0) * 50  # 100 items, smaller than half a unit
        now, before = self._run(), self._before
        messages = failures + calls.get("SQS.SendMessage", 0)
        return Bill(
            failures=failures,
            problems=problems,
            functions=(now.runs - before.runs) * PRICES["lambda_request"]
            + (now.gigabyte_seconds - before.gigabyte_seconds) * PRICES["lambda_gigabyte_second"],
            table=self._write_units() * _DEARER * PRICES["dynamodb_write_unit"]
            + reads * _READ_UNITS * PRICES["dynamodb_read_unit"],
            queues=messages * _REQUESTS_A_MESSAGE * PRICES["sqs_request"],
            logs=(now.size - before.size) / 1e9 * PRICES["log_gigabyte"],
        )

    def _latest(self) -> Iterator[str]:
        for stream in self._streams.list_streams(TableName="sfn-alerts-local")["Streams"]:
            arn = stream["StreamArn"]
            told = self._streams.describe_stream(StreamArn=arn)["StreamDescription"]
            for shard in told["Shards"]:
                yield self._streams.get_shard_iterator(
                    StreamArn=arn, ShardId=shard["ShardId"], ShardIteratorType="LATEST"
                )["ShardIterator"]

    def _write_units(self) -> int:
        units = 0
        for first in self._iterators:
            iterator: str | None = first
            while iterator:
                told = self._streams.get_records(ShardIterator=iterator, Limit=1000)
                if not told["Records"]:
                    break
                units += sum(ceil(_larger(one["dynamodb"]) / 1024) for one in told["Records"])
                iterator = told.get("NextShardIterator")
        return units

    def _run(self) -> Logged:
        """What the functions have logged since the world began, with what they took."""
        logs = self._hand.world.client("logs")
        size, runs, gigabyte_seconds = 0, 0, 0.0
        for name in _FUNCTIONS:
            pages = logs.get_paginator("filter_log_events").paginate(
                logGroupName=f"/aws/lambda/sfn-alerts-local-{name}"
            )
            memory = _gigabytes(self._hand, name)
            for message in (one["message"] for page in pages for one in page["events"]):
                size += len(message.encode()) + _LOG_EVENT
                if billed := _BILLED.search(message):
                    runs += 1
                    gigabyte_seconds += int(billed[1]) / 1000 * memory
        return Logged(size, runs, gigabyte_seconds)


def month(hand: Hand, directory: Path, sweeps: int) -> dict[str, float]:
    """What is paid for in a month in which nothing fails, in dollars.

    The *directory* is that of the world, which has deployed there and let nothing fail yet.
    """
    before = Meter(hand)
    for _ in range(sweeps):
        hand.world.client("lambda").invoke(FunctionName="sfn-alerts-local-sweep", Payload="{}")
    one = before.bill(0, 0)
    packaged = directory / "service" / ".serverless" / "cloudformation-template-update-stack.json"
    resources = json.loads(packaged.read_text())["Resources"].values()
    kinds = [resource["Type"] for resource in resources]
    mappings = sum(
        resource["Type"] == "AWS::Lambda::EventSourceMapping"
        and "Queue" in json.dumps(resource["Properties"]["EventSourceArn"])
        for resource in resources
    )
    return {
        "the sweep, every minute": (one.functions + one.table + one.logs)
        / sweeps
        * _MINUTES_A_MONTH,
        "polling the queues": mappings * _POLLS_A_MONTH * PRICES["sqs_request"],
        "alarms": kinds.count("AWS::CloudWatch::Alarm") * PRICES["alarm_month"],
        "the key for waiting steps": kinds.count("AWS::KMS::Key") * PRICES["key_month"],
    }


def _larger(record: Mapping[str, Any]) -> int:
    return max(len(json.dumps(record.get(name, {}))) for name in ("NewImage", "OldImage"))


def _gigabytes(hand: Hand, name: str) -> float:
    told = hand.world.client("lambda").get_function_configuration(
        FunctionName=f"sfn-alerts-local-{name}"
    )
    return float(told["MemorySize"]) / 1024


def main() -> None:
    directory = Path(tempfile.mkdtemp(prefix="bench-cost-"))
    with World(
        aws_port=free_port(), slack_port=free_port(), directory=directory, cards_a_minute=1_000
    ) as world:
        hand = Hand(world)
        print("a month in which nothing fails, dollars")
        bill = month(hand, directory, sweeps=20)
        for name, dollars in bill.items():
            print(f"  {name:40} {dollars:6.2f}")
        print(f"  {'together':40} {sum(bill.values()):6.2f}")
        print("\nfailures  problems   functions     table    queues      logs   together, dollars")
        for failures, problems in ((1, 1), (1_000, 1), (100, 100)):
            meter = Meter(hand)
            storm(hand, failures, problems)
            one = meter.bill(failures, problems)
            parts = " ".join(f"{part:9.5f}" for part in (one.table, one.queues, one.logs))
            print(f"{failures:8,} {problems:9} {one.functions:11.5f} {parts} {one.dollars:11.5f}")
        hand.notes.close()


if __name__ == "__main__":
    main()
