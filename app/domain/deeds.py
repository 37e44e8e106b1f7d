"""Who did what about an alert: kept with it, for its summary and for the note on it."""

from msgspec.structs import replace

from app.domain.alert import DEEDS, Alert, Attempts, Deed, Doing, RecoveryKind
from app.domain.changes import (
    Acknowledged,
    BulkRequested,
    BulkResumed,
    BulkStopped,
    Change,
    Closed,
    Muted,
    RecoveryRefused,
    RecoveryRequested,
    Unmuted,
)


def noted(before: Alert, after: Alert, change: Change) -> Alert:
    """*after* with what *change*, which made it of *before*, adds to the deeds."""
    deeds, attempts = _with_outcome(before, after), after.attempts
    match change:
        case Acknowledged():
            deeds += (Deed(doing=Doing.ACKNOWLEDGED, by=change.by, at=change.at),)
        case Muted():
            deeds += (Deed(doing=Doing.MUTED, by=change.mute.by, at=change.mute.since),)
        case Unmuted() if change.by:
            deeds += (Deed(doing=Doing.UNMUTED, by=change.by, at=change.at),)
        case Closed():
            deeds += (Deed(doing=Doing.CLOSED, by=change.by, at=change.at),)
        case RecoveryRequested():
            deeds += (Deed(doing=Doing(change.kind.value), by=change.by, at=change.at),)
            attempts = tried(attempts, change.kind, 1)
        case BulkRequested():
            deeds += (Deed(doing=Doing.RECOVER_ALL, by=change.by, at=change.at),)
        case BulkStopped() if change.by:
            deeds += (Deed(doing=Doing.STOP_RECOVERY, by=change.by, at=change.at),)
        case BulkResumed():
            deeds += (Deed(doing=Doing.RESUME_RECOVERY, by=change.by, at=change.at),)
        case RecoveryRefused() if after.recovery:
            attempts = tried(attempts, after.recovery.kind, -1)  # nothing was tried
        case _:
            pass
    return replace(after, deeds=deeds[-DEEDS:], attempts=attempts)


def _with_outcome(before: Alert, after: Alert) -> tuple[Deed, ...]:
    """The deeds, the one that the recovery was asked for with having come as far as that."""
    recovery = after.recovery
    if recovery is None or recovery == before.recovery or recovery.under_way:
        return after.deeds
    asked = (Doing(recovery.kind.value), recovery.by, recovery.at)
    return tuple(
        replace(deed, stage=recovery.stage) if (deed.doing, deed.by, deed.at) == asked else deed
        for deed in after.deeds
    )


def tried(attempts: Attempts, kind: RecoveryKind, number: int) -> Attempts:
    """*attempts* and so many more of that kind."""
    match kind:
        case RecoveryKind.REDRIVE:
            return replace(attempts, redrives=attempts.redrives + number)
        case RecoveryKind.RESTART:
            return replace(attempts, restarts=attempts.restarts + number)
        case RecoveryKind.RETRY:
            return replace(attempts, retries=attempts.retries + number)
        case RecoveryKind.GIVE_UP:
            return attempts
