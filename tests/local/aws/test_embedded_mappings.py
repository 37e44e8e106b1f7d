"""Event source mappings: what a function's failures do to its batches."""

import time
from typing import Any

import pytest

Kit = Any
Journal = Any

# Notes each batch's keys; then does as MODE says with the key "bad" in it.
CONSUMER = """
def handler(event, context):
    keys = [r["dynamodb"]["Keys"]["pk"]["S"] for r in event["Records"]]
    numbers = {k: r["dynamodb"]["SequenceNumber"] for k, r in zip(keys, event["Records"])}
    note(keys)
    time.sleep(float(os.environ.get("SLOW", "0")))
    if "bad" in keys and os.environ.get("MODE") == "raise":
        raise ValueError("a bad record")
    if "bad" in keys and os.environ.get("MODE") == "report":
        return {"batchItemFailures": [{"itemIdentifier": numbers["bad"]}]}
"""
QUEUE_CONSUMER = """
def handler(event, context):
    bodies = [r["body"] for r in event["Records"]]
    note(sorted(bodies))
    failed = [r["messageId"] for r in event["Records"] if r["body"] == '"bad"']
    if os.environ.get("MODE") == "stranger" and failed:
        failed = ["no-such-message"]
    return {"batchItemFailures": [{"itemIdentifier": f} for f in failed]}
"""
REPORTS = {"FunctionResponseTypes": ["ReportBatchItemFailures"]}


@pytest.fixture
def stream(kit: Kit) -> tuple[str, str]:
    table, arn = kit.table()
    return table, arn


def wait_for(journal: Journal, count: int) -> list[Any]:
    deadline = time.monotonic() + 15
    while len(journal.lines()) < count:
        assert time.monotonic() < deadline, journal.lines()
        time.sleep(0.03)
    return list(journal.lines())


def test_a_batch_waits_for_its_window(kit: Kit, journal: Journal, stream: tuple[str, str]) -> None:
    table, arn = stream
    function = journal.function(CONSUMER)
    kit.mapping(
        arn, function, StartingPosition="LATEST", MaximumBatchingWindowInSeconds=1, BatchSize=100
    )
    started = time.time()
    kit.put(table, "one")
    kit.put(table, "two")
    assert wait_for(journal, 1) == [["one", "two"]]
    [(at, _)] = journal.timed_lines()
    assert at - started >= 1


def test_a_full_batch_does_not_wait(kit: Kit, journal: Journal, stream: tuple[str, str]) -> None:
    table, arn = stream
    function = journal.function(CONSUMER)
    kit.mapping(
        arn, function, StartingPosition="LATEST", MaximumBatchingWindowInSeconds=60, BatchSize=2
    )
    kit.put(table, "one", "two", "three")
    assert wait_for(journal, 1) == [["one", "two"]]


def test_a_reported_record_and_those_after_it_come_again(
    kit: Kit, journal: Journal, stream: tuple[str, str]
) -> None:
    table, arn = stream
    url, failures = kit.queue()
    kit.mapping(
        arn,
        journal.function(CONSUMER, MODE="report"),
        StartingPosition="LATEST",
        MaximumRetryAttempts=1,
        DestinationConfig={"OnFailure": {"Destination": failures}},
        **REPORTS,
    )
    kit.put(table, "good", "bad", "next")
    assert wait_for(journal, 2) == [["good", "bad", "next"], ["bad", "next"]]
    [failure] = kit.receive(url, 1)
    assert failure["requestContext"]["condition"] == "RetryAttemptsExhausted"
    assert failure["DDBStreamBatchInfo"]["batchSize"] == 2
    kit.put(table, "later")
    assert wait_for(journal, 3)[2:] == [["later"]]


def test_a_raising_function_is_retried_as_often_as_allowed(
    kit: Kit, journal: Journal, stream: tuple[str, str]
) -> None:
    table, arn = stream
    url, failures = kit.queue()
    kit.mapping(
        arn,
        journal.function(CONSUMER, MODE="raise"),
        StartingPosition="LATEST",
        MaximumRetryAttempts=2,
        DestinationConfig={"OnFailure": {"Destination": failures}},
    )
    kit.put(table, "good", "bad")
    kit.receive(url, 1)
    kit.put(table, "later")
    assert wait_for(journal, 4) == [["good", "bad"]] * 3 + [["later"]]


def test_a_failing_batch_is_split_till_the_bad_record_is_alone(
    kit: Kit, journal: Journal, stream: tuple[str, str]
) -> None:
    table, arn = stream
    url, failures = kit.queue()
    kit.mapping(
        arn,
        journal.function(CONSUMER, MODE="raise"),
        StartingPosition="LATEST",
        MaximumRetryAttempts=1,
        BisectBatchOnFunctionError=True,
        DestinationConfig={"OnFailure": {"Destination": failures}},
    )
    kit.put(table, "one", "bad", "two", "three")
    [failure] = kit.receive(url, 1)
    assert failure["DDBStreamBatchInfo"]["batchSize"] == 1
    assert wait_for(journal, 6) == [
        ["one", "bad", "two", "three"],
        ["one", "bad"],
        ["one"],
        ["bad"],
        ["bad"],
        ["two", "three"],
    ]


def test_a_record_too_old_is_given_up(kit: Kit, journal: Journal, stream: tuple[str, str]) -> None:
    table, arn = stream
    url, failures = kit.queue()
    kit.mapping(
        arn,
        journal.function(CONSUMER, MODE="raise"),
        StartingPosition="LATEST",
        MaximumRecordAgeInSeconds=2,
        DestinationConfig={"OnFailure": {"Destination": failures}},
    )
    kit.put(table, "bad")
    [failure] = kit.receive(url, 1)
    assert failure["requestContext"]["condition"] == "RecordAgeExceeded"
    before = len(journal.lines())
    kit.put(table, "later")
    assert wait_for(journal, before + 1)[-1] == ["later"]


def test_a_filter_keeps_records_from_the_function(
    kit: Kit, journal: Journal, stream: tuple[str, str]
) -> None:
    table, arn = stream
    pattern = '{"dynamodb": {"Keys": {"pk": {"S": [{"prefix": "alert#"}]}}}}'
    kit.mapping(
        arn,
        journal.function(CONSUMER),
        StartingPosition="LATEST",
        FilterCriteria={"Filters": [{"Pattern": pattern}]},
    )
    kit.put(table, "mute", "alert#1", "audit", "alert#2")
    assert wait_for(journal, 1) == [["alert#1", "alert#2"]]
    kit.put(table, "mute#2")
    kit.put(table, "alert#3")
    assert wait_for(journal, 2)[1:] == [["alert#3"]]


def test_a_slow_function_does_not_hold_up_another(
    kit: Kit, journal: Journal, stream: tuple[str, str]
) -> None:
    table, arn = stream
    kit.mapping(arn, journal.function(CONSUMER, SLOW="5"), StartingPosition="LATEST")
    kit.put(table, "one")
    wait_for(journal, 1)
    kit.mapping(arn, journal.function(CONSUMER), StartingPosition="TRIM_HORIZON")
    started = time.monotonic()
    assert wait_for(journal, 2) == [["one"], ["one"]]
    assert time.monotonic() - started < 4


@pytest.mark.parametrize(
    ("mode", "expected"),
    [
        ("report", {'"good"': 1, '"bad"': 2}),
        # AWS: a response naming a message that isn't in the batch fails all of the batch.
        ("stranger", {'"good"': 2, '"bad"': 2}),
    ],
)
def test_failed_messages_come_again_and_end_in_the_dead_letter_queue(
    kit: Kit, journal: Journal, mode: str, expected: dict[str, int]
) -> None:
    dead_url, dead_arn = kit.queue()
    policy = f'{{"deadLetterTargetArn": "{dead_arn}", "maxReceiveCount": "2"}}'
    url, arn = kit.queue(VisibilityTimeout="1", RedrivePolicy=policy)
    entries = [{"Id": str(n), "MessageBody": b} for n, b in enumerate(expected)]
    kit.sqs.send_message_batch(QueueUrl=url, Entries=entries)
    kit.mapping(arn, journal.function(QUEUE_CONSUMER, MODE=mode), **REPORTS)
    dead = kit.receive(dead_url, list(expected.values()).count(2))
    assert "bad" in dead
    seen = [body for batch in journal.lines() for body in batch]
    assert {body: seen.count(body) for body in expected} == expected
