"""What people ask for: one change each, allowed or refused with the reason."""

from collections.abc import Callable
from datetime import timedelta

from app.deps import Deps
from app.domain.alert import Alert
from app.domain.changes import Acknowledged, Muted, RecoveryRequested, Unmuted
from app.domain.execution import Attempt
from app.domain.lifecycle import NotAllowedError, WhyNot, apply, refusal
from app.domain.mutes import MuteScope, mute_of
from app.domain.people import Person


class NoSuchAlertError(Exception):
    """The alert is not in the table: it is older than alerts are kept."""


def acknowledge(deps: Deps, alert_id: str, by: Person) -> Alert:
    """Raises NotAllowedError and NoSuchAlertError, as all of these do."""
    at = deps.now()
    return _swap(deps, alert_id, lambda alert: apply(alert, Acknowledged(by, at)))


def redrive(deps: Deps, alert_id: str, attempt: Attempt, by: Person) -> Alert:
    """Ask for a redrive of *attempt*, the one *by* saw; who comes second is told so."""
    at = deps.now()
    return _swap(deps, alert_id, lambda alert: apply(alert, RecoveryRequested(attempt, by, at)))


def mutable(deps: Deps, alert_id: str) -> Alert:
    """The alert, should it be one that can be muted now."""
    stored = deps.alerts.get(alert_id)
    if stored is None:
        raise NoSuchAlertError(alert_id)
    why = refusal(stored.alert, Muted)
    if why:
        raise NotAllowedError(why, stored.alert)
    return stored.alert


def mute(
    deps: Deps, alert_id: str, by: Person, *, scope: MuteScope, length: timedelta, reason: str
) -> Alert:
    """Keep quiet what *scope* covers from now on, for *length*."""
    alert = mutable(deps, alert_id)
    since = deps.now()
    asked = mute_of(
        scope,
        machine_arn=alert.arn.machine_arn,
        error=alert.error,
        by=by,
        reason=reason,
        since=since,
        until=since + length,
    )
    deps.mutes.put(asked)
    return _swap(deps, alert_id, lambda now: apply(now, Muted(asked)))


def unmute(deps: Deps, alert_id: str, by: Person) -> Alert:
    """End the mute that keeps this alert quiet, wherever else it reaches."""
    stored = deps.alerts.get(alert_id)
    if stored is None:
        raise NoSuchAlertError(alert_id)
    mute = stored.alert.mute
    if mute is None:
        raise NotAllowedError(WhyNot.NOT_MUTED, stored.alert)
    at = deps.now()
    alert = _swap(deps, alert_id, lambda alert: apply(alert, Unmuted(mute, by, at)))
    deps.mutes.end(mute)
    return alert


def _swap(deps: Deps, alert_id: str, change: Callable[[Alert], Alert]) -> Alert:
    swapped = deps.alerts.swap(alert_id, change)
    if swapped is None:
        raise NoSuchAlertError(alert_id)
    return swapped[1]
