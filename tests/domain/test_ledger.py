"""Every attempt is counted once, however its news arrive."""

import random
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from app.domain.alert import (
    BulkRecovery,
    BulkTerms,
    RecoveryKind,
    RecoveryStage,
    Route,
    Status,
    Tally,
)
from app.domain.bulk import counted
from app.domain.changes import BulkRequested, Closed, Muted, RecoveryRequested
from app.domain.execution import ExecutionEnded, Failure
from app.domain.ledger import Ledger, Terms, fold
from app.domain.lifecycle import apply
from app.domain.mutes import Mute
from app.domain.occurrence import Occurrence, Outcome, Taken
from app.domain.recovery import taken_up
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


TOLD = failure(status="RUNNING", error="States.Timeout", cause="too slow")
CAUGHT = failure(error="Caught", cause="the team was told")


def caught(redrive_count: int) -> Failure:
    return replace(CAUGHT, redrive_count=redrive_count)


def test_a_redrive_that_enters_the_same_fail_state_again_is_the_problem_its_step_told_of() -> None:
    mute = Mute(
        machine_arn=None,
        error="States.Timeout",
        by=ANA,
        reason="known",
        since=NOW,
        until=NOW + timedelta(hours=1),
    )
    into = folded(TOLD, CAUGHT)
    [first] = into.alerts.values()
    muted = replace(into, alerts={first.id: apply(first, Muted(mute))})
    ledger = folded(caught(1), caught(1), caught(2), into=muted)
    [alert] = ledger.alerts.values()
    assert (alert.count, alert.failing_count, alert.also, alert.mute) == (3, 1, None, mute)
    focus = alert.focus
    assert (focus.error, focus.cause, focus.redrive_count) == ("States.Timeout", "too slow", 2)
    assert ledger.occurrences[execution_arn()].alert_ids == (first.id,)


def test_a_redrive_of_a_told_execution_that_ends_otherwise_is_another_problem() -> None:
    ledger = folded(TOLD, CAUGHT, failure(redrive_count=1, error="DiskFull"), caught(2))
    assert [one.error for one in ledger.alerts.values()] == ["States.Timeout", "DiskFull", "Caught"]
    assert len(folded(CAUGHT, caught(1)).alerts) == 1, "of which no step told"


def test_a_step_of_a_redrive_tells_for_itself_and_its_end_is_kept_anew() -> None:
    again = replace(TOLD, redrive_count=1)
    other = failure(redrive_count=1, error="Other")
    ledger = folded(TOLD, CAUGHT, again, other, replace(other, redrive_count=2))
    [alert] = ledger.alerts.values()
    assert (alert.count, alert.error) == (3, "States.Timeout")


def test_a_told_problem_that_a_redrive_brings_back_long_after_gets_a_new_alert_of_it() -> None:
    into = folded(TOLD, CAUGHT)
    [first] = into.alerts.values()
    over = replace(into, alerts={first.id: apply(first, Closed(ANA, NOW))})
    late = replace(caught(1), stopped_at=NOW + timedelta(hours=25))
    _, second = folded(late, into=over).alerts.values()
    assert (second.fingerprint, second.generation) == (first.fingerprint, 2)
    assert second.error == "States.Timeout"


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
    in_time = replace(late, stopped_at=NOW + timedelta(hours=24))
    assert len(folded(in_time, into=ledger).alerts) == 1


def test_a_new_alert_begins_muted_where_a_mute_covers_it() -> None:
    mute = Mute(
        machine_arn=failure().arn.machine_arn,
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
    elsewhere = fold(Ledger(), [failure("e1", machine="bills")], terms)
    assert [alert.mute for alert in elsewhere.alerts.values()] == [None]


def test_a_new_alert_goes_where_the_rules_send_its_failure() -> None:
    terms = replace(TERMS, route_of=lambda failed: Route(channel=f"#{failed.arn.machine}"))
    ledger = fold(Ledger(), [failure("e1", machine="bills")], terms)
    assert [alert.route.channel for alert in ledger.alerts.values()] == ["#bills"]


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
    assert ledger.occurrences[execution_arn("new")].instead_of == execution_arn()
    [well] = folded(success("new"), into=ledger).alerts.values()
    assert well.status is Status.RESOLVED, "it has taken the place, and counts for itself"


def test_a_redrive_that_fails_with_another_error_ends_when_it_failed() -> None:
    [first] = folded(failure()).alerts.values()
    asked = apply(first, RecoveryRequested(first.focus.attempt, ANA, NOW))
    into = replace(folded(failure()), alerts={first.id: asked})
    later = NOW + timedelta(minutes=5)
    other = replace(failure(redrive_count=1, error="DiskFull"), stopped_at=later)
    recovery = folded(other, into=into).alerts[first.id].recovery
    assert recovery is not None
    assert (recovery.stage, recovery.ended_at) == (RecoveryStage.FAILED_AGAIN, later)


def test_a_step_that_tells_twice_has_not_ended_the_second_time() -> None:
    told = folded(held())
    assert folded(held(), into=told) == told


def test_an_occurrence_knows_since_when_its_step_waits() -> None:
    known = folded(held()).occurrences[execution_arn()]
    assert (known.outcome, known.hold) == (Outcome.TOLD, held().attempt.hold)


def test_a_failure_with_another_error_after_a_restart_stays_with_both_alerts() -> None:
    started = awaited(failure(), arn=execution_arn("new"), into=folded(failure()))
    first, second = folded(failure("new", error="DiskFull"), into=started).alerts.values()
    assert first.also == second.id
    assert first.focus.execution_arn == execution_arn("new")


def test_an_answered_step_that_fails_again_waits_under_the_same_alert() -> None:
    answered = awaited(held(), into=folded(held()))
    assert folded(held(), into=answered) == answered, "it was told again, and is answered"
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


def recovering(kind: RecoveryKind = RecoveryKind.REDRIVE) -> Ledger:
    """Three failed; of them e1 has been taken up by a recovery of many."""
    ledger = folded(failure("e1"), failure("e2"), failure("e3"))
    [alert] = ledger.alerts.values()
    asked = apply(alert, BulkRequested("r1", ANA, NOW, BulkTerms(kind=kind)))
    assert asked.bulk is not None
    up = taken_up(ledger.occurrences[execution_arn("e1")], asked.bulk)
    occurrences = {**ledger.occurrences, up.execution_arn: up}
    if kind is RecoveryKind.RESTART:
        new = replace(
            up,
            execution_arn=execution_arn("new"),
            outcome=Outcome.AWAITED,
            instead_of=up.execution_arn,
        )
        occurrences[new.execution_arn] = new
    return replace(ledger, alerts={alert.id: asked}, occurrences=occurrences)


def bulk_of(ledger: Ledger) -> BulkRecovery:
    bulk = next(iter(ledger.alerts.values())).bulk
    assert bulk is not None
    return bulk


def test_what_comes_of_a_recovery_of_many_is_counted_once() -> None:
    well = success("e1")
    ledger = folded(failure("e1"), well, well, failure("e1"), into=recovering())
    assert bulk_of(ledger).tally == Tally(succeeded=1)
    elsewhere = folded(success("e2"), into=ledger)
    assert bulk_of(elsewhere).tally == Tally(succeeded=1), "nobody here had asked for that"


def test_what_fails_again_in_a_recovery_of_many_is_counted_once_and_named() -> None:
    again = failure("e1", redrive_count=1)
    ledger = folded(again, again, into=recovering())
    assert bulk_of(ledger).tally == Tally(failed_again=1, names=(execution_arn("e1"),))
    later = folded(failure("e1", redrive_count=2), success("e1", redrive_count=3), into=ledger)
    assert bulk_of(later).tally.ended == 1


def test_what_fails_with_another_error_in_a_recovery_of_many_is_counted_apart() -> None:
    other = failure("e1", redrive_count=1, error="DiskFull")
    ledger = folded(other, into=recovering())
    assert bulk_of(ledger).tally == Tally(
        failed_otherwise=1, names=(execution_arn("e1"),), lasting=1
    )


def test_a_step_that_tells_of_a_failure_before_its_execution_ends_counts_once() -> None:
    told = failure("e1", redrive_count=1, status="RUNNING")
    ledger = folded(told, failure("e1", redrive_count=1), into=recovering())
    assert bulk_of(ledger).tally.failed_again == 1


def test_an_execution_started_by_a_recovery_of_many_is_counted_for_the_one_it_replaces() -> None:
    ledger = folded(success("new", redrive_count=0), into=recovering(RecoveryKind.RESTART))
    assert bulk_of(ledger).tally == Tally(succeeded=1)
    [after] = ledger.alerts.values()
    assert after.failing_count == 2


def test_an_execution_is_no_longer_named_once_the_one_in_its_place_has_succeeded() -> None:
    before = recovering(RecoveryKind.RESTART)
    [alert] = before.alerts.values()
    named = counted(alert, "r1", execution_arn("e1"), None, Tally(failed_again=1))
    into = replace(before, alerts={alert.id: named})
    after = bulk_of(folded(success("new", redrive_count=0), into=into))
    assert after.tally == Tally(succeeded=1, failed_again=1)


def test_an_execution_that_was_replaced_counts_anew_when_it_is_redriven_elsewhere() -> None:
    replaced = recovering(RecoveryKind.RESTART)
    [well] = folded(success("e1"), into=replaced).alerts.values()
    assert well.failing_count == 3, "the one in its place has not ended"
    done = folded(success("new", redrive_count=0), into=replaced)
    [worse] = folded(failure("e1", redrive_count=1), into=done).alerts.values()
    assert worse.failing_count == 3, "the two others, and this one once more"


def test_who_has_taken_an_execution_up_is_remembered() -> None:
    ledger = folded(failure("e1", redrive_count=1), into=recovering())
    known = ledger.occurrences[execution_arn("e1")]
    assert (known.taken, known.awaited_by) == (Taken("r1", 1), None)


def test_the_end_that_follows_a_told_failure_is_kept_with_its_own_time() -> None:
    later = NOW + timedelta(minutes=5)
    end = replace(failure(error="States.Timeout", cause=None), stopped_at=later)
    ended = folded(held(), end).occurrences[execution_arn()]
    assert (ended.outcome, ended.at) == (Outcome.FAILED, later)
    assert ended.execution_arn == execution_arn()
    timeless = folded(held(), replace(end, stopped_at=None)).occurrences[execution_arn()]
    assert timeless.at == TERMS.now


def test_what_succeeded_is_kept_with_its_time_and_the_alerts_it_was_part_of() -> None:
    later = NOW + timedelta(minutes=5)
    ledger = folded(failure(), replace(success(), stopped_at=later))
    [alert] = ledger.alerts.values()
    assert alert.resolved_at == later
    assert ledger.occurrences[execution_arn()] == Occurrence(
        execution_arn=execution_arn(),
        redrive_count=1,
        outcome=Outcome.SUCCEEDED,
        alert_ids=(alert.id,),
        at=later,
    )
    timeless = folded(failure(), replace(success(), stopped_at=None))
    assert timeless.occurrences[execution_arn()].at == TERMS.now


def test_in_whose_place_it_was_started_and_who_took_it_up_is_kept_of_what_succeeded() -> None:
    taken = Taken("r1", 1)
    before = folded(failure("old"))
    [alert] = before.alerts.values()
    before.occurrences[execution_arn("new")] = Occurrence(
        execution_arn=execution_arn("new"),
        redrive_count=0,
        outcome=Outcome.AWAITED,
        alert_ids=(alert.id,),
        at=NOW,
        instead_of=execution_arn("old"),
        taken=taken,
    )
    after = folded(success("new", redrive_count=0), into=before)
    kept = after.occurrences[execution_arn("new")]
    assert (kept.instead_of, kept.taken) == (execution_arn("old"), taken)
