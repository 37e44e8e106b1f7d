"""The table of an alert's transitions, and what people may ask for in which state."""

from enum import StrEnum
from typing import NamedTuple

from app.domain.alert import Alert, BulkStage, RecoveryKind, Status
from app.domain.authority import NotPermittedError
from app.domain.changes import (
    Acknowledged,
    AskedAgain,
    BulkEnded,
    BulkRequested,
    BulkResumed,
    BulkStopped,
    Change,
    Closed,
    Ended,
    Failed,
    FailedOtherwise,
    Muted,
    RecoveryRefused,
    RecoveryRequested,
    Succeeded,
    Unmuted,
)
from app.domain.verdict import Help

OPEN, ACKNOWLEDGED = Status.OPEN, Status.ACKNOWLEDGED
RECOVERING, RESOLVED = Status.RECOVERING, Status.RESOLVED


class Transition(NamedTuple):
    """``change`` may take an alert from ``source`` to ``target``, ``when`` this holds."""

    change: type[Change]
    source: Status
    target: Status
    when: str = ""


#: Every move between two different statuses. Whatever is not here leaves the status alone.
TRANSITIONS = (
    Transition(Failed, RESOLVED, OPEN, "it failed again"),
    Transition(Failed, ACKNOWLEDGED, OPEN, "an execution in recovery failed again"),
    Transition(Failed, RECOVERING, OPEN, "the execution in recovery failed again"),
    Transition(FailedOtherwise, ACKNOWLEDGED, OPEN, "it failed with another error"),
    Transition(FailedOtherwise, RECOVERING, OPEN, "it failed with another error"),
    Transition(Succeeded, OPEN, RESOLVED, "nothing is left"),
    Transition(Succeeded, ACKNOWLEDGED, RESOLVED, "nothing is left"),
    Transition(Succeeded, RECOVERING, RESOLVED, "nothing is left"),
    Transition(Succeeded, RECOVERING, OPEN, "other executions are left"),
    Transition(Succeeded, RECOVERING, ACKNOWLEDGED, "others are left, and acknowledged"),
    Transition(Ended, RECOVERING, ACKNOWLEDGED, "it was given up"),
    Transition(Acknowledged, OPEN, ACKNOWLEDGED),
    Transition(Closed, OPEN, RESOLVED),
    Transition(Closed, ACKNOWLEDGED, RESOLVED),
    Transition(RecoveryRequested, OPEN, RECOVERING),
    Transition(RecoveryRequested, ACKNOWLEDGED, RECOVERING),
    Transition(RecoveryRefused, RECOVERING, OPEN),
    Transition(RecoveryRefused, RECOVERING, ACKNOWLEDGED, "it was acknowledged before"),
    Transition(BulkRequested, OPEN, RECOVERING),
    Transition(BulkRequested, ACKNOWLEDGED, RECOVERING),
    Transition(BulkStopped, RECOVERING, OPEN),
    Transition(BulkStopped, RECOVERING, ACKNOWLEDGED, "it was acknowledged before"),
    Transition(BulkStopped, RECOVERING, RESOLVED, "nothing is left"),
    Transition(BulkResumed, OPEN, RECOVERING),
    Transition(BulkResumed, ACKNOWLEDGED, RECOVERING),
    Transition(BulkEnded, RECOVERING, OPEN, "executions are left"),
    Transition(BulkEnded, RECOVERING, ACKNOWLEDGED, "others are left, and acknowledged"),
    Transition(BulkEnded, RECOVERING, RESOLVED, "nothing is left"),
)


class WhyNot(StrEnum):
    """Why a person can't do something to an alert now."""

    RESOLVED = "resolved"
    RECOVERING = "recovering"
    ACKNOWLEDGED = "acknowledged"
    STILL_RUNNING = "still_running"
    WAITING = "waiting"
    NOT_WAITING = "not_waiting"
    NOT_REDRIVABLE = "not_redrivable"
    IN_VAIN = "in_vain"
    NO_RESTART = "no_restart"
    ONLY_ONE = "only_one"
    NONE_FAILED = "none_failed"
    NOT_RUNNING = "not_running"
    NOT_STOPPED = "not_stopped"
    MOVED_ON = "moved_on"
    NOT_PERMITTED = "not_permitted"
    OUT_OF_REACH = "out_of_reach"
    NOT_MUTED = "not_muted"
    ALREADY_MUTED = "already_muted"


class NotAllowedError(Exception):
    """What was asked for is not to be had in this state: ``why``, of this ``alert``."""

    def __init__(
        self, why: WhyNot, alert: Alert, *, lacking: NotPermittedError | None = None
    ) -> None:
        """*lacking*: which permission, and who has it, where that is why."""
        super().__init__(why.value)
        self.why = why
        self.alert = alert
        self.lacking = lacking


#: What a person can ask for: a change, or something to be done about the failure in focus.
Asked = (
    type[Acknowledged]
    | type[AskedAgain]
    | type[Closed]
    | type[Muted]
    | type[Unmuted]
    | type[BulkRequested]
    | type[BulkStopped]
    | type[BulkResumed]
    | RecoveryKind
)


def refusal(alert: Alert, asked: Asked) -> WhyNot | None:
    """Why a person may not ask that of *alert* now; None when they may."""
    if isinstance(asked, RecoveryKind):
        return _refused_recovery(alert, asked)
    if asked is Acknowledged:
        return {
            RESOLVED: WhyNot.RESOLVED,
            RECOVERING: WhyNot.RECOVERING,
            ACKNOWLEDGED: WhyNot.ACKNOWLEDGED,
        }.get(alert.status)
    if asked is AskedAgain or asked is Closed:
        return _refused_as_over(alert)
    if asked is BulkRequested:
        alone = WhyNot.ONLY_ONE if alert.failing_count == 1 else None
        return _refused_recovery(alert, RecoveryKind.RESTART) or alone
    if asked is BulkStopped:
        return None if alert.bulk_running else WhyNot.NOT_RUNNING
    if asked is BulkResumed:
        stopped = alert.bulk is not None and alert.bulk.stage is BulkStage.STOPPED
        if not stopped:
            return WhyNot.NOT_STOPPED
        return _refused_as_over(alert) or _refused_as_out_of_reach(alert)
    if asked is Muted:
        return WhyNot.ALREADY_MUTED if alert.mute else None
    return None if alert.mute else WhyNot.NOT_MUTED


def allows(alert: Alert, asked: Asked) -> bool:
    """Whether a person may ask that now: a button shows exactly when they may."""
    return refusal(alert, asked) is None


def _refused_as_over(alert: Alert) -> WhyNot | None:
    return {RESOLVED: WhyNot.RESOLVED, RECOVERING: WhyNot.RECOVERING}.get(alert.status)


def _refused_as_out_of_reach(alert: Alert) -> WhyNot | None:
    return WhyNot.OUT_OF_REACH if alert.out_of_reach else None


def _refused_recovery(alert: Alert, kind: RecoveryKind) -> WhyNot | None:
    focus = alert.focus
    never = _refused_as_over(alert) or _refused_as_out_of_reach(alert)
    if never:
        return never
    if kind in {RecoveryKind.RETRY, RecoveryKind.GIVE_UP}:
        return None if focus.waits else WhyNot.NOT_WAITING
    if alert.arn.express:
        # AWS: an Express execution is not described, so nobody knows its input any more, and
        # starting one has no name to keep a second start away.
        return WhyNot.NOT_REDRIVABLE if kind is RecoveryKind.REDRIVE else WhyNot.NO_RESTART
    if not focus.ended:
        return WhyNot.WAITING if focus.waits else WhyNot.STILL_RUNNING
    refused = alert.verdict is not None and alert.verdict.help is Help.NOT_REDRIVABLE
    return WhyNot.NOT_REDRIVABLE if refused and kind is RecoveryKind.REDRIVE else None
