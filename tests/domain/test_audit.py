"""What the audit tells of a change: which entry it belongs to, and what came of it."""

from datetime import timedelta, timezone
from typing import Any

from app.domain.alert import (
    Alert,
    BulkTerms,
    RecoveryKind,
    Refusal,
    Report,
    StopReason,
    Tally,
)
from app.domain.audit import Action, Came, Entry, Key, Place, Surface, about, came_of
from app.domain.bulk import counted
from app.domain.changes import (
    BulkEnded,
    BulkRequested,
    BulkResumed,
    BulkStopped,
    Change,
    Ended,
    Failed,
    RecoveryRefused,
    RecoveryRequested,
    RecoveryStarted,
    Succeeded,
)
from app.domain.execution import Attempt
from app.domain.lifecycle import apply
from tests.factories import ANA, BEN, NOW, alert, execution_arn, failure, held

LATER = NOW + timedelta(minutes=3)
CARD = Place(Surface.MESSAGE, "C1", "1.2")


def entry(action: Action, one: Alert, **more: Any) -> Entry:
    facts = {"at": NOW, "by": ANA, "place": CARD, "alert_id": one.id, **more}
    return Entry(action=action, **facts)


def told(one: Alert, *changes: Change) -> list[tuple[Key, Came]]:
    """What all of these tell, one after the other."""
    found = []
    for change in changes:
        after = apply(one, change)
        found += list(came_of(one, after))
        one = after
    return found


def test_what_came_of_a_redrive_belongs_to_the_entry_of_who_asked() -> None:
    one = alert()
    attempt = one.focus.attempt
    again = failure(redrive_count=1)
    assert told(
        one,
        RecoveryRequested(attempt, ANA, NOW),
        RecoveryStarted(attempt, LATER),
        Failed(again, LATER, again=True),
    ) == [
        (entry(Action.REDRIVE, one).key, Came("started", LATER)),
        (entry(Action.REDRIVE, one).key, Came("failed_again", LATER)),
    ]


def test_a_restart_tells_which_execution_it_started_and_that_it_succeeded() -> None:
    one = alert()
    attempt, successor = one.focus.attempt, execution_arn("e2")
    key = entry(Action.RESTART, one).key
    assert told(
        one,
        RecoveryRequested(attempt, ANA, NOW, RecoveryKind.RESTART),
        RecoveryStarted(attempt, NOW, successor),
        Succeeded(Attempt(successor, 0), LATER, instead_of=attempt.execution_arn),
    ) == [(key, Came("started", NOW, successor)), (key, Came("succeeded", LATER))]


def test_a_refusal_by_step_functions_tells_why() -> None:
    one = alert()
    attempt = one.focus.attempt
    assert told(
        one, RecoveryRequested(attempt, ANA, NOW), RecoveryRefused(attempt, "too old", LATER)
    ) == [(entry(Action.REDRIVE, one).key, Came("refused", LATER, "too old"))]


def test_giving_up_has_come_to_its_end_once_the_execution_has_ended() -> None:
    one = alert(held())
    attempt = one.focus.attempt
    key = entry(Action.GIVE_UP, one).key
    assert told(
        one,
        RecoveryRequested(attempt, ANA, NOW, RecoveryKind.GIVE_UP),
        RecoveryStarted(attempt, NOW),
        Ended(failure()),
    ) == [(key, Came("started", NOW)), (key, Came("given_up", NOW))]


def test_whoever_resumed_a_recovery_of_many_has_its_end_and_whoever_began_it_its_stop() -> None:
    one = apply(alert(), Failed(failure("e2"), NOW))
    report = Report(refused=(Refusal("too old", 2),))
    began, resumed = NOW, NOW + timedelta(minutes=1)
    assert told(
        one,
        BulkRequested("r1", ANA, began, BulkTerms()),
        BulkStopped("r1", StopReason.ASKED, began, BEN),
        BulkResumed("r1", BEN, resumed),
        BulkEnded("r1", LATER, report),
    ) == [
        (
            entry(Action.RECOVER_ALL, one).key,
            Came("stopped", began, "asked: 0 succeeded, 0 failed again"),
        ),
        (
            entry(Action.RESUME_RECOVERY, one, by=BEN, at=resumed).key,
            Came("ended", LATER, "0 succeeded, 0 failed again, 2 refused"),
        ),
    ]


def test_those_tried_once_more_after_a_resumption_have_not_failed_twice() -> None:
    one = apply(apply(alert(), Failed(failure("e2"), NOW)), Failed(failure("e3"), NOW))
    running = apply(one, BulkRequested("r1", ANA, NOW, BulkTerms(canary=True)))
    canary = counted(running, "r1", execution_arn("e1"), None, Tally(failed_again=1))
    halt = BulkStopped("r1", StopReason.CANARY, NOW, report=Report())
    assert outcome(canary, halt) == "canary: 0 succeeded, 1 failed again"

    at = apply(apply(canary, halt), BulkResumed("r1", BEN, LATER))
    for name, came in (
        ("e2", Tally(succeeded=1)),
        ("e3", Tally(failed_otherwise=1)),
        ("e1", Tally(failed_again=1)),
    ):
        at = counted(at, "r1", execution_arn(name), None, came)
    told_so = "1 succeeded, 2 failed again"
    assert outcome(at, BulkEnded("r1", LATER, Report(forgiven=1))) == told_so
    assert outcome(at, BulkStopped("r1", StopReason.ASKED, LATER, BEN)) == f"asked: {told_so}"


def outcome(one: Alert, change: Change) -> str | None:
    ((_, came),) = told(one, change)
    return came.detail


def test_what_merely_counts_on_tells_nothing() -> None:
    one = apply(alert(), Failed(failure("e2"), NOW))
    asked = apply(one, RecoveryRequested(one.focus.attempt, ANA, NOW))
    started = apply(asked, RecoveryStarted(one.focus.attempt, LATER))
    assert told(started, Failed(failure("e3"), LATER)) == []
    stopped = apply(
        apply(one, BulkRequested("r1", ANA, NOW, BulkTerms())),
        BulkStopped("r1", StopReason.ASKED, NOW, BEN),
    )
    assert told(stopped, Failed(failure("e3"), LATER)) == []


def test_the_same_deed_has_the_same_key_and_no_other_has() -> None:
    one = alert()
    same = entry(Action.REDRIVE, one)
    assert entry(Action.REDRIVE, one, place=Place(Surface.HOME)).key == same.key
    others = [
        entry(Action.RESTART, one),
        entry(Action.REDRIVE, one, by=BEN),
        entry(Action.REDRIVE, one, at=NOW + timedelta(microseconds=1)),
        entry(Action.REDRIVE, one, alert_id="other.1"),
        entry(Action.REDRIVE, one, alert_id=None, scope="machine=*|error=E"),
    ]
    assert len({same.key.id, *(other.key.id for other in others)}) == 1 + len(others)


def test_a_key_is_the_same_wherever_and_in_whichever_version_it_is_made() -> None:
    # Entries are stored under it: another way to make it would not find them any more.
    made = entry(Action.REDRIVE, alert(), alert_id="a.1").key
    assert made == Key(NOW, "7848d31e50c089bd")
    there = NOW.astimezone(timezone(timedelta(hours=9)))
    assert entry(Action.REDRIVE, alert(), alert_id="a.1", at=there).key == made


def test_an_entry_that_names_an_attempt_keeps_it_when_the_alert_has_moved_on() -> None:
    one = alert()
    asked = Attempt(execution_arn("before"), 3)
    assert about(entry(Action.REDRIVE, one, attempt=asked), one).attempt == asked


def test_an_entry_names_the_execution_only_where_it_is_about_one() -> None:
    one = alert()
    redrive, muted = (about(entry(each, one), one) for each in (Action.REDRIVE, Action.MUTE))
    assert redrive.attempt == one.focus.attempt
    assert muted.attempt is None
    assert muted.machine_arn == one.arn.machine_arn
