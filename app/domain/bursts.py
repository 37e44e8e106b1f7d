"""Many new problems at once: which get a card of their own, and which are told together.

A channel takes about one message a second, and people take far fewer. So the first new cards of
a minute stand alone, and the rest are folded: one card lists them, the worst first, and each
gets its own card in that one's thread.
"""

from datetime import datetime, timedelta
from enum import Enum, auto

from msgspec import Struct
from msgspec.structs import replace

from app.domain.alert import Severity

WINDOW = timedelta(minutes=1)
#: A burst that begins later than this after the last folded alert gets a card of its own.
QUIET = timedelta(minutes=10)
#: The list waits this long for more to list.
GATHERED = timedelta(seconds=2)


class Placement(Enum):
    OWN_CARD = auto()
    FOLDED = auto()


class Fold(Struct, frozen=True, kw_only=True):
    """The card that lists what was folded: ``ts`` None until it is posted.

    ``claimed``: somebody has begun to post it. ``due_at``: it will be drawn then.
    """

    id: str
    last_at: datetime
    due_at: datetime | None = None
    claimed: bool = False
    channel: str | None = None
    ts: str | None = None


class Burst(Struct, frozen=True, kw_only=True):
    """What a channel has taken since ``began``."""

    began: datetime | None = None
    taken: int = 0
    fold: Fold | None = None


def place(
    burst: Burst, severity: Severity, now: datetime, new_id: str, *, limit: int
) -> tuple[Burst, Placement]:
    """Where the next new card goes, and the channel's burst after it.

    *limit* new cards a minute stand alone; high ones have as many again to themselves.
    """
    if burst.began is None or now - burst.began >= WINDOW:
        burst = replace(burst, began=now, taken=0)
    if burst.taken < (2 * limit if severity is Severity.HIGH else limit):
        return replace(burst, taken=burst.taken + 1), Placement.OWN_CARD
    fold = burst.fold
    if fold is None or now - fold.last_at >= QUIET:
        fold = Fold(id=new_id, last_at=now)
    return replace(burst, fold=replace(fold, last_at=now)), Placement.FOLDED


def to_be_drawn(burst: Burst, now: datetime) -> Burst:
    """*burst* with its fold due soon; the same object when it is due anyway."""
    fold = burst.fold
    if fold is None or (fold.due_at is not None and fold.due_at > now):
        return burst
    return replace(burst, fold=replace(fold, due_at=now + GATHERED))
