"""Which days' digests were posted: claimed before they are, as cards are."""

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from app.stores.table import SCHEMA, Item, expiry, moment, number, text

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
else:
    DynamoDBClient = Any


class Claim(Struct, frozen=True):
    """Somebody was to post it; they may have died before, or after."""

    by: str
    at: datetime
    posted: bool


class Digests:
    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._client = client
        self._table = table

    def get(self, day: date) -> Claim | None:
        item = self._client.get_item(TableName=self._table, Key=_key(day), ConsistentRead=True).get(
            "Item"
        )
        if item is None:
            return None
        at = datetime.fromisoformat(item["claimed_at"]["S"])
        return Claim(item["claimed_by"]["S"], at, posted="message_ts" in item)

    def claim(self, day: date, claim: str, now: datetime, seen: Claim | None) -> bool:
        """Take it on us to post it; False when another has taken it since it was *seen*."""
        expected: Any = {"ConditionExpression": "attribute_not_exists(pk)"}
        if seen:
            expected = {
                "ConditionExpression": "claimed_by = :seen AND attribute_not_exists(message_ts)",
                "ExpressionAttributeValues": {":seen": text(seen.by)},
            }
        item = _key(day) | {
            "claimed_by": text(claim),
            "claimed_at": moment(now),
            "schema": number(SCHEMA),
            "expires_at": expiry(now),
        }
        try:
            self._client.put_item(
                TableName=self._table,
                Item=item,
                ReturnValuesOnConditionCheckFailure="ALL_OLD",
                **expected,
            )
        except self._client.exceptions.ConditionalCheckFailedException as refused:
            # A reply that was lost and sent again by the SDK meets its own write.
            held: Any = refused.response.get("Item", {})
            return bool(held.get("claimed_by", {}).get("S") == claim)
        return True

    def posted(self, day: date, ts: str) -> None:
        self._client.update_item(
            TableName=self._table,
            Key=_key(day),
            UpdateExpression="SET message_ts = :ts",
            ExpressionAttributeValues={":ts": text(ts)},
        )


def _key(day: date) -> Item:
    return {"pk": text("digest"), "sk": text(day.isoformat())}
