"""The deployed functions' handlers, run in processes of the test's own: killed, or far from AWS.

Their code is the artifact that the world runs, their environment that of the function.
"""

import json
import os
import subprocess
import sys
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from deploy.package import ROOT
from tests.hand import Hand, Json
from tests.killed import KILLED
from tests.own import TABLE


@dataclass(frozen=True)
class Ran:
    """What came of a run: it was ``killed``, or it answered, or its ``error`` says why not."""

    killed: bool
    answer: Json | None
    error: str


class Handlers:
    """*directory* takes the unpacked artifact."""

    def __init__(self, hand: Hand, directory: Path) -> None:
        assert hand.world.facts, "it has been packaged"
        self._hand = hand
        self._directory = directory
        with zipfile.ZipFile(ROOT / ".build" / "local" / "sfn-alerts.zip") as artifact:
            artifact.extractall(directory)

    def run(
        self, entry: str, event: Json, *, dies_at: int = 0, aws: str | None = None, **more: str
    ) -> Ran:
        """Run the handler of *entry*.

        Its process dies when it sends to the network for the *dies_at*-th time. *aws* is where
        it finds AWS, if not in the world; *more* goes into its environment.
        """
        function = self._hand.world.client("lambda").get_function_configuration(
            FunctionName=f"sfn-alerts-local-{entry}"
        )
        environment = {
            **function["Environment"]["Variables"],
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(self._directory),
            "AWS_ENDPOINT_URL": aws or self._hand.facts.aws_endpoint_url,
            "AWS_DEFAULT_REGION": self._hand.facts.region,
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
            **more,
        }
        done = subprocess.run(
            [sys.executable, str(ROOT / "tests" / "killed.py"), entry, str(dies_at)],
            input=json.dumps(event),
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            return Ran(done.returncode == KILLED, None, done.stderr)
        return Ran(killed=False, answer=json.loads(done.stdout.splitlines()[-1]), error="")

    def killed(self, entry: str, event: Json, most: int) -> int:
        """Kill it before its first send to the network, its second, and so on, until it is done.

        How often it was killed.
        """
        for moment in range(1, most):
            ran = self.run(entry, event, dies_at=moment)
            assert ran.killed or ran.answer is not None, ran.error
            if not ran.killed:
                return moment - 1
        return most


def batch(bodies: Sequence[Json]) -> Json:
    """What SQS brings to the executions function."""
    return {
        "Records": [
            {
                "messageId": str(number),
                "receiptHandle": "none",
                "eventSource": "aws:sqs",
                "body": json.dumps(body),
            }
            for number, body in enumerate(bodies)
        ]
    }


def stream_record(hand: Hand, fingerprint: str) -> Json:
    """The alert's item as the table's stream would tell of its first write."""
    key = {"pk": {"S": f"alert#{fingerprint}"}, "sk": {"S": "generation#000001"}}
    item = hand.dynamodb.get_item(TableName=TABLE, Key=key)["Item"]
    return {
        "eventSource": "aws:dynamodb",
        "dynamodb": {"Keys": key, "NewImage": item, "SequenceNumber": "1"},
    }


@contextmanager
def without(hand: Hand, *functions: str) -> Iterator[None]:
    """The functions are called by nobody meanwhile."""
    lambda_ = hand.world.client("lambda")
    ids = [
        one["UUID"]
        for function in functions
        for one in lambda_.list_event_source_mappings(FunctionName=f"sfn-alerts-local-{function}")[
            "EventSourceMappings"
        ]
    ]
    for one in ids:
        lambda_.update_event_source_mapping(UUID=one, Enabled=False)
    try:
        yield
    finally:
        for one in ids:
            lambda_.update_event_source_mapping(UUID=one, Enabled=True)


def event_of(execution: str, error: str, /, *, redrive_count: int = 0, **more: object) -> Json:
    """The event that EventBridge has for a failed execution; *more* goes into its detail."""
    return {
        "source": "aws.states",
        "detail-type": "Step Functions Execution Status Change",
        "detail": {
            "executionArn": execution,
            "status": "FAILED",
            "startDate": 1_795_600_000_000,
            "stopDate": 1_795_600_001_000,
            "redriveCount": redrive_count,
            "error": error,
            "cause": "the network is down",
            "input": "{}",
            **more,
        },
    }


def named(machine: str, count: int) -> list[str]:
    """ARNs of executions that nobody ever started: their events are all there is of them."""
    base = machine.replace(":stateMachine:", ":execution:")
    return [f"{base}:e-{number}" for number in range(count)]
