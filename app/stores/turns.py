"""Whose turn it is, of several sweeps, to do what is done only now and then."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from app.stores.table import SCHEMA, Item, moment, number, text

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
else:
    DynamoDBClient = Any


class Turn(Struct, frozen=True):
    """``first_at`` is when the first turn ever was taken; ``left_off`` what the last one noted."""

    first_at: datetime
    left_off: str = ""


class Turns:
    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._client = client
        self._table = table

    def take(self, name: str, now: datetime, every: timedelta) -> Turn | None:
        """The turn, if it is due; nobody gets the next one before *every* has passed.

        A turn whose taker dies is over all the same: the next one does what it has left.
        """
        try:
            item = self._client.update_item(
                TableName=self._table,
                Key=_key(name),
                UpdateExpression="SET due_at = :due, #schema = :schema, "
                "first_at = if_not_exists(first_at, :first)",
                ConditionExpression="attribute_not_exists(pk) OR due_at <= :now",
                ExpressionAttributeNames={"#schema": "schema"},
                ExpressionAttributeValues={
                    ":due": number((now + every).timestamp()),
                    ":now": number(now.timestamp()),
                    ":first": moment(now),
                    ":schema": number(SCHEMA),
                },
                ReturnValues="ALL_NEW",
            )["Attributes"]
        except self._client.exceptions.ConditionalCheckFailedException:
            return None
        return Turn(
            datetime.fromisoformat(item["first_at"]["S"]), item.get("left_off", {}).get("S", "")
        )

    def leave_off(self, name: str, where: str) -> None:
        """Note *where* the next turn goes on."""
        self._client.update_item(
            TableName=self._table,
            Key=_key(name),
            UpdateExpression="SET left_off = :where",
            ExpressionAttributeValues={":where": text(where)},
        )


def _key(name: str) -> Item:
    return {"pk": text("turn"), "sk": text(name)}
