"""The daily digest: when it is due, and what there is to tell."""

from collections.abc import Sequence
from datetime import date, datetime, time, tzinfo

from msgspec import Struct

from app.domain.hours import last_day
from app.domain.mutes import Mute
from app.domain.overview import Overview, Posted, for_board, held_back_by, quiet


class DigestPlan(Struct, frozen=True, kw_only=True):
    """Once a day ``at`` this time of the ``zone``, in the ``channel``."""

    at: time
    zone: tzinfo
    channel: str


class Suppressed(Struct, frozen=True):
    """An alert that rules keep from being posted, and its failures within a day."""

    posted: Posted
    failures: int


class Muted(Struct, frozen=True):
    mute: Mute
    held_back: int


class Digest(Struct, frozen=True, kw_only=True):
    """What a team wants to know in the morning.

    ``open`` are alerts that people were told of and that are not resolved; ``whole``: none is
    left out. ``held_back`` are failures within a day. ``resolved`` are alerts that have failed
    within a day.
    """

    day: date
    open: Sequence[Posted]
    muted: Sequence[Muted]
    held_back: int
    suppressed: Sequence[Suppressed]
    resolved: int
    whole: bool = True

    @property
    def all_well(self) -> bool:
        return not (self.open or self.muted or self.suppressed)


def due(plan: DigestPlan, now: datetime) -> date | None:
    """The day whose digest is to be there by *now*: late rather than never, until the day ends."""
    here = now.astimezone(plan.zone)
    return here.date() if here.time() >= plan.at else None


def digest(day: date, overview: Overview) -> Digest:
    now = overview.now
    everything = (*overview.alerts, *overview.lately)
    suppressed = [
        Suppressed(posted, failures)
        for posted in everything
        if not posted.alert.route.notify and (failures := sum(last_day(posted.alert.hours, now)))
    ]
    told = [one for one in overview.alerts if one.alert.route.notify and not one.alert.muted(now)]
    return Digest(
        day=day,
        open=for_board(told),
        muted=[Muted(mute, held_back_by(mute, everything)) for mute in overview.mutes],
        held_back=quiet(overview).held_back,
        suppressed=sorted(suppressed, key=lambda one: -one.failures),
        resolved=sum(posted.alert.route.notify for posted in overview.lately),
        whole=overview.whole,
    )
