"""Finds by itself, every so often, failures that no event told of.

It looks where CloudWatch counts other failures than were recorded, and nowhere else: Step
Functions is not asked while the two agree.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from app.deps import Deps
from app.domain.hours import hour_of
from app.domain.reconciliation import LATE, to_be_listed
from app.use_cases.reconcile import Looked, Suspect, Wait, look

#: AWS takes money for each metric that is read: more often would cost more than all the rest.
EVERY = timedelta(minutes=15)
#: State machines in one turn, so that it ends well before the sweep's time is up.
AT_ONCE = 8
TURN = "look_out"
#: Whole hours before this one, as far back as metrics are called active (AWS: three hours).
_HOURS_BEFORE = 2


def look_out(deps: Deps, wait: Wait) -> Looked | None:
    """Look at the next few state machines that disagree; None when there is no need to.

    What failed before the first turn ever was nobody's to tell: an installation begins quietly.
    """
    now = deps.now()
    turn = deps.turns.take(TURN, now, EVERY)
    if turn is None:
        return None
    since = datetime.fromtimestamp((hour_of(now) - _HOURS_BEFORE) * 3600, UTC)
    suspects = _suspects(deps, since, now)
    chosen = [one for one in suspects if one.machine_arn > turn.left_off][:AT_ONCE]
    more = bool(chosen) and chosen[-1] is not suspects[-1]
    where = chosen[-1].machine_arn if more else ""
    if where != turn.left_off:
        # Before looking: one that can't be looked at must not keep back those after it.
        deps.turns.leave_off(TURN, where)
    if not chosen:
        return None
    return look(deps, chosen, max(since, turn.first_at), wait, LATE)


def _suspects(deps: Deps, since: datetime, now: datetime) -> list[Suspect]:
    """Where more or less was counted than was recorded, in the order of their ARNs."""
    counted = deps.metrics.lately(since, now)
    if not counted:
        return []
    recorded = _recorded(deps, since)
    suspects = [
        Suspect(arn, statuses)
        for arn in sorted(counted)
        if (statuses := to_be_listed(counted[arn], recorded.get(arn, {}), now))
    ]
    if not suspects:
        return []
    express = {one.arn for one in deps.catalogue.all().items if one.express}
    return [one for one in suspects if one.machine_arn not in express]


def _recorded(deps: Deps, since: datetime) -> Mapping[str, Mapping[int, int]]:
    """Failures by state machine and hour."""
    found: defaultdict[str, Counter[int]] = defaultdict(Counter)
    for stored in [*deps.alerts.unresolved(), *deps.alerts.resolved_since(since)]:
        for hour in stored.alert.hours:
            found[stored.alert.arn.machine_arn][hour.start] += hour.failures
    return found
