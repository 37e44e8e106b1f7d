"""What the thread is told, change by change."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from msgspec.structs import replace

from app.domain.alert import Alert, BulkTerms, Late, RecoveryKind, Report, Route, StopReason, Tally
from app.domain.bulk import counted
from app.domain.changes import (
    Acknowledged,
    BulkEnded,
    BulkRequested,
    BulkResumed,
    BulkStopped,
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
    Succeeded,
    Unmuted,
)
from app.domain.execution import Attempt
from app.domain.lifecycle import apply
from app.domain.mutes import Mute
from app.domain.notices import Reason, decide, milestone
from app.domain.verdict import Help, Verdict
from tests.factories import ANA, BEN, NOW, alert, execution_arn, failure, held

FIRST, SECOND = Attempt(execution_arn(), 0), Attempt(execution_arn(), 1)
MUTE = Mute(
    machine_arn=None, error=None, by=ANA, reason="known", since=NOW, until=NOW + timedelta(hours=1)
)
REMINDING = Route(remind_after=timedelta(minutes=20))


def requested() -> Alert:
    return apply(alert(), RecoveryRequested(FIRST, ANA, NOW))


def started() -> Alert:
    return apply(requested(), RecoveryStarted(FIRST, NOW))


def failed_again() -> Alert:
    return apply(started(), Failed(failure(redrive_count=1), NOW, again=True))


def described(one: Alert) -> Alert:
    return apply(one, Described(Verdict(attempt=one.focus.attempt, help=Help.RESUMES)))


def elsewhere() -> Alert:
    """Its redrive failed with another problem."""
    return apply(started(), FailedOtherwise(failure(redrive_count=1), NOW, "abc.1"))


def elsewhere_again() -> Alert:
    """Another redrive was asked for after that, and is under way."""
    asked = apply(elsewhere(), RecoveryRequested(SECOND, ANA, NOW))
    return apply(asked, RecoveryStarted(SECOND, NOW))


def came_of_nothing() -> Alert:
    """Its redrive failed again, but as another attempt than the one in focus."""
    one = failed_again()
    assert one.recovery is not None
    return replace(one, recovery=replace(one.recovery, became=FIRST))


def many(count: int) -> Alert:
    one = alert()
    for number in range(2, count + 1):
        one = apply(one, Failed(failure(f"e{number}"), NOW))
    return one


def muted() -> Alert:
    return apply(alert(), Muted(MUTE))


def resolved() -> Alert:
    return apply(started(), Succeeded(Attempt(execution_arn(), 1), NOW))


CASES: list[tuple[str, Alert | None, Callable[[Alert], Alert], list[Reason]]] = [
    ("a new alert is told by its card", None, lambda one: one, []),
    (
        "who acknowledged",
        alert(),
        lambda one: apply(one, Acknowledged(ANA, NOW)),
        [Reason.ACKNOWLEDGED],
    ),
    (
        "a request is on the card, not in the thread",
        alert(),
        lambda one: apply(one, RecoveryRequested(FIRST, ANA, NOW)),
        [],
    ),
    (
        "that a redrive started",
        requested(),
        lambda one: apply(one, RecoveryStarted(FIRST, NOW)),
        [Reason.RECOVERY_STARTED],
    ),
    (
        "why a redrive was refused",
        requested(),
        lambda one: apply(one, RecoveryRefused(FIRST, "too old", NOW)),
        [Reason.RECOVERY_REFUSED],
    ),
    (
        "that a redrive succeeded",
        started(),
        lambda one: apply(one, Succeeded(Attempt(execution_arn(), 1), NOW)),
        [Reason.RECOVERY_SUCCEEDED, Reason.RESOLVED],
    ),
    (
        "start and outcome when the outcome was faster",
        requested(),
        lambda one: apply(one, Succeeded(Attempt(execution_arn(), 1), NOW)),
        [Reason.RECOVERY_STARTED, Reason.RECOVERY_SUCCEEDED, Reason.RESOLVED],
    ),
    (
        "a failed redrive only once its state is known",
        started(),
        lambda one: apply(one, Failed(failure(redrive_count=1), NOW, again=True)),
        [],
    ),
    (
        "a failed redrive with its verdict",
        failed_again(),
        described,
        [Reason.FAILED_AGAIN],
    ),
    (
        "that it failed with another error",
        started(),
        lambda one: apply(one, FailedOtherwise(failure(redrive_count=1), NOW, "abc.1")),
        [Reason.FAILED_OTHERWISE],
    ),
    (
        "that it failed with another error once more",
        elsewhere_again(),
        lambda one: apply(one, FailedOtherwise(failure(redrive_count=2), NOW, "abc.1")),
        [Reason.FAILED_OTHERWISE],
    ),
    (
        "nothing more of an execution that fails again under the other alert without being asked",
        elsewhere(),
        lambda one: apply(one, FailedOtherwise(failure(redrive_count=2), NOW, "abc.1")),
        [],
    ),
    (
        "that it failed again with the error it had before the other one",
        apply(elsewhere_again(), Failed(failure(redrive_count=2), NOW, again=True)),
        described,
        [Reason.FAILED_AGAIN],
    ),
    (
        "a success that nobody asked for here",
        alert(),
        lambda one: apply(one, Succeeded(Attempt(execution_arn(), 1), NOW)),
        [Reason.SUCCEEDED_ELSEWHERE, Reason.RESOLVED],
    ),
    (
        "a success that leaves others failed has no summary",
        many(2),
        lambda one: apply(one, Succeeded(Attempt(execution_arn(), 1), NOW)),
        [Reason.SUCCEEDED_ELSEWHERE],
    ),
    (
        "who closed it, and the summary",
        alert(),
        lambda one: apply(one, Closed(ANA, NOW)),
        [Reason.CLOSED, Reason.RESOLVED],
    ),
    (
        "a reminder",
        alert(route=REMINDING),
        lambda one: apply(one, Reminded(NOW + timedelta(minutes=20))),
        [Reason.REMINDED],
    ),
    ("a mute", alert(), lambda one: apply(one, Muted(MUTE)), [Reason.MUTED]),
    (
        "the end of a mute",
        muted(),
        lambda one: apply(one, Unmuted(MUTE, BEN, NOW)),
        [Reason.UNMUTED],
    ),
    (
        "that it is back",
        resolved(),
        lambda one: apply(one, Failed(failure("e9"), NOW)),
        [Reason.REOPENED],
    ),
    ("no second failure", alert(), lambda one: apply(one, Failed(failure("e2"), NOW)), []),
    (
        "the tenth failure",
        many(9),
        lambda one: apply(one, Failed(failure("e10"), NOW)),
        [Reason.MILESTONE],
    ),
    (
        "one that was found late",
        alert(),
        lambda one: apply(
            one, Failed(replace(failure("e2"), found_at=NOW + timedelta(minutes=7)), NOW)
        ),
        [Reason.FOUND_LATE],
    ),
    (
        "that it is back, and no more of what was late before",
        replace(resolved(), late=Late(1, timedelta(minutes=7))),
        lambda one: apply(one, Failed(failure("e9"), NOW)),
        [Reason.REOPENED],
    ),
    (
        "nothing where an execution no longer fails elsewhere",
        replace(alert(), also="abc.1"),
        lambda one: replace(one, also=None),
        [],
    ),
    ("nothing of a first verdict", alert(), described, []),
    ("nothing of a verdict while a redrive runs", started(), described, []),
    (
        "nothing of a verdict on a failure that no redrive led to",
        came_of_nothing(),
        described,
        [],
    ),
    (
        "nothing of a verdict on what another alert tells",
        replace(failed_again(), also="abc.1"),
        described,
        [],
    ),
    ("no eleventh failure", many(10), lambda one: apply(one, Failed(failure("e11"), NOW)), []),
]


@pytest.mark.parametrize(
    ("before", "change", "told"), [case[1:] for case in CASES], ids=[case[0] for case in CASES]
)
def test_the_thread_is_told(
    before: Alert | None, change: Callable[[Alert], Alert], told: list[Reason]
) -> None:
    after = change(before or alert())
    said = decide(before, after, NOW)
    assert [notice.reason for notice in said] == told
    assert all(notice.alert is after for notice in said)


def test_a_mute_keeps_back_what_failures_say_but_not_what_people_did() -> None:
    before = apply(many(9), Muted(MUTE))
    after = apply(apply(before, Failed(failure("e10"), NOW)), Acknowledged(ANA, NOW))
    assert [notice.reason for notice in decide(before, after, NOW)] == [Reason.ACKNOWLEDGED]


def test_the_end_of_a_mute_tells_how_many_were_held_back() -> None:
    before = apply(apply(muted(), Failed(failure("e2"), NOW)), Failed(failure("e3"), NOW))
    [notice] = decide(before, apply(before, Unmuted(MUTE, None, NOW)), NOW)
    assert notice.held_back == 2


@pytest.mark.parametrize(
    ("before", "after", "reached"),
    [(1, 9, None), (9, 10, 10), (10, 11, None), (8, 120, 100), (99, 100, 100), (1, 20_000, 10_000)],
)
def test_milestones_are_the_powers_of_ten(before: int, after: int, reached: int | None) -> None:
    assert milestone(before, after) == reached


def bulk_running() -> Alert:
    return apply(many(3), BulkRequested("r1", ANA, NOW, BulkTerms()))


def test_the_steps_of_a_recovery_of_many_are_told_and_its_beginning_by_its_progress() -> None:
    asked = bulk_running()
    assert decide(many(3), asked, NOW) == ()
    stopped = apply(asked, BulkStopped("r1", StopReason.CANARY, NOW))
    resumed = apply(stopped, BulkResumed("r1", BEN, NOW))
    ended = apply(resumed, BulkEnded("r1", NOW, Report()))
    story = [(asked, stopped), (stopped, resumed), (resumed, ended)]
    told = [notice for step in story for notice in decide(*step, NOW)]
    reasons = [Reason.BULK_STOPPED, Reason.BULK_RESUMED, Reason.BULK_ENDED]
    assert [(one.reason, one.alert) for one in told] == list(
        zip(reasons, [stopped, resumed, ended], strict=True)
    )
    for over in (stopped, ended):
        another = apply(over, BulkRequested("r2", BEN, NOW + timedelta(hours=1), BulkTerms()))
        assert decide(over, another, NOW) == (), "it begins, and nothing is resumed"


def test_what_comes_of_a_recovery_of_many_is_told_by_its_progress_alone() -> None:
    asked = bulk_running()
    succeeded = apply(asked, Succeeded(SECOND, NOW))
    ours = counted(succeeded, "r1", SECOND.execution_arn, None, Tally(succeeded=1))
    assert decide(asked, ours, NOW) == ()
    [elsewhere] = decide(asked, succeeded, NOW)
    assert elsewhere.reason is Reason.SUCCEEDED_ELSEWHERE


def test_who_gives_up_is_told_of_as_such_and_not_as_who_acknowledged() -> None:
    waiting = alert(held())
    asked = RecoveryRequested(waiting.focus.attempt, ANA, NOW, RecoveryKind.GIVE_UP)
    before = apply(waiting, asked)
    after = apply(before, Ended(failure(error="States.Timeout")))
    [notice] = decide(before, after, NOW)
    assert (notice.reason, notice.alert) == (Reason.GIVEN_UP, after)
