"""Inputs that people edited, from their submission until they are used."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from app.stores.table import SCHEMA, Item, number, text

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
else:
    DynamoDBClient = Any

#: What a person typed may hold a secret: it is kept no longer than a retry may take.
_KEPT_FOR = timedelta(hours=24)


class Inputs:
    """Edited inputs by an id of their own: never in the alert, which is shown and logged."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._client = client
        self._table = table

    def keep(self, input_id: str, content: str, now: datetime) -> None:
        self._client.put_item(
            TableName=self._table,
            Item=_key(input_id)
            | {
                "content": text(content),
                "schema": number(SCHEMA),
                "expires_at": number(int((now + _KEPT_FOR).timestamp())),
            },
        )

    def get(self, input_id: str) -> str | None:
        item = self._client.get_item(
            TableName=self._table, Key=_key(input_id), ConsistentRead=True
        ).get("Item")
        return item["content"]["S"] if item else None

    def forget(self, input_id: str) -> None:
        self._client.delete_item(TableName=self._table, Key=_key(input_id))


def _key(input_id: str) -> Item:
    return {"pk": text(f"input#{input_id}"), "sk": text("input")}
