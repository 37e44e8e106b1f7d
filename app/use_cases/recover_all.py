"""What recovering all of an alert would mean, counted before anybody asks for it."""

from datetime import datetime, timedelta

from app.deps import Deps
from app.domain.audit import Asker
from app.domain.changes import BulkRequested
from app.domain.occurrence import Outcome
from app.domain.outlook import LENGTHS, Count, Outlook, Window
from app.domain.verdict import REDRIVABLE_FOR
from app.stores.occurrences import Span
from app.use_cases.respond import askable

#: Slack: a dialog has to open within 3 seconds of the press.
_TIME = timedelta(seconds=1.2)
_MOST = 5_000


def outlook(deps: Deps, alert_id: str, by: Asker) -> Outlook:
    """Count the alert's failed executions: at most some thousands, and not for long.

    Raises NotAllowedError and NoSuchAlertError.
    """
    alert, now = askable(deps, alert_id, BulkRequested, by), deps.now()
    redrivable = REDRIVABLE_FOR
    failed: dict[timedelta | None, Count] = {}
    so_far, until = Count(0), None
    # From the latest back, so that each window holds those before it.
    for length in (*LENGTHS.values(), redrivable, None):
        since = now - length if length else None
        if not so_far.more:
            so_far = _counted(deps, alert_id, Span(since, until), so_far, now + _TIME)
        failed[length], until = so_far, since
    windows = {window: failed[length] for window, length in LENGTHS.items()}
    young, everything = failed[redrivable], failed[None]
    return Outlook(
        alert,
        {Window.ALL: everything, **windows},
        too_old=Count(everything.number - young.number, everything.more),
    )


def _counted(deps: Deps, alert_id: str, span: Span, before: Count, until: datetime) -> Count:
    """*before*, and those of *span*."""

    def enough(found: int) -> bool:
        return before.number + found > _MOST or deps.now() > until

    found = before.number + deps.occurrences.count(
        alert_id, Outcome.FAILED, span=span, enough=enough
    )
    return Count(min(found, _MOST), more=found > _MOST or deps.now() > until)
