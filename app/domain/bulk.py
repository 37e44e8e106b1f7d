"""What a recovery of many makes of its alert.

Its tally is kept in the alert: whatever ends is written there anyway, so that counting costs
no request of its own and is as exact as the rest.
"""

from datetime import datetime
from typing import assert_never

from msgspec.structs import replace

from app.domain.alert import (
    NAMED,
    Alert,
    BulkRecovery,
    BulkStage,
    RecoveryKind,
    Report,
    Resumption,
    Stop,
    Tally,
)
from app.domain.changes import BulkEnded, BulkRequested, BulkResumed, BulkStopped
from app.domain.deeds import tried
from app.domain.ends import at_rest, refocused
from app.domain.transitions import RECOVERING, RESOLVED, NotAllowedError, WhyNot, refusal

#: Executions a second. AWS: a restart needs a DescribeExecution, whose quota is refilled with
#: 10 to 15 a second and shared with the user's own workloads.
MOST_RESTARTS = 10


BulkChange = BulkRequested | BulkStopped | BulkResumed | BulkEnded


def changed(alert: Alert, change: BulkChange) -> Alert:
    match change:
        case BulkRequested():
            return _requested(alert, change)
        case BulkStopped():
            return _stopped(alert, change)
        case BulkResumed():
            return _resumed(alert, change)
        case BulkEnded():
            return _ended(alert, change)
        case _:
            assert_never(change)


def _requested(alert: Alert, change: BulkRequested) -> Alert:
    if alert.bulk and alert.bulk.id == change.id:
        return alert
    _refuse_unless_allowed(alert, BulkRequested)
    terms = change.terms
    if terms.kind is RecoveryKind.RESTART:
        terms = replace(terms, rate=min(terms.rate, MOST_RESTARTS))
    bulk = BulkRecovery(id=change.id, by=change.by, at=change.at, terms=terms)
    return replace(alert, status=RECOVERING, bulk=bulk)


def _stopped(alert: Alert, change: BulkStopped) -> Alert:
    bulk, stop = alert.bulk, Stop(change.why, change.at, change.by)
    if bulk is None or bulk.id != change.id or not bulk.running:
        if change.by is None or (bulk and (bulk.id, bulk.stopped) == (change.id, stop)):
            return alert
        raise NotAllowedError(WhyNot.NOT_RUNNING, alert)
    report = change.report or bulk.report
    after = replace(bulk, stage=BulkStage.STOPPED, stopped=stop, report=report)
    return _rested(replace(alert, bulk=after), change.at)


def _resumed(alert: Alert, change: BulkResumed) -> Alert:
    bulk, resumption = alert.bulk, Resumption(change.by, change.at)
    if bulk and (bulk.id, bulk.resumed) == (change.id, resumption):
        return alert
    _refuse_unless_allowed(alert, BulkResumed)
    if bulk is None or bulk.id != change.id:
        raise NotAllowedError(WhyNot.NOT_STOPPED, alert)
    after = replace(
        bulk,
        stage=BulkStage.RUNNING,
        resumed=resumption,
        leg=bulk.leg + 1,
        report=Report(forgiven=bulk.tally.failed_again),
        # It tries all the others once more.
        tally=replace(bulk.tally, names=bulk.tally.names[: bulk.tally.lasting]),
    )
    return replace(alert, status=RECOVERING, bulk=after)


def _ended(alert: Alert, change: BulkEnded) -> Alert:
    bulk = alert.bulk
    if bulk is None or bulk.id != change.id or not bulk.running:
        return alert
    after = replace(bulk, stage=BulkStage.ENDED, ended_at=change.at, report=change.report)
    return _rested(replace(alert, bulk=after), change.at)


def counted(
    alert: Alert, recovery_id: str, execution_arn: str, instead_of: str | None, tally: Tally
) -> Alert:
    """*alert* with *tally* added to that of its recovery, for what came of one attempt.

    To be done once for each attempt: the ledger knows. *instead_of* is the execution in whose
    place this one was started.
    """
    bulk = alert.bulk
    if bulk is None or bulk.id != recovery_id:
        return alert
    before, gone = bulk.tally, {execution_arn, instead_of}
    lasting = tuple(name for name in before.names[: before.lasting] if name not in gone)
    others = tuple(name for name in before.names[before.lasting :] if name not in gone)
    if tally.failed_otherwise:
        lasting = (*lasting, execution_arn)[:NAMED]
    elif tally.failed_again:
        others = (*others, execution_arn)
    after = Tally(
        succeeded=before.succeeded + tally.succeeded,
        failed_again=before.failed_again + tally.failed_again,
        failed_otherwise=before.failed_otherwise + tally.failed_otherwise,
        names=(*lasting, *others)[:NAMED],
        lasting=len(lasting),
    )
    attempts = tried(alert.attempts, bulk.terms.kind, tally.ended)
    return replace(alert, bulk=replace(bulk, tally=after), attempts=attempts)


def _rested(alert: Alert, at: datetime) -> Alert:
    """*alert* once nothing is being done about it any more."""
    if alert.failing_count == 0:
        return replace(alert, status=RESOLVED, resolved_at=at)
    return refocused(replace(alert, status=at_rest(alert)))


def _refuse_unless_allowed(alert: Alert, asked: type[BulkRequested] | type[BulkResumed]) -> None:
    why = refusal(alert, asked)
    if why:
        raise NotAllowedError(why, alert)
