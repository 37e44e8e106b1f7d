"""What is said to the bot in an alert's thread: a word, and what belongs to it."""

import difflib
import re
from datetime import timedelta

from app.domain.mutes import MuteScope
from app.domain.talk import (
    LONGEST_MUTE,
    Heard,
    Missing,
    MuteSaid,
    NoMute,
    NotAWord,
    Said,
    TooMuch,
    Word,
)

#: Other ways to say them.
_ALSO = {
    "acknowledge": Word.ACK,
    "acknowledged": Word.ACK,
    "giveup": Word.GIVE_UP,
    "give-up": Word.GIVE_UP,
    "log": Word.LOGS,
    "steps": Word.HISTORY,
    "resolved": Word.RESOLVE,
    "close": Word.RESOLVE,
    "?": Word.HELP,
}
_WORDS: dict[str, Word] = {**{word.value: word for word in Word}, **_ALSO}

#: What people add out of courtesy, before or after.
_COURTESY = frozenset({"please", "pls", "hi", "hey", "hello", "now", "it", "this", "thanks"})

_UNITS = {"m": "minutes", "h": "hours", "d": "days"}
_LENGTH = re.compile(
    r"(?:for\s+)?(?P<number>\d{1,6})\s*"
    r"(?P<unit>m|mins?|minutes?|h|hrs?|hours?|d|days?)(?![\w-])[\s:,.;\u2013\u2014-]*",
    re.IGNORECASE,
)
#: What a mute reaches, named before its length. Without such a word: the error on this machine.
_SCOPES = {
    "here": MuteScope.ERROR_HERE,
    "everywhere": MuteScope.ERROR_EVERYWHERE,
    "everything": MuteScope.MACHINE,
}
_AROUND = re.compile(r"^[\W_]+|[\W_]+$")
_BECAUSE = re.compile(r"(?:because|since|as|reason)\b[\s:,]*", re.IGNORECASE)


def parse(text: str, bot: str) -> Heard:
    """What *text* (mrkdwn) tells the bot whose user id is *bot*, behind its mention or before it.

    Case, punctuation and courtesies don't matter.
    """
    before, _, after = text.partition(f"<@{bot}>")
    told = after if _bare(after) else before
    words = told.split()
    while words and _bare(words[0]) in {"", *_COURTESY} and _bare_or_mark(words[0]) != "?":
        words.pop(0)
    if not words:
        return Said(Word.HELP)
    word, rest = _word(words)
    if word is None:
        return _unknown(words[0])
    if word is Word.MUTE:
        return _mute(told, words[0])
    if word is Word.HELP or all(_bare(one) in {"", *_COURTESY} for one in rest):
        return Said(word)
    return TooMuch(word)


def _word(words: list[str]) -> tuple[Word | None, list[str]]:
    """The word that *words* begin with, and what is left."""
    first = _bare_or_mark(words[0])
    for word in (Word.GIVE_UP, Word.RECOVER_ALL):
        if len(words) > 1 and f"{first} {_bare(words[1])}" == word.value:
            return word, words[2:]
    return _WORDS.get(first), words[1:]


def _unknown(said: str) -> NotAWord:
    plain = _bare(said)
    known = {**_WORDS, **{word.value.split()[0]: word for word in Word}}
    near = difflib.get_close_matches(plain, known, n=1, cutoff=0.6)
    return NotAWord(plain, known[near[0]] if near else None)


def _mute(told: str, word: str) -> MuteSaid | NoMute:
    rest = told[told.index(word) + len(word) :].strip(" \t\n:,.")
    scope = MuteScope.ERROR_HERE
    first, _, others = rest.partition(" ")
    if _bare(first) in _SCOPES:
        scope, rest = _SCOPES[_bare(first)], others.strip()
    found = _LENGTH.match(rest)
    length = _length(found) if found else None
    if found is None or not length:
        return NoMute(Missing.LENGTH)
    if length > LONGEST_MUTE:
        return NoMute(Missing.SHORTER_LENGTH)
    reason = _BECAUSE.sub("", " ".join(rest[found.end() :].split()), count=1)
    if not any(one.isalnum() for one in reason):
        return NoMute(Missing.REASON)
    return MuteSaid(scope=scope, length=length, reason=reason)


def _length(found: re.Match[str]) -> timedelta:
    unit = _UNITS[found["unit"][0].lower()]
    return timedelta(**{unit: int(found["number"])})


def _bare(word: str) -> str:
    """In small letters, without the punctuation and the formatting around it."""
    return _AROUND.sub("", word.lower())


def _bare_or_mark(word: str) -> str:
    """The same, but that a question mark alone stays one."""
    return _bare(word) or ("?" if "?" in word else "")
