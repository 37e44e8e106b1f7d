"""What a look at something finds."""

from enum import Enum, auto

from msgspec import Struct


class Outcome(Enum):
    """UNCHECKED: it could not be looked at, which says nothing of how it is."""

    WELL = auto()
    WRONG = auto()
    UNCHECKED = auto()


class Finding(Struct, frozen=True):
    """``what`` is the case, in a line; ``mend`` is the way out, or another way to look."""

    outcome: Outcome
    what: str
    mend: str | None = None


def well(what: str) -> Finding:
    return Finding(Outcome.WELL, what)


def wrong(what: str, mend: str) -> Finding:
    return Finding(Outcome.WRONG, what, mend)


def unchecked(what: str, otherwise: str | None = None) -> Finding:
    return Finding(Outcome.UNCHECKED, what, otherwise)
