"""Whatever is asked and whatever is found, Slack takes the answer, and nothing in it is live."""

import json
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from app.domain.alert import Acknowledgement, Hour, Status
from app.domain.execution import ExecutionArn
from app.domain.hours import hour_of
from app.domain.listing import Listed, Listing, Machine
from app.domain.mutes import Mute
from app.domain.overview import Overview, Posted
from app.domain.people import Person
from app.domain.reports import (
    ExecutionReport,
    MachineReport,
    NothingFound,
    Seen,
    Several,
    Unseen,
)
from app.domain.timeline import Ending, LeftOut, Redriven, Step
from app.ingest.texts import clean
from app.render.answer import message
from app.render.asking import looking_at
from app.render.execution import execution_answer
from app.render.found import nothing_answer, several_answer
from app.render.home import home
from app.render.machine import machine_answer
from app.render.status import board, mutes_answer
from local.slack import block_kit
from tests.factories import ANA, NOW, alert, execution_arn, failure
from tests.render.test_cards import (
    ALERTS,
    KEPT,
    LONGEST_ARN,
    LONGEST_VERDICT,
    MUTES,
    NAMES,
    TEXTS,
    assert_fit,
    mrkdwn_of,
)

ADDRESS = "https://acme.slack.com/archives/C01ALERTS/p1790000000000000"


def many(of: st.SearchStrategy[Any], most: int) -> st.SearchStrategy[list[Any]]:
    """Up to *most*, the same few again and again: drawing each would take its time."""
    return st.builds(
        lambda few, count: (few * most)[:count], st.lists(of, max_size=3), st.integers(0, most)
    )


POSTED = st.builds(Posted, ALERTS, st.none() | st.just(ADDRESS))
OVERVIEWS = st.builds(
    Overview,
    alerts=many(POSTED, 30),
    lately=many(POSTED, 5),
    mutes=many(MUTES, 15),
    now=st.just(NOW),
    whole=st.booleans(),
)
STATUSES = ["SUCCEEDED", "FAILED", "TIMED_OUT", "ABORTED", "RUNNING", "PENDING_REDRIVE", "NEW"]
LISTED = st.builds(
    Listed,
    arn=st.sampled_from([execution_arn(), LONGEST_ARN]),
    name=NAMES,
    status=st.sampled_from(STATUSES),
    started_at=st.just(NOW),
    stopped_at=st.none() | st.just(NOW + timedelta(seconds=3)),
    redrive_count=st.integers(0, 3),
)
MACHINES = st.builds(
    Machine,
    arn=st.just("arn:aws:states:eu-west-1:123456789012:stateMachine:orders"),
    name=NAMES,
    express=st.booleans(),
)
MACHINE_REPORTS = st.builds(
    MachineReport,
    machine=MACHINES,
    executions=st.none() | st.builds(Listing, many(LISTED, 20), st.booleans()),
    alerts=many(POSTED, 20),
    now=st.just(NOW),
)
STEPS = st.builds(
    Step,
    name=NAMES,
    kind=st.just("Task"),
    depth=st.integers(0, 9),
    ending=st.sampled_from(Ending),
    began=st.just(NOW),
    took=st.none() | st.just(timedelta(days=300, hours=3)),
    times=st.integers(1, 10_000),
    failed=st.integers(0, 10_000),
    tries=st.integers(1, 99),
)
ROWS = STEPS | st.just(Redriven(NOW)) | st.builds(LeftOut, st.integers(1, 9), st.integers(0, 9))
EXECUTION_REPORTS = st.builds(
    ExecutionReport,
    arn=st.sampled_from([execution_arn(), LONGEST_ARN]).map(ExecutionArn.parse),
    seen=st.sampled_from(Unseen)
    | st.builds(
        Seen,
        status=st.sampled_from(STATUSES),
        error=st.none() | NAMES,
        cause=st.none() | KEPT,
        started_at=st.none() | st.just(NOW),
        stopped_at=st.none() | st.just(NOW),
        redrive_count=st.integers(0, 9),
    ),
    rows=many(ROWS, 60),
    posted=st.none() | POSTED,
    now=st.just(NOW),
)
PAGES = st.integers(0, 3)
SHARERS = st.none() | st.builds(Person, st.just("U01ANA"), NAMES)


@settings(max_examples=40)
@given(OVERVIEWS, PAGES, SHARERS)
def test_the_board_is_fit_however_much_is_broken(
    overview: Overview, page: int, by: Person | None
) -> None:
    assert_fit(message(board(overview, page), by))
    assert_fit(message(mutes_answer(overview, page), by))


@settings(max_examples=40)
@given(MACHINE_REPORTS, PAGES, SHARERS)
def test_every_answer_about_a_state_machine_is_fit(
    report: MachineReport, page: int, by: Person | None
) -> None:
    assert_fit(message(machine_answer(report, page), by))


@settings(max_examples=40)
@given(EXECUTION_REPORTS, SHARERS)
def test_every_answer_about_an_execution_is_fit(report: ExecutionReport, by: Person | None) -> None:
    assert_fit(message(execution_answer(report), by))


@settings(max_examples=40)
@given(TEXTS.map(lambda text: clean(text)[:300]), many(MACHINES, 40), PAGES)
def test_every_answer_about_names_is_fit(words: str, machines: list[Machine], page: int) -> None:
    near = [machine.name or "-" for machine in machines[:5]]
    nothing = NothingFound(words=words, near=near, looked_in=3, failed_lately=9)
    assert_fit(message(nothing_answer(nothing, NOW)))
    assert_fit(message(several_answer(Several(words, machines, whole=False), NOW, page)))
    assert_fit({"text": looking_at(words)})


@settings(max_examples=40)
@given(OVERVIEWS, PAGES)
def test_every_home_is_fit(overview: Overview, page: int) -> None:
    view = home(overview, ANA, page)
    assert block_kit.check_view(view, "home") == []
    assert len(json.dumps(view)) < 250_000
    live = [text for text in mrkdwn_of(view) if "<!" in text.replace("<!date", "")]
    assert live == []


@pytest.mark.parametrize("letter", ["x", "&", "<", "👩", "\u202e"])
def test_the_longest_texts_of_all_together_are_fit(letter: str) -> None:
    """Cuts are there for these; a generator seldom draws them all at once."""
    first = replace(failure(error=letter * 256, cause=letter * 6000), execution_arn=LONGEST_ARN)
    worst = replace(
        alert(first),
        verdict=LONGEST_VERDICT,
        status=Status.ACKNOWLEDGED,
        acknowledged=Acknowledgement(Person("U1", letter * 80), NOW),
        hours=(Hour(hour_of(NOW), 10**9),),
        count=10**9,
    )
    alerts = [Posted(worst, ADDRESS + "x" * 200)] * 40
    mutes = [
        Mute(
            machine_arn=worst.arn.machine_arn,
            error=letter * 256,
            by=Person("U1", letter * 80),
            reason=letter * 300,
            since=NOW,
            until=NOW + timedelta(hours=1),
        )
    ] * 20
    overview = Overview(alerts=alerts, lately=alerts, mutes=mutes, now=NOW)
    listed = Listed(arn=LONGEST_ARN, name=letter * 80, status="FAILED", started_at=NOW)
    machine = Machine(arn=worst.arn.machine_arn, name=letter * 80)
    step = Step(
        name=letter * 80,
        kind="Task",
        depth=9,
        ending=Ending.FAILED,
        began=NOW,
        took=timedelta(days=300, hours=3),
        times=10_000,
        failed=9_999,
        tries=99,
    )
    seen = Seen(
        status="FAILED",
        error=letter * 256,
        cause=letter * 6000,
        started_at=NOW,
        stopped_at=NOW,
        redrive_count=9,
    )
    answers = [
        board(overview),
        board(overview, 1),
        mutes_answer(overview),
        machine_answer(
            MachineReport(machine=machine, executions=Listing([listed] * 9), alerts=alerts, now=NOW)
        ),
        execution_answer(
            ExecutionReport(
                arn=ExecutionArn.parse(LONGEST_ARN),
                seen=seen,
                rows=[step] * 60,
                posted=alerts[0],
                now=NOW,
            )
        ),
        several_answer(Several(letter * 300, [machine] * 30, whole=True), NOW),
    ]
    for answer in answers:
        assert_fit(message(answer))
        assert_fit(message(answer, ANA))
    for page in (0, 1):
        view = home(overview, ANA, page)
        assert block_kit.check_view(view, "home") == []
        assert len(json.dumps(view)) < 250_000
