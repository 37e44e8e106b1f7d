"""Whether somebody may do something about an alert, as alerts.yml says today."""

from collections.abc import Iterator
from contextlib import contextmanager

from app.deps import Deps
from app.domain.alert import Alert, RecoveryKind
from app.domain.authority import Act, NotPermittedError, permit
from app.domain.changes import (
    Acknowledged,
    BulkRequested,
    BulkResumed,
    BulkStopped,
    Closed,
    Muted,
    Unmuted,
)
from app.domain.mutes import Mute
from app.domain.people import Person
from app.domain.rules import who_may, who_may_throughout
from app.domain.transitions import NotAllowedError, WhyNot

#: Which permission each thing takes that people can ask for; the others take none.
_ACTS: dict[object, Act] = {
    RecoveryKind.REDRIVE: Act.REDRIVE,
    RecoveryKind.RESTART: Act.RESTART,
    RecoveryKind.RETRY: Act.RESUME,
    RecoveryKind.GIVE_UP: Act.RESUME,
    BulkRequested: Act.RECOVER_ALL,
    BulkStopped: Act.RECOVER_ALL,
    BulkResumed: Act.RECOVER_ALL,
    Muted: Act.MUTE,
    Unmuted: Act.MUTE,
    Acknowledged: Act.ACKNOWLEDGE,
    Closed: Act.RESOLVE,
}


def may(deps: Deps, alert: Alert, asked: object, by: Person) -> None:
    """Raises NotAllowedError unless *by* may ask that of *alert*.

    The rules of today hold, whatever they were when the alert was opened.
    """
    act = _ACTS.get(asked)
    if act is None:
        return
    with _said_of(alert):
        permit(act, who_may(deps.rules, alert.focus, act), by.id, deps.belongs)


def may_begin(deps: Deps, alert: Alert, mute: Mute, by: Person) -> None:
    """Raises NotAllowedError unless *by* may keep quiet all that *mute*, asked on *alert*, reaches.

    One of this error on this state machine reaches what that alert's own rule answers for.
    """
    if mute.machine_arn is None or mute.error is None:
        with _said_of(alert):
            may_mute(deps, mute, by)


def may_mute(deps: Deps, mute: Mute, by: Person) -> None:
    """Raises NotPermittedError unless *by* may mute, and unmute, all that *mute* covers."""
    for reserved in who_may_throughout(deps.rules, mute, Act.MUTE):
        permit(Act.MUTE, reserved, by.id, deps.belongs)


@contextmanager
def _said_of(alert: Alert) -> Iterator[None]:
    """Whoever lacks a permission is refused by the *alert*, as by anything else."""
    try:
        yield
    except NotPermittedError as lacking:
        raise NotAllowedError(WhyNot.NOT_PERMITTED, alert, lacking=lacking) from None
