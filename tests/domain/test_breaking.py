"""A mute ends by itself when what fails is no longer what was muted."""

from datetime import timedelta

import pytest
from msgspec.structs import replace

from app.domain.alert import Alert
from app.domain.breaking import why_broken
from app.domain.changes import Described, Failed, Muted, Sampled
from app.domain.lifecycle import apply
from app.domain.mutes import Break, Broken, Mute
from app.domain.verdict import Help, Verdict
from tests.factories import ANA, NOW, alert, failure

LATER = NOW + timedelta(minutes=11)
VERDICT = Verdict(
    attempt=alert().focus.attempt, help=Help.RESUMES, state="LoadOrders", revision="r1"
)


MUTE = Mute(
    machine_arn=failure().arn.machine_arn,
    error="OrdersUnavailable",
    by=ANA,
    reason="known",
    since=NOW,
    until=NOW + timedelta(hours=4),
)


def muted(*, breaks: bool = True) -> Alert:
    return apply(apply(alert(), Described(VERDICT)), Muted(replace(MUTE, breaks=breaks)))


def failed(one: Alert, times: int) -> Alert:
    for number in range(times):
        one = apply(one, Failed(failure(f"more-{number}"), NOW))
    return one


@pytest.mark.parametrize(
    ("sample", "why"),
    [
        (replace(VERDICT, state="ShipOrders"), Break(Broken.STATE, "LoadOrders", "ShipOrders")),
        (
            replace(VERDICT, help=Help.REENTERS_FAIL, state="F", caught_from="X"),
            Break(Broken.STATE, "LoadOrders", "X"),
        ),
        (replace(VERDICT, revision="r2"), Break(Broken.DEFINITION, "r1", "r2")),
    ],
    ids=["another state", "caught from another state", "another definition"],
)
def test_a_mute_breaks_when_a_later_failure_is_another(sample: Verdict, why: Break) -> None:
    after = apply(failed(muted(), 1), Sampled(sample, LATER))
    assert after.mute is None
    assert after.broken == why


@pytest.mark.parametrize(
    "sample",
    [
        VERDICT,
        replace(VERDICT, state=None),
        replace(VERDICT, revision=None),
        Verdict(attempt=VERDICT.attempt, help=Help.UNKNOWN, reason="busy"),
        replace(VERDICT, help=Help.REENTERS_FAIL, state="FailState", caught_from="LoadOrders"),
    ],
    ids=["the same", "no state", "no revision", "not known", "the same, caught"],
)
def test_a_mute_holds_while_the_problem_is_the_one_that_was_muted(sample: Verdict) -> None:
    after = apply(failed(muted(), 1), Sampled(sample, LATER))
    assert after.mute is not None
    assert after.sampled_at == LATER


def test_a_mute_breaks_when_it_fails_ten_times_as_often() -> None:
    one = muted()
    assert one.baseline is not None
    assert one.baseline.an_hour == 1
    nine = failed(one, 8)
    assert apply(nine, Sampled(None, NOW)) is nine
    ten = failed(one, 9)
    broken = apply(ten, Sampled(None, NOW)).broken
    assert broken is not None
    assert (broken.why, broken.was, broken.now) == (Broken.RATE, "1", "10")


def test_ten_times_as_often_is_more_where_it_failed_more_often_before() -> None:
    known = apply(alert(), Described(VERDICT))
    twice = apply(apply(known, Failed(failure("e2"), NOW)), Muted(MUTE))
    assert twice.baseline is not None
    assert twice.baseline.an_hour == 2
    assert why_broken(failed(twice, 17), None, NOW) is None
    assert why_broken(failed(twice, 18), None, NOW) == Break(Broken.RATE, "2", "20")


def test_no_mute_breaks_where_nothing_is_known_of_what_was_muted_or_nothing_is() -> None:
    another = replace(VERDICT, state="ShipOrders")
    assert why_broken(replace(muted(), baseline=None), another, NOW) is None
    assert why_broken(replace(muted(), mute=None), another, NOW) is None


def test_a_mute_that_was_asked_to_hold_holds() -> None:
    after = apply(failed(muted(breaks=False), 20), Sampled(replace(VERDICT, state="X"), LATER))
    assert after.mute is not None


def test_an_alert_that_was_opened_under_a_mute_learns_first_what_it_is() -> None:
    opened = replace(muted(), baseline=None)
    after = apply(failed(opened, 1), Sampled(VERDICT, LATER))
    assert after.mute is not None
    assert after.baseline is not None
    assert after.baseline.state == "LoadOrders"
    assert after.sampled_at == LATER
