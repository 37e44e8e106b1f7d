"""Failures in: from EventBridge through SQS, and from a NotifyError step directly."""

import json
from typing import Any

from aws_lambda_powertools import Logger

from app import ingest, wiring
from app.domain.execution import ExecutionEnded, Failure
from app.ingest import context_object
from app.ingest.errors import NotUnderstoodError
from app.use_cases.hold import hold
from app.use_cases.record import record

logger = Logger()


@logger.inject_lambda_context
def handler(event: dict[str, Any], context: object) -> dict[str, Any]:  # noqa: ARG001
    """Record a batch from SQS, or the one failure a state machine tells of."""
    if _is_batch(event):
        return _batch(event["Records"])
    return _step(event)


def _is_batch(event: dict[str, Any]) -> bool:
    records = event.get("Records")
    return isinstance(records, list) and all(
        isinstance(one, dict) and one.get("eventSource") == "aws:sqs" for one in records
    )


def _batch(messages: list[dict[str, Any]]) -> dict[str, Any]:
    """Messages that can't be understood are handed back alone: they end in the dead letters."""
    deps = wiring.deps()
    ended: list[ExecutionEnded] = []
    failed: list[str] = []
    for message in messages:
        try:
            one = ingest.parse(json.loads(message["body"]), deps.redactor)
        except (NotUnderstoodError, ValueError, RecursionError) as problem:
            logger.warning("event not understood", reason=str(problem)[:500])
            failed.append(message["messageId"])
            # Waiting would not make it clearer: its few tries are over in seconds.
            wiring.give_back(message["receiptHandle"])
            continue
        if one is not None:
            ended.append(one)
    record(deps, ended)
    return {"batchItemFailures": [{"itemIdentifier": one} for one in failed]}


def _step(event: dict[str, Any]) -> dict[str, Any]:
    """A NotifyError step fails when its event can't be understood, and says what is missing."""
    deps = wiring.deps()
    one = ingest.parse(event, deps.redactor)
    if isinstance(one, Failure) and one.hold:
        return {"alerts": hold(deps, one, str(context_object.task_token(event)))}
    return {"alerts": record(deps, [one] if one else [])}
