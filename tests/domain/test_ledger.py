"""Every attempt is counted once, however its news arrive."""

import random
from dataclasses import replace
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from app.domain.alert import Route, Status
from app.domain.execution import ExecutionEnded, Failure
from app.domain.ledger import Ledger, Terms, fold
from app.domain.mutes import Mute
from app.domain.occurrence import Outcome
from tests.factories import ANA, NOW, execution_arn, failure, held, success

TERMS = Terms(route_of=lambda _: Route(), mutes=(), now=NOW)


def folded(*ended: ExecutionEnded, into: Ledger | None = None) -> Ledger:
    return fold(into or Ledger(), ended, TERMS)


def test_a_step_that_tells_and_the_event_that_follows_make_one_alert() -> None:
    ledger = folded(
        failure(status="RUNNING", error="States.Timeout", cause=None),
        failure(error="FailState", cause="after States.Timeout"),
    )
    [alert] = ledger.alerts.values()
    assert (alert.count, alert.error, alert.focus.status) == (1, "States.Timeout", "FAILED")


def test_an_event_that_arrives_before_its_step_tells_makes_one_alert_too() -> None:
    ledger = folded(failure(), failure(status="RUNNING", error="States.Timeout"))
    [alert] = ledger.alerts.values()
    assert alert.count == 1


def test_an_event_delivered_again_changes_nothing() -> None:
    once = folded(failure("e1"), failure("e2"))
    twice = folded(failure("e1"), failure("e2"), into=once)
    assert all(twice.alerts[one] is alert for one, alert in once.alerts.items())
    known = once.occurrences.items()
    assert all(twice.occurrences[arn] is one for arn, one in known), "nothing is to be written"


def test_a_success_that_overtakes_its_failure_leaves_nothing_to_alert() -> None:
    assert not folded(success(redrive_count=1), failure(redrive_count=0)).alerts


def test_a_success_of_an_execution_that_never_failed_is_not_kept() -> None:
    assert not folded(success(redrive_count=0)).occurrences


def test_an_execution_that_fails_again_with_another_error_stays_with_both_alerts() -> None:
    ledger = folded(failure(), failure(redrive_count=1, error="DiskFull"))
    first, second = ledger.alerts.values()
    assert first.also == second.id
    assert ledger.occurrences[execution_arn()].alert_ids == (first.id, second.id)
    ended = folded(success(redrive_count=2), into=ledger)
    assert {alert.status for alert in ended.alerts.values()} == {Status.RESOLVED}


def test_a_problem_that_returns_soon_reopens_its_alert() -> None:
    ledger = folded(failure("e1"), success("e1"), failure("e2"))
    [alert] = ledger.alerts.values()
    assert (alert.status, alert.count) == (Status.OPEN, 2)


def test_a_problem_that_returns_after_a_quiet_day_gets_a_new_alert() -> None:
    ledger = folded(failure("e1"), success("e1"))
    late = Failure(
        execution_arn=execution_arn("e2"),
        redrive_count=0,
        status="FAILED",
        error="OrdersUnavailable",
        cause="the order service does not answer",
        stopped_at=NOW + timedelta(hours=25),
    )
    after = folded(late, into=ledger)
    assert sorted(alert.generation for alert in after.alerts.values()) == [1, 2]


def test_a_new_alert_begins_muted_where_a_mute_covers_it() -> None:
    mute = Mute(
        machine_arn=None,
        error="OrdersUnavailable",
        by=ANA,
        reason="known",
        since=NOW,
        until=NOW + timedelta(hours=1),
    )
    terms = Terms(route_of=lambda _: Route(), mutes=(mute,), now=NOW)
    ledger = fold(Ledger(), [failure("e1"), failure("e2")], terms)
    [alert] = ledger.alerts.values()
    assert alert.mute == mute
    assert alert.held_back == 2


HISTORY = st.lists(
    st.tuples(st.integers(0, 5), st.integers(1, 4), st.booleans()), min_size=1, max_size=6
)


@given(HISTORY, st.randoms(use_true_random=False))
def test_counts_are_exact_whatever_comes_twice(
    history: list[tuple[int, int, bool]], chance: random.Random
) -> None:
    """Executions that fail some times and perhaps succeed in the end; each told up to 3 times."""
    ended: list[ExecutionEnded] = []
    executions = {name: (fails, well) for name, fails, well in history}
    for name, (fails, well) in executions.items():
        told: list[ExecutionEnded] = [
            failure(f"e{name}", redrive_count=count) for count in range(fails)
        ]
        if well:
            told.append(success(f"e{name}", redrive_count=fails))
        for position, one in enumerate(told):
            ended.append(one)
            # Delivered again, any time later.
            ended.extend(told[chance.randrange(position + 1)] for _ in range(chance.randrange(3)))
    [alert] = folded(*ended).alerts.values()
    assert alert.count == sum(fails for fails, _ in executions.values())
    assert alert.failing_count == sum(not well for _, well in executions.values())


def awaited(of: Failure, *, arn: str | None = None, into: Ledger) -> Ledger:
    """*into* once something was done about *of*: started anew as *arn*, or its step answered."""
    known = into.occurrences[of.execution_arn]
    expected = replace(known, outcome=Outcome.AWAITED)
    if arn:
        expected = replace(expected, execution_arn=arn, instead_of=of.execution_arn)
    occurrences = {**into.occurrences, expected.execution_arn: expected}
    return replace(into, occurrences=occurrences)


def test_an_execution_started_in_the_place_of_another_settles_that_one() -> None:
    first = folded(failure())
    started = awaited(failure(), arn=execution_arn("new"), into=first)
    [after] = folded(success("new", redrive_count=0), into=started).alerts.values()
    assert (after.status, after.failing_count) == (Status.RESOLVED, 0)


def test_an_execution_started_in_the_place_of_another_fails_in_its_place() -> None:
    started = awaited(failure(), arn=execution_arn("new"), into=folded(failure()))
    ledger = folded(failure("new"), into=started)
    [after] = ledger.alerts.values()
    assert (after.count, after.failing_count) == (2, 1)
    assert after.focus.execution_arn == execution_arn("new")
    again = folded(failure("new"), failure(), into=ledger)
    assert again.alerts[after.id] is after, "both are known"


def test_a_failure_with_another_error_after_a_restart_stays_with_both_alerts() -> None:
    started = awaited(failure(), arn=execution_arn("new"), into=folded(failure()))
    first, second = folded(failure("new", error="DiskFull"), into=started).alerts.values()
    assert first.also == second.id
    assert first.focus.execution_arn == execution_arn("new")


def test_an_answered_step_that_fails_again_waits_under_the_same_alert() -> None:
    answered = awaited(held(), into=folded(held()))
    ledger = folded(held(), held(minutes=2), held(minutes=2), into=answered)
    [after] = ledger.alerts.values()
    assert (after.count, after.failing_count) == (2, 1)
    assert after.focus == held(minutes=2)


def test_a_step_that_nobody_answered_ends_with_the_failure_it_told() -> None:
    [after] = folded(held(), failure(error="States.Timeout", cause=None)).alerts.values()
    assert (after.count, after.error, after.focus.waits) == (1, "OrdersUnavailable", False)


def test_an_answered_step_whose_execution_then_fails_elsewhere_is_a_new_failure() -> None:
    answered = awaited(held(), into=folded(held()))
    first, second = folded(failure(error="DiskFull"), into=answered).alerts.values()
    assert (first.also, first.focus.waits, second.error) == (second.id, False, "DiskFull")


def test_an_answered_step_whose_execution_succeeds_resolves_the_alert() -> None:
    answered = awaited(held(), into=folded(held()))
    [after] = folded(success(redrive_count=0), into=answered).alerts.values()
    assert after.status is Status.RESOLVED
