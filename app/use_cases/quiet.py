"""Mutes reach every alert they cover, and end everywhere when they end."""

from app.deps import Deps
from app.domain.alert import Alert
from app.domain.changes import Muted, Unmuted
from app.domain.lifecycle import apply
from app.domain.mutes import Mute


def spread(deps: Deps, before: Mute | None, after: Mute | None) -> None:
    """Make alerts agree with a mute that began (before None), changed, or ended (after None)."""
    now = deps.now()
    if after:
        # It may have ended or been replaced since, of which the stream tells next: alerts follow
        # what stands now, or one that was ended at once would be put back for a moment.
        after = next((one for one in deps.mutes.all() if one.key == after.key), None)
    for stored in deps.alerts.unresolved():
        alert = stored.alert
        if after and after.until > now and after.covers(alert.arn.machine_arn, alert.error):
            deps.alerts.swap(alert.id, lambda one: _under(one, after))
        elif before and alert.mute == before:
            deps.alerts.swap(alert.id, lambda one: apply(one, Unmuted(before, None, now)))


def _under(alert: Alert, mute: Mute) -> Alert:
    """*alert* under *mute*, unless one that lasts longer keeps it quiet already."""
    if alert.mute and alert.mute.key != mute.key and alert.mute.until >= mute.until:
        return alert
    return apply(alert, Muted(mute))


def end_those_run_out(deps: Deps) -> int:
    """End the mutes whose time is up; how many. Alerts follow by the table's stream."""
    now = deps.now()
    over = [mute for mute in deps.mutes.all() if mute.until <= now]
    for mute in over:
        deps.mutes.end(mute)
    return len(over)
