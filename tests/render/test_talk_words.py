"""What the bot answers, the summary, the story and the note: fit and right."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from app.domain.alert import DEEDS, Alert, Deed, Doing, RecoveryKind, Route, Severity
from app.domain.calls import LambdaFunction
from app.domain.changes import (
    Acknowledged,
    Closed,
    Failed,
    Muted,
    RecoveryRequested,
    RecoveryStarted,
    Succeeded,
)
from app.domain.execution import Attempt
from app.domain.lifecycle import apply
from app.domain.notices import Notice, Reason
from app.domain.overview import Posted
from app.domain.people import Person
from app.domain.talk import Heard, Missing, NoMute, NotAWord, Said, TooMuch, Word
from app.render import talk
from app.render.note import note_modal, note_text
from app.render.plain import moment
from app.render.story import speakers, story_text
from app.render.summary import Discussion, summary_line
from app.render.thread import line
from local.slack import block_kit
from tests.factories import ANA, BEN, NOW, alert, execution_arn, failure
from tests.render.test_cards import ALERTS, LONGEST_ARN, LONGEST_VERDICT, MUTE, TEXTS, assert_fit


def after(**more: int) -> Any:
    return NOW + timedelta(**more)


def redriven(one: Alert, minutes: int) -> Alert:
    """*one* after Ana's redrive of it that failed again."""
    attempt = one.focus.attempt
    asked = apply(one, RecoveryRequested(attempt, ANA, after(minutes=minutes)))
    begun = apply(asked, RecoveryStarted(attempt, after(minutes=minutes)))
    again = failure(redrive_count=attempt.redrive_count + 1)
    return apply(begun, Failed(again, after(minutes=minutes + 1), again=True))


def restarted(one: Alert, minutes: int) -> Alert:
    """*one* after Ben's restart, which succeeded."""
    attempt = one.focus.attempt
    asked = RecoveryRequested(attempt, BEN, after(minutes=minutes), RecoveryKind.RESTART)
    begun = apply(apply(one, asked), RecoveryStarted(attempt, after(minutes=minutes)))
    end = Succeeded(Attempt(execution_arn("new"), 0), after(minutes=minutes + 3), execution_arn())
    return apply(begun, end)


def storied() -> Alert:
    """Acknowledged after 4 minutes, redriven twice in vain, restarted, resolved after 2 hours."""
    one = redriven(apply(alert(), Acknowledged(ANA, after(minutes=4))), 10)
    return restarted(redriven(one, 20), 120)


@given(TEXTS.map(lambda text: text[:3000]), st.none() | st.sampled_from(Word))
def test_every_answer_to_what_is_not_understood_is_fit(said: str, nearest: Word | None) -> None:
    heards: list[Heard] = [NotAWord(said, nearest)]
    heards += [*map(NoMute, Missing), *map(TooMuch, Word)]
    for heard in heards:
        text = talk.not_done(heard)
        assert text is not None
        assert_fit({"text": text})


@pytest.mark.parametrize(
    ("nearest", "said"),
    [
        (Word.REDRIVE, "Did you mean `redrive`?"),
        (Word.MUTE, "Did you mean `mute 2h why`?"),
        (None, "I don't know `x`.\n"),
    ],
)
def test_an_unknown_word_gets_the_nearest_and_help(nearest: Word | None, said: str) -> None:
    text = talk.not_done(NotAWord("x", nearest)) or ""
    assert said in text
    assert text.endswith(talk.HELP)


def test_what_can_be_done_is_refused_by_nobody_here() -> None:
    assert talk.not_done(Said(Word.REDRIVE)) is None


OTHER = "https://acme.slack.com/archives/C1/p1"


@pytest.mark.parametrize(
    ("other", "said"),
    [
        (
            Posted(alert(failure(error="DiskFull")), OTHER),
            f"with another error: see <{OTHER}|another alert>.",
        ),
        (
            Posted(alert(failure(cause="nor does its spare")), OTHER),
            f"with another message: see <{OTHER}|another alert>.",
        ),
        (
            Posted(alert(failure(error="DiskFull"), Route(notify=False))),
            "with another error: that alert is not posted by rule, and `/sfn-status` lists it.",
        ),
        (
            Posted(apply(alert(failure(error="DiskFull")), Muted(MUTE))),
            "with another error: that alert is muted, and `/sfn-status` lists it.",
        ),
        (
            Posted(alert(failure(error="DiskFull"))),
            "with another error: that alert has no card yet, and `/sfn-status` lists it.",
        ),
        (None, "with another error: see another alert."),
    ],
    ids=["error", "message", "not posted", "muted", "no card", "not known"],
)
def test_what_failed_otherwise_leads_to_where_that_is_told(other: Posted | None, said: str) -> None:
    told = line(Notice(Reason.FAILED_OTHERWISE, alert()), other)["text"]
    assert told == f":x: It failed again, {said}"


def test_help_tells_every_word() -> None:
    for word in Word:
        if word is not Word.HELP:
            assert word.value in talk.HELP


@settings(max_examples=40)
@given(ALERTS)
def test_every_reason_for_nothing_to_read_is_fit(one: Alert) -> None:
    function = LambdaFunction(name="f" * 140, account="123456789012", region="eu-west-1")
    for text in (
        talk.HELP,
        talk.ELSEWHERE,
        talk.BUSY,
        talk.no_input(one),
        talk.no_history(one),
        talk.no_call(one),
        talk.of_another_account("load", "123456789012", "eu-west-1"),
        talk.no_logs(function, "/aws/lambda/<x>"),
        talk.no_logs(function, "/aws/lambda/`x`", denied=True),
        talk.no_lines(function),
    ):
        assert_fit({"text": text})


def test_the_summary_tells_how_long_who_and_how_often() -> None:
    said = Discussion(names=["Ana", "Ben"], others=0, messages=5)
    assert summary_line(storied(), said) == (
        ":checkered_flag: *Resolved after 2 h 3 min.* Acknowledged by *Ana* after 4 min"
        " · 2 redrives and 1 restart · *Ana* and *Ben* wrote 5 messages"
    )


@pytest.mark.parametrize(
    ("discussion", "said"),
    [
        (None, "nothing was tried from here"),
        (Discussion(), "nobody wrote in the thread"),
        (Discussion(names=["Ana"], messages=1), "*Ana* wrote 1 message"),
        (Discussion(names=["Ana"], others=1, messages=9), "*Ana* and 1 other wrote 9 messages"),
        (
            Discussion(names=["A", "B"], others=3, messages=1000, at_least=True),
            "*A*, *B* and 3 others wrote more than 1,000 messages",
        ),
    ],
)
def test_the_summary_tells_what_there_was(discussion: Discussion | None, said: str) -> None:
    line_ = summary_line(apply(alert(), Closed(ANA, after(minutes=5))), discussion)
    assert line_.startswith(":checkered_flag: *Resolved after 5 min.* Nobody acknowledged it · ")
    assert line_.endswith(said)


def test_the_summary_of_what_came_back_is_of_that_alone() -> None:
    back = apply(storied(), Failed(failure("e9"), after(hours=5)))
    closed = apply(back, Closed(BEN, after(hours=5, minutes=2)))
    said = summary_line(closed)
    assert "*Resolved after 2 min.* Nobody acknowledged it · nothing was tried" in said


def test_the_summary_offers_the_story() -> None:
    message = line(Notice(Reason.RESOLVED, storied()), discussion=Discussion())
    [element] = message["blocks"][-1]["elements"]
    assert element["action_id"] == "story"


@pytest.mark.parametrize(
    ("severity", "icon"),
    [(Severity.HIGH, ":rotating_light:"), (Severity.MIDDLE, ":large_orange_diamond:")],
)
def test_what_comes_back_calls_again_and_shows_its_severity(severity: Severity, icon: str) -> None:
    one = alert(route=Route(severity=severity, channel="#a", mention="<!here>"))
    said = line(Notice(Reason.REOPENED, one))["text"]
    assert said.startswith(f"{icon} Failing again: ")
    assert said.endswith(" <!here>")
    quiet = line(Notice(Reason.REOPENED, alert(route=replace(one.route, mention=None))))
    assert quiet["text"].endswith(".")


def test_a_reminder_calls_again_and_does_not_hide_in_the_thread() -> None:
    message = line(Notice(Reason.REMINDED, alert()), mention="<!here>")
    assert message["text"].endswith(" <!here>")
    assert message["reply_broadcast"] is True


MESSAGES: list[dict[str, Any]] = [
    {
        "ts": "1772443800.000100",
        "bot_id": "B1",
        "user": "UBOT",
        "bot_profile": {"name": "sfn-alerts"},
        "text": ":rotating_light: *<https://x.io|orders failed>*",
    },
    {"ts": "1772443805.000200", "user": "U01ANA", "text": "<@U02BEN> can you\n*look*? :eyes:"},
    {"ts": "1772443810.000300", "user": "U09", "text": "", "files": [{"name": "a.png"}]},
    {"ts": "1772443815.000300", "user": "U09", "text": ""},
]


def test_the_story_tells_who_said_what_when() -> None:
    names = {"U01ANA": "Ana", "U02BEN": "Ben"}
    lines = story_text(alert(), MESSAGES, names, cut=True).splitlines()
    assert lines == [
        "orders: OrdersUnavailable",
        execution_arn(),
        "",
        "2026-03-02 09:30:00 UTC  sfn-alerts: orders failed (https://x.io)",
        "2026-03-02 09:30:05 UTC  Ana: @Ben can you",
        "    look? :eyes:",
        "2026-03-02 09:30:10 UTC  U09: [file: a.png]",
        "2026-03-02 09:30:15 UTC  U09: (nothing)",
        "… and more, which is left out here.",
    ]
    assert speakers(MESSAGES) == ["U01ANA", "U02BEN", "U09"]


def test_the_note_tells_what_failed_and_what_was_done() -> None:
    note = note_text(storied(), "https://acme.slack.com/archives/C1/p1")
    for fact in (
        "# orders: OrdersUnavailable",
        "- Status: resolved 2026-03-02 11:33 UTC, after 2 h 3 min",
        "- How often: 3 failures",
        "```\nthe order service does not answer\n```",
        "- 2026-03-02 09:34 UTC Ana: acknowledged",
        "- 2026-03-02 09:40 UTC Ana: redrive: failed again",
        "- 2026-03-02 11:30 UTC Ben: restart: succeeded",
        "- Alert: https://acme.slack.com/archives/C1/p1",
        "- Execution: https://eu-west-1.console.aws.amazon.com/states/home",
    ):
        assert fact in note, fact


@settings(max_examples=150)
@given(ALERTS)
def test_every_note_is_fit_and_keeps_its_links(one: Alert) -> None:
    note = note_text(one, "https://acme.slack.com/archives/C1/p1")
    assert block_kit.check_view(note_modal(note)) == []
    assert "- Alert: https://acme.slack.com/archives/C1/p1" in note
    assert "## What was done" in note


def test_of_a_note_too_long_the_oldest_deeds_are_left_out_and_the_links_stay() -> None:
    ben = Person("U02BEN", "B" * 80)
    deeds = tuple(Deed(doing=Doing.CLOSED, by=ben, at=after(minutes=n)) for n in range(DEEDS))
    first = replace(failure(cause="c" * 6_000, state="s" * 80), execution_arn=LONGEST_ARN)
    route = Route(runbook="https://slack.com/" + "x" * 270)
    one = replace(alert(first, route), deeds=deeds, verdict=LONGEST_VERDICT)
    note = note_text(one, "https://acme.slack.com/archives/C1/p1")
    assert len(note) <= 3_000
    lines = note.splitlines()
    assert lines[-1].startswith("- Runbook (https://slack.com/xx")
    assert "- … and " in note
    assert moment(deeds[-1].at) in note
    assert moment(deeds[0].at) not in note.split("## What was done")[1]


def test_nothing_in_a_cause_ends_its_fence() -> None:
    note = note_text(alert(failure(cause="a\n````\n# b")), None)
    assert "`````\na\n````\n# b\n`````" in note
