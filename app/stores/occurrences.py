"""Occurrences in the table: one item an execution, written with its alert or expected before."""

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any

import msgspec

from app.domain.occurrence import Occurrence
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
_SWAPS = 30
_OCCURRENCE = msgspec.json.Decoder(Occurrence)


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
            "occurrence_status": text(f"{after.outcome.value}#{after.at.isoformat()}"),
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


def _key(arn: str) -> Item:
    return {"pk": text(f"execution#{arn}"), "sk": text("occurrence")}
