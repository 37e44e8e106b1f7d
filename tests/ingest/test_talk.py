"""What people say to the bot, however they write it."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.mutes import MuteScope
from app.domain.talk import Heard, Missing, MuteSaid, NoMute, NotAWord, Said, TooMuch, Word
from app.ingest.talk import parse

BOT = "U00SFNBOT"


def heard(text: str) -> Heard:
    return parse(text.replace("@bot", f"<@{BOT}>"), BOT)


@pytest.mark.parametrize(
    ("text", "word"),
    [
        *[(f"@bot {word}", word) for word in Word if word is not Word.MUTE],
        ("@bot Redrive!", Word.REDRIVE),
        ("  @bot   *REDRIVE*, please.", Word.REDRIVE),
        ("@bot: redrive it now", Word.REDRIVE),
        ("@bot please `redrive`", Word.REDRIVE),
        ("hey @bot redrive", Word.REDRIVE),
        ("redrive @bot", Word.REDRIVE),
        ("@bot Recover ALL.", Word.RECOVER_ALL),
        ("redrive, @bot!", Word.REDRIVE),
        ("@bot Give  up.", Word.GIVE_UP),
        ("@bot give-up", Word.GIVE_UP),
        ("@bot acknowledge", Word.ACK),
        ("@bot log", Word.LOGS),
        ("@bot close", Word.RESOLVE),
        ("@bot", Word.HELP),
        ("@bot ?", Word.HELP),
        ("@bot …", Word.HELP),
        ("@bot hello", Word.HELP),
        ("@bot help me with mutes", Word.HELP),
        ("ack", Word.ACK),
    ],
)
def test_a_word_is_understood_however_it_is_written(text: str, word: Word) -> None:
    assert heard(text) == Said(word)


@pytest.mark.parametrize("text", ["@bot redrive only if Ben agrees", "@bot resolve not"])
def test_a_word_with_more_behind_it_may_mean_anything_and_does_nothing(text: str) -> None:
    assert isinstance(heard(text), TooMuch)


@pytest.mark.parametrize(
    ("text", "said", "nearest"),
    [
        ("@bot redirve", "redirve", Word.REDRIVE),
        ("@bot restrat", "restrat", Word.RESTART),
        ("@bot mut 2h x", "mut", Word.MUTE),
        ("@bot aknowledge", "aknowledge", Word.ACK),
        ("@bot giv up", "giv", Word.GIVE_UP),
        ("@bot give it a try", "give", Word.GIVE_UP),
        ("@bot don't redrive", "don't", None),
        ("@bot <!channel>", "channel", None),
    ],
)
def test_of_what_is_no_word_the_nearest_is_told(text: str, said: str, nearest: Word | None) -> None:
    assert heard(text) == NotAWord(said, nearest)


def a_mute(reason: str, scope: MuteScope = MuteScope.ERROR_HERE, **length: int) -> MuteSaid:
    return MuteSaid(scope=scope, length=timedelta(**length), reason=reason)


@pytest.mark.parametrize(
    ("text", "mute"),
    [
        ("@bot mute 2h the supplier is down", a_mute("the supplier is down", hours=2)),
        ("@bot mute 15m: deploy", a_mute("deploy", minutes=15)),
        ("@bot Mute for 1 day because of a holiday", a_mute("of a holiday", days=1)),
        ("@bot mute 7d, known - ticket 4711", a_mute("known - ticket 4711", days=7)),
        ("@bot mute, 30 days x", a_mute("x", days=30)),
        ("@bot mute here 2h x", a_mute("x", hours=2)),
        ("@bot mute everywhere 2h x", a_mute("x", MuteScope.ERROR_EVERYWHERE, hours=2)),
        ("@bot mute everything 2h x", a_mute("x", MuteScope.MACHINE, hours=2)),
        ("@bot mute 2h everything is on fire", a_mute("everything is on fire", hours=2)),
        ("@bot mute 2h two\nlines", a_mute("two lines", hours=2)),
        ("@bot mute 90 minutes <https://t.io/1|T-1>", a_mute("<https://t.io/1|T-1>", minutes=90)),
    ],
)
def test_a_mute_takes_a_reach_a_length_and_a_reason(text: str, mute: MuteSaid) -> None:
    assert heard(text) == mute


@pytest.mark.parametrize(
    ("text", "missing"),
    [
        ("@bot mute", Missing.LENGTH),
        ("@bot mute the supplier is down", Missing.LENGTH),
        ("@bot mute 0h nothing", Missing.LENGTH),
        ("@bot mute 2 weeks holiday", Missing.LENGTH),
        ("@bot mute 2hello", Missing.LENGTH),
        ("@bot mute 2h", Missing.REASON),
        ("@bot mute everything 2h …", Missing.REASON),
        ("@bot mute 31d x", Missing.SHORTER_LENGTH),
        ("@bot mute 999999d x", Missing.SHORTER_LENGTH),
    ],
)
def test_a_mute_that_cannot_be_says_what_is_missing(text: str, missing: Missing) -> None:
    assert heard(text) == NoMute(missing)


@given(st.text())
def test_whatever_is_said_something_is_heard(text: str) -> None:
    parse(f"<@{BOT}> {text}", BOT)
    parse(f"<@{BOT}> mute {text}", BOT)
    parse(text, BOT)
