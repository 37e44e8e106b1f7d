"""Histories in AWS's own shape, as GetExecutionHistory gives them; each file tells one story."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

FILES = {path.stem: path for path in (Path(__file__).parent / "histories").glob("*.json")}


def newest_first(name: str) -> list[Mapping[str, Any]]:
    """The events as boto3 returns them with reverseOrder."""
    events = json.loads(FILES[name].read_text())["events"]
    for event in events:
        event["timestamp"] = datetime.fromisoformat(event["timestamp"])
    return list(reversed(events))


def held(**details: Any) -> list[Mapping[str, Any]]:
    """Of an execution whose step waits for an answer since LoadOrders timed out, newest first.

    *details* are those of the call that waits.
    """
    before = [one for one in newest_first("caught_then_notify_error_then_fail") if one["id"] < 8]
    waits = {"resourceType": "lambda", "resource": "invoke.waitForTaskToken", **details}
    scheduled = {
        "timestamp": datetime(2026, 3, 2, 9, 30, tzinfo=UTC),
        "type": "TaskScheduled",
        "id": 8,
        "previousEventId": 7,
        "taskScheduledEventDetails": waits,
    }
    return [scheduled, *before]
