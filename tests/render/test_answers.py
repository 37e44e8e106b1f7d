"""What answers say, in which words, with which buttons, on which pages."""

import json
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from app.domain.alert import (
    Acknowledgement,
    Alert,
    BulkRecovery,
    BulkTerms,
    Hour,
    Recovery,
    Route,
    Severity,
    Status,
    Tally,
)
from app.domain.execution import ExecutionArn
from app.domain.hours import hour_of
from app.domain.listing import Listed, Listing, Machine
from app.domain.overview import Overview, Posted
from app.domain.people import Person
from app.domain.reconciliation import Account
from app.domain.reports import ExecutionReport, MachineReport, NothingFound, Reconciled, Seen
from app.domain.timeline import Ending, LeftOut, Redriven, Row, Step
from app.render.answer import Answer, message, paged, weight
from app.render.asking import Ask, answer_of, block_id
from app.render.execution import execution_answer
from app.render.found import help_answer, nothing_answer
from app.render.home import home, words_home
from app.render.machine import machine_answer
from app.render.missing import missing_answer
from app.render.mrkdwn import section
from app.render.plain import plain
from app.render.sparkline import sparkline
from app.render.status import board
from app.render.timeline import timeline_text
from local.slack import block_kit
from tests.factories import ANA, BEN, NOW, alert, execution_arn, failure
from tests.render.test_cards import assert_fit

ADDRESS = "https://acme.slack.com/archives/C01ALERTS/p1790000000000000"


def some(count: int) -> Overview:
    alerts = [
        Posted(replace(alert(failure(error=f"E{n}")), fingerprint=f"f{n}"), ADDRESS)
        for n in range(count)
    ]
    return Overview(alerts=alerts, lately=[], mutes=[], now=NOW)


def said(answer: Answer, by: Person | None = None) -> str:
    return json.dumps(message(answer, by), ensure_ascii=False)


def action_ids(drawn: dict[str, Any]) -> set[str]:
    return {
        element["action_id"]
        for block in drawn["blocks"]
        for element in [*block.get("elements", []), block.get("accessory", {})]
        if "action_id" in element
    }


def test_every_alert_stands_on_exactly_one_page() -> None:
    overview = some(90)
    pages = [said(board(overview, page)) for page in range(5)]
    for n in range(90):
        assert sum(f"`E{n}`" in page for page in pages) == 1, n
    assert said(board(overview, 9)) == pages[-1], "past the last page is the last page"


def test_pages_are_turned_where_there_are_more() -> None:
    ids = [action_ids(message(board(some(60), page))) for page in (0, 1, 2)]
    turning = [{one for one in each if one in {"ask.previous", "ask.next"}} for each in ids]
    assert turning == [{"ask.next"}, {"ask.previous", "ask.next"}, {"ask.previous"}]
    assert not action_ids(message(board(some(3)))) & {"ask.previous", "ask.next"}


@settings(max_examples=50)
@given(st.lists(st.integers(1, 400), max_size=40))
def test_pages_hold_what_they_may_and_lose_nothing(sizes: list[int]) -> None:
    rows = [[section("x" * size)] for size in sizes]
    pages = paged(rows, most=5, first_room=150, room=300, first_blocks=3, blocks=4)
    assert [row for page in pages for row in page] == rows
    for number, page in enumerate(pages):
        assert len(page) <= (4 if number else 3)
        room = 300 if number else 150
        assert sum(map(weight, page)) <= room or len(page) == 1


def test_what_is_shared_says_by_whom_and_has_nothing_to_press() -> None:
    shared = message(board(some(60), 1), BEN)
    assert "Shared by *Ben*" in json.dumps(shared)
    assert action_ids(shared) == set()
    assert "<@" not in json.dumps(shared), "whoever is named is not called"
    assert "share" in action_ids(message(board(some(60), 1)))


def test_nothing_broken_is_said_in_so_many_words() -> None:
    assert message(board(some(0)))["text"] == "Nothing is broken: no open alerts"


def test_the_headline_counts_the_severe_and_what_is_being_done() -> None:
    loud = replace(alert(), route=Route(severity=Severity.HIGH))
    recovering = replace(alert(), status=Status.RECOVERING)
    overview = replace(some(1), alerts=[Posted(one) for one in (alert(), loud, recovering)])
    assert board(overview).text == "3 open alerts: 1 of high severity, 1 recovery under way"
    assert "Recoveries under way" in said(board(overview))


def test_a_recovery_of_many_is_told_as_such_with_what_came_of_it_so_far() -> None:
    bulk = BulkRecovery(id="b", by=BEN, at=NOW, terms=BulkTerms(), tally=Tally(succeeded=12))
    earlier = Recovery(attempt=alert().focus.attempt, by=ANA, at=NOW)
    one = replace(alert(), status=Status.RECOVERING, bulk=bulk, recovery=earlier)
    text = said(board(replace(some(0), alerts=[Posted(one)])))
    assert "recovery of all by *Ben* since <!date" in text
    assert ", 12 succeeded so far · 1 failure" in text
    alone = replace(one, bulk=None)
    text = said(board(replace(some(0), alerts=[Posted(alone)])))
    assert "redrive asked for by *Ana*" in text


def test_more_alerts_than_are_counted_are_told_as_more() -> None:
    assert board(replace(some(3), whole=False)).text == "More than 3 open alerts"


def test_rows_say_what_whose_and_since_when() -> None:
    taken = replace(
        alert(),
        status=Status.ACKNOWLEDGED,
        acknowledged=Acknowledgement(ANA, NOW),
        opened_at=NOW - timedelta(hours=2, minutes=5),
        count=1200,
    )
    text = said(board(replace(some(0), alerts=[Posted(taken, ADDRESS)])))
    assert f"*<{ADDRESS}|orders>* `OrdersUnavailable`" in text
    assert "acknowledged by *Ana* · 1,200 failures, first 2 h 5 min ago, last <!date" in text


def report(listed: Listing[Listed]) -> MachineReport:
    machine = Machine(
        arn="arn:aws:states:eu-west-1:123456789012:stateMachine:orders", name="orders"
    )
    return MachineReport(machine=machine, executions=listed, alerts=[], now=NOW)


def ended(status: str, number: int) -> Listed:
    return Listed(
        arn=execution_arn(f"e{number}"),
        name=f"e{number}",
        status=status,
        started_at=NOW - timedelta(minutes=number + 1),
        stopped_at=NOW - timedelta(minutes=number),
    )


@pytest.mark.parametrize(
    ("succeeded", "failed", "told"),
    [
        (0, 1, "*0 %* succeeded in the last 24 hours: 0 of 1 execution"),
        (1, 1, "*50 %* succeeded in the last 24 hours: 1 of 2 executions"),
        (2, 1, "*66.7 %* succeeded"),
        (999, 0, "*100 %* succeeded"),
        (3999, 1, "*99.9 %* succeeded"),
        (1, 3999, "*0.1 %* succeeded"),
    ],
)
def test_all_and_none_are_told_only_where_it_is_all_and_none(
    succeeded: int, failed: int, told: str
) -> None:
    items = [ended("SUCCEEDED", 1)] * succeeded + [ended("FAILED", 2)] * failed
    assert told in said(machine_answer(report(Listing(items))))


@pytest.mark.parametrize(
    ("redriven_at", "told"),
    [(NOW - timedelta(seconds=8), "· redriven once, then 8.0 s"), (None, "· redriven once")],
)
def test_what_was_redriven_tells_how_long_its_last_attempt_took(
    redriven_at: datetime | None, told: str
) -> None:
    redriven = {"redrive_count": 1, "redriven_at": redriven_at, "stopped_at": NOW}
    one = replace(ended("FAILED", 60), **redriven)
    listed = said(machine_answer(report(Listing([one]))))
    assert told in listed
    assert "1 h" not in listed
    assert ("then" in listed) is (redriven_at is not None)
    text = seen_execution(None, started_at=NOW - timedelta(hours=1), **redriven)
    assert "redriven once" in text
    assert ("then took 8.0 s" in text) is (redriven_at is not None)
    assert "1 h" not in text


def test_what_was_never_redriven_tells_how_long_it_took() -> None:
    assert "· 1 min" in said(machine_answer(report(Listing([ended("FAILED", 3)]))))
    text = seen_execution(None, started_at=NOW - timedelta(minutes=3))
    assert ", took 3 min" in text


def test_a_list_that_does_not_reach_over_the_day_says_so() -> None:
    text = said(machine_answer(report(Listing([ended("SUCCEEDED", 5)] * 1000, whole=False))))
    assert "as far as its last 1,000 reach" in text


def test_an_express_state_machine_has_no_list() -> None:
    one = replace(report(Listing(())), executions=None)
    assert "An Express state machine" in said(machine_answer(one))


def seen_execution(posted: Alert | None, **more: Any) -> str:
    seen = Seen(
        status="FAILED", error="E", cause=None, started_at=NOW, stopped_at=NOW, redrive_count=0
    )
    seen = replace(seen, **more)
    one = ExecutionReport(
        arn=ExecutionArn.parse(execution_arn()),
        seen=seen,
        rows=[],
        posted=Posted(posted, ADDRESS) if posted else None,
        now=NOW,
    )
    return said(execution_answer(one))


def test_the_buttons_are_there_only_where_they_act_on_this_execution() -> None:
    assert '"action_id": "acknowledge"' in seen_execution(alert())
    other = seen_execution(alert(failure("another")))
    assert '"action_id": "acknowledge"' not in other
    assert ADDRESS in other
    assert "No alert knows of this execution" in seen_execution(None)


def test_steps_stand_in_columns() -> None:
    rows: list[Row] = [
        Step(
            name="Extract",
            kind="Pass",
            depth=0,
            ending=Ending.SUCCEEDED,
            began=NOW,
            took=timedelta(milliseconds=20),
        ),
        Step(
            name="EachOrder",
            kind="Map",
            depth=0,
            ending=Ending.FAILED,
            began=NOW,
            took=timedelta(seconds=90),
        ),
        Step(
            name="Load",
            kind="Task",
            depth=1,
            ending=Ending.FAILED,
            began=NOW,
            took=timedelta(seconds=3),
            times=3,
            failed=1,
            tries=2,
        ),
        LeftOut(steps=12),
        Redriven(NOW),
        Step(name="Wait", kind="Wait", depth=0, ending=Ending.RUNNING, began=NOW, took=None),
    ]
    assert timeline_text(rows).splitlines() == [
        "✓ Extract         20 ms",
        "✗ EachOrder  1 min 30 s  failed",
        "  ✗ Load x3       3.0 s  1 failed, 2 tries",
        "… 12 steps in between …",
        "↻ redriven 2026-03-02 09:30 UTC",
        "▸ Wait                   running",
    ]


@pytest.mark.parametrize(
    ("values", "line"),
    [
        ([], ""),
        ([0, 0, 0], "▁▁▁"),
        ([1], "█"),
        ([0, 1, 1000], "▁▂█"),
        ([1, 2, 3, 4, 5, 6, 7], "▂▃▄▅▆▇█"),
        ([5, 0, 10], "▅▁█"),
    ],
)
def test_a_line_of_bars_tells_none_from_any(values: list[int], line: str) -> None:
    assert sparkline(values) == line


def test_failures_an_hour_are_told_for_those_that_fail_most() -> None:
    def failing(n: int) -> Posted:
        one = alert(failure(machine=f"m{n}"))
        hours = (Hour(hour_of(NOW) - 3, 4 * n), Hour(hour_of(NOW) - 1, n))
        return Posted(replace(one, hours=hours))

    text = said(board(replace(some(0), alerts=[failing(n) for n in range(1, 8)])))
    assert f"`{'▁' * 20}█▁▃▁` `m7` 35 failures, at most 28 an hour" in text
    assert "and 2 more state machines" in text
    assert "`m2`" not in text


@pytest.mark.parametrize(
    ("ago", "failures", "told"),
    [
        (0, 1, "m 1 failure, in the last hour"),
        (0, 3, "m 3 failures, all in the last hour"),
        (1, 1, "m 1 failure, in the hour from 2026-03-02 08:00 UTC"),
        (5, 3, "m 3 failures, all in the hour from 2026-03-02 04:00 UTC"),
    ],
)
def test_failures_of_one_hour_are_no_flat_line(ago: int, failures: int, told: str) -> None:
    one = replace(alert(failure(machine="m")), hours=(Hour(hour_of(NOW) - ago, failures),))
    text = said(board(replace(some(0), alerts=[Posted(one)])))
    assert told in plain(text)
    assert "▁" not in text


ACCOUNT = Account(failed=9, alerted=4, held_back=2, suppressed=1, missing=2)
FOUND = Reconciled(
    account=ACCOUNT,
    machines=5,
    first=0,
    looked_at=5,
    recorded=2,
    unrecorded=0,
    partly=[],
    by_metrics=True,
)


def test_missing_failures_are_counted_and_told_to_be_recorded() -> None:
    text = said(missing_answer(FOUND, NOW))
    assert "*2 failures of the last 24 hours were missing*" in text
    assert "2  missing     told by no event" in text
    assert "2 failures were recorded just now: their alerts appear in a moment" in text
    assert "By their metrics 5 state machines had failures: I looked at all of them." in text
    assert "ask.on" not in text


def test_what_was_not_looked_at_is_told_with_a_way_on() -> None:
    part = replace(FOUND, machines=500, first=12, looked_at=12, by_metrics=False, unrecorded=30)
    drawn = message(missing_answer(part, NOW, 1))
    text = json.dumps(drawn)
    assert "I looked at number 13 to 24" in text
    assert "30 failures were not recorded yet" in text
    [on] = [
        one
        for block in drawn["blocks"]
        for one in block.get("elements", [])
        if one.get("action_id") == "ask.on"
    ]
    assert Ask.read(on["value"]) == Ask("missing", 2)


@pytest.mark.parametrize(
    ("account", "told"),
    [
        (Account(), "No execution has failed in the last 24 hours"),
        (Account(failed=3, alerted=3), "No failure of the last 24 hours is missing"),
        (Account(failed=1, missing=1), "1 failure of the last 24 hours was missing"),
    ],
)
def test_the_headline_of_what_is_missing(account: Account, told: str) -> None:
    one = replace(FOUND, account=account, recorded=0)
    assert missing_answer(one, NOW).text == told
    assert_fit(message(missing_answer(one, NOW)))


def test_where_a_name_was_looked_for_is_told() -> None:
    def where(looked_in: int, failed_lately: int) -> str:
        nothing = NothingFound(words="x", near=[], looked_in=looked_in, failed_lately=failed_lately)
        return said(nothing_answer(nothing, NOW))

    assert "As an execution" not in where(0, 0)
    assert "in the one state machine that has failed within 7 days" in where(1, 1)
    assert "in the 4 state machines that have failed within 7 days" in where(4, 4)
    assert "in the last 10 of 25 state machines that failed within 7 days" in where(10, 25)


def test_how_an_execution_is_found_is_not_told_of_an_unknown_state_machines_arn() -> None:
    nothing = NothingFound(words="x", near=[])
    assert "I find any execution" in said(nothing_answer(nothing, NOW))
    assert "I find any execution" not in said(nothing_answer(replace(nothing, by_arn=True), NOW))


def test_help_names_everything_one_can_ask_and_is_fit() -> None:
    drawn = message(help_answer(NOW))
    assert_fit(drawn)
    for words in ("mutes", "missing", "help", "arn:aws:states"):
        assert words in json.dumps(drawn)
    assert "ask.again" not in action_ids(drawn)
    assert block_kit.check_view(words_home("x"), "home") == []


def test_a_home_begins_with_ones_own_and_then_what_nobody_has_taken() -> None:
    def row(error: str, **changes: Any) -> Posted:
        return Posted(replace(alert(failure(error=error)), **changes), ADDRESS)

    def taken(by: Person) -> dict[str, Any]:
        return {"status": Status.ACKNOWLEDGED, "acknowledged": Acknowledgement(by, NOW)}

    alerts = [
        row("Bens", **taken(BEN)),
        row("Plain"),
        row("Loud", route=Route(severity=Severity.HIGH)),
        row("Anas", **taken(ANA)),
        row("Going", status=Status.RECOVERING),
    ]
    overview = replace(some(0), alerts=alerts)
    text = json.dumps(home(overview, ANA))
    order = ["Yours", "`Anas`", "Nobody's yet", "`Loud`", "`Plain`", "Taken by others", "`Bens`"]
    order += ["Recoveries under way", "`Going`"]
    places = [text.index(one) for one in order]
    assert places == sorted(places)
    assert [text.count(one) for one in order] == [1] * len(order)


def test_a_home_of_two_hundred_alerts_has_pages_of_at_most_a_hundred_blocks() -> None:
    overview = some(200)
    views = [home(overview, ANA, page) for page in range(10)]
    assert all(len(view["blocks"]) <= 100 for view in views)
    for n in range(200):
        assert sum(f"`E{n}`" in json.dumps(view) for view in views) == 1, n
    assert [view["private_metadata"] for view in views] == [str(page) for page in range(10)]


@given(st.text(max_size=300), st.integers(0, 99))
def test_what_a_button_asks_is_read_back(words: str, page: int) -> None:
    assert Ask.read(Ask(words, page).value) == Ask(words, page)


def test_a_block_tells_in_which_answer_it_stands() -> None:
    assert answer_of(block_id("machine", 2)) == "machine"
    assert answer_of(block_id("execution")) == "execution"
    assert answer_of("x9Qz") is None
    assert answer_of(None) is None


@pytest.mark.parametrize(
    ("near", "offered"),
    [
        (["let-it-fail"], {"Did you mean one of these?", "let-it-fail"}),
        ([], {"What is broken right now", "What one can ask"}),
    ],
)
def test_what_nothing_is_called_leads_on(near: list[str], offered: set[str]) -> None:
    nothing = NothingFound(words="nosuch", near=near, looked_in=0, failed_lately=0)
    text = said(nothing_answer(nothing, NOW))
    assert "I found no state machine and no execution called `nosuch`." in text
    assert all(one in text for one in offered)
