"""What is kept and what is left out when executions end, and another comes into focus."""

from datetime import timedelta

import pytest
from msgspec.structs import replace

from app.domain.alert import (
    LATEST,
    Acknowledgement,
    Alert,
    Attempts,
    BulkRecovery,
    BulkStage,
    BulkTerms,
    Late,
    RecoveryKind,
    RecoveryStage,
    Status,
)
from app.domain.changes import (
    Acknowledged,
    Closed,
    Described,
    Ended,
    Failed,
    FailedOtherwise,
    RecoveryRequested,
    RecoveryStarted,
    Succeeded,
)
from app.domain.execution import Attempt, Failure, Hold
from app.domain.lifecycle import apply
from app.domain.verdict import Help, Verdict
from tests.factories import ANA, BEN, NOW, alert, execution_arn, failure, held

LATER = NOW + timedelta(minutes=5)


def over(**more: object) -> Failure:
    """The execution whose step waited has ended, with less to tell than the step had."""
    said = failure(error="States.Timeout", cause=None, input='{"from": "the event"}')
    return replace(said, stopped_at=LATER, **more)


def given_up(one: Alert) -> Alert:
    asked = RecoveryRequested(one.focus.attempt, ANA, NOW, RecoveryKind.GIVE_UP)
    return apply(one, asked)


def test_what_a_step_told_stays_and_what_it_could_not_know_is_added() -> None:
    verdict = Verdict(attempt=held().attempt, help=Help.RESUMES)
    waiting = apply(alert(held()), Described(verdict))
    after = apply(waiting, Ended(over()))
    assert after.focus == replace(held(), status="FAILED", stopped_at=LATER, hold=None)
    assert after.failing == (failure().attempt,)
    assert after.verdict is None
    assert after.status is Status.OPEN


def test_what_a_step_did_not_tell_is_taken_from_the_end() -> None:
    bare = replace(held(), started_at=None, input=None)
    after = apply(alert(bare), Ended(over()))
    assert (after.focus.started_at, after.focus.input) == (over().started_at, over().input)
    redriven = apply(alert(held()), Ended(over(redriven_at=LATER)))
    assert redriven.focus.redriven_at == LATER


@pytest.mark.parametrize(
    "told",
    [
        failure("another"),
        failure(redrive_count=1),
        failure(status="RUNNING"),
        replace(failure("another"), status="RUNNING", stopped_at=None),
    ],
)
def test_the_end_of_another_attempt_is_no_end_of_this_one(told: Failure) -> None:
    waiting = alert(held())
    assert apply(waiting, Ended(told)) is waiting


def test_what_has_ended_ends_no_other_time() -> None:
    after = apply(alert(held()), Ended(over()))
    assert apply(after, Ended(over(status="ABORTED"))) is after


def test_who_gives_up_has_acknowledged_it() -> None:
    after = apply(given_up(alert(held())), Ended(over()))
    assert after.status is Status.ACKNOWLEDGED
    assert after.acknowledged == Acknowledgement(ANA, NOW)
    assert after.recovery is not None
    assert (after.recovery.stage, after.recovery.ended_at) == (RecoveryStage.GIVEN_UP, LATER)
    assert after.recovery.by == ANA


def test_who_acknowledged_before_stays_who_did() -> None:
    first = apply(alert(held()), Acknowledged(BEN, NOW))
    after = apply(given_up(first), Ended(over()))
    assert after.acknowledged == Acknowledgement(BEN, NOW)


def test_a_given_up_wait_without_a_time_ends_when_it_last_failed() -> None:
    waiting = given_up(alert(held()))
    after = apply(waiting, Ended(replace(over(), stopped_at=None)))
    assert after.recovery is not None
    assert after.recovery.ended_at == waiting.last_failure_at


def left_of_two(other: Failure) -> Alert:
    """One of which much is known failed, then *other*, and the first has succeeded."""
    first = replace(failure("e1"), state="Load", redriven_at=NOW)
    both = apply(alert(first), Failed(other, NOW))
    verdict = Verdict(attempt=first.attempt, help=Help.RESUMES)
    return apply(apply(both, Described(verdict)), Succeeded(Attempt(execution_arn("e1"), 1), LATER))


def test_what_is_left_comes_into_focus_with_nothing_of_the_other() -> None:
    after = left_of_two(failure("e2", redrive_count=2))
    assert after.focus == replace(
        failure("e2", redrive_count=2), input=None, started_at=None, stopped_at=None
    )
    assert after.verdict is None


def test_a_step_that_waits_still_comes_into_focus_as_one_that_does() -> None:
    after = left_of_two(held("e2"))
    assert (after.focus.status, after.focus.waits) == ("RUNNING", True)
    assert after.focus.hold == Hold(since=NOW)
    assert after.focus.attempt == held("e2").attempt


def recovering() -> Alert:
    one = alert()
    attempt = one.focus.attempt
    asked = apply(one, RecoveryRequested(attempt, ANA, NOW))
    judged = Described(Verdict(attempt=attempt, help=Help.RESUMES))
    return apply(apply(asked, RecoveryStarted(attempt, NOW)), judged)


def test_a_recovery_that_succeeded_says_when() -> None:
    recovery = apply(recovering(), Succeeded(Attempt(execution_arn(), 1), LATER)).recovery
    assert recovery is not None
    assert (recovery.stage, recovery.ended_at) == (RecoveryStage.SUCCEEDED, LATER)


def test_a_recovery_that_failed_again_says_when_and_as_what() -> None:
    again = failure(redrive_count=1)
    after = apply(recovering(), Failed(again, LATER, again=True))
    assert (after.focus, after.verdict) == (again, None), "nobody has judged that one yet"
    recovery = after.recovery
    assert recovery is not None
    assert (recovery.stage, recovery.ended_at) == (RecoveryStage.FAILED_AGAIN, LATER)
    assert recovery.became == again.attempt


def test_of_a_failure_with_another_error_the_card_keeps_its_own_problem() -> None:
    began = LATER - timedelta(minutes=1)
    other = replace(
        failure(error="DiskFull", status="TIMED_OUT", redrive_count=1),
        started_at=NOW - timedelta(hours=1),
        redriven_at=began,
        stopped_at=LATER,
    )
    after = apply(recovering(), FailedOtherwise(other, LATER, "abc.1"))
    assert (after.error, after.also, after.verdict) == ("OrdersUnavailable", "abc.1", None)
    assert (after.focus.status, after.focus.stopped_at) == ("TIMED_OUT", LATER)
    assert (after.focus.started_at, after.focus.redriven_at) == (other.started_at, began)
    assert after.focus.redrive_count == 1
    assert after.recovery is not None
    assert after.recovery.ended_at == LATER


def test_a_failure_after_it_was_resolved_begins_anew() -> None:
    both = apply(apply(alert(), Acknowledged(BEN, NOW)), Failed(failure("e2"), NOW))
    judged = apply(both, Described(Verdict(attempt=both.focus.attempt, help=Help.RESUMES)))
    resolved = apply(judged, Closed(BEN, NOW))
    after = apply(resolved, Failed(failure("e9"), LATER))
    assert (after.failing_count, after.failing) == (1, (failure("e9").attempt,))
    assert (after.verdict, after.acknowledged, after.recovery) == (None, None, None)
    assert (after.focus, after.reopened_at) == (failure("e9"), LATER)


def test_what_an_alert_knew_before_it_was_resolved_is_forgotten_when_it_comes_back() -> None:
    resolved = replace(
        apply(alert(), Closed(BEN, NOW)),
        attempts=Attempts(redrives=2),
        reminders=2,
        reminded_at=NOW,
        also="abc.1",
        late=Late(3, timedelta(hours=1)),
    )
    late = replace(failure("e9"), found_at=NOW + timedelta(minutes=7))
    after = apply(resolved, Failed(late, LATER))
    assert (after.resolved_at, after.resolved_by, after.attempts) == (None, None, Attempts())
    assert (after.reminders, after.reminded_at, after.also) == (0, None, None)
    assert after.late == Late(1, timedelta(minutes=7))


@pytest.mark.parametrize(
    ("stage", "kept"), [(BulkStage.STOPPED, True), (BulkStage.ENDED, False), (None, False)]
)
def test_a_recovery_of_many_that_has_stopped_is_kept_when_the_alert_comes_back(
    stage: BulkStage | None, *, kept: bool
) -> None:
    bulk = BulkRecovery(id="r1", by=ANA, at=NOW, terms=BulkTerms(), stage=stage) if stage else None
    resolved = replace(apply(alert(), Closed(BEN, NOW)), bulk=bulk)
    after = apply(resolved, Failed(failure("e9"), LATER))
    assert after.bulk == (bulk if kept else None)


def many(count: int) -> Alert:
    one = alert()
    for number in range(2, count + 1):
        one = apply(one, Failed(failure(f"e{number}"), NOW))
    return one


def test_one_that_is_no_longer_known_by_name_may_fail_otherwise_too() -> None:
    one = many(LATEST + 2)
    assert failure("e2").attempt not in one.failing
    other = failure("e2", redrive_count=1, error="DiskFull")
    after = apply(one, FailedOtherwise(other, LATER, "abc.1"))
    assert (after.also, after.failing[-1]) == ("abc.1", other.attempt)
    assert after.failing_count == one.failing_count


def test_one_started_in_the_place_of_another_that_fails_otherwise_takes_its_place() -> None:
    other = replace(held("new"), error="DiskFull")
    change = FailedOtherwise(other, LATER, "abc.1", instead_of=execution_arn("e1"))
    after = apply(many(2), change)
    assert after.failing == (failure("e2").attempt, other.attempt)
    assert (after.focus.execution_arn, after.focus.hold) == (other.execution_arn, other.hold)


def test_a_success_that_is_told_again_does_not_end_a_later_failure() -> None:
    before = apply(many(2), Succeeded(Attempt(execution_arn("e1"), 1), NOW))
    worse = apply(before, Failed(failure("e1", redrive_count=2), LATER))
    assert worse.failing_count == 2
    assert apply(worse, Succeeded(Attempt(execution_arn("e1"), 1), NOW)) is worse


def test_the_success_of_another_execution_does_not_end_a_recovery() -> None:
    both = apply(many(2), RecoveryRequested(failure("e1").attempt, ANA, NOW))
    after = apply(both, Succeeded(Attempt(execution_arn("e2"), 1), LATER))
    assert (after.status, after.failing_count) == (Status.RECOVERING, 1)
    assert after.recovery == both.recovery
