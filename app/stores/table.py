"""The one table: how documents become items, and what can go wrong."""

import time
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, TypeVar

import msgspec

#: Written with every item, so that a later version can tell what it reads.
SCHEMA = 1
#: AWS: items are deleted within days of their TTL; whoever reads still compares times.
KEPT_FOR = timedelta(days=90)

Document = TypeVar("Document")

#: An item in DynamoDB's own notation, as the low-level client takes it.
Item = dict[str, Any]


class ConflictError(Exception):
    """Somebody else wrote first: read again, then decide again."""


class TooManyActionsError(Exception):
    """AWS: a transaction takes 100 actions, and these would be more."""


class BusyError(Exception):
    """So many wrote at once that we gave up; trying the whole again later is safe."""


def text(value: str) -> dict[str, str]:
    return {"S": value}


def number(value: float) -> dict[str, str]:
    return {"N": str(value)}


def moment(value: datetime) -> dict[str, str]:
    return {"S": value.isoformat(timespec="milliseconds")}


def expiry(at: datetime, kept_for: timedelta = KEPT_FOR) -> dict[str, str]:
    return number(int((at + kept_for).timestamp()))


def encode(document: object) -> dict[str, str]:
    """A document as one JSON text: cheaper to read and write than DynamoDB's own maps."""
    return {"S": msgspec.json.encode(document).decode()}


def decode(item: Mapping[str, Any], decoder: msgspec.json.Decoder[Document]) -> Document:
    """The document in *item*. Fields of a later version are passed over."""
    return decoder.decode(item["document"]["S"])


def is_condition_failure(problem: Exception) -> bool:
    """Whether a write's own condition did not hold, alone or inside a transaction."""
    code = getattr(problem, "response", {}).get("Error", {}).get("Code")
    return code in {
        "ConditionalCheckFailedException",
        "TransactionCanceledException",
        "TransactionConflictException",
        "TransactionInProgressException",
    }


def pause(attempt: int) -> None:
    """Wait a little longer after every conflict, so that the crowd thins out."""
    time.sleep(min(0.5, 0.01 * 2**attempt))
