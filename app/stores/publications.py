"""What Slack has been shown of an alert, under attributes of their own in the alert's item."""

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

import msgspec
from msgspec import Struct

from app.domain.alert import Former
from app.stores.table import (
    SCHEMA,
    Item,
    alert_key,
    decode,
    encode,
    expiry,
    moment,
    number,
    refusing_item,
    text,
)

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
else:
    DynamoDBClient = Any

_FORMER = msgspec.json.Decoder(Former)


class MessageRef(Struct, frozen=True):
    """Slack: a message is named by its channel's id and its timestamp, kept as text."""

    channel: str
    ts: str


class Publication(Struct, frozen=True, kw_only=True):
    """What Slack has been shown of an alert. ``told`` and ``drawn`` are versions of it.

    ``drawn_at`` is when the card was drawn last, ``redraw_at`` when it will be drawn anew;
    ``mention`` is whom its card calls, as it was posted: the card keeps it. ``details`` names the
    first reply below it, and ``details_print`` tells what stands there from what should.
    ``former`` is what became of the same problem before. ``fold`` names the list that it was
    folded into, and ``thread`` the thread of that, once its card stands there.
    """

    message: MessageRef | None = None
    permalink: str | None = None
    claimed_by: str | None = None
    claimed_at: str | None = None
    mention: str | None = None
    details: str | None = None
    details_print: str | None = None
    former: Former | None = None
    fold: str | None = None
    thread: str | None = None
    told: int = 0
    drawn: int = 0
    drawn_at: datetime | None = None
    redraw_at: datetime | None = None


class Publications:
    """The table's publications, and which message is whose card."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._client = client
        self._table = table

    def of_message(self, ref: MessageRef) -> str | None:
        """The id of the alert whose card this message is; None when it is no card."""
        item = self._client.get_item(TableName=self._table, Key=_message_key(ref)).get("Item")
        return item["alert_id"]["S"] if item else None

    def claim(
        self, alert_id: str, claim: str, at: str, seen: Publication, mention: str | None = None
    ) -> bool:
        """Take it on us to post the alert's card; False when another has taken it since.

        The *mention* is remembered before the card is posted: should we die in between,
        whoever finds the card draws it with the same.
        """
        expected = "claimed_by = :seen" if seen.claimed_by else "attribute_not_exists(claimed_by)"
        values = {":claim": text(claim), ":at": text(at)}
        if seen.claimed_by:
            values[":seen"] = text(seen.claimed_by)
        if mention:
            values[":mention"] = text(mention)
        try:
            self._client.update_item(
                TableName=self._table,
                Key=alert_key(alert_id),
                UpdateExpression="SET claimed_by = :claim, claimed_at = :at"
                + (", mention = :mention" if mention else ""),
                ConditionExpression=f"attribute_not_exists(message_ts) AND ({expected})",
                ExpressionAttributeValues=values,
                ReturnValuesOnConditionCheckFailure="ALL_OLD",
            )
        except self._client.exceptions.ConditionalCheckFailedException as refused:
            return bool(refusing_item(refused).get("claimed_by", {}).get("S") == claim)
        return True

    def published(self, alert_id: str, publication: Publication) -> None:
        """Remember what Slack has been shown; never less than was remembered."""
        names = {"told": publication.told, "drawn": publication.drawn}
        assignments = [f"{name} = :{name}" for name in names]
        values: dict[str, Any] = {f":{name}": number(value) for name, value in names.items()}
        message = publication.message
        if message:
            assignments += ["message_channel = :channel", "message_ts = :ts"]
            values |= {":channel": text(message.channel), ":ts": text(message.ts)}
        for name, at in (("drawn_at", publication.drawn_at), ("redraw_at", publication.redraw_at)):
            if at:
                assignments.append(f"{name} = :{name}")
                values[f":{name}"] = moment(at)
        for name, value in (
            ("permalink", publication.permalink),
            ("details", publication.details),
            ("details_print", publication.details_print),
            ("fold", publication.fold),
            ("thread", publication.thread),
        ):
            if value:
                assignments.append(f"{name} = :{name}")
                values[f":{name}"] = text(value)
        if publication.former:
            assignments.append("former = :former")
            values[":former"] = encode(publication.former)
        self._client.update_item(
            TableName=self._table,
            Key=alert_key(alert_id),
            UpdateExpression="SET " + ", ".join(assignments),
            ExpressionAttributeValues=values,
        )

    def posted(self, alert_id: str, ref: MessageRef, now: datetime) -> None:
        """Remember whose card a message is, for whoever speaks in its thread or reacts to it."""
        item = _message_key(ref) | {
            "alert_id": text(alert_id),
            "schema": number(SCHEMA),
            "expires_at": expiry(now),
        }
        self._client.put_item(TableName=self._table, Item=item)


def publication_of(item: Mapping[str, Any]) -> Publication:
    """An alert's item, as what it holds of its publication."""
    return Publication(
        message=MessageRef(item["message_channel"]["S"], item["message_ts"]["S"])
        if "message_ts" in item
        else None,
        permalink=item.get("permalink", {}).get("S"),
        claimed_by=item.get("claimed_by", {}).get("S"),
        claimed_at=item.get("claimed_at", {}).get("S"),
        mention=item.get("mention", {}).get("S"),
        details=item.get("details", {}).get("S"),
        details_print=item.get("details_print", {}).get("S"),
        former=decode(item, _FORMER, "former") if "former" in item else None,
        fold=item.get("fold", {}).get("S"),
        thread=item.get("thread", {}).get("S"),
        told=int(item.get("told", {}).get("N", 0)),
        drawn=int(item.get("drawn", {}).get("N", 0)),
        drawn_at=_read_moment(item, "drawn_at"),
        redraw_at=_read_moment(item, "redraw_at"),
    )


def _read_moment(item: Mapping[str, Any], name: str) -> datetime | None:
    said = item.get(name, {}).get("S")
    return datetime.fromisoformat(said) if said else None


def _message_key(ref: MessageRef) -> Item:
    return {"pk": text(f"message#{ref.channel}#{ref.ts}"), "sk": text("message")}
