"""What is broken right now."""

from datetime import timedelta

from app.deps import Deps
from app.domain.overview import Overview, Posted
from app.stores.alerts import Stored

#: So many alerts are counted and shown; of those resolved lately, so many.
MOST_ALERTS = 1_000
_DAY = timedelta(hours=24)


def overview(deps: Deps) -> Overview:
    """From the table alone: nobody's quota is touched, and Slack may be waiting."""
    now = deps.now()
    found = deps.alerts.unresolved(MOST_ALERTS + 1)
    return Overview(
        alerts=_posted(found[:MOST_ALERTS]),
        lately=_posted(deps.alerts.resolved_since(now - _DAY, MOST_ALERTS)),
        mutes=sorted(deps.mutes.active(now), key=lambda mute: mute.until),
        now=now,
        whole=len(found) <= MOST_ALERTS,
    )


def _posted(found: list[Stored]) -> list[Posted]:
    return [posted(one) for one in found]


def posted(stored: Stored) -> Posted:
    return Posted(stored.alert, stored.publication.permalink)
