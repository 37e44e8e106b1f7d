"""Whatever AWS and people write, cards pass Slack's limits and hold nothing live of it."""

import json
import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from app.domain.alert import (
    DEEDS,
    Acknowledgement,
    Alert,
    Attempts,
    BulkRecovery,
    BulkStage,
    BulkTerms,
    Deed,
    Doing,
    Former,
    Late,
    Recovery,
    RecoveryKind,
    RecoveryStage,
    Refusal,
    Report,
    Resumption,
    Route,
    Severity,
    Status,
    Stop,
    StopReason,
    Tally,
)
from app.domain.calls import Call, LambdaFunction
from app.domain.course import Course, Numbers, Wave
from app.domain.execution import Attempt, Failure, Hold
from app.domain.history import Rerun
from app.domain.mutes import Mute
from app.domain.notices import Notice, Reason
from app.domain.outlook import Count, Outlook, Window
from app.domain.overview import Posted
from app.domain.people import Person
from app.domain.transitions import NotAllowedError, WhyNot
from app.domain.verdict import Help, Verdict
from app.ingest.texts import clean, kept
from app.render import refusals
from app.render.card import card, plain_card
from app.render.details import details, plain_details
from app.render.late import late_line
from app.render.modals import mute_modal
from app.render.mrkdwn import code, counted, cut, span
from app.render.progress import SQUARES, bar, plain_progress, progress
from app.render.recover_modal import recover_modal
from app.render.summary import Discussion
from app.render.thread import line
from local.slack import block_kit
from tests.domain.test_redaction import REDACTOR
from tests.factories import NOW, alert, failure, held

HOSTILE = [
    "<!channel> <!here> <!everyone>",
    "<@U01ANA> <#C01ALERTS> <!subteam^S01DATA>",
    "<https://evil.example|console>",
    "https://evil.example/?a=b&c=d",
    "``` *bold* ``` _x_ `code` ~s~",
    "\u202etxt.exe\u202c \u200b\u200d \x00 \ud800",
    "👩‍👩‍👧‍👦" * 900,
    "e\u0301" * 4000,
    "&lt;!channel&gt; &amp;",
    "a|b>c<d",
    "",
    " \n ",
    '{"errorMessage": "<!channel>", "errorType": "`<!here>`", "stackTrace": ["<@U1>"]}',
    '{"errorMessage": null, "stackTrace": 7}',
    '{"errorMessage": "cut in the mid',
    "null",
    "[1,2",
    "[" * 3000,
    "x" * 32_768,
    "&" * 32_768,
    "<" * 32_768,
]
LONG = st.builds(
    lambda text, times: text * times, st.text(min_size=1, max_size=9), st.integers(1, 4000)
)
TEXTS = st.sampled_from(HOSTILE) | st.text(max_size=80) | LONG
NAMES = TEXTS.map(lambda text: clean(text)[:256])
KEPT = TEXTS.map(lambda text: kept(text, REDACTOR))
PEOPLE = st.builds(Person, st.just("U01ANA"), NAMES)
FAILURES = st.builds(
    Failure,
    execution_arn=st.text("abc-_é", min_size=1, max_size=80).map(
        lambda name: f"arn:aws:states:eu-west-1:123456789012:execution:orders:{name}"
    ),
    redrive_count=st.integers(0, 3),
    status=st.sampled_from(["FAILED", "TIMED_OUT", "ABORTED", "RUNNING"]),
    error=st.none() | NAMES,
    cause=st.none() | KEPT,
    input=st.none() | KEPT,
    started_at=st.none() | st.just(NOW),
    stopped_at=st.none() | st.just(NOW + timedelta(seconds=3)),
    state=st.none() | NAMES,
)
ATTEMPT = st.just(Attempt("arn:aws:states:eu-west-1:123456789012:execution:orders:e", 0))
CALLS = st.builds(
    Call,
    function=st.sampled_from(["load", "f" * 140]).map(lambda name: LambdaFunction(name=name)),
    at=st.none() | st.just(NOW),
    request_id=st.none() | st.just("8d3c1b9e-6c1f-4c55-9a64-1f0c3a6f7a10"),
)
VERDICTS = st.builds(
    Verdict,
    attempt=ATTEMPT,
    help=st.sampled_from(Help),
    state=st.none() | NAMES,
    caught_from=st.none() | NAMES,
    finished_steps=st.integers(0, 30_000),
    until=st.none() | st.just(NOW),
    reason=st.none() | KEPT,
    definition_changed=st.booleans(),
    ask_again=st.booleans(),
    rerun=st.sampled_from(Rerun),
    repeats=st.booleans(),
    call=st.none() | CALLS,
    trace_id=st.none() | st.just("1-5e1b4151-5ac6c58f3c3c3c3c3c3c3c3c"),
)
RUNBOOKS = st.sampled_from(
    [
        "https://slack.com/runbook?a=b&c=d",
        "https://slack.com/a|b>c<d`e f",
        "https://slack.com/" + "x" * 9000,
        "see <!channel> and `the binder`",
        "javascript:alert(1)",
        "https://[",
    ]
)
MUTES = st.builds(
    Mute,
    machine_arn=st.none() | st.just("arn:aws:states:eu-west-1:123456789012:stateMachine:orders"),
    error=st.none() | NAMES,
    by=PEOPLE,
    # A person may well give the address of a ticket: that link is theirs, not from AWS.
    reason=NAMES.map(lambda text: text.replace("https://evil", "ticket")),
    since=st.just(NOW),
    until=st.just(NOW + timedelta(hours=1)),
)
RECOVERIES = st.builds(
    Recovery,
    attempt=ATTEMPT,
    by=PEOPLE,
    at=st.just(NOW),
    stage=st.sampled_from(RecoveryStage),
    reason=st.none() | KEPT,
)
COUNTS = st.integers(0, 10**6)
REFUSALS = st.lists(st.builds(Refusal, KEPT, COUNTS), max_size=9).map(tuple)
#: AWS: an ARN has at most 256 characters, which take six each where they must be encoded.
FAILED_NAMES = st.lists(
    st.integers(10, 99).map(
        lambda number: f"arn:aws:states:ap-southeast-2:123456789012:execution:m:{'é' * 78}{number}"
    ),
    max_size=20,
).map(tuple)
BULKS = st.builds(
    BulkRecovery,
    id=st.just("f" * 32),
    by=PEOPLE,
    at=st.just(NOW),
    terms=st.builds(
        BulkTerms,
        kind=st.sampled_from([RecoveryKind.REDRIVE, RecoveryKind.RESTART]),
        canary=st.booleans(),
    ),
    stage=st.sampled_from(BulkStage),
    tally=st.builds(Tally, succeeded=COUNTS, failed_again=COUNTS, names=FAILED_NAMES),
    stopped=st.none()
    | st.builds(Stop, st.sampled_from([*StopReason][1:]), st.just(NOW))
    | st.builds(Stop, st.just(StopReason.ASKED), st.just(NOW), PEOPLE),
    resumed=st.none() | st.builds(Resumption, PEOPLE, st.just(NOW)),
    ended_at=st.just(NOW + timedelta(minutes=3)),
    report=st.none() | st.builds(Report, refused=REFUSALS, too_old=COUNTS, forgiven=COUNTS),
)
MENTIONS = ["<!here>", "<@U01ANA>", "<!subteam^S01DATA>", "@data-oncall"]
ALERTS = st.builds(
    Alert,
    fingerprint=st.just("a1b2c3"),
    generation=st.integers(1, 99),
    status=st.sampled_from(Status),
    route=st.builds(
        Route,
        severity=st.sampled_from(Severity),
        mention=st.none() | st.sampled_from(MENTIONS),
        runbook=st.none() | RUNBOOKS,
    ),
    focus=FAILURES,
    opened_at=st.just(NOW),
    last_failure_at=st.just(NOW),
    count=st.integers(1, 10**9),
    failing_count=st.integers(0, 10**9),
    verdict=st.none() | VERDICTS,
    acknowledged=st.none() | st.builds(Acknowledgement, PEOPLE, st.just(NOW)),
    recovery=st.none() | RECOVERIES,
    mute=st.none() | MUTES,
    also=st.none() | st.just("abc.1"),
    unmuted_by=st.none() | PEOPLE,
    bulk=st.none() | BULKS,
    deeds=st.lists(
        st.builds(
            Deed,
            doing=st.sampled_from(Doing),
            by=PEOPLE,
            at=st.just(NOW),
            stage=st.none() | st.sampled_from(RecoveryStage),
        ),
        max_size=DEEDS,
    ).map(tuple),
    attempts=st.builds(
        Attempts,
        redrives=st.sampled_from([0, 1, 10**6]),
        restarts=st.sampled_from([0, 1, 10**6]),
        retries=st.sampled_from([0, 1, 10**6]),
    ),
    resolved_at=st.none() | st.just(NOW + timedelta(hours=2)),
    resolved_by=st.none() | PEOPLE,
    reminded_at=st.none() | st.just(NOW + timedelta(hours=1)),
    late=st.none() | st.builds(Late, COUNTS, st.timedeltas(timedelta(), timedelta(hours=3))),
)
FORMERS = st.none() | st.builds(
    Former,
    permalink=st.none() | st.just("https://acme.slack.com/archives/C1/p1"),
    lasted=st.timedeltas(timedelta(), timedelta(days=900)),
)

DISCUSSIONS = st.none() | st.builds(
    Discussion,
    names=st.lists(NAMES, min_size=1, max_size=4),
    others=st.integers(0, 2),
    messages=st.integers(0, 10**6),
    at_least=st.booleans(),
)

#: What we write ourselves between angle brackets: dates, mentions, our own links, the mention.
OURS = re.compile(
    r"<!date\^\d+\^[^|>]*\|[^>]*>|<@U01ANA>|<!here>|<!subteam\^S01DATA>"
    r"|<https://[a-z0-9.-]*(console\.aws\.amazon\.com|slack\.com)/[^|>]*\|[^>]*>"
)
CODE = re.compile(r"`[^`]*`")


def mrkdwn_of(part: Any) -> Iterator[str]:
    """Every text that Slack reads as mrkdwn."""
    if isinstance(part, dict):
        if part.get("type") == "mrkdwn":
            yield part["text"]
        for value in part.values():
            yield from mrkdwn_of(value)
    elif isinstance(part, list):
        for value in part:
            yield from mrkdwn_of(value)


def assert_fit(message: dict[str, Any]) -> None:
    """Slack takes *message*, and nothing from outside is live in it."""
    json.dumps(message).encode()
    whole = 0
    holders = [message, *message.get("attachments", [])]
    for holder in holders:
        if "blocks" in holder:
            assert block_kit.check_message(holder["blocks"]) == []
            whole += block_kit.weight(holder["blocks"])
    assert whole <= 10_000
    assert 0 < len(message["text"]) <= 3000
    for text in (message["text"], *mrkdwn_of(message)):
        left = CODE.sub("", OURS.sub("", text))
        assert "<" not in left, text
        assert "https://evil" not in left, text
        assert text.count("`") % 2 == 0, text


@settings(max_examples=150)
@given(ALERTS, FORMERS)
def test_every_card_and_thread_is_fit(alert: Alert, former: Former | None) -> None:
    assert_fit(card(alert, NOW, former=former))
    assert_fit(plain_card(alert))
    assert_fit(details(alert))
    assert_fit(plain_details(alert))


def test_a_step_that_waits_shows_the_input_that_a_retry_would_use() -> None:
    hold = Hold(since=NOW, input='{"order": "B-10"}')
    one = alert(replace(held(), input='{"order": "A-4711"}', hold=hold))
    for shown in (json.dumps(card(one, NOW)), json.dumps(details(one))):
        assert "*Input of a retry*" in shown
        assert "B-10" in shown
        assert "A-4711" not in shown
    over = json.dumps(card(replace(one, status=Status.RESOLVED), NOW))
    assert "*Input*" in over, "nothing is left to be retried"
    assert "B-10" in over
    unknown = replace(one, focus=replace(one.focus, hold=Hold(since=NOW)))
    assert "*Input of a retry*: the one recorded" in json.dumps(card(unknown, NOW))
    same = replace(held(), input='{"day": "2026-03-01"}')
    assert "*Input*" in json.dumps(card(alert(same), NOW)), "a retry would get the execution's own"


@pytest.mark.parametrize("status", Status)
@pytest.mark.parametrize(
    ("severity", "colour", "icon"),
    [
        (Severity.HIGH, "#e01e5a", ":rotating_light:"),
        (Severity.MIDDLE, "#ecb22e", ":large_orange_diamond:"),
        (Severity.LOW, "#868686", ":information_source:"),
    ],
)
def test_a_card_has_its_severitys_colour_and_icon_until_something_is_done_about_it(
    severity: Severity, colour: str, icon: str, status: Status
) -> None:
    one = replace(alert(route=Route(severity=severity)), status=status)
    drawn = card(one, NOW)
    done = status in {Status.RESOLVED, Status.RECOVERING}
    assert (drawn["attachments"][0]["color"] == colour) is not done
    assert drawn["text"].startswith(icon) is not done


@pytest.mark.parametrize("status", Status)
@pytest.mark.parametrize(
    ("said", "resolved", "shown"),
    [
        (None, None, None),
        ("<!here>", None, "<!here>"),
        ("<!here>", "<!here>", "<!here>"),
        ("@data-oncall", "<!subteam^S01DATA>", "<!subteam^S01DATA>"),
        ("@data-oncall", "@data-oncall", "@data-oncall"),
        ("@data-oncall", None, "@data-oncall"),
    ],
)
def test_a_card_calls_above_its_blocks_and_keeps_the_same_text_to_the_end(
    said: str | None, resolved: str | None, shown: str | None, status: Status
) -> None:
    """Slack notifies nobody of a mention inside an attachment, nor of an edit."""
    one = replace(alert(route=Route(severity=Severity.HIGH, mention=said)), status=status)
    for drawn in (card(one, NOW, resolved), plain_card(one, resolved)):
        title = drawn["text"].splitlines()[0]
        assert title.endswith(f"* {shown}" if shown else "*")
        assert not re.search(r"<!(here|subteam)", json.dumps(drawn["attachments"]))


@pytest.mark.parametrize("letter", ["x", "&", "<", "👩"])
def test_the_longest_cause_and_input_together_are_fit(letter: str) -> None:
    longest = kept(letter * 32_768, REDACTOR)
    trace = json.dumps({"errorMessage": longest, "stackTrace": [longest], "errorType": longest})
    nested = json.dumps({"Error": "E", "ExecutionArn": LONGEST_ARN, "Cause": trace})
    for cause in (longest, trace, nested):
        first = failure(cause=cause, input=longest, error=clean(letter * 256), state=letter * 80)
        one = replace(
            alert(
                replace(first, execution_arn=LONGEST_ARN),
                Route(mention="<!here>", runbook="https://slack.com/" + "x" * 270),
            ),
            verdict=LONGEST_VERDICT,
            acknowledged=Acknowledgement(Person("U01ANA", "Ana"), NOW),
            mute=replace(MUTE, reason=letter * 500, until=NOW + timedelta(hours=1)),
        )
        assert_fit(card(one, NOW))
        assert_fit(plain_card(one))
        assert_fit(details(one))


#: AWS: names have 80 characters, which take six each where they must be encoded.
LONGEST_ARN = f"arn:aws:states:ap-southeast-2:123456789012:execution:{'o' * 80}:{'é' * 80}"
LONGEST_VERDICT = Verdict(
    attempt=Attempt(LONGEST_ARN, 0),
    help=Help.RESUMES,
    state="&" * 80,
    finished_steps=25_000,
    until=NOW,
    definition_changed=True,
    rerun=Rerun.NEW_CHILD,
    call=Call(
        function=LambdaFunction(name="f" * 140), request_id="8d3c1b9e-6c1f-4c55-9a64-1f0c3a6f7a10"
    ),
    trace_id="1-5e1b4151-5ac6c58f3c3c3c3c3c3c3c3c",
)


@settings(max_examples=80)
@given(ALERTS, st.sampled_from(Reason), DISCUSSIONS)
def test_every_line_of_the_story_is_fit(
    alert: Alert, reason: Reason, discussion: Discussion | None
) -> None:
    needed = replace(
        alert,
        acknowledged=alert.acknowledged or Acknowledgement(Person("U01ANA", "Ana"), NOW),
        mute=alert.mute or MUTE,
        recovery=alert.recovery or RECOVERY,
        bulk=alert.bulk or BULK,
        resolved_by=alert.resolved_by or Person("U01ANA", "Ana"),
        late=alert.late or Late(1, timedelta(minutes=7)),
        settled=alert.settled or (RECOVERY.attempt,),
    )
    notice = Notice(reason, needed, held_back=3)
    other = Posted(alert, "https://acme.slack.com/archives/C1/p1")
    assert_fit(line(notice, other, mention="<!here>", discussion=discussion))


@settings(max_examples=60)
@given(ALERTS, st.sampled_from(WhyNot))
def test_every_refusal_and_the_mute_modal_are_fit(alert: Alert, why: WhyNot) -> None:
    assert_fit({"text": refusals.words(NotAllowedError(why, alert))})
    assert block_kit.check_view(mute_modal(alert)) == []


def test_of_a_mute_that_is_there_already_it_is_said_how_to_change_it() -> None:
    refused = NotAllowedError(WhyNot.ALREADY_MUTED, replace(alert(), mute=MUTE))
    assert "muted this already, until" in refusals.words(refused)
    for said_so in (refusals.words(refused), refusals.plain_words(refused)):
        assert said_so.endswith("nmute it first to mute it anew.")


COURSES = st.builds(
    Course,
    alert_id=st.just("a1b2c3.1"),
    recovery_id=st.just("f" * 32),
    leg=st.integers(0, 3),
    leg_at=st.just(NOW - timedelta(minutes=1)),
    left=COUNTS,
    asked=COUNTS,
    refused=REFUSALS,
    slowed=st.integers(0, 6),
    wave=st.builds(Wave, number=st.integers(1, 9), size=st.sampled_from([1, 10, 1000])),
)


@settings(max_examples=80)
@given(ALERTS, BULKS, COURSES)
def test_progress_is_fit_and_mentions_nobody(
    alert: Alert, bulk: BulkRecovery, course: Course
) -> None:
    shown = progress(replace(alert, bulk=bulk), bulk, course, NOW)
    assert_fit(shown)
    assert_fit(plain_progress(replace(alert, bulk=bulk), bulk, course, NOW))
    assert "<@" not in json.dumps(shown)


@given(st.tuples(COUNTS, COUNTS, COUNTS, COUNTS, COUNTS))
def test_the_bar_is_always_as_long_and_shows_everybody(counts: tuple[int, ...]) -> None:
    succeeded, failed, running, refused, left = counts
    latest = Numbers(
        stage=BulkStage.RUNNING,
        leg=1,
        wave=1,
        succeeded=succeeded,
        failed=failed,
        running=running,
        refused=refused,
        left=left,
    )
    squares = bar(latest)
    assert squares.count("_square:") == SQUARES
    assert ("red" in squares) == (failed > 0)
    assert ("green" in squares) == (succeeded > 0)


@settings(max_examples=60)
@given(ALERTS, st.lists(st.builds(Count, COUNTS, st.booleans()), min_size=5, max_size=5))
def test_the_modal_for_all_of_them_is_fit(alert: Alert, counts: list[Count]) -> None:
    windows = dict(zip(Window, counts, strict=False))
    assert block_kit.check_view(recover_modal(Outlook(alert, windows, counts[4]))) == []


MUTE = Mute(
    machine_arn=None, error=None, by=Person("U01ANA", "Ana"), reason="x", since=NOW, until=NOW
)
RECOVERY = Recovery(attempt=alert().focus.attempt, by=Person("U01ANA", "Ana"), at=NOW)
BULK = BulkRecovery(id="r1", by=Person("U01ANA", "Ana"), at=NOW, terms=BulkTerms())


@given(TEXTS, st.integers(1, 400))
def test_a_cut_never_tears_a_character_apart(text: str, limit: int) -> None:
    short = cut(text, limit)
    assert len(short) <= limit
    if short != text:
        assert text.startswith(short.removesuffix("…"))
        rest = text[len(short) - 1 :]
        assert not rest.startswith(("\u200d", "\u0301", "\ufe0f"))


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0.042, "42 ms"),
        (3.25, "3.2 s"),
        (59, "59 s"),
        (90, "1 min 30 s"),
        (3600, "1 h"),
        (5400, "1 h 30 min"),
        (200_000, "2 d 7 h"),
    ],
)
def test_lengths_of_time_are_told_as_people_say_them(seconds: float, words: str) -> None:
    assert span(timedelta(seconds=seconds)) == words


def test_plurals_are_right() -> None:
    assert [counted(number, "failure") for number in (0, 1, 2, 1000)] == [
        "0 failures",
        "1 failure",
        "2 failures",
        "1,000 failures",
    ]


@pytest.mark.parametrize(
    ("failures", "late", "words"),
    [
        (1, 1, "no event told of this failure. It was found 7 min after it ended."),
        (3, 1, "no event told of one of these failures. It was found 7 min after it ended."),
        (3, 2, "no event told of 2 of these failures. The last was found 7 min after it ended."),
        (3, 3, "no event told of these. The last was found 7 min after it ended."),
    ],
)
def test_what_was_found_late_says_so(failures: int, late: int, words: str) -> None:
    one = replace(alert(), count=failures, late=Late(late, timedelta(minutes=7)))
    assert late_line(one).endswith(words)
    assert words in json.dumps(card(one, NOW))


def test_code_stays_code() -> None:
    assert code("a `b` <!channel>\nc") == "`a 'b' &lt;!channel&gt; c`"
