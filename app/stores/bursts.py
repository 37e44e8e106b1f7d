"""What each channel has taken lately, in the table."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import msgspec

from app.domain.bursts import Burst
from app.stores.table import SCHEMA, BusyError, Item, decode, encode, number, pause, text

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
else:
    DynamoDBClient = Any

_SWAPS = 30
_BURST = msgspec.json.Decoder(Burst)


class Bursts:
    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._client = client
        self._table = table

    def get(self, channel: str) -> Burst:
        return self._read(channel)[0]

    def swap(self, channel: str, change: Callable[[Burst], Burst]) -> tuple[Burst, Burst]:
        """Apply *change* to the channel's burst: ``(before, after)``.

        *change* may run several times; returning what it was given writes nothing. Raises
        BusyError when others keep writing first.
        """
        for attempt in range(_SWAPS):
            before, version = self._read(channel)
            after = change(before)
            if after is before:
                return before, after
            item = _key(channel) | {
                "document": encode(after),
                "version": number(version + 1),
                "schema": number(SCHEMA),
            }
            condition: Any = {"ConditionExpression": "attribute_not_exists(pk)"}
            if version:
                condition = {
                    "ConditionExpression": "version = :version",
                    "ExpressionAttributeValues": {":version": number(version)},
                }
            try:
                self._client.put_item(TableName=self._table, Item=item, **condition)
            except self._client.exceptions.ConditionalCheckFailedException:
                pause(attempt)
                continue
            return before, after
        message = f"the channel {channel} is written to by too many at once"
        raise BusyError(message)

    def _read(self, channel: str) -> tuple[Burst, int]:
        item = self._client.get_item(
            TableName=self._table, Key=_key(channel), ConsistentRead=True
        ).get("Item")
        return (decode(item, _BURST), int(item["version"]["N"])) if item else (Burst(), 0)


def _key(channel: str) -> Item:
    return {"pk": text(f"channel#{channel}"), "sk": text("burst")}
