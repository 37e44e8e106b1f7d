"""Whether somebody may do something about an alert, as alerts.yml says today."""

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
    try:
        permit(act, who_may(deps.rules, alert.focus, act), by.id, deps.belongs)
    except NotPermittedError as lacking:
        raise NotAllowedError(WhyNot.NOT_PERMITTED, alert, lacking=lacking) from None


def may_mute(deps: Deps, mute: Mute, by: Person) -> None:
    """Raises NotPermittedError unless *by* may mute, and unmute, all that *mute* covers."""
    for reserved in who_may_throughout(deps.rules, mute, Act.MUTE):
        permit(Act.MUTE, reserved, by.id, deps.belongs)
