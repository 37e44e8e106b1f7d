"""Occurrences in the table: one item an execution, written with its alert or expected before."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import msgspec
from msgspec import Struct

from app.domain.occurrence import Occurrence, Outcome
from app.stores.table import (
    SCHEMA,
    BusyError,
    Item,
    decode,
    encode,
    expiry,
    number,
    pause,
    text,
)

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
else:
    DynamoDBClient = Any

#: AWS: BatchGetItem takes 100 keys.
_BATCH = 100
#: Keys in a page that are only counted: whoever waits for them may have had enough.
_COUNTED = 1_000
_SWAPS = 30
_PREFIX = "execution#"
#: Between the time and the ARN of a place in the index; neither holds it.
_PLACED = " "
_OCCURRENCE = msgspec.json.Decoder(Occurrence)


class Span(Struct, frozen=True):
    """From a time to a time, both included; None where there is no limit."""

    since: datetime | None = None
    until: datetime | None = None

    @property
    def empty(self) -> bool:
        return bool(self.since and self.until and self.since > self.until)


class Listed(Struct, frozen=True):
    """An execution in the index of an alert's, with its place there.

    Many may share a time, so the place names the execution too.
    """

    execution_arn: str
    cursor: str


class Occurrences:
    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._client = client
        self._table = table

    def all(self, execution_arns: Iterable[str]) -> dict[str, Occurrence]:
        """What is known of these executions."""
        arns = sorted(set(execution_arns))
        found: dict[str, Occurrence] = {}
        for start in range(0, len(arns), _BATCH):
            keys: Any = [_key(arn) for arn in arns[start : start + _BATCH]]
            while keys:
                answer = self._client.batch_get_item(
                    RequestItems={self._table: {"Keys": keys, "ConsistentRead": True}}
                )
                for item in answer["Responses"].get(self._table, []):
                    occurrence = decode(item, _OCCURRENCE)
                    found[occurrence.execution_arn] = occurrence
                left: Mapping[str, Any] = answer.get("UnprocessedKeys") or {}
                keys = left.get(self._table, {}).get("Keys")
        return found

    def listed(
        self,
        alert_id: str,
        outcome: Outcome,
        *,
        span: Span,
        cursor: str | None = None,
        page_size: int = _BATCH,
    ) -> Iterator[list[Listed]]:
        """The alert's executions of that outcome within *span*, page by page, oldest first.

        *cursor*, of one that was listed before, goes on after it, whatever has become of that
        one. AWS: an index is eventually consistent: what has just changed may be missing, or
        listed still.
        """
        if span.empty:
            return
        pages = self._client.get_paginator("query").paginate(
            **self._query(alert_id, outcome, span, cursor),
            PaginationConfig={"PageSize": min(page_size, _BATCH)},
        )
        for page in pages:
            yield [_listed(item) for item in page["Items"]]

    def count(
        self,
        alert_id: str,
        outcome: Outcome,
        *,
        span: Span,
        enough: Callable[[int], bool] = lambda _: False,
    ) -> int:
        """How many there are of those; or so many that they are *enough*, as soon as they are."""
        if span.empty:
            return 0
        pages = self._client.get_paginator("query").paginate(
            **self._query(alert_id, outcome, span, None),
            Select="COUNT",
            PaginationConfig={"PageSize": _COUNTED},
        )
        found = 0
        for page in pages:
            found += page["Count"]
            if enough(found):
                break
        return found

    def _query(self, alert_id: str, outcome: Outcome, span: Span, cursor: str | None) -> Any:
        prefix = f"{outcome.value}#"
        low = prefix + _time(span.since) if span.since else prefix
        # An earlier version noted the time alone: then those of that time come once more.
        place, _, arn = (cursor or "").partition(_PLACED)
        low = max(low, place)
        # What sorts after every time, where there is no end.
        high = prefix + (_time(span.until) if span.until else "~")
        after: Any = {"alert_id": text(alert_id), "occurrence_status": text(place), **_key(arn)}
        return {
            "TableName": self._table,
            "IndexName": "by_alert",
            "KeyConditionExpression": "alert_id = :alert AND occurrence_status BETWEEN :low AND "
            ":high",
            "ExpressionAttributeValues": {
                ":alert": text(alert_id),
                ":low": text(low),
                ":high": text(high),
            },
            **({"ExclusiveStartKey": after} if arn and low == place else {}),
        }

    def swap(
        self, execution_arn: str, change: Callable[[Occurrence | None], Occurrence | None]
    ) -> Occurrence | None:
        """Apply *change* to what is known of an execution; what is known of it then.

        *change* may run several times; returning what it was given writes nothing. Raises
        BusyError when others keep writing first.
        """
        for attempt in range(_SWAPS):
            before = self.all([execution_arn]).get(execution_arn)
            after = change(before)
            if after is None or after is before:
                return before
            try:
                self._client.put_item(**occurrence_put(self._table, before, after))
            except self._client.exceptions.ConditionalCheckFailedException:
                # Should it have been our own write whose reply was lost, the next look shows it.
                pause(attempt)
                continue
            return after
        message = f"execution {execution_arn} is written by too many at once"
        raise BusyError(message)


def occurrence_put(table: str, before: Occurrence | None, after: Occurrence) -> Any:
    """The put of *after*, on condition that the table still holds *before*."""
    item = _key(after.execution_arn) | {
        "document": encode(after),
        "redrive_count": number(after.redrive_count),
        "outcome": text(after.outcome.value),
        "hold": number(after.hold),
        "schema": number(SCHEMA),
        "expires_at": expiry(after.at),
    }
    if after.alert_ids:
        item |= {
            "alert_id": text(after.alert_ids[-1]),
            "occurrence_status": text(f"{after.outcome.value}#{_time(after.at)}"),
        }
    put: Any = {
        "TableName": table,
        "Item": item,
        "ConditionExpression": "attribute_not_exists(pk)",
    }
    if before:
        put["ConditionExpression"] = (
            "redrive_count = :count AND outcome = :outcome "
            "AND (attribute_not_exists(#hold) OR #hold = :hold)"
        )
        put["ExpressionAttributeNames"] = {"#hold": "hold"}
        put["ExpressionAttributeValues"] = {
            ":count": number(before.redrive_count),
            ":outcome": text(before.outcome.value),
            ":hold": number(before.hold),
        }
    return put


def _listed(item: Item) -> Listed:
    arn = item["pk"]["S"].removeprefix(_PREFIX)
    return Listed(arn, f"{item['occurrence_status']['S']}{_PLACED}{arn}")


def _key(arn: str) -> Item:
    return {"pk": text(f"{_PREFIX}{arn}"), "sk": text("occurrence")}


def _time(at: datetime) -> str:
    """In one zone and one form, so that texts sort as times do."""
    return at.astimezone(UTC).isoformat(timespec="microseconds")
