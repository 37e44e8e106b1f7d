"""What recovering all of an alert would mean: how many, and by which way."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum

from msgspec import Struct

from app.domain.alert import Alert, BulkTerms, RecoveryKind
from app.domain.verdict import Help, Verdict

#: Executions a second that people can choose; the usual one leaves room for others.
RATES = (1, 5, 10, 50)
USUAL_RATE = 10


class Window(StrEnum):
    """Which executions: those that failed within so long."""

    ALL = "all"
    HOUR = "1h"
    DAY = "24h"
    WEEK = "7d"


LENGTHS = {
    Window.HOUR: timedelta(hours=1),
    Window.DAY: timedelta(hours=24),
    Window.WEEK: timedelta(days=7),
}


class Count(Struct, frozen=True):
    """So many; ``more``: there was no time to count all."""

    number: int
    more: bool = False


class Outlook(Struct, frozen=True):
    """``failed`` in each window; ``too_old`` of all of them are past the time for a redrive."""

    alert: Alert
    failed: Mapping[Window, Count]
    too_old: Count

    @property
    def recent(self) -> Count:
        """Those young enough for a redrive."""
        everything = self.failed[Window.ALL]
        return Count(max(0, everything.number - self.too_old.number), everything.more)


def redrives(verdict: Verdict | None) -> bool:
    """Whether redrives are the way, as the verdict on one of them says.

    AWS: each has 14 days of its own, so that one that is too old tells nothing of the others.
    """
    if verdict is None:
        return True
    refused = verdict.help is Help.NOT_REDRIVABLE and not _too_old(verdict)
    return not (verdict.vain or refused)


def _too_old(verdict: Verdict) -> bool:
    return "period exceeded" in (verdict.reason or "")


def usual_terms(alert: Alert) -> BulkTerms:
    kind = RecoveryKind.REDRIVE if redrives(alert.verdict) else RecoveryKind.RESTART
    return BulkTerms(kind=kind, rate=USUAL_RATE)


def since(window: Window, now: datetime) -> datetime | None:
    length = LENGTHS.get(window)
    return now - length if length else None
