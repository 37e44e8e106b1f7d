"""The table's stream: what changed, in the order it was written."""

from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from app.domain.alert import Alert
from app.domain.mutes import Mute
from app.stores.alerts import stored
from app.stores.mutes import MUTE
from app.stores.publications import Publication
from app.stores.recoveries import stored_course
from app.stores.table import decode


class AlertChanged(Struct, frozen=True):
    """An alert's document was written: ``version`` is that of ``after``.

    ``publication`` is what Slack had been shown by then.
    """

    sequence: str
    before: Alert | None
    after: Alert
    version: int
    publication: Publication


class MuteChanged(Struct, frozen=True):
    """A mute began (before None), was replaced, or ended (after None)."""

    sequence: str
    before: Mute | None
    after: Mute | None


class ProgressMade(Struct, frozen=True):
    """A recovery of many has come so far that its progress is to be drawn."""

    sequence: str
    alert_id: str
    recovery_id: str


def read(record: Mapping[str, Any]) -> AlertChanged | MuteChanged | ProgressMade | None:
    """What a stream record tells; None when it is nothing anyone acts on.

    Among that is what the publisher remembers beside the alert: the document is the same.
    """
    change = record["dynamodb"]
    sequence, key = change["SequenceNumber"], change["Keys"]
    old, new = change.get("OldImage"), change.get("NewImage")
    if key["pk"]["S"] == "mute":
        return MuteChanged(
            sequence, decode(old, MUTE) if old else None, decode(new, MUTE) if new else None
        )
    if new and key["sk"]["S"].startswith("recovery#"):
        return _progress(sequence, old, new)
    if not new or not key["sk"]["S"].startswith("generation#"):
        return None
    if old and old["version"] == new["version"]:
        return None
    after = stored(new)
    before = stored(old).alert if old else None
    return AlertChanged(sequence, before, after.alert, after.version, after.publication)


def _progress(
    sequence: str, old: Mapping[str, Any] | None, new: Mapping[str, Any]
) -> ProgressMade | None:
    course = stored_course(new).course
    drawn_before = stored_course(old).course.draws if old else 0
    if course.draws == drawn_before:
        return None
    return ProgressMade(sequence, course.alert_id, course.recovery_id)
