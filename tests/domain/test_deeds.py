"""Who did what, and how often something was tried."""

from datetime import datetime, timedelta

from msgspec.structs import replace

from app.domain.alert import (
    DEEDS,
    Alert,
    Attempts,
    BulkTerms,
    Doing,
    RecoveryKind,
    RecoveryStage,
    StopReason,
)
from app.domain.changes import (
    Acknowledged,
    BulkRequested,
    BulkResumed,
    BulkStopped,
    Closed,
    Failed,
    Muted,
    RecoveryRefused,
    RecoveryRequested,
    RecoveryStarted,
    Reminded,
    Succeeded,
    Unmuted,
)
from app.domain.deeds import tried
from app.domain.execution import Attempt
from app.domain.lifecycle import apply, reminder_due
from app.domain.mutes import Mute
from tests.domain.test_notices import REMINDING
from tests.factories import ANA, BEN, NOW, alert, execution_arn, failure

LATER = NOW + timedelta(hours=3)
MUTE = Mute(
    machine_arn=None, error=None, by=BEN, reason="known", since=NOW, until=NOW + timedelta(hours=1)
)


def failed_again(one: Alert, kind: RecoveryKind = RecoveryKind.REDRIVE) -> Alert:
    """*one* after a redrive that Ana asked for and that failed again."""
    attempt = one.focus.attempt
    asked = apply(one, RecoveryRequested(attempt, ANA, NOW, kind))
    started = apply(asked, RecoveryStarted(attempt, NOW))
    assert started.deeds[-1].stage is None, "nothing has come of it yet"
    again = failure(redrive_count=attempt.redrive_count + 1)
    return apply(started, Failed(again, NOW, again=True))


def at(minutes: int) -> datetime:
    return NOW + timedelta(minutes=minutes)


def test_the_deeds_tell_who_did_what_when_and_what_came_of_it() -> None:
    one = apply(alert(), Acknowledged(BEN, at(1)))
    one = apply(
        apply(one, Muted(replace(MUTE, since=at(2)))),
        Unmuted(replace(MUTE, since=at(2)), ANA, at(3)),
    )
    one = apply(apply(failed_again(one), Acknowledged(ANA, at(4))), Closed(BEN, LATER))
    assert [(deed.doing, deed.by, deed.at, deed.stage) for deed in one.deeds] == [
        (Doing.ACKNOWLEDGED, BEN, at(1), None),
        (Doing.MUTED, BEN, at(2), None),
        (Doing.UNMUTED, ANA, at(3), None),
        (Doing.REDRIVE, ANA, NOW, RecoveryStage.FAILED_AGAIN),
        (Doing.ACKNOWLEDGED, ANA, at(4), None),
        (Doing.CLOSED, BEN, LATER, None),
    ]


def test_a_recovery_of_many_is_told_by_who_began_stopped_and_resumed_it() -> None:
    one = apply(apply(alert(), Acknowledged(BEN, at(1))), Failed(failure("e2"), NOW))
    one = apply(one, BulkRequested("r1", ANA, at(2), BulkTerms()))
    one = apply(one, BulkStopped("r1", StopReason.ASKED, at(3), BEN))
    one = apply(one, BulkResumed("r1", ANA, at(4)))
    by_itself = apply(one, BulkStopped("r1", StopReason.FAILED_AGAIN, at(5)))
    assert by_itself.deeds == one.deeds
    assert [(deed.doing, deed.by, deed.at, deed.stage) for deed in one.deeds] == [
        (Doing.ACKNOWLEDGED, BEN, at(1), None),
        (Doing.RECOVER_ALL, ANA, at(2), None),
        (Doing.STOP_RECOVERY, BEN, at(3), None),
        (Doing.RESUME_RECOVERY, ANA, at(4), None),
    ]


def test_a_mute_that_runs_out_is_nobodys_deed() -> None:
    one = apply(apply(alert(), Muted(MUTE)), Unmuted(MUTE, None, NOW))
    assert [deed.doing for deed in one.deeds] == [Doing.MUTED]


def test_attempts_are_counted_by_kind_and_a_refused_one_is_none() -> None:
    one = failed_again(failed_again(alert()))
    attempt = one.focus.attempt
    one = apply(one, RecoveryRequested(attempt, BEN, NOW, RecoveryKind.RESTART))
    assert one.attempts == Attempts(redrives=2, restarts=1)
    one = apply(one, RecoveryRefused(attempt, "no input", NOW))
    assert one.attempts == Attempts(redrives=2)
    assert one.deeds[-1].stage is RecoveryStage.REFUSED


def test_an_alert_that_comes_back_counts_anew_and_forgets_no_deed() -> None:
    one = failed_again(alert())
    one = apply(one, Closed(ANA, NOW))
    assert one.lasted == timedelta()
    back = apply(one, Failed(failure("e9"), LATER))
    assert (back.attempts, back.begun_at, back.lasted) == (Attempts(), LATER, None)
    assert back.deeds == one.deeds
    attempt = Attempt(execution_arn("e9"), 1)
    again = apply(back, Succeeded(attempt, LATER + timedelta(minutes=4)))
    assert again.lasted == timedelta(minutes=4)


def test_only_the_latest_deeds_are_kept_while_attempts_are_all_counted() -> None:
    one = alert()
    for _ in range(DEEDS + 5):
        one = failed_again(one)
    assert len(one.deeds) == DEEDS
    assert one.attempts == Attempts(redrives=DEEDS + 5)


def test_an_alert_that_comes_back_is_reminded_of_after_its_own_wait() -> None:
    first = apply(alert(route=REMINDING), Closed(ANA, NOW))
    back = apply(first, Failed(failure("e9"), LATER))
    assert not reminder_due(back, LATER + timedelta(minutes=19))
    assert apply(back, Reminded(LATER + timedelta(minutes=20))).reminders == 1


def test_retries_count_too_and_giving_up_is_no_attempt() -> None:
    before = Attempts(redrives=1, restarts=2, retries=3)
    assert tried(before, RecoveryKind.RETRY, 2) == Attempts(redrives=1, restarts=2, retries=5)
    assert tried(before, RecoveryKind.GIVE_UP, 2) == before
