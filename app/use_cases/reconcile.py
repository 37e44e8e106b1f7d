"""Finds failures that no event told of, by Step Functions' own list, and records them.

AWS: events are best effort, so some never come; ListExecutions refills two to five calls a
second, shared with everybody else in the account. So metrics tell first which state machines
had failures at all, few of them are looked at in one go, and not fast.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from msgspec import Struct

from app.deps import Deps
from app.domain.alert import Alert
from app.domain.execution import ExecutionEnded
from app.domain.listing import Listed, Listing
from app.domain.occurrence import Occurrence
from app.domain.reconciliation import ON_ITS_WAY, Fate, account, fate, found
from app.domain.reports import Reconciled
from app.metrics import METRICS
from app.step_functions import DeniedError, ExecutionGoneError
from app.use_cases.outcome import as_ended
from app.use_cases.record import record

#: State machines looked at in one go, with a call for each way to fail at most.
AT_ONCE = 12
_BETWEEN_LISTS = 0.5
#: Missing executions that are described, and so recorded, in one go (AWS: 10 to 15 a second).
_MOST_RECORDED = 50
_BETWEEN_DESCRIPTIONS = 0.2
#: Alerts that are read for it.
_MOST_ALERTS = 100
_DAY = timedelta(hours=24)

#: Waits so many seconds.
Wait = Callable[[float], None]


class Suspect(Struct, frozen=True):
    """A state machine that may have failures, of these statuses; none: nobody knows of which."""

    machine_arn: str
    statuses: Sequence[str]


def reconcile(deps: Deps, page: int, wait: Wait) -> Reconciled:
    """Look at one *page* of the state machines that may have failures within the last day."""
    since = deps.now() - _DAY
    found, by_metrics = suspects(deps, since)
    first = min(page * AT_ONCE, len(found))
    chosen = found[first : first + AT_ONCE]
    looked = look(deps, chosen, since, wait)
    return Reconciled(
        account=account(looked.fates.values()),
        machines=len(found),
        first=first,
        looked_at=len(chosen),
        recorded=looked.recorded,
        unrecorded=looked.unrecorded,
        partly=looked.partly,
        by_metrics=by_metrics,
    )


class Looked(Struct, frozen=True, kw_only=True):
    """``fates`` by execution ARN; of the state machines in ``partly`` not all were listed.

    Of those that were missing ``recorded`` were recorded, ``unrecorded`` are left.
    """

    fates: Mapping[str, Fate]
    recorded: int
    unrecorded: int
    partly: Sequence[str]


def look(
    deps: Deps,
    chosen: Iterable[Suspect],
    since: datetime,
    wait: Wait,
    patience: timedelta = ON_ITS_WAY,
) -> Looked:
    """Record what *chosen* have failed with since then and nobody told of.

    *patience*: so long the event of a failure may be on its way.
    """
    failed, partly = failures(deps, chosen, since, wait)
    fates = _fates(deps, failed, patience)
    recorded, unrecorded = _record(deps, [one for one in failed if fates[one.arn].to_record], wait)
    return Looked(fates=fates, recorded=recorded, unrecorded=unrecorded, partly=partly)


def suspects(deps: Deps, since: datetime) -> tuple[list[Suspect], bool]:
    """State machines that may have failed since then, and whether metrics tell that they did."""
    arns = sorted(one.arn for one in deps.catalogue.all(fresh=True).items if not one.express)
    counted = deps.metrics.failures(arns, since, deps.now())
    if counted is None:
        return [Suspect(arn, ()) for arn in arns], False
    return [Suspect(arn, tuple(counted[arn])) for arn in arns if counted.get(arn)], True


def failures(
    deps: Deps, chosen: Iterable[Suspect], since: datetime, wait: Wait
) -> tuple[list[Listed], list[str]]:
    """What Step Functions lists as failed since then, and where that is not all of it."""
    found: list[Listed] = []
    partly: list[str] = []
    for suspect in chosen:
        try:
            listed = _listed(deps, suspect, since, wait)
        except (ExecutionGoneError, DeniedError):
            listed = Listing((), whole=False)
        found += listed.items
        if not listed.whole:
            partly.append(suspect.machine_arn)
    return found, partly


def _listed(deps: Deps, suspect: Suspect, since: datetime, wait: Wait) -> Listing[Listed]:
    """Its failures since then. Few executions are listed in one call, whatever their status."""
    arn, whole = suspect.machine_arn, True
    found: list[Listed] = []
    if not suspect.statuses:
        wait(_BETWEEN_LISTS)
        everything = deps.step_functions.executions(arn)
        if everything.whole:
            return Listing(_failed(everything.items, since))
    for status in suspect.statuses or METRICS:
        wait(_BETWEEN_LISTS)
        listed = deps.step_functions.executions(arn, status)
        lately = _failed(listed.items, since)
        found += lately
        whole = whole and (listed.whole or len(lately) < len(listed.items))
    return Listing(found, whole=whole)


def _failed(listed: Iterable[Listed], since: datetime) -> list[Listed]:
    return [
        one
        for one in listed
        if one.status in METRICS and one.stopped_at and one.stopped_at >= since
    ]


def _fates(deps: Deps, failed: Sequence[Listed], patience: timedelta) -> dict[str, Fate]:
    known = deps.occurrences.all(one.arn for one in failed)
    alerts = _alerts(deps, known.values())
    now = deps.now()
    return {
        one.arn: fate(one, known.get(one.arn), _latest(known.get(one.arn), alerts), now, patience)
        for one in failed
    }


def _alerts(deps: Deps, known: Iterable[Occurrence]) -> dict[str, Alert]:
    ids = dict.fromkeys(one.alert_ids[-1] for one in known if one.alert_ids)
    found = [deps.alerts.get(alert_id) for alert_id in list(ids)[:_MOST_ALERTS]]
    return {one.alert.id: one.alert for one in found if one}


def _latest(known: Occurrence | None, alerts: Mapping[str, Alert]) -> Alert | None:
    return alerts.get(known.alert_ids[-1]) if known and known.alert_ids else None


def _record(deps: Deps, missing: Sequence[Listed], wait: Wait) -> tuple[int, int]:
    """How many were recorded, and how many are left for the next time."""
    ended: list[ExecutionEnded] = []
    for one in missing[:_MOST_RECORDED]:
        wait(_BETWEEN_DESCRIPTIONS)
        try:
            told = deps.step_functions.describe(one.arn)
        except (ExecutionGoneError, DeniedError):
            continue
        if told.status != "RUNNING":  # it has gone on meanwhile: its next end is told by an event
            ended.append(found(as_ended(deps, one.arn, told), deps.now()))
    record(deps, ended)
    return len(ended), len(missing) - min(len(missing), _MOST_RECORDED)
