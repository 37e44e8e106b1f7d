"""Every attempt is counted once, however its news arrive."""

import random
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from app.domain.alert import Route, Status
from app.domain.execution import ExecutionEnded, Failure
from app.domain.ledger import Ledger, Terms, fold
from app.domain.mutes import Mute
from tests.factories import ANA, NOW, execution_arn, failure, success

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
