"""The audit beside what is done: what people were refused, and what came of it later."""

from collections.abc import Iterator
from contextlib import contextmanager

from msgspec.structs import replace

from app.deps import Deps
from app.domain.alert import Alert, RecoveryKind
from app.domain.audit import (
    ALERT_GONE,
    MEMBERSHIP_UNKNOWN,
    MUTE_ENDED,
    OUTSIDER,
    Action,
    Asker,
    Entry,
    Refused,
    about,
    came_of,
)
from app.domain.authority import NotPermittedError
from app.domain.changes import (
    Acknowledged,
    AskedAgain,
    BulkRequested,
    BulkResumed,
    BulkStopped,
    Closed,
    Muted,
    Unmuted,
)
from app.domain.transitions import Asked, NotAllowedError, WhyNot


class NoSuchAlertError(Exception):
    """The alert is not in the table: it is older than alerts are kept."""


class NoSuchMuteError(Exception):
    """The mute has ended, or another has replaced it."""


_ACTIONS: dict[Asked, Action] = {
    RecoveryKind.REDRIVE: Action.REDRIVE,
    RecoveryKind.RESTART: Action.RESTART,
    RecoveryKind.RETRY: Action.RETRY,
    RecoveryKind.GIVE_UP: Action.GIVE_UP,
    BulkRequested: Action.RECOVER_ALL,
    BulkStopped: Action.STOP_RECOVERY,
    BulkResumed: Action.RESUME_RECOVERY,
    Muted: Action.MUTE,
    Unmuted: Action.UNMUTE,
    Acknowledged: Action.ACKNOWLEDGE,
    AskedAgain: Action.ASK_AGAIN,
    Closed: Action.RESOLVE,
}


def action_of(asked: Asked) -> Action:
    return _ACTIONS[asked]


def entry_of(deps: Deps, action: Action, by: Asker, alert_id: str | None = None) -> Entry:
    """Of what *by* asks for now."""
    return Entry(at=deps.now(), action=action, by=by.person, place=by.place, alert_id=alert_id)


@contextmanager
def refusals_kept(deps: Deps, entry: Entry) -> Iterator[None]:
    """Whatever refuses what *entry* is about is kept, and raised."""
    try:
        yield
    except NotAllowedError as refused:
        lacking, why = refused.lacking, Refused(refused.why)
        deps.audit.keep(
            replace(about(entry, refused.alert), refused=_lacking(lacking) if lacking else why)
        )
        raise
    except NotPermittedError as lacking:
        deps.audit.keep(replace(entry, refused=_lacking(lacking)))
        raise
    except NoSuchAlertError:
        deps.audit.keep(replace(entry, refused=Refused(ALERT_GONE)))
        raise
    except NoSuchMuteError:
        deps.audit.keep(replace(entry, refused=Refused(MUTE_ENDED)))
        raise


def turned_away(
    deps: Deps, action: Action, by: Asker, alert_id: str | None, machine_arn: str | None = None
) -> None:
    """Somebody who is no member of the workspace wanted to act, or to read."""
    entry = entry_of(deps, action, by, alert_id)
    deps.audit.keep(replace(entry, machine_arn=machine_arn, refused=Refused(OUTSIDER)))


def follow(deps: Deps, before: Alert | None, after: Alert) -> None:
    """Keep what this change tells of what had been asked for. Safe to repeat."""
    for key, came in came_of(before, after):
        deps.audit.came(key, came)


def _lacking(lacking: NotPermittedError) -> Refused:
    why = MEMBERSHIP_UNKNOWN if lacking.unknown else WhyNot.NOT_PERMITTED
    return Refused(why, lacking.place)
