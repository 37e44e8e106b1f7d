"""Mutes in the table."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

import msgspec

from app.domain.audit import Entry
from app.domain.mutes import Mute
from app.stores.audit import entry_put
from app.stores.table import (
    SCHEMA,
    BusyError,
    decode,
    encode,
    expiry,
    is_condition_failure,
    number,
    pause,
    readable,
    text,
)

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
else:
    DynamoDBClient = Any


_TRIES = 10
MUTE = msgspec.json.Decoder(Mute)


class Mutes:
    """All mutes share one partition: there are few, and they are read together."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._client = client
        self._table = table

    def all(self) -> list[Mute]:
        """Every mute that was not ended, among them those that have just run out.

        One that can't be read keeps nobody from being told.
        """
        pages = self._client.get_paginator("query").paginate(
            TableName=self._table,
            KeyConditionExpression="pk = :pk",
            ExpressionAttributeValues={":pk": text("mute")},
            ConsistentRead=True,
        )
        items = (item for page in pages for item in page["Items"])
        return list(readable(items, lambda item: decode(item, MUTE)))

    def active(self, now: datetime) -> list[Mute]:
        return [mute for mute in self.all() if mute.until > now]

    def end(self, mute: Mute) -> None:
        """Take *mute* away, unless another has replaced it since."""
        try:
            self._client.delete_item(**self._end(mute))
        except self._client.exceptions.ConditionalCheckFailedException:
            return  # it is gone, or another one: either way this one has ended

    def end_audited(self, mute: Mute, entry: Entry) -> bool:
        """The same by somebody, together with its *entry*; False: it had ended already."""
        actions: list[Any] = [
            {"Delete": self._end(mute)},
            {"Put": entry_put(self._table, entry)},
        ]
        for attempt in range(_TRIES):
            try:
                self._client.transact_write_items(TransactItems=actions)
            except Exception as problem:
                if not is_condition_failure(problem):
                    raise
                if mute not in self.all():
                    return False
                pause(attempt)  # somebody writes it just now
            else:
                return True
        message = f"the mute {mute.key} is written by too many at once"
        raise BusyError(message)

    def _end(self, mute: Mute) -> Any:
        return {
            "TableName": self._table,
            "Key": {"pk": text("mute"), "sk": text(mute.key)},
            "ConditionExpression": "document = :document",
            "ExpressionAttributeValues": {":document": encode(mute)},
        }


def mute_put(table: str, mute: Mute) -> Any:
    """The put of *mute*, with the alert it was asked for on; it replaces one of the same."""
    item = {
        "pk": text("mute"),
        "sk": text(mute.key),
        "document": encode(mute),
        "schema": number(SCHEMA),
        "expires_at": expiry(mute.until),
    }
    return {"TableName": table, "Item": item}
