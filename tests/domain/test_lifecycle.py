"""The alert's life: what each change does, what is refused, and what always holds."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from app.domain.alert import (
    NAMED,
    Alert,
    BulkStage,
    BulkTerms,
    RecoveryKind,
    RecoveryStage,
    Report,
    Route,
    Status,
    Stop,
    StopReason,
    Tally,
)
from app.domain.bulk import counted
from app.domain.changes import (
    Acknowledged,
    AskedAgain,
    BulkEnded,
    BulkRequested,
    BulkResumed,
    BulkStopped,
    Change,
    Closed,
    Described,
    Ended,
    Failed,
    FailedOtherwise,
    Muted,
    RecoveryRefused,
    RecoveryRequested,
    RecoveryStarted,
    Reminded,
    Sampled,
    Succeeded,
    Unmuted,
)
from app.domain.execution import Attempt
from app.domain.lifecycle import apply, reminder_due
from app.domain.mutes import Break, Broken, Mute
from app.domain.transitions import TRANSITIONS, NotAllowedError, WhyNot, allows
from app.domain.verdict import Help, Verdict
from tests.factories import ANA, BEN, NOW, alert, execution_arn, failure, held

LATER = NOW + timedelta(seconds=5)


def requested(one: Alert, kind: RecoveryKind = RecoveryKind.REDRIVE) -> Alert:
    return apply(one, RecoveryRequested(one.focus.attempt, ANA, NOW, kind))


def started(one: Alert) -> Alert:
    return apply(requested(one), RecoveryStarted(one.focus.attempt, NOW))


def mute(*, hours: int = 1) -> Mute:
    return Mute(
        machine_arn=failure().arn.machine_arn,
        error=None,
        by=ANA,
        reason="known",
        since=NOW,
        until=NOW + timedelta(hours=hours),
    )


def test_another_failed_execution_is_counted_and_leaves_the_status_alone() -> None:
    after = apply(apply(alert(), Acknowledged(ANA, NOW)), Failed(failure("e2"), LATER))
    assert (after.count, after.failing_count, after.status) == (2, 2, Status.ACKNOWLEDGED)
    assert after.last_failure_at == LATER
    assert after.focus == failure("e1")


def test_the_failure_that_opened_the_alert_is_no_news_when_it_is_told_again() -> None:
    one = alert()
    assert apply(one, Failed(failure(), LATER)) is one


def test_a_second_acknowledgement_is_refused_and_the_first_one_stands() -> None:
    first = apply(alert(), Acknowledged(ANA, NOW))
    with pytest.raises(NotAllowedError) as refused:
        apply(first, Acknowledged(BEN, LATER))
    assert refused.value.why is WhyNot.ACKNOWLEDGED
    assert refused.value.alert.acknowledged is not None
    assert refused.value.alert.acknowledged.by == ANA


def test_of_two_who_ask_for_a_redrive_the_second_is_told_who_was_first() -> None:
    first = requested(alert())
    with pytest.raises(NotAllowedError) as refused:
        apply(first, RecoveryRequested(first.focus.attempt, BEN, NOW))
    assert refused.value.why is WhyNot.RECOVERING
    assert refused.value.alert.recovery is not None
    assert refused.value.alert.recovery.by == ANA


@pytest.mark.parametrize(
    "change",
    [
        Acknowledged(ANA, NOW),
        Closed(ANA, NOW),
        RecoveryRequested(failure().attempt, ANA, NOW, RecoveryKind.RESTART),
        BulkRequested("r1", ANA, NOW, BulkTerms()),
    ],
    ids=lambda change: type(change).__name__,
)
def test_a_click_that_is_delivered_twice_is_not_refused_the_second_time(change: Change) -> None:
    once = apply(many(), change)
    assert apply(once, change) is once


def test_a_redrive_asked_for_on_an_old_card_is_refused() -> None:
    again = apply(started(alert()), Failed(failure(redrive_count=1), LATER, again=True))
    with pytest.raises(NotAllowedError) as refused:
        apply(again, RecoveryRequested(Attempt(execution_arn(), 0), BEN, LATER))
    assert refused.value.why is WhyNot.MOVED_ON


def test_an_execution_that_has_not_ended_cannot_be_redriven_yet() -> None:
    told = alert(failure(status="RUNNING"))
    assert not allows(told, RecoveryKind.REDRIVE)
    assert allows(apply(told, Ended(failure())), RecoveryKind.REDRIVE)


def test_the_end_of_an_execution_keeps_the_error_that_its_own_step_told() -> None:
    told = alert(failure(status="RUNNING", error="States.Timeout", cause=None))
    ended = apply(told, Ended(failure(error="FailState", cause="it failed")))
    assert (ended.focus.error, ended.focus.status, ended.count) == ("States.Timeout", "FAILED", 1)


def test_a_redrive_that_succeeds_resolves_the_alert_when_nothing_else_is_left() -> None:
    after = apply(started(alert()), Succeeded(Attempt(execution_arn(), 1), LATER))
    assert (after.status, after.failing_count, after.resolved_at) == (Status.RESOLVED, 0, LATER)
    assert after.recovery is not None
    assert after.recovery.stage is RecoveryStage.SUCCEEDED


def test_a_redrive_that_succeeds_turns_to_the_next_execution_that_is_left() -> None:
    two = apply(alert(), Failed(failure("e2"), NOW))
    after = apply(started(two), Succeeded(Attempt(execution_arn("e1"), 1), LATER))
    assert (after.status, after.failing_count) == (Status.OPEN, 1)
    assert after.focus.attempt == Attempt(execution_arn("e2"), 0)
    assert after.focus.input is None, "that of the first execution would be wrong"


def test_an_acknowledged_alert_with_executions_left_is_still_acknowledged_after_a_redrive() -> None:
    two = apply(apply(alert(), Failed(failure("e2"), NOW)), Acknowledged(BEN, NOW))
    after = apply(started(two), Succeeded(Attempt(execution_arn("e1"), 1), LATER))
    assert after.status is Status.ACKNOWLEDGED


def test_a_failed_redrive_reopens_the_alert_and_forgets_who_acknowledged() -> None:
    acknowledged = apply(alert(), Acknowledged(BEN, NOW))
    after = apply(started(acknowledged), Failed(failure(redrive_count=1), LATER, again=True))
    assert (after.status, after.acknowledged, after.count) == (Status.OPEN, None, 2)
    assert after.failing_count == 1, "it is the same execution"
    assert after.recovery is not None
    assert after.recovery.stage is RecoveryStage.FAILED_AGAIN
    assert after.focus.redrive_count == 1


def test_a_redrive_that_fails_with_another_error_reopens_the_alert_and_names_the_other() -> None:
    other = failure(redrive_count=1, error="DiskFull")
    after = apply(started(alert()), FailedOtherwise(other, LATER, "abc.1"))
    assert (after.status, after.also, after.count) == (Status.OPEN, "abc.1", 1)
    assert after.error == "OrdersUnavailable", "the card goes on telling of its own problem"
    assert after.focus.redrive_count == 1, "and the next redrive is of the new attempt"


def test_a_refused_redrive_gives_the_alert_back_as_it_was() -> None:
    acknowledged = apply(alert(), Acknowledged(BEN, NOW))
    after = apply(requested(acknowledged), RecoveryRefused(alert().focus.attempt, "too old", LATER))
    assert after.status is Status.ACKNOWLEDGED
    assert after.recovery is not None
    assert (after.recovery.stage, after.recovery.reason) == (RecoveryStage.REFUSED, "too old")


def test_news_of_a_start_that_its_outcome_overtook_is_no_news() -> None:
    done = apply(requested(alert()), Succeeded(Attempt(execution_arn(), 1), LATER))
    assert apply(done, RecoveryStarted(Attempt(execution_arn(), 0), LATER)) is done


def test_a_failure_of_another_execution_does_not_end_a_recovery() -> None:
    after = apply(started(alert()), Failed(failure("e2"), LATER))
    assert after.status is Status.RECOVERING
    assert after.count == 2


def test_a_resolved_alert_opens_again_when_the_problem_comes_back() -> None:
    resolved = apply(started(alert()), Succeeded(Attempt(execution_arn(), 1), LATER))
    after = apply(resolved, Failed(failure("e9"), LATER))
    assert (after.status, after.count, after.failing_count) == (Status.OPEN, 2, 1)
    assert after.focus == failure("e9")
    assert (after.recovery, after.resolved_at) == (None, None)


def test_a_restart_that_succeeds_settles_the_execution_it_was_started_for() -> None:
    running = apply(
        requested(alert(), RecoveryKind.RESTART),
        RecoveryStarted(alert().focus.attempt, NOW, execution_arn("new")),
    )
    new = Attempt(execution_arn("new"), 0)
    after = apply(running, Succeeded(new, LATER, instead_of=execution_arn()))
    assert (after.status, after.failing_count, after.settled) == (Status.RESOLVED, 0, (new,))
    assert after.recovery is not None
    assert after.recovery.stage is RecoveryStage.SUCCEEDED


def test_a_restart_that_fails_takes_the_place_of_the_execution_it_was_started_for() -> None:
    running = requested(alert(), RecoveryKind.RESTART)
    new = failure("new")
    after = apply(running, Failed(new, LATER, again=True, instead_of=execution_arn()))
    assert (after.status, after.count, after.failing_count) == (Status.OPEN, 2, 1)
    assert (after.focus, after.failing) == (new, (new.attempt,))
    assert after.recovery is not None
    assert (after.recovery.stage, after.recovery.became) == (
        RecoveryStage.FAILED_AGAIN,
        new.attempt,
    )


def test_a_restart_that_fails_otherwise_moves_the_next_recovery_to_the_new_execution() -> None:
    running = requested(alert(), RecoveryKind.RESTART)
    other = failure("new", error="DiskFull")
    after = apply(running, FailedOtherwise(other, LATER, "abc.1", instead_of=execution_arn()))
    assert (after.status, after.also, after.failing_count) == (Status.OPEN, "abc.1", 1)
    assert after.focus.attempt == other.attempt


def test_a_redrive_made_elsewhere_does_not_end_a_restart() -> None:
    running = requested(alert(), RecoveryKind.RESTART)
    after = apply(running, Failed(failure(redrive_count=1), LATER, again=True))
    assert after.status is Status.RECOVERING
    assert after.recovery is not None
    assert after.recovery.under_way


def test_a_step_that_waits_offers_its_answers_and_nothing_else() -> None:
    waiting = alert(held())
    offered = [kind for kind in RecoveryKind if allows(waiting, kind)]
    assert offered == [RecoveryKind.RETRY, RecoveryKind.GIVE_UP]
    ended = [kind for kind in RecoveryKind if allows(alert(), kind)]
    assert ended == [RecoveryKind.REDRIVE, RecoveryKind.RESTART]


def test_a_retried_step_that_fails_again_waits_anew() -> None:
    running = requested(alert(held()), RecoveryKind.RETRY)
    again = held(minutes=5)
    after = apply(running, Failed(again, LATER, again=True))
    assert (after.status, after.count, after.failing_count) == (Status.OPEN, 2, 1)
    assert after.focus == again
    assert apply(after, Failed(held(), LATER, again=True)) is after, "told twice"


def test_whoever_gives_up_has_seen_it_and_the_execution_ends_as_failed() -> None:
    running = requested(alert(held()), RecoveryKind.GIVE_UP)
    after = apply(running, Ended(failure()))
    assert (after.status, after.focus.waits, after.count) == (Status.ACKNOWLEDGED, False, 1)
    assert after.acknowledged is not None
    assert after.acknowledged.by == ANA
    assert allows(after, RecoveryKind.RESTART)


def test_an_answer_to_a_step_that_no_longer_waits_is_refused() -> None:
    ended = apply(alert(held()), Ended(failure()))
    with pytest.raises(NotAllowedError) as refused:
        apply(ended, RecoveryRequested(held().attempt, BEN, LATER, RecoveryKind.RETRY))
    assert refused.value.why is WhyNot.NOT_WAITING


def test_an_express_execution_can_be_neither_redriven_nor_restarted() -> None:
    arn = "arn:aws:states:eu-west-1:123456789012:express:orders:e1:uuid"
    express = alert(replace(failure(), execution_arn=arn))
    assert not [kind for kind in RecoveryKind if allows(express, kind)]


def test_asking_again_forgets_the_verdict_that_was_seen_and_no_later_one() -> None:
    verdict = Verdict(attempt=alert().focus.attempt, help=Help.UNKNOWN, reason="busy")
    described = apply(alert(), Described(verdict))
    assert apply(described, AskedAgain(verdict)).verdict is None
    later = replace(verdict, help=Help.RESUMES)
    assert apply(described, AskedAgain(later)) is described


def test_a_verdict_on_an_attempt_that_has_moved_on_is_no_news() -> None:
    one = alert()
    verdict = Verdict(attempt=Attempt(execution_arn(), 7), help=Help.RESUMES)
    assert apply(one, Described(verdict)) is one


def test_a_longer_mute_keeps_counting_from_the_first() -> None:
    muted = apply(alert(), Muted(mute()))
    more = apply(muted, Failed(failure("e2"), LATER))
    assert more.held_back == 1
    assert apply(more, Muted(mute(hours=4))).held_back == 1


def test_the_end_of_a_mute_that_another_has_replaced_is_no_news() -> None:
    muted = apply(alert(), Muted(mute(hours=4)))
    assert apply(muted, Unmuted(mute(hours=1), None, LATER)) is muted
    assert apply(muted, Unmuted(mute(hours=4), BEN, LATER)).mute is None


def many(count: int = 3) -> Alert:
    one = alert()
    for number in range(2, count + 1):
        one = apply(one, Failed(failure(f"e{number}"), NOW))
    return one


def recovering(one: Alert, terms: BulkTerms | None = None) -> Alert:
    return apply(one, BulkRequested("r1", ANA, NOW, terms or BulkTerms()))


def all_succeed(one: Alert, count: int) -> Alert:
    for number in range(1, count + 1):
        one = apply(one, Succeeded(Attempt(execution_arn(f"e{number}"), 1), LATER))
    return one


def test_while_all_are_recovered_nothing_else_can_be_asked_for() -> None:
    running = recovering(many())
    assert running.status is Status.RECOVERING
    asked = [*RecoveryKind, Acknowledged, Closed, AskedAgain, BulkRequested, BulkResumed]
    assert [one for one in asked if allows(running, one)] == []
    assert allows(running, BulkStopped)
    assert not allows(many(), BulkStopped)


def test_of_two_who_recover_all_the_second_is_refused_and_the_first_stands() -> None:
    running = recovering(many())
    with pytest.raises(NotAllowedError) as refused:
        apply(running, BulkRequested("r2", BEN, LATER, BulkTerms()))
    assert refused.value.why is WhyNot.RECOVERING
    assert refused.value.alert.bulk is not None
    assert refused.value.alert.bulk.by == ANA


def test_one_execution_alone_is_not_recovered_in_waves() -> None:
    with pytest.raises(NotAllowedError) as refused:
        recovering(alert())
    assert refused.value.why is WhyNot.ONLY_ONE


def test_the_alert_is_resolved_when_the_recovery_has_ended_and_nothing_is_left() -> None:
    all_well = all_succeed(recovering(many()), 3)
    assert (all_well.status, all_well.failing_count) == (Status.RECOVERING, 0)
    after = apply(all_well, BulkEnded("r1", LATER, Report()))
    assert (after.status, after.resolved_at) == (Status.RESOLVED, LATER)


def test_what_is_left_after_a_recovery_of_many_is_what_the_card_turns_to() -> None:
    running = recovering(apply(many(), Acknowledged(BEN, NOW)))
    settled = all_succeed(running, 2)
    assert settled.focus == failure("e1"), "meanwhile the card stays as it is"
    after = apply(settled, BulkEnded("r1", LATER, Report()))
    assert (after.status, after.failing_count) == (Status.ACKNOWLEDGED, 1)
    assert after.focus.execution_arn == execution_arn("e3")


def test_a_stopped_recovery_leaves_the_alert_to_people_and_can_be_resumed() -> None:
    stopped = apply(recovering(many()), BulkStopped("r1", StopReason.ASKED, LATER, BEN))
    assert stopped.status is Status.OPEN
    assert allows(stopped, RecoveryKind.REDRIVE)
    resumed = apply(stopped, BulkResumed("r1", ANA, LATER))
    assert resumed.status is Status.RECOVERING
    assert resumed.bulk is not None
    assert (resumed.bulk.stage, resumed.bulk.leg) == (BulkStage.RUNNING, 2)


def test_of_two_who_stop_a_recovery_the_second_is_told() -> None:
    stopped = apply(recovering(many()), BulkStopped("r1", StopReason.ASKED, NOW, BEN))
    with pytest.raises(NotAllowedError) as refused:
        apply(stopped, BulkStopped("r1", StopReason.ASKED, LATER, ANA))
    assert (refused.value.why, refused.value.alert) == (WhyNot.NOT_RUNNING, stopped)
    assert apply(stopped, BulkStopped("r1", StopReason.ASKED, NOW, BEN)) is stopped, "told twice"


def test_a_recovery_that_stops_by_itself_says_why_and_no_second_time() -> None:
    running = recovering(many())
    halt = BulkStopped("r1", StopReason.REFUSED, LATER, report=Report(too_old=2))
    halted = apply(running, halt)
    assert halted.bulk is not None
    assert halted.bulk.stopped == Stop(StopReason.REFUSED, LATER)
    assert halted.bulk.report == Report(too_old=2)
    assert apply(halted, replace(halt, at=LATER + timedelta(hours=1))) is halted
    assert apply(running, replace(halt, id="r0")) is running


def test_the_alert_is_resolved_when_a_recovery_is_stopped_and_nothing_is_left() -> None:
    stop = BulkStopped("r1", StopReason.ASKED, LATER, BEN)
    after = apply(all_succeed(recovering(many()), 3), stop)
    assert (after.status, after.resolved_at) == (Status.RESOLVED, LATER)
    assert after.bulk is not None
    assert after.bulk.stopped == Stop(StopReason.ASKED, LATER, BEN)


def test_a_recovery_that_another_has_followed_cannot_be_resumed() -> None:
    first = apply(recovering(many()), BulkStopped("r1", StopReason.ASKED, NOW, BEN))
    second = apply(first, BulkRequested("r2", BEN, LATER, BulkTerms()))
    stopped = apply(second, BulkStopped("r2", StopReason.ASKED, LATER, BEN))
    with pytest.raises(NotAllowedError) as refused:
        apply(stopped, BulkResumed("r1", ANA, LATER))
    assert (refused.value.why, refused.value.alert) == (WhyNot.NOT_STOPPED, stopped)


def test_the_end_of_another_recovery_does_not_end_the_one_that_runs() -> None:
    running = recovering(many())
    assert apply(running, BulkEnded("r0", LATER, Report())) is running
    ended = apply(running, BulkEnded("r1", LATER, Report()))
    assert apply(ended, BulkEnded("r1", LATER + timedelta(hours=1), Report())) is ended


def test_a_resumed_recovery_keeps_its_tally_and_forgets_its_report_and_who_failed() -> None:
    failed = counted(recovering(many()), "r1", execution_arn("e1"), None, Tally(failed_again=1))
    assert failed.bulk is not None
    assert failed.bulk.tally == Tally(failed_again=1, names=(execution_arn("e1"),))
    halted = BulkStopped("r1", StopReason.FAILED_AGAIN, LATER, report=Report(too_old=1))
    resumed = apply(apply(failed, halted), BulkResumed("r1", ANA, LATER)).bulk
    assert resumed is not None
    assert (resumed.tally, resumed.report) == (Tally(failed_again=1), Report(forgiven=1))


def test_what_comes_of_each_of_many_is_counted_and_named_while_it_is_failed() -> None:
    one = recovering(many())
    one = counted(one, "r1", execution_arn("e1"), None, Tally(failed_again=1))
    one = counted(one, "r1", execution_arn("e2"), None, Tally(failed_otherwise=1))
    one = counted(one, "r1", execution_arn("n1"), execution_arn("e1"), Tally(succeeded=1))
    one = counted(one, "r1", execution_arn("e3"), None, Tally(failed_again=1))
    assert one.bulk is not None
    assert one.bulk.tally == Tally(
        succeeded=1,
        failed_again=2,
        failed_otherwise=1,
        names=(execution_arn("e2"), execution_arn("e3")),
        lasting=1,
    )
    assert one.attempts.redrives == 4
    assert counted(one, "r0", execution_arn("e4"), None, Tally(succeeded=1)) is one


def test_who_failed_otherwise_stays_named_when_the_others_are_tried_once_more() -> None:
    one = recovering(many())
    one = counted(one, "r1", execution_arn("e1"), None, Tally(failed_again=1))
    one = counted(one, "r1", execution_arn("e2"), None, Tally(failed_otherwise=1))
    halted = apply(one, BulkStopped("r1", StopReason.FAILED_AGAIN, LATER, report=Report()))
    one = apply(halted, BulkResumed("r1", ANA, LATER))
    one = counted(one, "r1", execution_arn("e1"), None, Tally(failed_again=1))
    assert one.bulk is not None
    assert one.bulk.failed == len(one.bulk.tally.names) == 2
    assert one.bulk.tally.names == (execution_arn("e2"), execution_arn("e1"))
    one = counted(one, "r1", execution_arn("n2"), execution_arn("e2"), Tally(succeeded=1))
    assert one.bulk is not None
    assert (one.bulk.tally.names, one.bulk.tally.lasting) == ((execution_arn("e1"),), 0)


def test_not_all_who_failed_again_are_named() -> None:
    one = recovering(many())
    for number in range(NAMED + 2):
        one = counted(one, "r1", execution_arn(f"e{number}"), None, Tally(failed_again=1))
    assert one.bulk is not None
    assert one.bulk.tally.failed_again == NAMED + 2
    assert one.bulk.tally.names == tuple(execution_arn(f"e{number}") for number in range(NAMED))


def test_restarts_are_never_asked_for_faster_than_they_can_be_looked_up() -> None:
    fast = BulkTerms(kind=RecoveryKind.RESTART, rate=50)
    after = recovering(many(), fast)
    assert after.bulk is not None
    assert after.bulk.terms.rate == 10


NAMES = st.sampled_from([f"e{number}" for number in range(14)])
HOLDS = st.sampled_from([0, *(held(minutes=minutes).attempt.hold for minutes in range(6))])
ATTEMPTS = st.builds(Attempt, NAMES.map(execution_arn), st.integers(0, 3), HOLDS)
FAILURES = st.one_of(
    st.builds(
        lambda name, count, status: failure(name, redrive_count=count, status=status),
        NAMES,
        st.integers(0, 3),
        st.sampled_from(["FAILED", "TIMED_OUT", "RUNNING"]),
    ),
    st.builds(
        lambda name, count, minutes: held(name, redrive_count=count, minutes=minutes),
        NAMES,
        st.integers(0, 3),
        st.integers(0, 5),
    ),
)
KINDS = st.sampled_from(RecoveryKind)
PLACES = st.none() | NAMES.map(execution_arn)
TIMES = st.integers(0, 3600).map(lambda seconds: NOW + timedelta(seconds=seconds))
PEOPLE = st.sampled_from([ANA, BEN])
RECOVERIES = st.sampled_from(["r1", "r2"])
MUTES = st.builds(lambda hours: mute(hours=hours), st.integers(1, 3))
VERDICTS = st.builds(
    lambda attempt, help_: Verdict(attempt=attempt, help=help_), ATTEMPTS, st.sampled_from(Help)
)
CHANGES = st.one_of(
    st.builds(Failed, FAILURES, TIMES, st.booleans(), PLACES),
    st.builds(FailedOtherwise, FAILURES, TIMES, st.just("abc.1"), PLACES),
    st.builds(Ended, FAILURES),
    st.builds(Succeeded, ATTEMPTS, TIMES, PLACES),
    st.builds(AskedAgain, VERDICTS),
    st.builds(Closed, PEOPLE, TIMES),
    st.builds(Reminded, TIMES),
    st.builds(Sampled, st.none() | VERDICTS, TIMES),
    st.builds(Described, VERDICTS),
    st.builds(Acknowledged, PEOPLE, TIMES),
    st.builds(RecoveryRequested, ATTEMPTS, PEOPLE, TIMES, KINDS),
    st.builds(RecoveryStarted, ATTEMPTS, TIMES),
    st.builds(RecoveryRefused, ATTEMPTS, st.just("no"), TIMES),
    st.builds(BulkRequested, RECOVERIES, PEOPLE, TIMES, st.just(BulkTerms())),
    st.builds(BulkStopped, RECOVERIES, st.sampled_from(StopReason), TIMES, PEOPLE | st.none()),
    st.builds(BulkResumed, RECOVERIES, PEOPLE, TIMES),
    st.builds(BulkEnded, RECOVERIES, TIMES, st.just(Report())),
    st.builds(Muted, MUTES),
    st.builds(Unmuted, MUTES, PEOPLE, TIMES),
)


def tried(one: Alert, change: Change) -> Alert:
    try:
        return apply(one, change)
    except NotAllowedError:
        return one


@settings(max_examples=400)
@given(st.lists(CHANGES, max_size=40))
def test_whatever_happens_the_promises_of_the_life_cycle_hold(changes: list[Change]) -> None:
    known = {(row.change, row.source, row.target) for row in TRANSITIONS}
    one = alert(route=Route(remind_after=timedelta(minutes=20)))
    for change in changes:
        after = tried(one, change)
        assert tried(after, change) is after, "the same change twice is the same alert"
        assert after.count >= one.count, "counts never go down"
        assert after.failing_count >= len(after.failing)
        assert after.count >= after.failing_count >= 0
        assert len(set(after.failing)) == len(after.failing) <= 10
        over = after.failing_count == 0 and not after.bulk_running
        assert (after.status is Status.RESOLVED) == over
        if after.bulk_running:
            assert after.status is Status.RECOVERING
        elif after.status is Status.RECOVERING:
            assert after.recovery is not None
            assert after.recovery.under_way
        if after.status is Status.ACKNOWLEDGED:
            assert after.acknowledged is not None
        if after.status is not one.status:
            assert (type(change), one.status, after.status) in known
        one = after


def test_what_was_found_out_about_the_failure_fills_in_what_was_not_told() -> None:
    bare = replace(failure(), started_at=None, stopped_at=None, input=None)
    told = replace(failure(), status="TIMED_OUT")
    verdict = Verdict(attempt=told.attempt, help=Help.RESUMES, state="Load")
    after = apply(alert(bare), Described(verdict, told))
    assert after.focus == replace(told, state="Load")
    times = {"started_at": LATER, "redriven_at": LATER, "stopped_at": LATER}
    kept = replace(failure(), input="{}", **times)
    other = replace(told, cause="another", redriven_at=NOW)
    focus = apply(alert(kept), Described(verdict, other)).focus
    assert focus == replace(kept, status="TIMED_OUT", state="Load")
    late = replace(bare, redriven_at=None)
    assert apply(alert(late), Described(verdict, other)).focus.redriven_at == NOW


@pytest.mark.parametrize(
    ("known", "told", "cause"),
    [
        pytest.param({"started_at": None}, {}, "this one's", id="the card had turned to it"),
        pytest.param({}, {}, "another's", id="it was told with its own"),
        pytest.param(
            {"started_at": None},
            {"error": "FailState"},
            "another's",
            id="its Fail state made another error of it",
        ),
    ],
)
def test_a_card_that_turned_to_an_execution_learns_its_cause(
    known: dict[str, Any], told: dict[str, Any], cause: str
) -> None:
    one = alert(replace(failure(cause="another's"), **known))
    verdict = Verdict(attempt=one.focus.attempt, help=Help.RESUMES)
    described = Described(verdict, replace(failure(cause="this one's"), **told))
    assert apply(one, described).focus.cause == cause


@pytest.mark.parametrize(
    ("caught_from", "state", "shown"),
    [("Load", "Failed", "Load"), (None, "Failed", "Failed"), (None, None, "Told")],
)
def test_the_state_in_focus_is_where_the_error_was_caught_before_where_it_led(
    caught_from: str | None, state: str | None, shown: str
) -> None:
    one = alert(failure(state="Told"))
    verdict = Verdict(
        attempt=one.focus.attempt, help=Help.RESUMES, state=state, caught_from=caught_from
    )
    assert apply(one, Described(verdict)).focus.state == shown


def test_a_recovery_keeps_what_was_asked_when_it_began_and_how_it_ended() -> None:
    one = alert()
    attempt = one.focus.attempt
    asked = RecoveryRequested(attempt, ANA, NOW, RecoveryKind.RESTART, edited_input="i1")
    begun = apply(apply(one, asked), RecoveryStarted(attempt, LATER, "arn-of-the-new-one"))
    assert begun.recovery is not None
    assert begun.recovery.edited_input == "i1"
    assert (begun.recovery.started_at, begun.recovery.successor) == (LATER, "arn-of-the-new-one")
    assert begun.recovery.stage is RecoveryStage.STARTED
    refused = apply(apply(one, asked), RecoveryRefused(attempt, "too old", LATER)).recovery
    assert refused is not None
    assert (refused.stage, refused.reason, refused.ended_at) == (
        RecoveryStage.REFUSED,
        "too old",
        LATER,
    )


def test_a_refusal_makes_the_verdict_doubtful() -> None:
    one = alert()
    judged = apply(one, Described(Verdict(attempt=one.focus.attempt, help=Help.RESUMES)))
    after = apply(requested(judged), RecoveryRefused(one.focus.attempt, "too old", LATER))
    assert (judged.verdict is None, after.verdict) == (False, None)


def test_a_request_about_what_is_no_longer_in_focus_says_of_which_alert() -> None:
    one = alert()
    with pytest.raises(NotAllowedError) as refused:
        apply(one, RecoveryRequested(Attempt(execution_arn("old"), 0), ANA, NOW))
    assert (refused.value.why, refused.value.alert) == (WhyNot.MOVED_ON, one)
    assert str(refused.value) == "moved_on"
    assert refused.value.lacking is None


def test_who_acknowledged_and_when_is_kept() -> None:
    acknowledged = apply(alert(), Acknowledged(BEN, LATER)).acknowledged
    assert acknowledged is not None
    assert (acknowledged.by, acknowledged.at) == (BEN, LATER)


def test_a_mute_begins_anew_and_who_ends_it_is_kept() -> None:
    first = Mute(
        machine_arn=None, error=None, by=ANA, reason="x", since=NOW, until=NOW + timedelta(hours=1)
    )
    ended = apply(apply(alert(), Muted(first)), Unmuted(first, BEN, LATER))
    assert (ended.mute, ended.unmuted_by, ended.broken) == (None, BEN, None)
    broken = replace(ended, sampled_at=LATER, broken=Break(Broken.RATE, "1", "10"))
    again = apply(broken, Muted(replace(first, since=LATER)))
    assert (again.unmuted_by, again.sampled_at, again.broken) == (None, None, None)


def remindable(**changes: object) -> Alert:
    return replace(alert(route=Route(remind_after=timedelta(minutes=20))), **changes)


@pytest.mark.parametrize(
    ("one", "minutes", "due"),
    [
        pytest.param(remindable(), 20, True, id="nobody has taken it"),
        pytest.param(remindable(), 19, False, id="too early"),
        pytest.param(remindable(reminded_at=LATER), 20, False, id="reminded just before"),
        pytest.param(alert(), 20, False, id="no reminders are asked for"),
        pytest.param(apply(remindable(), Acknowledged(ANA, NOW)), 20, False, id="taken"),
        pytest.param(apply(remindable(), Muted(mute())), 20, False, id="muted"),
        pytest.param(apply(remindable(), Muted(mute())), 60, True, id="the mute is over"),
        pytest.param(
            remindable(route=Route(notify=False, remind_after=timedelta(minutes=20))),
            20,
            False,
            id="kept quiet by a rule",
        ),
    ],
)
def test_people_are_reminded_of_what_nobody_has_taken(
    one: Alert, minutes: int, *, due: bool
) -> None:
    now = NOW + timedelta(minutes=minutes)
    assert reminder_due(one, now) is due
    assert (apply(one, Reminded(now)) is not one) is due
