"""Messages that were answered already: Slack and Lambda may deliver each more than once."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from app.stores.publications import MessageRef
from app.stores.table import SCHEMA, Item, number, text

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
else:
    DynamoDBClient = Any

#: Longer than the answer function may run: whoever took a message before has died since.
_TAKEN_FOR = timedelta(minutes=3)
#: Slack sends the last time after 5 minutes.
_KEPT_FOR = timedelta(hours=1)


class Heard:
    """Takes a message for one of those who were handed it."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._client = client
        self._table = table

    def take(self, ref: MessageRef, now: datetime) -> bool:
        """Whether it is ours to answer; False when it is answered, or somebody is at it."""
        try:
            self._client.put_item(
                TableName=self._table,
                Item=_item(ref, until=now + _TAKEN_FOR, kept_until=now + _KEPT_FOR),
                ConditionExpression="attribute_not_exists(pk) OR taken_until < :now",
                ExpressionAttributeValues={":now": number(now.timestamp())},
            )
        except self._client.exceptions.ConditionalCheckFailedException:
            return False
        return True

    def answered(self, ref: MessageRef, now: datetime) -> None:
        """Nobody needs to answer it again."""
        over = now + _KEPT_FOR
        self._client.put_item(TableName=self._table, Item=_item(ref, until=over, kept_until=over))

    def give_back(self, ref: MessageRef) -> None:
        """It could not be answered: whoever is handed it next may."""
        self._client.delete_item(TableName=self._table, Key=_key(ref))


def _item(ref: MessageRef, *, until: datetime, kept_until: datetime) -> Item:
    return _key(ref) | {
        "taken_until": number(until.timestamp()),
        "schema": number(SCHEMA),
        "expires_at": number(int(kept_until.timestamp())),
    }


def _key(ref: MessageRef) -> Item:
    return {"pk": text(f"message#{ref.channel}#{ref.ts}"), "sk": text("heard")}
