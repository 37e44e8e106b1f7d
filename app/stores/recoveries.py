"""Recoveries of many in the table: how far each has come, and what Slack shows of it."""

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any

import msgspec
from msgspec import Struct

from app.domain.alert import parse_alert_id
from app.domain.course import Course
from app.domain.occurrence import Occurrence
from app.stores.occurrences import occurrence_put
from app.stores.publications import MessageRef
from app.stores.table import (
    SCHEMA,
    BusyError,
    ConflictError,
    Item,
    decode,
    encode,
    expiry,
    is_condition_failure,
    number,
    pause,
    text,
)

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
else:
    DynamoDBClient = Any

_SWAPS = 30
_COURSE = msgspec.json.Decoder(Course)


class StoredCourse(Struct, frozen=True, kw_only=True):
    """``message`` shows its progress, as it was at its ``shown``-th drawing.

    ``claimed_by`` is who took it on them to post that message.
    """

    course: Course
    version: int
    message: MessageRef | None = None
    claimed_by: str | None = None
    shown: int = 0


class Recoveries:
    """The table's courses. ``new_id`` marks our own writes."""

    def __init__(self, client: "DynamoDBClient", table: str, new_id: Callable[[], str]) -> None:
        self._client = client
        self._table = table
        self._new_id = new_id

    def get(self, alert_id: str, recovery_id: str) -> StoredCourse | None:
        item = self._client.get_item(
            TableName=self._table, Key=_key(alert_id, recovery_id), ConsistentRead=True
        ).get("Item")
        return stored_course(item) if item else None

    def begin(self, first: Course) -> StoredCourse:
        """Keep the *first* course of a recovery, unless there is one; the one there is."""
        item = _key(first.alert_id, first.recovery_id) | {
            "document": encode(first),
            "version": number(1),
            "schema": number(SCHEMA),
            "expires_at": expiry(first.leg_at),
        }
        try:
            self._client.put_item(
                TableName=self._table, Item=item, ConditionExpression="attribute_not_exists(pk)"
            )
        except self._client.exceptions.ConditionalCheckFailedException:
            found = self.get(first.alert_id, first.recovery_id)
            if found:
                return found
            raise
        return StoredCourse(course=first, version=1)

    def swap(self, before: StoredCourse, change: Callable[[Course], Course]) -> Course:
        """Apply *change* to the course, which was *before* and may have gone on; what it is then.

        *change* may run several times; returning what it was given writes nothing. Raises
        BusyError when others keep writing first.
        """
        now: StoredCourse | None = before
        for attempt in range(_SWAPS):
            if now is None:
                break
            after, writer = change(now.course), self._new_id()
            if after is now.course:
                return after
            try:
                self._client.update_item(
                    **_update(self._table, after, now.version, writer),
                    ReturnValuesOnConditionCheckFailure="ALL_OLD",
                )
            except self._client.exceptions.ConditionalCheckFailedException as refused:
                # A reply that was lost and sent again by the SDK meets its own write.
                item: Mapping[str, Any] = getattr(refused, "response", {}).get("Item", {})
                if item.get("writer", {}).get("S") != writer:
                    pause(attempt)
                    now = self.get(before.course.alert_id, before.course.recovery_id)
                    continue
            return after
        message = f"recovery {before.course.recovery_id} is written by too many at once"
        raise BusyError(message)

    def take(
        self,
        before: StoredCourse,
        after: Course,
        occurrences: Iterable[tuple[Occurrence, Occurrence]],
    ) -> None:
        """Write the course with the *occurrences* it takes up, ``(before, after)``: all or none.

        Raises ConflictError when any of it has changed since it was read.
        """
        update = _update(self._table, after, before.version, self._new_id())
        actions: list[Any] = [{"Update": update}]
        actions += [{"Put": occurrence_put(self._table, was, is_)} for was, is_ in occurrences]
        try:
            self._client.transact_write_items(TransactItems=actions)
        except Exception as problem:
            if is_condition_failure(problem):
                raise ConflictError from problem
            raise

    def claim(self, stored: StoredCourse, claim: str) -> bool:
        """Take it on us to post its message; False when another has taken it since."""
        values = {":claim": text(claim)}
        expected = "attribute_not_exists(claimed_by)"
        if stored.claimed_by:
            expected = "claimed_by = :seen"
            values[":seen"] = text(stored.claimed_by)
        try:
            self._client.update_item(
                TableName=self._table,
                Key=_key(stored.course.alert_id, stored.course.recovery_id),
                UpdateExpression="SET claimed_by = :claim",
                ConditionExpression=f"attribute_not_exists(message_ts) AND {expected}",
                ExpressionAttributeValues=values,
            )
        except self._client.exceptions.ConditionalCheckFailedException:
            return False
        return True

    def shown(self, stored: StoredCourse, message: MessageRef, draws: int) -> None:
        """Remember the message, and which drawing it shows."""
        self._client.update_item(
            TableName=self._table,
            Key=_key(stored.course.alert_id, stored.course.recovery_id),
            UpdateExpression="SET message_channel = :channel, message_ts = :ts, shown = :shown",
            ExpressionAttributeValues={
                ":channel": text(message.channel),
                ":ts": text(message.ts),
                ":shown": number(draws),
            },
        )


def stored_course(item: Mapping[str, Any]) -> StoredCourse:
    """A course's item, or its image in the stream, as what it holds."""
    return StoredCourse(
        course=decode(item, _COURSE),
        version=int(item["version"]["N"]),
        message=MessageRef(item["message_channel"]["S"], item["message_ts"]["S"])
        if "message_ts" in item
        else None,
        claimed_by=item.get("claimed_by", {}).get("S"),
        shown=int(item.get("shown", {}).get("N", 0)),
    )


def _update(table: str, course: Course, version: int, writer: str) -> Any:
    return {
        "TableName": table,
        "Key": _key(course.alert_id, course.recovery_id),
        "UpdateExpression": "SET document = :document, version = :next, writer = :writer",
        "ConditionExpression": "version = :version",
        "ExpressionAttributeValues": {
            ":document": encode(course),
            ":next": number(version + 1),
            ":version": number(version),
            ":writer": text(writer),
        },
    }


def _key(alert_id: str, recovery_id: str) -> Item:
    fingerprint, _ = parse_alert_id(alert_id)
    return {"pk": text(f"alert#{fingerprint}"), "sk": text(f"recovery#{recovery_id}")}
