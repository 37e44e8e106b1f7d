"""Mutes: who does not want to hear of what, until when, and why."""

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum

from msgspec import Struct

from app.domain.people import Person


class MuteScope(StrEnum):
    """How far a mute reaches from the alert it was asked on."""

    ERROR_HERE = "error_here"
    ERROR_EVERYWHERE = "error_everywhere"
    MACHINE = "machine"


class Broken(StrEnum):
    STATE = "state"
    DEFINITION = "definition"
    RATE = "rate"


class Break(Struct, frozen=True):
    """Why a mute ended by itself: ``was`` before, ``now`` what broke it, as texts to show."""

    why: Broken
    was: str
    now: str


class Mute(Struct, frozen=True, kw_only=True):
    """Failures of ``machine_arn`` with ``error`` are kept quiet; None stands for any.

    ``breaks``: it ends by itself for an alert whose problem is no longer the one it was.
    """

    machine_arn: str | None
    error: str | None
    by: Person
    reason: str
    since: datetime
    until: datetime
    breaks: bool = True

    @property
    def key(self) -> str:
        """What it covers, as one text: a second mute of the same replaces the first."""
        return f"machine={self.machine_arn or '*'}|error={self.error or '*'}"

    def covers(self, machine_arn: str, error: str) -> bool:
        return self.machine_arn in {None, machine_arn} and self.error in {None, error}


def mute_of(
    scope: MuteScope,
    *,
    machine_arn: str,
    error: str,
    by: Person,
    reason: str,
    since: datetime,
    until: datetime,
    breaks: bool = True,
) -> Mute:
    """The mute somebody asks for on an alert about *error* on *machine_arn*."""
    return Mute(
        machine_arn=None if scope is MuteScope.ERROR_EVERYWHERE else machine_arn,
        error=None if scope is MuteScope.MACHINE else error,
        by=by,
        reason=reason,
        since=since,
        until=until,
        breaks=breaks,
    )


def muted_by(mutes: Iterable[Mute], machine_arn: str, error: str, now: datetime) -> Mute | None:
    """The mute that keeps such a failure quiet at *now*; the one that lasts longest."""
    active = [mute for mute in mutes if mute.until > now and mute.covers(machine_arn, error)]
    return max(active, key=lambda mute: mute.until, default=None)
