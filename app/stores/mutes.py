"""Mutes in the table."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

import msgspec

from app.domain.mutes import Mute
from app.stores.table import SCHEMA, decode, encode, expiry, text

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
else:
    DynamoDBClient = Any


MUTE = msgspec.json.Decoder(Mute)


class Mutes:
    """All mutes share one partition: there are few, and they are read together."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._client = client
        self._table = table

    def all(self) -> list[Mute]:
        """Every mute that was not ended, among them those that have just run out."""
        pages = self._client.get_paginator("query").paginate(
            TableName=self._table,
            KeyConditionExpression="pk = :pk",
            ExpressionAttributeValues={":pk": text("mute")},
            ConsistentRead=True,
        )
        return [decode(item, MUTE) for page in pages for item in page["Items"]]

    def active(self, now: datetime) -> list[Mute]:
        return [mute for mute in self.all() if mute.until > now]

    def put(self, mute: Mute) -> None:
        """Begin *mute*; it replaces one that covers the same."""
        self._client.put_item(
            TableName=self._table,
            Item={
                "pk": text("mute"),
                "sk": text(mute.key),
                "document": encode(mute),
                "schema": {"N": str(SCHEMA)},
                "expires_at": expiry(mute.until),
            },
        )

    def end(self, mute: Mute) -> None:
        """Take *mute* away, unless another has replaced it since."""
        try:
            self._client.delete_item(
                TableName=self._table,
                Key={"pk": text("mute"), "sk": text(mute.key)},
                ConditionExpression="document = :document",
                ExpressionAttributeValues={":document": encode(mute)},
            )
        except self._client.exceptions.ConditionalCheckFailedException:
            return  # it is gone, or another one: either way this one has ended
