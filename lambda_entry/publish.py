"""Alerts out: the table's stream to Slack, and what was put off a moment ago."""

from collections import defaultdict
from typing import Any

from aws_lambda_powertools import Logger

from app import wiring
from app.publisher import Seen
from app.render.fold import worst_first
from app.stores import redraws, stream
from app.stores.stream import AlertChanged, MuteChanged, ProgressMade
from app.stores.table import UnreadableError

logger = Logger()


@logger.inject_lambda_context
def handler(event: dict[str, Any], context: object) -> dict[str, Any]:  # noqa: ARG001
    records = event["Records"]
    due = [record for record in records if record["eventSource"] == "aws:sqs"]
    failed = [record["messageId"] for record in due if not _drew(record)]
    failed += _published([record for record in records if record not in due])
    return {"batchItemFailures": [{"itemIdentifier": one} for one in failed]}


def _published(records: list[dict[str, Any]]) -> list[str]:
    """One redraw for each alert of the batch, however many records it has there, the worst first.

    The sequence numbers from which the batch has to come again.
    """
    seen: defaultdict[str, list[Seen]] = defaultdict(list)
    first: dict[str, str] = {}
    drawn: dict[tuple[str, str], str] = {}
    for record in records:
        change = _read(record)
        if isinstance(change, AlertChanged):
            seen[change.after.id].append(
                Seen(change.before, change.after, change.version, change.publication)
            )
            first.setdefault(change.after.id, change.sequence)
        elif isinstance(change, ProgressMade):
            drawn.setdefault((change.alert_id, change.recovery_id), change.sequence)
    failed = []
    for alert_id, changes in sorted(seen.items(), key=lambda one: worst_first(one[1][-1].after)):
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
    return failed


def _read(record: dict[str, Any]) -> AlertChanged | MuteChanged | ProgressMade | None:
    """None also where it can't be read: to bring it again would not help. The sweep tells of it."""
    try:
        return stream.read(record)
    except UnreadableError:
        logger.exception("not understood")
        return None


def _drew(record: dict[str, Any]) -> bool:
    """Show what is due; False to have it come again."""
    try:
        wiring.publisher().draw(redraws.read(record["body"]))
    except Exception:
        logger.exception("not drawn", due=record["body"])
        return False
    return True
