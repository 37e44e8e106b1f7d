"""What people ask for: one change each, allowed or refused with the reason.

Either is kept in the audit: what is done, in the same write.
"""

import hashlib
from collections.abc import Callable
from datetime import timedelta

from msgspec.structs import replace

from app.deps import Deps
from app.domain.alert import SAME_MOMENT, Alert, BulkTerms, RecoveryKind, StopReason
from app.domain.audit import Action, Asker, Entry, about
from app.domain.changes import (
    Acknowledged,
    AskedAgain,
    BulkRequested,
    BulkResumed,
    BulkStopped,
    Change,
    Closed,
    Muted,
    RecoveryRequested,
    Unmuted,
)
from app.domain.edited_input import changes_input, shown_input
from app.domain.execution import Attempt
from app.domain.lifecycle import apply
from app.domain.mutes import Mute, MuteScope, mute_of
from app.domain.occurrence import Outcome
from app.domain.outlook import usual_terms
from app.domain.transitions import Asked, NotAllowedError, WhyNot, refusal
from app.stores.occurrences import Span
from app.use_cases.audited import (
    NoSuchAlertError,
    NoSuchMuteError,
    action_of,
    entry_of,
    refusals_kept,
)
from app.use_cases.permission import may, may_begin, may_mute

#: Alerts that are told by whom their mute was ended; the others just see it end.
_MOST_TOLD = 20


def acknowledge(deps: Deps, alert_id: str, by: Asker) -> Alert:
    """Raises NotAllowedError and NoSuchAlertError, as all of these do."""
    entry = entry_of(deps, Action.ACKNOWLEDGE, by, alert_id)
    return _do(deps, entry, Acknowledged, Acknowledged(entry.by, entry.at))


def ask_again(deps: Deps, alert_id: str, by: Asker) -> Alert:
    """Ask Step Functions anew what a redrive would do."""
    alert = askable(deps, alert_id, AskedAgain, by)
    verdict = alert.verdict
    if verdict is None:
        return alert  # it is being asked already
    entry = entry_of(deps, Action.ASK_AGAIN, by, alert_id)
    return _do(deps, entry, AskedAgain, AskedAgain(verdict))


def recover(deps: Deps, alert_id: str, attempt: Attempt, by: Asker, kind: RecoveryKind) -> Alert:
    """Ask for *kind* to be done about *attempt*, the one *by* saw; a second one is told so."""
    entry = replace(entry_of(deps, action_of(kind), by, alert_id), attempt=attempt)
    return _do(deps, entry, kind, RecoveryRequested(attempt, entry.by, entry.at, kind))


def recover_latest(deps: Deps, alert_id: str, by: Asker, kind: RecoveryKind) -> Alert:
    """The same about the failure in focus, of which *by* spoke without naming it.

    Asked for twice at the very same time it is one request. A failure that came since is another
    than they spoke of. A redrive that would fail again takes the card's button, which asks first.
    """
    entry = entry_of(deps, action_of(kind), by, alert_id)

    def change(alert: Alert) -> Alert:
        asked, focus = alert.recovery, alert.focus
        if asked and (asked.by, asked.at, asked.kind) == (entry.by, entry.at, kind):
            return alert
        began = focus.hold.since if focus.hold else focus.stopped_at
        if began and began - entry.at > SAME_MOMENT:
            raise NotAllowedError(WhyNot.MOVED_ON, alert)
        after = apply(alert, RecoveryRequested(focus.attempt, entry.by, entry.at, kind))
        if kind is RecoveryKind.REDRIVE and alert.verdict and alert.verdict.vain:
            may(deps, alert, kind, entry.by)  # who may not is not sent to the button
            raise NotAllowedError(WhyNot.IN_VAIN, alert)
        return after

    return _do(deps, entry, kind, change)


def recover_with(
    deps: Deps, alert_id: str, attempt: Attempt, by: Asker, *, kind: RecoveryKind, edited: str
) -> Alert:
    """The same with an input that *by* edited (JSON text).

    Raises NotJsonError, NotAnObjectError and SecretMisplacedError too.
    """
    alert = askable(deps, alert_id, kind, by, attempt)
    if not changes_input(shown_input(alert, kind), edited):
        return recover(deps, alert_id, attempt, by, kind)
    entry = replace(entry_of(deps, action_of(kind), by, alert_id), attempt=attempt, edited=True)
    input_id = deps.new_id()
    deps.inputs.keep(input_id, edited, entry.at)
    return _do(deps, entry, kind, RecoveryRequested(attempt, entry.by, entry.at, kind, input_id))


def recover_all(deps: Deps, alert_id: str, by: Asker, terms: BulkTerms | None = None) -> Alert:
    """Ask for all that is failed to be recovered; without *terms* as the verdict suggests.

    Asked for twice at the very same time it is one request.
    """
    entry = entry_of(deps, Action.RECOVER_ALL, by, alert_id)
    with refusals_kept(deps, entry):
        wanted = terms or usual_terms(_alert(deps, alert_id))
    asked_for = f"{alert_id}|{entry.by.id}|{entry.at.isoformat()}"
    recovery_id = hashlib.sha256(asked_for.encode()).hexdigest()[:24]

    def change(alert: Alert) -> Alert:
        after = apply(alert, BulkRequested(recovery_id, entry.by, entry.at, wanted))
        if after is not alert and not _any_failed(deps, alert_id, wanted):
            raise NotAllowedError(WhyNot.NONE_FAILED, alert)
        return after

    return _do(deps, replace(entry, terms=wanted), BulkRequested, change)


def _any_failed(deps: Deps, alert_id: str, terms: BulkTerms) -> bool:
    """Whether a recovery on *terms* has anything to take up, or to tell that it is too old.

    The alert counts those too that have failed with another error since, under another alert.
    """
    span = Span(terms.since)
    return deps.occurrences.count(alert_id, Outcome.FAILED, span=span, enough=bool) > 0


def stop_recovery(deps: Deps, alert_id: str, recovery_id: str, by: Asker) -> Alert:
    """Ask for no more of them; what runs already goes on."""
    entry = entry_of(deps, Action.STOP_RECOVERY, by, alert_id)
    change = BulkStopped(recovery_id, StopReason.ASKED, entry.at, entry.by)
    return _do(deps, entry, BulkStopped, change)


def resume_recovery(deps: Deps, alert_id: str, recovery_id: str, by: Asker) -> Alert:
    """Go on with all that is failed by now, what failed again before it stopped among it."""
    entry = entry_of(deps, Action.RESUME_RECOVERY, by, alert_id)
    return _do(deps, entry, BulkResumed, BulkResumed(recovery_id, entry.by, entry.at))


def close(deps: Deps, alert_id: str, by: Asker) -> Alert:
    """Say that nothing more is to be done about it."""
    entry = entry_of(deps, Action.RESOLVE, by, alert_id)
    return _do(deps, entry, Closed, Closed(entry.by, entry.at))


def askable(
    deps: Deps, alert_id: str, asked: Asked, by: Asker, attempt: Attempt | None = None
) -> Alert:
    """The alert, should it be one that *asked* can be asked of now, and by *by*.

    *attempt* is the one they saw; raises NotAllowedError where the alert has moved on since.
    """
    entry = replace(entry_of(deps, action_of(asked), by, alert_id), attempt=attempt)
    with refusals_kept(deps, entry):
        alert = _alert(deps, alert_id)
        _refuse_unless_allowed(alert, asked)
        _refuse_out_of_reach(deps, alert, asked)
        if attempt and attempt != alert.focus.attempt:
            raise NotAllowedError(WhyNot.MOVED_ON, alert)
        may(deps, alert, asked, by.person)
    return alert


def mute(
    deps: Deps,
    alert_id: str,
    by: Asker,
    *,
    scope: MuteScope,
    length: timedelta,
    reason: str,
    breaks: bool = True,
) -> Alert:
    """Keep quiet what *scope* covers from now on, for *length*."""
    entry = entry_of(deps, Action.MUTE, by, alert_id)
    with refusals_kept(deps, entry):
        alert = _alert(deps, alert_id)
    asked = mute_of(
        scope,
        machine_arn=alert.arn.machine_arn,
        error=alert.error,
        by=entry.by,
        reason=reason,
        since=entry.at,
        until=entry.at + length,
        breaks=breaks,
    )

    def change(one: Alert) -> Alert:
        if one.mute != asked:
            _refuse_unless_allowed(one, Muted)
        return apply(one, Muted(asked))

    return _do(deps, replace(entry, mute=asked), Muted, change, mute=asked)


def unmute(deps: Deps, alert_id: str, by: Asker) -> Alert:
    """End the mute that keeps this alert quiet, wherever else it reaches."""
    mute = askable(deps, alert_id, Unmuted, by).mute
    assert mute is not None
    entry = replace(entry_of(deps, Action.UNMUTE, by, alert_id), mute=mute)
    alert = _do(deps, entry, Unmuted, Unmuted(mute, entry.by, entry.at))
    deps.mutes.end(mute)
    return alert


def end_mute(deps: Deps, key: str, by: Asker) -> None:
    """End the mute that covers what *key* says, wherever it reaches.

    Raises NoSuchMuteError, and NotPermittedError where its scope, or NotAllowedError where an
    alert that it keeps quiet, is not theirs to unmute. Alerts beyond the first few follow by the
    table's stream: Slack is waiting.
    """
    entry = replace(entry_of(deps, Action.UNMUTE, by), scope=key)
    with refusals_kept(deps, entry):
        mute = next((one for one in deps.mutes.active(entry.at) if one.key == key), None)
        if mute is None:
            raise NoSuchMuteError(key)
    entry = replace(entry, machine_arn=mute.machine_arn, mute=mute)
    covered = [one.alert for one in deps.alerts.unresolved() if one.alert.mute == mute]
    with refusals_kept(deps, entry):
        if not covered:
            may_mute(deps, mute, entry.by)
        for alert in covered:
            may(deps, alert, Unmuted, entry.by)
        change = Unmuted(mute, entry.by, entry.at)
        for alert in covered[:_MOST_TOLD]:
            # Each write has the entry, which is the same: whichever is the last, it is there.
            deps.alerts.swap(alert.id, lambda one: apply(one, change), entry=lambda _: entry)
        if not deps.mutes.end_audited(mute, entry) and not covered:
            raise NoSuchMuteError(key)


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


def _do(
    deps: Deps,
    entry: Entry,
    asked: Asked,
    change: Change | Callable[[Alert], Alert],
    *,
    mute: Mute | None = None,
) -> Alert:
    """Make the change that *entry* tells of, by somebody who may make it; the alert then."""
    alert_id = entry.alert_id
    assert alert_id is not None

    def permitted(alert: Alert) -> Alert:
        # First what can't be had at all: that is why, for everybody.
        after = change(alert) if callable(change) else apply(alert, change)
        if after is not alert:
            _refuse_out_of_reach(deps, alert, asked)
            may(deps, alert, asked, entry.by)
            if mute:
                may_begin(deps, alert, mute, entry.by)
        return after

    with refusals_kept(deps, entry):
        swapped = deps.alerts.swap(
            alert_id, permitted, entry=lambda alert: about(entry, alert), mute=mute
        )
        if swapped is None:
            raise NoSuchAlertError(alert_id)
    return swapped[1]
