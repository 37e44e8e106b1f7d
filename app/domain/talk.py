"""What people tell the bot, in the thread of an alert."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from app.domain.mutes import MuteScope

LONGEST_MUTE = timedelta(days=30)


class Word(StrEnum):
    """What the bot can be told."""

    REDRIVE = "redrive"
    RESTART = "restart"
    RETRY = "retry"
    GIVE_UP = "give up"
    RECOVER_ALL = "recover all"
    ACK = "ack"
    MUTE = "mute"
    UNMUTE = "unmute"
    INPUT = "input"
    LOGS = "logs"
    HISTORY = "history"
    RESOLVE = "resolve"
    HELP = "help"


@dataclass(frozen=True, slots=True)
class Said:
    """A word that takes nothing more."""

    word: Word


@dataclass(frozen=True, slots=True, kw_only=True)
class MuteSaid:
    """``reason`` is mrkdwn as it was written."""

    scope: MuteScope
    length: timedelta
    reason: str


class Missing(StrEnum):
    """What a mute lacks."""

    LENGTH = "length"
    REASON = "reason"
    SHORTER_LENGTH = "shorter_length"


@dataclass(frozen=True, slots=True)
class NoMute:
    """A mute that can't be."""

    missing: Missing


@dataclass(frozen=True, slots=True)
class TooMuch:
    """The word takes nothing more, and something more was said: who knows what was meant."""

    word: Word


@dataclass(frozen=True, slots=True)
class NotAWord:
    """``said`` is nothing the bot knows; ``nearest`` is what it resembles."""

    said: str
    nearest: Word | None


Heard = Said | MuteSaid | NoMute | TooMuch | NotAWord
