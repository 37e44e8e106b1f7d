"""Histories in AWS's own shape, as GetExecutionHistory gives them; each file tells one story."""

import json
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

FILES = {path.stem: path for path in (Path(__file__).parent / "histories").glob("*.json")}


def newest_first(name: str) -> list[Mapping[str, Any]]:
    """The events as boto3 returns them with reverseOrder."""
    events = json.loads(FILES[name].read_text())["events"]
    for event in events:
        event["timestamp"] = datetime.fromisoformat(event["timestamp"])
    return list(reversed(events))
