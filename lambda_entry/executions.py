"""Failures in: from EventBridge through SQS, from a NotifyError step and from logs directly."""

import json
from typing import Any

from aws_lambda_powertools import Logger

from app import ingest, wiring
from app.domain.execution import ExecutionEnded, Failure
from app.ingest import context_object
from app.ingest.errors import NotUnderstoodError
from app.use_cases.hold import hold
from app.use_cases.record import UnrecordedError, record

logger = Logger()


@logger.inject_lambda_context
def handler(event: dict[str, Any], context: object) -> dict[str, Any]:  # noqa: ARG001
    """Record a batch from SQS or from logs, or the one failure a state machine tells of."""
    if _is_batch(event):
        return _batch(event["Records"])
    if "awslogs" in event:
        return _logs(event)
    return _step(event)


def _is_batch(event: dict[str, Any]) -> bool:
    records = event.get("Records")
    return isinstance(records, list) and all(
        isinstance(one, dict) and one.get("eventSource") == "aws:sqs" for one in records
    )


def _batch(messages: list[dict[str, Any]]) -> dict[str, Any]:
    """Messages that can't be understood are handed back alone: they end in the dead letters."""
    deps = wiring.deps()
    ended: list[tuple[ExecutionEnded, str]] = []
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
            ended.append((one, message["messageId"]))
    try:
        record(deps, [one for one, _ in ended])
    except UnrecordedError as problem:
        logger.exception("not recorded", count=len(problem.ended))
        failed += [message_id for one, message_id in ended if one in problem.ended]
    return {"batchItemFailures": [{"itemIdentifier": one} for one in failed]}


def _logs(event: dict[str, Any]) -> dict[str, Any]:
    """Raises NotUnderstoodError when part of it can't be understood, once the rest is recorded.

    Lambda then tries the whole again, which is harmless, and parks it in the dead letters.
    """
    from app.ingest import subscription  # noqa: PLC0415  (few have Express workflows)

    deps = wiring.deps()
    messages = subscription.messages(event)
    ended: list[ExecutionEnded] = []
    strange = 0
    for message in messages:
        try:
            one = ingest.parse(json.loads(message), deps.redactor)
        except (NotUnderstoodError, ValueError, RecursionError) as problem:
            logger.warning("log event not understood", reason=str(problem)[:500])
            strange += 1
            continue
        if one is not None:
            ended.append(one)
    alerts = record(deps, ended)
    if strange:
        why = f"{strange} of {len(messages)} log events not understood"
        raise NotUnderstoodError(why)
    return {"alerts": alerts}


def _step(event: dict[str, Any]) -> dict[str, Any]:
    """A NotifyError step fails when its event can't be understood, and says what is missing."""
    deps = wiring.deps()
    one = ingest.parse(event, deps.redactor)
    if isinstance(one, Failure) and one.hold:
        return {"alerts": hold(deps, one, str(context_object.task_token(event)))}
    return {"alerts": record(deps, [one] if one else [])}
