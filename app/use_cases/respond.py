"""What people ask for: one change each, allowed or refused with the reason."""

import hashlib
from collections.abc import Callable
from datetime import timedelta

from app.deps import Deps
from app.domain.alert import SAME_MOMENT, Alert, BulkTerms, RecoveryKind, StopReason
from app.domain.changes import (
    Acknowledged,
    AskedAgain,
    BulkRequested,
    BulkResumed,
    BulkStopped,
    Closed,
    Muted,
    RecoveryRequested,
    Unmuted,
)
from app.domain.edited_input import changes_input, shown_input
from app.domain.execution import Attempt
from app.domain.lifecycle import apply
from app.domain.mutes import MuteScope, mute_of
from app.domain.outlook import usual_terms
from app.domain.people import Person
from app.domain.transitions import Asked, NotAllowedError, WhyNot, refusal
from app.use_cases.permission import may

#: Alerts that are told by whom their mute was ended; the others just see it end.
_MOST_TOLD = 20


class NoSuchAlertError(Exception):
    """The alert is not in the table: it is older than alerts are kept."""


class NoSuchMuteError(Exception):
    """The mute has ended, or another has replaced it."""


def acknowledge(deps: Deps, alert_id: str, by: Person) -> Alert:
    """Raises NotAllowedError and NoSuchAlertError, as all of these do."""
    at = deps.now()
    return _swap(
        deps, alert_id, _as(deps, by, Acknowledged, lambda one: apply(one, Acknowledged(by, at)))
    )


def ask_again(deps: Deps, alert_id: str) -> Alert:
    """Ask Step Functions anew what a redrive would do."""
    alert = askable(deps, alert_id, AskedAgain)
    verdict = alert.verdict
    if verdict is None:
        return alert  # it is being asked already
    return _swap(deps, alert_id, lambda now: apply(now, AskedAgain(verdict)))


def recover(deps: Deps, alert_id: str, attempt: Attempt, by: Person, kind: RecoveryKind) -> Alert:
    """Ask for *kind* to be done about *attempt*, the one *by* saw; a second one is told so."""
    at = deps.now()
    change = RecoveryRequested(attempt, by, at, kind)
    return _swap(deps, alert_id, _as(deps, by, kind, lambda one: apply(one, change)))


def recover_latest(deps: Deps, alert_id: str, by: Person, kind: RecoveryKind) -> Alert:
    """The same about the failure in focus, of which *by* spoke without naming it.

    Asked for twice at the very same time it is one request. A failure that came since is another
    than they spoke of.
    """
    at = deps.now()

    def change(alert: Alert) -> Alert:
        asked, focus = alert.recovery, alert.focus
        if asked and (asked.by, asked.at, asked.kind) == (by, at, kind):
            return alert
        began = focus.hold.since if focus.hold else focus.stopped_at
        if began and began - at > SAME_MOMENT:
            raise NotAllowedError(WhyNot.MOVED_ON, alert)
        return apply(alert, RecoveryRequested(focus.attempt, by, at, kind))

    return _swap(deps, alert_id, _as(deps, by, kind, change))


def recover_with(
    deps: Deps, alert_id: str, attempt: Attempt, by: Person, *, kind: RecoveryKind, edited: str
) -> Alert:
    """The same with an input that *by* edited (JSON text).

    Raises NotJsonError and SecretMisplacedError too.
    """
    alert = askable(deps, alert_id, kind, by)
    if not changes_input(shown_input(alert, kind), edited):
        return recover(deps, alert_id, attempt, by, kind)
    at, input_id = deps.now(), deps.new_id()
    deps.inputs.keep(input_id, edited, at)
    change = RecoveryRequested(attempt, by, at, kind, input_id)
    return _swap(deps, alert_id, _as(deps, by, kind, lambda one: apply(one, change)))


def recover_all(deps: Deps, alert_id: str, by: Person, terms: BulkTerms | None = None) -> Alert:
    """Ask for all that is failed to be recovered; without *terms* as the verdict suggests.

    Asked for twice at the very same time it is one request.
    """
    at = deps.now()
    asked_for = f"{alert_id}|{by.id}|{at.isoformat()}"
    recovery_id = hashlib.sha256(asked_for.encode()).hexdigest()[:24]

    def change(alert: Alert) -> Alert:
        asked = BulkRequested(recovery_id, by, at, terms or usual_terms(alert))
        return apply(alert, asked)

    return _swap(deps, alert_id, _as(deps, by, BulkRequested, change))


def stop_recovery(deps: Deps, alert_id: str, recovery_id: str, by: Person) -> Alert:
    """Ask for no more of them; what runs already goes on."""
    at = deps.now()
    change = BulkStopped(recovery_id, StopReason.ASKED, at, by)
    return _swap(deps, alert_id, _as(deps, by, BulkStopped, lambda one: apply(one, change)))


def resume_recovery(deps: Deps, alert_id: str, recovery_id: str, by: Person) -> Alert:
    """Go on with all that is failed by now, what failed again before it stopped among it."""
    at = deps.now()
    change = BulkResumed(recovery_id, by, at)
    return _swap(deps, alert_id, _as(deps, by, BulkResumed, lambda one: apply(one, change)))


def close(deps: Deps, alert_id: str, by: Person) -> Alert:
    """Say that nothing more is to be done about it."""
    at = deps.now()
    return _swap(deps, alert_id, _as(deps, by, Closed, lambda one: apply(one, Closed(by, at))))


def askable(deps: Deps, alert_id: str, asked: Asked, by: Person | None = None) -> Alert:
    """The alert, should it be one that *asked* can be asked of now, and by *by*."""
    alert = _alert(deps, alert_id)
    _refuse_unless_allowed(alert, asked)
    _refuse_out_of_reach(deps, alert, asked)
    if by:
        may(deps, alert, asked, by)
    return alert


def mute(
    deps: Deps,
    alert_id: str,
    by: Person,
    *,
    scope: MuteScope,
    length: timedelta,
    reason: str,
    breaks: bool = True,
) -> Alert:
    """Keep quiet what *scope* covers from now on, for *length*."""
    alert = _alert(deps, alert_id)
    since = deps.now()
    asked = mute_of(
        scope,
        machine_arn=alert.arn.machine_arn,
        error=alert.error,
        by=by,
        reason=reason,
        since=since,
        until=since + length,
        breaks=breaks,
    )
    if alert.mute == asked:
        return alert
    _refuse_unless_allowed(alert, Muted)
    may(deps, alert, Muted, by)
    deps.mutes.put(asked)
    return _swap(deps, alert_id, lambda now: apply(now, Muted(asked)))


def unmute(deps: Deps, alert_id: str, by: Person) -> Alert:
    """End the mute that keeps this alert quiet, wherever else it reaches."""
    mute = askable(deps, alert_id, Unmuted, by).mute
    assert mute is not None
    at = deps.now()
    alert = _swap(deps, alert_id, lambda alert: apply(alert, Unmuted(mute, by, at)))
    deps.mutes.end(mute)
    return alert


def end_mute(deps: Deps, key: str, by: Person) -> None:
    """End the mute that covers what *key* says, wherever it reaches. Raises NoSuchMuteError.

    Alerts beyond the first few follow by the table's stream: Slack is waiting.
    """
    at = deps.now()
    mute = next((one for one in deps.mutes.active(at) if one.key == key), None)
    if mute is None:
        raise NoSuchMuteError(key)
    covered = [one.alert for one in deps.alerts.unresolved() if one.alert.mute == mute]
    for alert in covered:
        may(deps, alert, Unmuted, by)
    for alert in covered[:_MOST_TOLD]:
        deps.alerts.swap(alert.id, lambda one: apply(one, Unmuted(mute, by, at)))
    deps.mutes.end(mute)


def _alert(deps: Deps, alert_id: str) -> Alert:
    stored = deps.alerts.get(alert_id)
    if stored is None:
        raise NoSuchAlertError(alert_id)
    return stored.alert


def _refuse_unless_allowed(alert: Alert, asked: Asked) -> None:
    why = refusal(alert, asked)
    if why:
        raise NotAllowedError(why, alert)


def _refuse_out_of_reach(deps: Deps, alert: Alert, asked: object) -> None:
    """As alerts.yml says today, whatever the card says that somebody looked at."""
    needs = isinstance(asked, RecoveryKind) or asked in {BulkRequested, BulkResumed}
    if needs and not deps.reach.covers(alert.focus.execution_arn):
        raise NotAllowedError(WhyNot.OUT_OF_REACH, alert)


def _as(
    deps: Deps, by: Person, asked: object, change: Callable[[Alert], Alert]
) -> Callable[[Alert], Alert]:
    """*change*, made by somebody who may make it."""

    def permitted(alert: Alert) -> Alert:
        after = change(alert)  # first what can't be had at all: that is why, for everybody
        if after is not alert:
            _refuse_out_of_reach(deps, alert, asked)
            may(deps, alert, asked, by)
        return after

    return permitted


def _swap(deps: Deps, alert_id: str, change: Callable[[Alert], Alert]) -> Alert:
    swapped = deps.alerts.swap(alert_id, change)
    if swapped is None:
        raise NoSuchAlertError(alert_id)
    return swapped[1]
