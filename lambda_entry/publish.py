"""Alerts out: the table's stream to Slack."""

from collections import defaultdict
from typing import Any

from aws_lambda_powertools import Logger

from app import wiring
from app.publisher import Seen
from app.stores import stream
from app.stores.stream import AlertChanged, ProgressMade

logger = Logger()


@logger.inject_lambda_context
def handler(event: dict[str, Any], context: object) -> dict[str, Any]:  # noqa: ARG001
    """One redraw for each alert of the batch, however many records it has there."""
    seen: defaultdict[str, list[Seen]] = defaultdict(list)
    first: dict[str, str] = {}
    drawn: dict[tuple[str, str], str] = {}
    for record in event["Records"]:
        change = stream.read(record)
        if isinstance(change, AlertChanged):
            seen[change.after.id].append(Seen(change.before, change.after, change.version))
            first.setdefault(change.after.id, change.sequence)
        elif isinstance(change, ProgressMade):
            drawn.setdefault((change.alert_id, change.recovery_id), change.sequence)
    failed = []
    for alert_id, changes in seen.items():
        try:
            wiring.publisher().publish(alert_id, changes)
        except Exception:
            # One alert that can't be told must not keep back the others of the batch. The
            # stream brings it again, and parks it in the end.
            logger.exception("not published", alert_id=alert_id)
            failed.append(first[alert_id])
    for (alert_id, recovery_id), sequence in drawn.items():
        try:
            wiring.progress().show(alert_id, recovery_id)
        except Exception:
            logger.exception("progress not shown", alert_id=alert_id)
            failed.append(sequence)
    return {"batchItemFailures": [{"itemIdentifier": sequence} for sequence in failed]}
