"""Each line says which execution it is about, how long that took, and what is left to do."""

import json
from datetime import timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from app.domain.alert import Acknowledgement, Alert, RecoveryKind
from app.domain.changes import (
    Described,
    Ended,
    Failed,
    FailedOtherwise,
    RecoveryRefused,
    RecoveryRequested,
    RecoveryStarted,
    Succeeded,
)
from app.domain.execution import Attempt, Failure
from app.domain.lifecycle import apply
from app.domain.mutes import Mute
from app.domain.notices import Notice, Reason, decide
from app.domain.verdict import Help, Verdict
from app.render.card import card
from app.render.left import count, left
from app.render.thread import line
from tests.factories import ANA, NOW, alert, execution_arn, failure, held, success


def asked(one: Alert, minutes: int = 1, kind: RecoveryKind = RecoveryKind.REDRIVE) -> Alert:
    """*one* after Ana's recovery of what its card shows has started."""
    attempt, at = one.focus.attempt, NOW + timedelta(minutes=minutes)
    one = apply(one, RecoveryRequested(attempt, ANA, at, kind))
    successor = execution_arn("restarted") if kind is RecoveryKind.RESTART else None
    return apply(one, RecoveryStarted(attempt, at, successor))


def failed(one: Alert, failure_: Failure, minutes: int, *, again: bool = False) -> Alert:
    return apply(one, Failed(failure_, NOW + timedelta(minutes=minutes), again=again))


def succeeded(one: Alert, minutes: int = 3) -> Alert:
    return apply(one, Succeeded(success().attempt, NOW + timedelta(minutes=minutes)))


def of_two() -> Alert:
    """Ana's redrive of e1 has succeeded; e2 failed meanwhile, and is what the card shows now."""
    return succeeded(failed(asked(alert()), failure("e2"), 2))


def fact(one: Alert, name: str) -> str:
    [facts, *_] = card(one, NOW)["attachments"][0]["blocks"]
    [told] = [field["text"] for field in facts["fields"] if field["text"].startswith(f"*{name}*")]
    return str(told.partition("\n")[2])


def story(one: Alert) -> str:
    """The card's lines of who did what."""
    blocks = card(one, NOW)["attachments"][0]["blocks"]
    return "\n".join(
        element["text"]
        for block in blocks
        if block["type"] == "context"
        for element in block["elements"]
    )


def told(before: Alert, now: Alert) -> list[str]:
    return [line(notice)["text"] for notice in decide(before, now, NOW)]


def test_a_card_names_the_execution_that_was_redriven_where_it_shows_another() -> None:
    one = of_two()
    assert "`e2`" in fact(one, "Execution")
    said = story(one)
    assert ":white_check_mark: Another execution, <https://" in said
    assert "|e1>: redriven by *Ana*, succeeded" in said


@pytest.mark.parametrize("kind", [RecoveryKind.REDRIVE, RecoveryKind.RESTART])
def test_a_card_does_not_name_again_the_execution_it_shows(kind: RecoveryKind) -> None:
    one = asked(failed(alert(), failure("e2"), 0), kind=kind)
    assert "by *Ana*" in story(one)
    assert "Another execution" not in story(one)


def test_a_restart_that_failed_is_what_the_card_shows() -> None:
    one = asked(alert(), kind=RecoveryKind.RESTART)
    change = Failed(failure("restarted"), NOW, again=True, instead_of=execution_arn())
    again = apply(one, change)
    assert "`restarted`" in fact(again, "Execution")
    assert "Restarted by *Ana*, failed again" in story(again)
    assert "Another execution" not in story(again)


def test_the_thread_names_executions_once_there_are_several() -> None:
    one = failed(alert(), failure("e2"), 0)
    requested = apply(one, RecoveryRequested(one.focus.attempt, ANA, NOW))
    begun = apply(requested, RecoveryStarted(one.focus.attempt, NOW))
    [started] = told(requested, begun)
    assert ": Redrive of <https://" in started
    assert "|e1> started, asked for by *Ana*." in started
    [ended] = told(begun, succeeded(begun))
    assert "|e1> succeeded after" in ended
    refused = apply(requested, RecoveryRefused(one.focus.attempt, "no", NOW))
    assert "|e1> by *Ana* was refused" in told(requested, refused)[0]


def test_the_thread_of_one_execution_does_not_name_it_in_every_line() -> None:
    requested = apply(alert(), RecoveryRequested(alert().focus.attempt, ANA, NOW))
    begun = apply(requested, RecoveryStarted(alert().focus.attempt, NOW))
    assert told(requested, begun) == [
        ":arrows_counterclockwise: Redrive started, asked for by *Ana*."
    ]
    assert "Redrive succeeded after" in told(begun, succeeded(begun))[0]


def test_a_restart_that_failed_before_its_start_was_recorded_is_no_other_execution() -> None:
    one = apply(alert(), RecoveryRequested(alert().focus.attempt, ANA, NOW, RecoveryKind.RESTART))
    change = Failed(failure("restarted"), NOW, again=True, instead_of=execution_arn())
    again = apply(one, change)
    assert "`restarted`" in fact(again, "Execution")
    assert "failed again" in story(again)
    assert "Another execution" not in story(again)


def test_several_that_were_redriven_elsewhere_are_counted() -> None:
    three = failed(failed(alert(), failure("e2"), 0), failure("e3"), 0)
    two = apply(three, Succeeded(Attempt(execution_arn("e2"), 1), NOW))
    one = succeeded(two)
    [said] = told(three, one)
    assert said.startswith(
        ":white_check_mark: 2 executions succeeded after redrives made elsewhere"
    )
    assert said.endswith(". 1 execution is still to be recovered.")
    assert "|e2> succeeded after a redrive made elsewhere." in told(three, two)[0]


def test_what_was_redriven_elsewhere_is_named() -> None:
    one = succeeded(failed(alert(), failure("e2"), 0))
    said = line(Notice(Reason.SUCCEEDED_ELSEWHERE, one))["text"]
    assert "|e1> succeeded after a redrive made elsewhere." in said


def test_a_card_that_turns_to_another_execution_tells_its_own_cause() -> None:
    one = of_two()
    own = replace(failure("e2"), cause="order 2 is not there")
    verdict = Verdict(attempt=own.attempt, help=Help.RESUMES)
    assert "order 2 is not there" in json.dumps(card(apply(one, Described(verdict, own)), NOW))


def test_what_a_step_told_of_its_cause_stays_when_the_fail_state_tells_less() -> None:
    one = alert()
    described = Described(
        Verdict(attempt=one.focus.attempt, help=Help.REENTERS_FAIL),
        replace(one.focus, cause="it failed"),
    )
    assert apply(one, described).focus.cause == one.focus.cause


HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("focus", "said"),
    [
        (failure(), "after 1 min 30 s"),
        (
            replace(
                failure(redrive_count=1),
                stopped_at=NOW + HOUR,
                redriven_at=NOW + HOUR - timedelta(seconds=12),
            ),
            "12 s after its redrive",
        ),
    ],
)
def test_a_card_tells_how_long_the_last_attempt_took(focus: Failure, said: str) -> None:
    assert fact(alert(focus), "Failed").endswith(f", {said}")


def test_a_card_leaves_out_how_long_it_took_where_that_is_not_known() -> None:
    for focus in (failure(redrive_count=1), replace(failure(), started_at=None)):
        assert fact(alert(focus), "Failed").endswith(">")


def test_a_card_counts_in_plain_words() -> None:
    one = alert()
    assert count(one) == "1 failure"
    two = failed(one, failure("e2"), 1)
    assert count(two).startswith("2 failures, the last at <!date")
    assert "recover" not in count(two)
    again = failed(asked(two), failure(redrive_count=1), 3, again=True)
    assert count(again).endswith(">; 2 executions still to recover")
    redriven = asked(again, 4)
    done = apply(redriven, Succeeded(Attempt(execution_arn(), 2), NOW + timedelta(minutes=5)))
    assert count(done).endswith(">; 1 execution still to recover")
    resolved = apply(done, Succeeded(Attempt(execution_arn("e2"), 1), NOW + timedelta(minutes=6)))
    assert "recover" not in count(resolved)


def test_a_card_says_no_less_than_its_thread_of_what_waits() -> None:
    both = succeeded(failed(alert(), held("e2"), 1))
    assert count(both).endswith(">; 1 execution still waits for an answer")
    assert "0 executions" not in count(replace(both, failing=(), failing_count=0))


def test_what_is_left_is_told_in_plain_words() -> None:
    three = failed(failed(alert(), failure("e2"), 1), failure("e3"), 1)
    two = succeeded(three)
    assert left(two) == "2 executions are still to be recovered."
    one = apply(two, Succeeded(Attempt(execution_arn("e2"), 1), NOW))
    assert left(one) == "1 execution is still to be recovered."
    none = apply(one, Succeeded(Attempt(execution_arn("e3"), 1), NOW))
    assert left(none) == "Nothing is left: resolved."


def test_what_waits_for_an_answer_has_not_failed() -> None:
    one = alert(held())
    assert left(one) == "1 execution still waits for an answer."
    assert left(failed(one, held("e2"), 1)) == "2 executions still wait for an answer."
    mixed = failed(one, failure("e2"), 1)
    assert left(mixed) == "2 executions are still to be recovered."


def test_a_person_has_one_name_on_the_card_and_in_the_thread() -> None:
    by = {
        "acknowledged": Acknowledgement(ANA, NOW),
        "mute": Mute(machine_arn=None, error=None, by=ANA, reason="x", since=NOW, until=NOW + HOUR),
        "resolved_by": ANA,
        "resolved_at": NOW,
    }
    for one in (*(replace(alert(), **{name: who}) for name, who in by.items()), asked(alert())):
        assert f"<@{ANA.id}>" not in json.dumps(card(one, NOW))
    one = replace(alert(), **by)
    assert story(one).count("*Ana*") == 3
    assert "*Ana*" in line(Notice(Reason.ACKNOWLEDGED, one))["text"]


def redriven(name: str = "e1", **more: Any) -> Failure:
    """The failure of a redrive, twelve seconds after it and an hour after the first start."""
    ended = NOW + HOUR
    one = replace(
        failure(name, redrive_count=1),
        stopped_at=ended,
        redriven_at=ended - timedelta(seconds=12),
    )
    return replace(one, **more)


AFTER_REDRIVE = ", 12 s after its redrive"


def described(one: Alert, told_: Failure) -> Alert:
    return apply(one, Described(Verdict(attempt=told_.attempt, help=Help.RESUMES), told_))


def test_when_it_was_redriven_is_learned_from_a_description() -> None:
    one = alert(redriven(redriven_at=None))
    assert fact(described(one, redriven()), "Failed").endswith(AFTER_REDRIVE)


def test_when_it_was_redriven_is_learned_from_the_end_of_what_a_step_told() -> None:
    one = alert(redriven(status="RUNNING", stopped_at=None, redriven_at=None))
    assert fact(apply(one, Ended(redriven())), "Failed").endswith(AFTER_REDRIVE)


def test_a_card_that_turns_to_what_was_redriven_tells_its_own_times() -> None:
    one = apply(alert(), Failed(redriven(redriven_at=NOW - HOUR), NOW, again=True))
    two = failed(one, failure("e2"), 1)
    again = failed(two, redriven("e2"), 2, again=True)
    turned = apply(asked(again), Succeeded(Attempt(execution_arn(), 2), NOW))
    assert "`e2`" in fact(turned, "Execution")
    assert fact(described(turned, redriven("e2")), "Failed").endswith(AFTER_REDRIVE)


def test_what_failed_otherwise_tells_when_and_how_long() -> None:
    other = FailedOtherwise(redriven(), NOW + HOUR, "other.1")
    assert fact(apply(asked(alert()), other), "Failed").endswith(AFTER_REDRIVE)
    new = replace(failure("restarted"), started_at=NOW + HOUR, stopped_at=NOW + HOUR * 2)
    restarted = FailedOtherwise(new, NOW + HOUR * 2, "other.1", execution_arn())
    one = apply(asked(alert(), kind=RecoveryKind.RESTART), restarted)
    assert fact(one, "Failed").endswith(", after 1 h")
    assert "10:30 UTC" in fact(one, "Started")
