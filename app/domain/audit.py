"""The audit: who did or wanted to do what, about what, from where, and what came of it.

A deed has one entry, whoever delivers it how often: its id follows from what it is.
"""

import hashlib
from collections.abc import Iterator
from datetime import UTC, datetime
from enum import StrEnum

from msgspec import Struct
from msgspec.structs import replace

from app.domain.alert import (
    Alert,
    BulkRecovery,
    BulkStage,
    BulkTerms,
    Recovery,
    RecoveryKind,
    RecoveryStage,
)
from app.domain.execution import Attempt
from app.domain.mutes import Mute
from app.domain.people import Person


class Action(StrEnum):
    """What people can do; what is done about an attempt bears the name of its RecoveryKind.

    READ is kept of those alone who may not even that.
    """

    REDRIVE = "redrive"
    RESTART = "restart"
    RETRY = "retry"
    GIVE_UP = "give_up"
    RECOVER_ALL = "recover_all"
    STOP_RECOVERY = "stop_recovery"
    RESUME_RECOVERY = "resume_recovery"
    MUTE = "mute"
    UNMUTE = "unmute"
    ACKNOWLEDGE = "acknowledge"
    RESOLVE = "resolve"
    ASK_AGAIN = "ask_again"
    RECORD_MISSING = "record_missing"
    READ = "read"


class Surface(StrEnum):
    """Where people act. COMMAND: an answer to one, or its buttons; MESSAGE: buttons of a card."""

    MESSAGE = "message"
    MODAL = "modal"
    COMMAND = "command"
    HOME = "home"
    REACTION = "reaction"
    TALK = "talk"


class Place(Struct, frozen=True):
    """``channel`` and ``ts`` name the message that was pressed, said or reacted to."""

    surface: Surface
    channel: str | None = None
    ts: str | None = None


class Asker(Struct, frozen=True):
    """Who asks for something, and where."""

    person: Person
    place: Place


#: These are about one attempt.
_OF_AN_ATTEMPT = frozenset(kind.value for kind in RecoveryKind)


class Refused(Struct, frozen=True):
    """``why`` is a WhyNot or one of these; ``rule`` the place in alerts.yml that says who may."""

    why: str
    rule: str | None = None


OUTSIDER = "outsider"
MEMBERSHIP_UNKNOWN = "membership_unknown"
ALERT_GONE = "alert_gone"
MUTE_ENDED = "mute_ended"


class Key(Struct, frozen=True):
    at: datetime
    id: str


class Entry(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """``refused`` None: it was done, or where that takes its time, it was asked for.

    ``edited``: with an input that somebody edited, instead of the recorded one. ``mute`` is the
    one that began or ended, and ``scope`` its key where it was ended by that; no ``alert_id``: it
    was about no alert.
    """

    at: datetime
    action: Action
    by: Person
    place: Place
    alert_id: str | None = None
    machine_arn: str | None = None
    attempt: Attempt | None = None
    edited: bool = False
    mute: Mute | None = None
    scope: str | None = None
    terms: BulkTerms | None = None
    refused: Refused | None = None

    @property
    def key(self) -> Key:
        return _key(self.alert_id or self.scope or "", self.action, self.by, self.at)


class Came(Struct, frozen=True):
    """What has come of what was asked for: a RecoveryStage or a BulkStage, with a word on it."""

    stage: str
    at: datetime
    detail: str | None = None


def about(entry: Entry, alert: Alert) -> Entry:
    """*entry* with what *alert* tells of what it is about."""
    attempt = entry.attempt
    if attempt is None and entry.action in _OF_AN_ATTEMPT:
        attempt = alert.focus.attempt
    return replace(entry, machine_arn=alert.arn.machine_arn, attempt=attempt)


def came_of(before: Alert | None, after: Alert) -> Iterator[tuple[Key, Came]]:
    """What this change of an alert tells of what people had asked for."""
    recovery, bulk = after.recovery, after.bulk
    if recovery and recovery != (before and before.recovery):
        came = _of_one(recovery)
        if came:
            yield _key(after.id, recovery.kind, recovery.by, recovery.at), came
    if bulk and not bulk.running and (before is None or _ran(before.bulk, bulk)):
        yield _leg(after.id, bulk), _of_many(bulk)


def _of_one(recovery: Recovery) -> Came | None:
    stage = recovery.stage
    if stage is RecoveryStage.REQUESTED:
        return None
    if stage is RecoveryStage.STARTED:
        at, detail = recovery.started_at, recovery.successor
    else:
        at, detail = recovery.ended_at, recovery.reason
    return Came(stage, at or recovery.at, detail)


def _ran(before: BulkRecovery | None, bulk: BulkRecovery) -> bool:
    return before is None or before.running or before.id != bulk.id


def _of_many(bulk: BulkRecovery) -> Came:
    told = [f"{bulk.tally.succeeded} succeeded", f"{bulk.failed} failed again"]
    refused = sum(one.count for one in bulk.report.refused) if bulk.report else 0
    if refused:
        told.append(f"{refused} refused")
    detail = ", ".join(told)
    if bulk.stage is BulkStage.STOPPED and bulk.stopped:
        return Came(bulk.stage, bulk.stopped.at, f"{bulk.stopped.why}: {detail}")
    return Came(bulk.stage, bulk.ended_at or bulk.at, detail)


def _leg(alert_id: str, bulk: BulkRecovery) -> Key:
    """The entry of whoever began the recovery, or resumed it last."""
    if bulk.resumed:
        return _key(alert_id, Action.RESUME_RECOVERY, bulk.resumed.by, bulk.resumed.at)
    return _key(alert_id, Action.RECOVER_ALL, bulk.by, bulk.at)


def _key(subject: str, action: str, by: Person, at: datetime) -> Key:
    when = at.astimezone(UTC).isoformat(timespec="microseconds")
    named = f"{subject}|{action}|{by.id}|{when}"
    return Key(at, hashlib.sha256(named.encode()).hexdigest()[:16])
