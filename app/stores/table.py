"""The one table: how documents become items, and what can go wrong."""

import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any, TypeVar

import msgspec
from aws_lambda_powertools import Logger

from app.domain.alert import parse_alert_id

logger = Logger(child=True)

#: Written with every item. A version that changes what older ones would misread raises it, and
#: those leave such items alone.
SCHEMA = 1
#: AWS: items are deleted within days of their TTL; whoever reads still compares times.
KEPT_FOR = timedelta(days=90)

Document = TypeVar("Document")
Read = TypeVar("Read")

#: An item in DynamoDB's own notation, as the low-level client takes it.
Item = dict[str, Any]


class ConflictError(Exception):
    """Somebody else wrote first: read again, then decide again."""


class TooManyActionsError(Exception):
    """AWS: a transaction takes 100 actions, and these would be more."""


class UnreadableError(Exception):
    """A newer version wrote what this one does not understand: it has to be deployed again."""


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


def decode(
    item: Mapping[str, Any], decoder: msgspec.json.Decoder[Document], name: str = "document"
) -> Document:
    """The document in *item*, under *name*. Fields of a later version are passed over.

    Raises UnreadableError where that would not do: the item is of a later schema, or holds a
    value that this version does not know.
    """
    schema = int(item.get("schema", {}).get("N", SCHEMA))
    if schema > SCHEMA:
        raise UnreadableError(_unreadable(item, f"its schema is {schema}, not {SCHEMA}"))
    try:
        return decoder.decode(item[name]["S"])
    except msgspec.DecodeError as problem:
        raise UnreadableError(_unreadable(item, str(problem))) from problem


def _unreadable(item: Mapping[str, Any], why: str) -> str:
    key = " ".join(item.get(name, {}).get("S", "?") for name in ("pk", "sk"))
    return f"{key} was written by a newer version of sfn-alerts, deploy that again: {why}"


def told(problem: UnreadableError) -> None:
    """Leave a line in the log."""
    logger.error("left out", reason=str(problem))


def readable(
    items: Iterable[Item],
    read: Callable[[Item], Read],
    unreadable: Callable[[UnreadableError], object] = told,
) -> Iterator[Read]:
    """What can be read of a list: one item that can't is no reason to be without the others."""
    for item in items:
        try:
            yield read(item)
        except UnreadableError as problem:
            unreadable(problem)


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


def alert_key(alert_id: str) -> Item:
    fingerprint, generation = parse_alert_id(alert_id)
    return {"pk": text(f"alert#{fingerprint}"), "sk": text(f"generation#{generation:06d}")}


def refusing_item(refused: Exception) -> Mapping[str, Any]:
    """The item that refused a write, as ReturnValuesOnConditionCheckFailure brings it."""
    response: Mapping[str, Any] = getattr(refused, "response", {})
    item: Mapping[str, Any] = response.get("Item", {})
    return item
