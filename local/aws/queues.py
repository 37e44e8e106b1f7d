"""SQS event source mappings: which messages of a batch a function has failed.

ministack takes a response naming a message that isn't in the batch as a success.
"""

import json
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


def install() -> None:
    replace(lambda_service, "_run_sqs_batch", _run_sqs_batch)
