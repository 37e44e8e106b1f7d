"""The audit in the table: a partition a month, so that it is listed by time without an index.

Items are ordered by time within it. What came of an entry later stands beside its document, an
attribute a stage, so that it may be written twice and in any order.
"""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

import msgspec
from msgspec import Struct

from app.domain.alert import RecoveryStage
from app.domain.audit import Came, Entry, Key
from app.stores.table import SCHEMA, Item, decode, encode, expiry, number, text

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
else:
    DynamoDBClient = Any

#: Longer than the alerts, whose turn it is after 90 days.
KEPT_FOR = timedelta(days=365)
_CAME = "came_"


class Kept(Struct, frozen=True):
    """An entry, with what came of it, in the order it came."""

    entry: Entry
    came: tuple[Came, ...] = ()


class Audit:
    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._client = client
        self._table = table

    def keep(self, entry: Entry) -> None:
        """Keep what changes nothing else. A deed that is kept already stays as it is."""
        put = entry_put(self._table, entry)
        try:
            self._client.put_item(**put, ConditionExpression="attribute_not_exists(pk)")
        except self._client.exceptions.ConditionalCheckFailedException:
            return

    def came(self, key: Key, came: Came) -> None:
        """Keep what came of the entry, should there be one: an older version wrote none."""
        try:
            self._client.update_item(
                TableName=self._table,
                Key=_key(key),
                UpdateExpression="SET #stage = :came",
                ConditionExpression="attribute_exists(pk)",
                ExpressionAttributeNames={"#stage": _CAME + came.stage},
                ExpressionAttributeValues={":came": encode(came)},
            )
        except self._client.exceptions.ConditionalCheckFailedException:
            return

    def between(self, since: datetime, until: datetime) -> Iterator[Kept]:
        """What was done since then and until then, the oldest first."""
        # Made here, where the only reader is: cold starts of those who write do without.
        read = partial(_kept, msgspec.json.Decoder(Entry), msgspec.json.Decoder(Came))
        pages = self._client.get_paginator("query")
        for month in _months(since, until):
            for page in pages.paginate(
                TableName=self._table,
                KeyConditionExpression="pk = :pk AND sk BETWEEN :since AND :until",
                ExpressionAttributeValues={
                    ":pk": text(_partition(month)),
                    ":since": text(_time(since)),
                    ":until": text(f"{_time(until)}~"),
                },
            ):
                yield from map(read, page["Items"])


def entry_put(table: str, entry: Entry) -> Any:
    """The put of *entry*: alone, or together with what it tells of."""
    item = _key(entry.key) | {
        "document": encode(entry),
        "schema": number(SCHEMA),
        "expires_at": expiry(entry.at, KEPT_FOR),
    }
    return {"TableName": table, "Item": item}


def _kept(
    entry: msgspec.json.Decoder[Entry],
    stage: msgspec.json.Decoder[Came],
    item: Mapping[str, Any],
) -> Kept:
    came = [decode(item, stage, name) for name in item if name.startswith(_CAME)]
    # Our clock tells the start, and AWS's the end: a quick end may seem to come before.
    came.sort(key=lambda one: (one.stage != RecoveryStage.STARTED, one.at))
    return Kept(decode(item, entry), tuple(came))


def _key(key: Key) -> Item:
    return {"pk": text(_partition(key.at)), "sk": text(f"{_time(key.at)}#{key.id}")}


def _partition(at: datetime) -> str:
    return f"audit#{at.astimezone(UTC):%Y-%m}"


def _time(at: datetime) -> str:
    """In one zone and one form, so that texts sort as times do."""
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def _months(since: datetime, until: datetime) -> Iterator[datetime]:
    """A moment of each month from *since* to *until*."""
    month, last = since.astimezone(UTC).replace(day=1), until.astimezone(UTC)
    while (month.year, month.month) <= (last.year, last.month):
        yield month
        month = (month + timedelta(days=31)).replace(day=1)
