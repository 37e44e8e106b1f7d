"""A storm is counted exactly and told once, whatever comes twice, late, at once or half-way."""

import json
import os
import random
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from app.domain.redaction import Redactor
from app.ingest import parse
from app.use_cases.record import record
from deploy.package import ROOT
from tests.hand import Hand, Json, eventually, unique
from tests.killed import KILLED
from tests.own import TABLE, deps

pytestmark = pytest.mark.xdist_group("world")

#: More sends than any handler of these tests makes.
_MOST = 60


@pytest.fixture
def error() -> str:
    return unique("E")


def event_of(execution: str, error: str, *, redrive_count: int = 0) -> Json:
    """The event that EventBridge has for a failed execution."""
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
        },
    }


def named(machine: str, count: int) -> list[str]:
    """ARNs of executions that nobody ever started: their events are all there is of them."""
    base = machine.replace(":stateMachine:", ":execution:")
    return [f"{base}:e-{number}" for number in range(count)]


def counted(hand: Hand, error: str) -> tuple[int, int]:
    """``(count, failing_count)`` of the one alert about *error*."""
    found = [one.alert for one in deps(hand).alerts.unresolved() if one.alert.error == error]
    assert len(found) <= 1, "one problem, one alert"
    return (found[0].count, found[0].failing_count) if found else (0, 0)


def test_a_thousand_failures_twice_over_and_shuffled_make_one_exact_card(
    hand: Hand, error: str
) -> None:
    machine = hand.machine({"Fail": {"Type": "Fail", "Error": error}})
    bodies = [json.dumps(event_of(arn, error)) for arn in named(machine, 1000)]
    twice = bodies * 2
    random.shuffle(twice)
    for start in range(0, len(twice), 10):
        hand.queue("executions", *twice[start : start + 10])
    eventually(lambda: counted(hand, error) == (1000, 1000), within=60)
    hand.drained("executions")
    assert counted(hand, error) == (1000, 1000)
    eventually(lambda: "1,000 failures" in json.dumps(hand.card(error)))
    assert len(hand.cards(error)) == 1
    milestones = [line for line in hand.thread(hand.card(error)) if "so far" in line]
    assert len(milestones) == len(set(milestones)) <= 3


def test_handlers_at_work_on_the_same_failures_at_once_count_each_once(
    hand: Hand, error: str
) -> None:
    machine = hand.machine({"Fail": {"Type": "Fail", "Error": error}})
    own, redactor = deps(hand), Redactor.of()
    ended = [
        told
        for arn in named(machine, 240)
        if (told := parse(event_of(arn, error), redactor)) is not None
    ]

    def overlapping(first: int) -> Callable[[], object]:
        mine = ended[first : first + 120]
        random.shuffle(mine)
        return lambda: record(own, mine)

    hand.at_once(*[overlapping(first) for first in (0, 40, 80, 120)])
    assert counted(hand, error) == (240, 240)


def test_a_redriven_attempt_that_overtakes_its_first_is_counted_in_its_place(
    hand: Hand, error: str
) -> None:
    machine = hand.machine({"Fail": {"Type": "Fail", "Error": error}})
    arns = named(machine, 150)
    first = [event_of(arn, error) for arn in arns]
    second = [event_of(arn, error, redrive_count=1) for arn in arns]
    told = [*second, *first]
    random.shuffle(told)
    own, redactor = deps(hand), Redactor.of()
    record(own, [one for event in told if (one := parse(event, redactor)) is not None])
    count, failing = counted(hand, error)
    assert failing == 150, "each execution fails once at a time"
    assert 150 <= count <= 300, "an attempt that was overtaken is no news"


@pytest.fixture(scope="module")
def unpacked(hand: Hand, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The artifact that the world's functions run, as Lambda unpacks it."""
    assert hand.world.facts, "it has been packaged"
    directory = tmp_path_factory.mktemp("unpacked")
    with zipfile.ZipFile(ROOT / ".build" / "local" / "sfn-alerts.zip") as artifact:
        artifact.extractall(directory)
    return directory


def run(hand: Hand, unpacked: Path, entry: str, event: Json, moment: int) -> bool:
    """Run the handler in a process that is killed at *moment*; whether it was."""
    function = hand.world.client("lambda").get_function_configuration(
        FunctionName=f"sfn-alerts-local-{entry}"
    )
    environment = {
        **function["Environment"]["Variables"],
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(unpacked),
        "AWS_ENDPOINT_URL": hand.facts.aws_endpoint_url,
        "AWS_DEFAULT_REGION": hand.facts.region,
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
    }
    done = subprocess.run(
        [sys.executable, str(Path(__file__).parents[1] / "killed.py"), entry, str(moment)],
        input=json.dumps(event),
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode in {0, KILLED}, done.stderr
    return done.returncode == KILLED


@contextmanager
def without(hand: Hand, function: str) -> Iterator[None]:
    """The function is called by nobody meanwhile."""
    lambda_ = hand.world.client("lambda")
    mappings = lambda_.list_event_source_mappings(FunctionName=f"sfn-alerts-local-{function}")
    ids = [one["UUID"] for one in mappings["EventSourceMappings"]]
    for one in ids:
        lambda_.update_event_source_mapping(UUID=one, Enabled=False)
    try:
        yield
    finally:
        for one in ids:
            lambda_.update_event_source_mapping(UUID=one, Enabled=True)


def test_a_recorder_killed_between_any_two_steps_loses_and_doubles_nothing(
    hand: Hand, error: str, unpacked: Path
) -> None:
    machine = hand.machine({"Fail": {"Type": "Fail", "Error": error}})
    arns = named(machine, 250)
    event = {
        "Records": [
            {
                "messageId": str(number),
                "receiptHandle": "none",
                "eventSource": "aws:sqs",
                "body": json.dumps(event_of(arn, error)),
            }
            for number, arn in enumerate(arns)
        ]
    }
    killed = 0
    for moment in range(1, _MOST):
        if not run(hand, unpacked, "executions", event, moment):
            break
        killed += 1
    assert killed >= 3, "there were steps to be killed between"
    assert counted(hand, error) == (250, 250)


def test_a_publisher_killed_between_any_two_steps_posts_one_card_and_tells_all(
    hand: Hand, error: str, unpacked: Path
) -> None:
    machine = hand.machine({"Fail": {"Type": "Fail", "Error": error}})
    with without(hand, "publish"):
        hand.start(machine)
        stored = eventually(
            lambda: next(
                (one for one in deps(hand).alerts.unresolved() if one.alert.error == error), None
            )
        )
        event = {"Records": [_stream_record(hand, stored.alert.fingerprint)]}
        killed = 0
        for moment in range(1, _MOST):
            if not run(hand, unpacked, "publish", event, moment):
                break
            killed += 1
    assert killed >= 4, "there were steps to be killed between"
    card = hand.settled_card(error)
    assert len(hand.cards(error)) == 1
    replies = hand.slack.conversations_replies(channel=hand.facts.channel, ts=card["ts"])
    details: list[Any] = [one for one in replies["messages"] if one["text"] == "Details"]
    # Slack has no key for "the same message": a reply is told again each time that its post and
    # what remembers it are torn apart, here twice. The card is looked for, so it never is.
    assert 1 <= len(details) <= 3


def _stream_record(hand: Hand, fingerprint: str) -> Json:
    """The alert's item as the table's stream would tell of its first write."""
    key = {"pk": {"S": f"alert#{fingerprint}"}, "sk": {"S": "generation#000001"}}
    item = hand.dynamodb.get_item(TableName=TABLE, Key=key)["Item"]
    return {
        "eventSource": "aws:dynamodb",
        "dynamodb": {"Keys": key, "NewImage": item, "SequenceNumber": "1"},
    }
