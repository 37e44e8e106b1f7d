"""SQS event source mappings: when a batch is due, and which of its messages have failed.

ministack takes a response naming a message that isn't in the batch as a success, never takes
more than 10 messages, and waits for none.
"""

import json
import threading
import time

from local.aws.executions import Json
from local.aws.seams import lambda_service, replace, sqs

_THROTTLED_SECONDS, _THROTTLE_PAUSE_SECONDS = 30, 0.1
REPORTS_FAILURES = "ReportBatchItemFailures"


def failures_in(mapping: Json, result: Json, identifiers: list[str]) -> set[str]:
    """Those of the batch's identifiers that are to come again.

    AWS: all of them if the function raised, or answered with something that isn't a batch
    response or names an item that isn't in the batch; none if it answered with nothing.
    """
    if result.get("error"):
        return set(identifiers)
    if REPORTS_FAILURES not in (mapping.get("FunctionResponseTypes") or []):
        return set()
    failed = _reported(result.get("body"))
    if failed is None or not failed <= set(identifiers):
        return set(identifiers)
    return failed


def _reported(body: Json) -> set[str] | None:
    """None for what isn't a batch response."""
    try:
        answer = json.loads(body) if isinstance(body, str) and body else body
        return {item["itemIdentifier"] for item in (answer or {}).get("batchItemFailures") or []}
    except (ValueError, TypeError, KeyError, AttributeError):
        return None


def _run_sqs_batch(  # noqa: PLR0917 - as ministack has it
    esm: Json, func_rec: Json, event: Json, batch: list[Json], queue_url: str, queue_name: str
) -> None:
    """AWS: failed messages stay hidden for the queue's visibility timeout, then come again.

    A throttled invocation is no failure: Lambda tries it again until the messages show up anew.
    """
    result = lambda_service._execute_function(func_rec, event)
    give_up = time.monotonic() + _THROTTLED_SECONDS
    while result.get("throttle") and time.monotonic() < give_up:
        time.sleep(_THROTTLE_PAUSE_SECONDS)
        result = lambda_service._execute_function(func_rec, event)
    offered = [record["messageId"] for record in event["Records"]]
    failed = failures_in(esm, result, offered)
    # Messages that the mapping's filter dropped are done with too.
    done = {message["receipt_handle"] for message in batch if message["id"] not in failed}
    sqs._delete_messages_for_esm(queue_url, done)
    esm["LastProcessingResult"] = f"{queue_name}: {len(failed)} failed" if failed else "OK"
    if result.get("error"):
        pause = lambda_service._ESM_BACKOFF_SECONDS
        lambda_service._esm_backoff_until[esm["UUID"]] = time.time() + pause


def _receive_messages_for_esm(queue_url: str, max_number: int) -> list[Json]:
    """AWS: a batch is due when it is full, or when its first message has waited its window."""
    with sqs._queues_lock:
        queue = sqs._get_q(queue_url)
        sqs._expire_retained(queue)
        sqs._dlq_sweep(queue)
        now, window = time.time(), _window(queue["attributes"]["QueueArn"])
        since = [
            max(message["sent_at"], message["visible_at"])
            for message in queue["messages"]
            if message.get("visible_at", 0) <= now
        ]
        if since and len(since) < max_number and now - min(since) < window:
            # Nothing else would make ministack look again in time.
            timer = threading.Timer(min(since) + window - now, lambda_service._esm_wake.set)
            timer.daemon = True
            timer.start()
            return []
        visibility = int(queue["attributes"].get("VisibilityTimeout", "30"))
        batch: list[Json] = sqs._collect_msgs(queue, max_number, visibility)
        return batch


def _window(queue_arn: str) -> int:
    """The batching window of the queue's mapping, in seconds."""
    for _, _, mapping in lambda_service._iter_all_esms():
        if mapping.get("EventSourceArn") == queue_arn:
            return int(mapping.get("MaximumBatchingWindowInSeconds") or 0)
    return 0


def install() -> None:
    replace(lambda_service, "_run_sqs_batch", _run_sqs_batch)
    replace(sqs, "_receive_messages_for_esm", _receive_messages_for_esm)
