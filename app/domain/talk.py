"""What people tell the bot, in the thread of an alert."""

from datetime import timedelta
from enum import StrEnum

from msgspec import Struct

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


class Said(Struct, frozen=True):
    """A word that takes nothing more."""

    word: Word


class MuteSaid(Struct, frozen=True, kw_only=True):
    """``reason`` is mrkdwn as it was written."""

    scope: MuteScope
    length: timedelta
    reason: str


class Missing(StrEnum):
    """What a mute lacks."""

    LENGTH = "length"
    REASON = "reason"
    SHORTER_LENGTH = "shorter_length"


class NoMute(Struct, frozen=True):
    """A mute that can't be."""

    missing: Missing


class TooMuch(Struct, frozen=True):
    """The word takes nothing more, and something more was said: who knows what was meant."""

    word: Word


class NotAWord(Struct, frozen=True):
    """``said`` is nothing the bot knows; ``nearest`` is what it resembles."""

    said: str
    nearest: Word | None


Heard = Said | MuteSaid | NoMute | TooMuch | NotAWord
