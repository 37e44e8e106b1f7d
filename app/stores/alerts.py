"""Alerts in the table: read, swapped and committed, never overwritten.

An alert's item holds its document with a version for compare-and-swap, and beside it, under
attributes of their own, what Slack has been shown: the two change independently, so that a
publisher at work never makes a recorder try again.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from app.domain.alert import Alert, Status
from app.domain.audit import Entry
from app.domain.ledger import Ledger
from app.domain.mutes import Mute
from app.domain.occurrence import Occurrence
from app.stores.audit import entry_put
from app.stores.mutes import mute_put
from app.stores.occurrences import occurrence_put
from app.stores.publications import Publication, publication_of
from app.stores.table import (
    SCHEMA,
    BusyError,
    ConflictError,
    Item,
    TooManyActionsError,
    UnreadableError,
    alert_key,
    decode,
    encode,
    expiry,
    is_condition_failure,
    moment,
    number,
    pause,
    readable,
    refusing_item,
    text,
    told,
)

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
else:
    DynamoDBClient = Any

_SWAPS = 30
_MOST_ACTIONS = 100
#: What an alert stands under in the index that lists them.
_UNRESOLVED, _RESOLVED = "unresolved", "resolved"
_ALERT = msgspec.json.Decoder(Alert)


class Stored(Struct, frozen=True, kw_only=True):
    alert: Alert
    version: int
    publication: Publication


class Alerts:
    """The table's alerts. ``new_id`` marks our own writes."""

    def __init__(self, client: "DynamoDBClient", table: str, new_id: Callable[[], str]) -> None:
        self._client = client
        self._table = table
        self._new_id = new_id

    def get(self, alert_id: str) -> Stored | None:
        item = self._client.get_item(
            TableName=self._table, Key=alert_key(alert_id), ConsistentRead=True
        ).get("Item")
        return stored(item) if item else None

    def latest(self, fingerprint: str) -> Stored | None:
        """The latest generation of the problem."""
        items = self._client.query(
            TableName=self._table,
            KeyConditionExpression="pk = :pk AND begins_with(sk, :sk)",
            ExpressionAttributeValues={":pk": text(f"alert#{fingerprint}"), ":sk": text("gen")},
            ScanIndexForward=False,
            Limit=1,
            ConsistentRead=True,
        )["Items"]
        return stored(items[0]) if items else None

    def unresolved(
        self,
        most: int | None = None,
        unreadable: Callable[[UnreadableError], object] = told,
    ) -> list[Stored]:
        """Every alert that is not resolved, or *most* of them, the latest failure first.

        Those that can't be read are left out, and *unreadable* told of them. AWS: an index is
        eventually consistent, and so is this.
        """
        pages = self._client.get_paginator("query").paginate(
            TableName=self._table,
            IndexName="standing",
            KeyConditionExpression="standing = :standing",
            ExpressionAttributeValues={":standing": text(_UNRESOLVED)},
            ScanIndexForward=False,
            PaginationConfig={"MaxItems": most} if most else {},
        )
        items = (item for page in pages for item in page["Items"])
        return list(readable(items, stored, unreadable))

    def resolved_since(self, moment_: datetime, most: int | None = None) -> list[Stored]:
        """Resolved alerts that have failed since then, the latest failure first, as above."""
        pages = self._client.get_paginator("query").paginate(
            TableName=self._table,
            IndexName="standing",
            KeyConditionExpression="standing = :standing AND last_failure_at >= :since",
            ExpressionAttributeValues={":standing": text(_RESOLVED), ":since": moment(moment_)},
            ScanIndexForward=False,
            PaginationConfig={"MaxItems": most} if most else {},
        )
        return list(readable((item for page in pages for item in page["Items"]), stored))

    def swap(
        self,
        alert_id: str,
        change: Callable[[Alert], Alert],
        *,
        entry: Callable[[Alert], Entry] | None = None,
        mute: Mute | None = None,
    ) -> tuple[Alert, Alert] | None:
        """Apply *change* to the alert as it is now: ``(before, after)``, None if there is none.

        *change* may run several times; returning the object it was given writes nothing.
        What people do has an *entry* in the audit, made of the alert as it was, and may begin a
        *mute*: all of it is written at once, or nothing.
        Raises what *change* raises, and BusyError when others keep writing first.
        """
        for attempt in range(_SWAPS):
            now = self.get(alert_id)
            if now is None:
                return None
            after = change(now.alert)
            if after is now.alert:
                return now.alert, after
            update = _update(self._table, after, now.version, writer := self._new_id())
            if entry:
                puts = [entry_put(self._table, entry(now.alert))]
                puts += [mute_put(self._table, mute)] if mute else []
                written = self._write_together(update, puts)
            else:
                written = self._write(update, writer)
            if written:
                return now.alert, after
            pause(attempt)
        message = f"alert {alert_id} is written by too many at once"
        raise BusyError(message)

    def _write(self, update: Any, writer: str) -> bool:
        """False: somebody else wrote first."""
        try:
            self._client.update_item(**update, ReturnValuesOnConditionCheckFailure="ALL_OLD")
        except self._client.exceptions.ConditionalCheckFailedException as refused:
            # A reply that was lost and sent again by the SDK meets its own write.
            return bool(refusing_item(refused).get("writer", {}).get("S") == writer)
        return True

    def _write_together(self, update: Any, puts: Sequence[Any]) -> bool:
        """The same with *puts*. The SDK's token makes a repeated request harmless."""
        actions: list[Any] = [{"Update": update}, *({"Put": put} for put in puts)]
        try:
            self._client.transact_write_items(TransactItems=actions)
        except Exception as problem:
            if is_condition_failure(problem):
                return False
            raise
        return True

    def commit(self, before: Ledger, after: Ledger, found: Mapping[str, Stored]) -> list[Stored]:
        """Write what changed from *before* to *after*, all of it or nothing; the alerts as written.

        *found* holds the alerts of *before* by id. Raises ConflictError when any of it has
        changed since it was read, and TooManyActionsError. The SDK's token makes a repeated
        request harmless.
        """
        actions: list[Any] = [
            {"Put": occurrence_put(self._table, before.occurrences.get(arn), occurrence)}
            for arn, occurrence in after.occurrences.items()
            if occurrence is not before.occurrences.get(arn)
        ]
        written = []
        for alert_id, alert in after.alerts.items():
            if alert is before.alerts.get(alert_id):
                continue
            known = found.get(alert_id)
            if known:
                update = _update(self._table, alert, known.version, self._new_id())
                actions.append({"Update": update})
                written.append(replace(known, alert=alert, version=known.version + 1))
            else:
                actions.append({"Put": _first_put(self._table, alert)})
                written.append(Stored(alert=alert, version=1, publication=Publication()))
        if len(actions) > _MOST_ACTIONS:
            raise TooManyActionsError
        if not actions:
            return []
        try:
            self._client.transact_write_items(TransactItems=actions)
        except Exception as problem:
            if is_condition_failure(problem):
                raise ConflictError from problem
            raise
        return written


def stored(item: Mapping[str, Any]) -> Stored:
    """An alert's item, or its image in the stream, as what it holds."""
    return Stored(
        alert=decode(item, _ALERT),
        version=int(item["version"]["N"]),
        publication=publication_of(item),
    )


def ledger_of(found: Sequence[Stored], occurrences: dict[str, Occurrence]) -> Ledger:
    """What was read, as the ledger to fold into: the highest generation is the current one."""
    ledger = Ledger(occurrences, {one.alert.id: one.alert for one in found}, {})
    for one in sorted(found, key=lambda one: one.alert.generation):
        ledger.current[one.alert.fingerprint] = one.alert.id
    return ledger


def _update(table: str, alert: Alert, version: int, writer: str) -> Any:
    assignments = [
        "document = :document",
        "version = :next",
        "writer = :writer",
        "standing = :standing",
        "last_failure_at = :at",
    ]
    values: Item = {
        ":document": encode(alert),
        ":next": number(version + 1),
        ":version": number(version),
        ":writer": text(writer),
        ":at": moment(alert.last_failure_at),
    }
    if alert.status is Status.RESOLVED:
        values[":standing"] = text(_RESOLVED)
        values[":expiry"] = expiry(alert.resolved_at or alert.last_failure_at)
        expression = f"SET {', '.join(assignments)}, expires_at = :expiry"
    else:
        values[":standing"] = text(_UNRESOLVED)
        expression = f"SET {', '.join(assignments)} REMOVE expires_at"
    return {
        "TableName": table,
        "Key": alert_key(alert.id),
        "UpdateExpression": expression,
        "ConditionExpression": "version = :version",
        "ExpressionAttributeValues": values,
    }


def _first_put(table: str, alert: Alert) -> Any:
    item = alert_key(alert.id) | {
        "document": encode(alert),
        "version": number(1),
        "schema": number(SCHEMA),
        "standing": text(_UNRESOLVED),
        "last_failure_at": moment(alert.last_failure_at),
    }
    return {
        "TableName": table,
        "Item": item,
        "ConditionExpression": "attribute_not_exists(pk)",
    }
