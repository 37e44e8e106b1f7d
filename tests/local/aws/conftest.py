"""One embedded AWS for all tests here, and a kit to put it to use."""

import io
import json
import socket
import time
import uuid
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar

import pytest

from local.aws import EmbeddedAws

ROLE = "arn:aws:iam::000000000000:role/any"
ENDED = ("SUCCEEDED", "FAILED", "TIMED_OUT", "ABORTED")
_PATIENCE_SECONDS = 15

Json = Any
Answer = TypeVar("Answer")


def unique(prefix: str) -> str:
    return f"{prefix}-{uuid.uuid4().hex[:10]}"


def eventually(ask: Callable[[], Answer], *, within: float = _PATIENCE_SECONDS) -> Answer:
    """The first truthy answer; fails when there is none in time."""
    deadline = time.monotonic() + within
    while True:
        answer = ask()
        if answer:
            return answer
        assert time.monotonic() < deadline, f"waited {within} s in vain; the last answer: {answer}"
        time.sleep(0.03)


class Kit:
    """What a test needs of an AWS, in a line each."""

    def __init__(self, aws: EmbeddedAws) -> None:
        self.aws = aws
        self.stepfunctions = aws.client("stepfunctions")
        self.functions = aws.client("lambda")
        self.dynamodb = aws.client("dynamodb")
        self.sqs = aws.client("sqs")
        self.events = aws.client("events")
        self._shared: dict[str, str] = {}
        self._own: list[str] = []

    def shared_function(self, source: str) -> str:
        """As lambda_function, but one for all tests: each keeps a process."""
        if source not in self._shared:
            self._shared[source] = self.lambda_function(source)
            self._own.remove(self._shared[source])
        return self._shared[source]

    def delete_functions(self) -> None:
        while self._own:
            self.functions.delete_function(FunctionName=self._own.pop())

    def lambda_function(self, source: str, *, role: str = ROLE, **environment: str) -> str:
        """A function whose module is source and whose handler is `handler`; its ARN."""
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w") as archive:
            archive.writestr("module.py", source)
        made = self.functions.create_function(
            FunctionName=unique("function"),
            Runtime="python3.13",
            Role=role,
            Handler="module.handler",
            Timeout=30,
            Code={"ZipFile": packed.getvalue()},
            Environment={"Variables": environment},
        )
        arn = str(made["FunctionArn"])
        self._own.append(arn)
        eventually(lambda: self._active(arn))
        return arn

    def _active(self, arn: str) -> bool:
        described = self.functions.get_function_configuration(FunctionName=arn)
        return bool(described["State"] == "Active")

    def state_machine(self, definition: Json) -> str:
        made = self.stepfunctions.create_state_machine(
            name=unique("machine"), definition=json.dumps(definition), roleArn=ROLE
        )
        return str(made["stateMachineArn"])

    def start(self, machine: str, given: Json = None) -> str:
        started = self.stepfunctions.start_execution(
            stateMachineArn=machine, input=json.dumps({} if given is None else given)
        )
        return str(started["executionArn"])

    def started(self, states: Json, given: Json = None, **fields: Json) -> str:
        """An execution of a new machine that has these states and starts at the first."""
        definition = {"StartAt": next(iter(states)), "States": states, **fields}
        return self.start(self.state_machine(definition), given)

    def describe(self, execution: str) -> Json:
        return self.stepfunctions.describe_execution(executionArn=execution)

    def until_ended(self, execution: str) -> Json:
        def ended() -> Json:
            described = self.describe(execution)
            return described if described["status"] in ENDED else None

        return eventually(ended)

    def redrive(self, execution: str, **token: str) -> Json:
        return self.stepfunctions.redrive_execution(executionArn=execution, **token)

    def history(self, execution: str) -> list[Json]:
        pages = self.stepfunctions.get_paginator("get_execution_history")
        found = pages.paginate(executionArn=execution)
        return [event for page in found for event in page["events"]]

    def types(self, execution: str) -> list[str]:
        return [event["type"] for event in self.history(execution)]

    def queue(self, **attributes: str) -> tuple[str, str]:
        """A new queue's URL and ARN."""
        made = self.sqs.create_queue(QueueName=unique("queue"), Attributes=attributes)
        url = str(made["QueueUrl"])
        asked = self.sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])
        return url, str(asked["Attributes"]["QueueArn"])

    def receive(self, url: str, count: int) -> list[Json]:
        """The bodies of the queue's first so many messages, as JSON; they are deleted."""
        bodies: list[Json] = []

        def enough() -> bool:
            got = self.sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10)
            for message in got.get("Messages", []):
                bodies.append(json.loads(message["Body"]))
                handle = message["ReceiptHandle"]
                self.sqs.delete_message(QueueUrl=url, ReceiptHandle=handle)
            return len(bodies) >= count

        eventually(enough)
        return bodies

    def table(self) -> tuple[str, str]:
        """A new table with the key `pk`: its name, and its stream's ARN."""
        made = self.dynamodb.create_table(
            TableName=unique("table"),
            BillingMode="PAY_PER_REQUEST",
            AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
            KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
            StreamSpecification={
                "StreamEnabled": True,
                "StreamViewType": "NEW_AND_OLD_IMAGES",
            },
        )["TableDescription"]
        return str(made["TableName"]), str(made["LatestStreamArn"])

    def put(self, table: str, *keys: str) -> None:
        """In one transaction, so that they reach a stream's readers together."""
        puts = [{"Put": {"TableName": table, "Item": {"pk": {"S": key}}}} for key in keys]
        self.dynamodb.transact_write_items(TransactItems=puts)

    def mapping(self, source: str, function: str, **settings: Json) -> str:
        made = self.functions.create_event_source_mapping(
            EventSourceArn=source, FunctionName=function, **settings
        )
        return str(made["UUID"])


class Journal:
    """A table that functions write to, so that a test sees what they did and when."""

    SOURCE = """
import json, os, time, uuid
import boto3
def note(line, table=None):
    boto3.client("dynamodb").put_item(TableName=table or os.environ["JOURNAL"], Item={
        "pk": {"S": uuid.uuid4().hex}, "at": {"N": repr(time.time())},
        "line": {"S": json.dumps(line)}})
"""
    STEP = """
def handler(event, context):
    table, step = event["journal"], event["step"]
    note(step, table)
    failing = {"TableName": table, "Key": {"pk": {"S": "fail " + step}}, "ConsistentRead": True}
    if "Item" in boto3.client("dynamodb").get_item(**failing):
        raise ValueError(step + " was asked to fail")
    return step + " done"
"""

    def __init__(self, kit: Kit) -> None:
        self._kit = kit
        self.table, _ = kit.table()

    def function(self, source: str, **environment: str) -> str:
        """A function that can call note(line)."""
        return self._kit.lambda_function(
            self.SOURCE + source, **{"JOURNAL": self.table, **environment}
        )

    def step(self, name: str, *, named_by: str | None = None, **fields: Json) -> Json:
        """A Task that notes its name, and fails with ValueError when asked to.

        With named_by, a path, its name is what it finds there.
        """
        own = {"step": name} if named_by is None else {"step.$": named_by}
        return {
            "Type": "Task",
            "Resource": self._kit.shared_function(self.SOURCE + self.STEP),
            "Parameters": {"journal": self.table, **own},
            "ResultPath": f"$.{name}",
            **({} if "Next" in fields else {"End": True}),
            **fields,
        }

    def fail(self, step: str) -> None:
        item = {"pk": {"S": f"fail {step}"}}
        self._kit.dynamodb.put_item(TableName=self.table, Item=item)

    def mend(self, step: str) -> None:
        self._kit.dynamodb.delete_item(TableName=self.table, Key={"pk": {"S": f"fail {step}"}})

    def timed_lines(self) -> list[tuple[float, Json]]:
        items = self._kit.dynamodb.scan(TableName=self.table, ConsistentRead=True)["Items"]
        noted = [item for item in items if "line" in item]
        return sorted((float(item["at"]["N"]), json.loads(item["line"]["S"])) for item in noted)

    def lines(self) -> list[Json]:
        return [line for _, line in self.timed_lines()]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="session")
def aws(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedAws]:
    log: Path = tmp_path_factory.mktemp("aws") / "aws.log"
    with EmbeddedAws(free_port(), log=log) as embedded:
        yield embedded


@pytest.fixture(scope="session")
def kit(aws: EmbeddedAws) -> Kit:
    return Kit(aws)


@pytest.fixture(autouse=True)
def _functions_of_one_test(request: pytest.FixtureRequest) -> Iterator[None]:
    yield
    if "kit" in request.fixturenames:
        request.getfixturevalue("kit").delete_functions()


@pytest.fixture
def journal(kit: Kit) -> Journal:
    return Journal(kit)
