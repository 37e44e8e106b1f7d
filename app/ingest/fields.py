"""Reading fields of events whose shapes vary between versions and documents."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from app.domain.execution import ExecutionArn
from app.ingest.errors import NotUnderstoodError

_FIRST_YEAR, _LAST_YEAR = 1970, 9000


def execution_arn(holder: Mapping[str, Any], name: str, where: str) -> str:
    """The execution's ARN in *holder*; NotUnderstoodError names *where* it should be."""
    arn = holder.get(name)
    if not isinstance(arn, str):
        message = f"{where} must be the ARN of an execution, it is {arn!r:.60}"
        raise NotUnderstoodError(message)
    try:
        ExecutionArn.parse(arn)
    except ValueError as problem:
        message = f"{where}: {problem}"
        raise NotUnderstoodError(message) from None
    return arn


def text(holder: Mapping[str, Any], name: str) -> str | None:
    """A text field that may be absent or null."""
    value = holder.get(name)
    return value if isinstance(value, str) else None


def whole_number(holder: Mapping[str, Any], name: str) -> int:
    """A count that may be absent, null, a number or digits; 0 unless it says otherwise."""
    value = holder.get(name)
    if isinstance(value, str) and value.isdecimal():
        value = int(value)
    return int(value) if isinstance(value, int | float) and value > 0 else 0


def milliseconds(holder: Mapping[str, Any], name: str) -> datetime | None:
    """AWS: EventBridge's dates are epoch milliseconds; absent or null when there is none."""
    value = holder.get(name)
    if isinstance(value, str) and not value.isdecimal():
        return iso(holder, name)
    if not isinstance(value, str | int | float) or isinstance(value, bool):
        return None
    try:
        return _possible(datetime.fromtimestamp(float(value) / 1000, UTC))
    except (ValueError, OverflowError, OSError):
        return None


def iso(holder: Mapping[str, Any], name: str) -> datetime | None:
    """AWS: the context object's times are ISO 8601 with any number of fraction digits."""
    value = holder.get(name)
    if not isinstance(value, str):
        return None
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        return None
    return _possible(moment if moment.tzinfo else moment.replace(tzinfo=UTC))


def _possible(moment: datetime) -> datetime | None:
    """Slack shows no moment before 1970, and days can't be added to those near the year 9999."""
    return moment if _FIRST_YEAR < moment.year < _LAST_YEAR else None
