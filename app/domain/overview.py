"""All alerts at once: in which order they are shown, what was kept quiet, when it failed."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime

from msgspec import Struct

from app.domain.alert import Alert, Hour, Severity, Status
from app.domain.hours import last_day
from app.domain.mutes import Mute

_RANK = {Severity.HIGH: 0, Severity.MIDDLE: 1, Severity.LOW: 2}


class Posted(Struct, frozen=True):
    """An alert, with the address of its card where it has one."""

    alert: Alert
    permalink: str | None = None


class Overview(Struct, frozen=True, kw_only=True):
    """What is broken right now: ``alerts`` that are not resolved, and the ``mutes`` in force.

    ``lately`` are those resolved that failed within a day. ``whole``: no alert is left out.
    """

    alerts: Sequence[Posted]
    lately: Sequence[Posted]
    mutes: Sequence[Mute]
    now: datetime
    whole: bool = True


class Day(Struct, frozen=True):
    """Failures of one state machine in each of the last 24 hours, oldest first."""

    machine_arn: str
    hours: tuple[int, ...]

    @property
    def total(self) -> int:
        return sum(self.hours)


class Quiet(Struct, frozen=True):
    """Failures of the last 24 hours that nobody was told of."""

    held_back: int
    suppressed: int


def for_board(alerts: Iterable[Posted]) -> list[Posted]:
    """What is severe and nobody has taken first, then the latest failure before.

    What is being recovered comes last: it is being dealt with.
    """

    def key(posted: Posted) -> tuple[bool, bool, float]:
        alert = posted.alert
        urgent = alert.status is Status.OPEN and alert.route.severity is Severity.HIGH
        return alert.status is Status.RECOVERING, not urgent, _age(alert)

    return sorted(alerts, key=key)


def for_person(alerts: Iterable[Posted], person_id: str) -> list[Posted]:
    """What this person has taken first, then what nobody has, the more severe before."""

    def key(posted: Posted) -> tuple[bool, bool, bool, int, float]:
        alert = posted.alert
        return (
            owner_id(alert) != person_id,
            alert.status is Status.RECOVERING,
            alert.status is Status.ACKNOWLEDGED,
            _RANK[alert.route.severity],
            _age(alert),
        )

    return sorted(alerts, key=key)


def _age(alert: Alert) -> float:
    """The less, the later it has failed."""
    return -alert.last_failure_at.timestamp()


def owner_id(alert: Alert) -> str | None:
    return alert.acknowledged.by.id if alert.acknowledged else None


def of_machine(alerts: Iterable[Posted], machine_arn: str) -> list[Posted]:
    return [posted for posted in alerts if posted.alert.arn.machine_arn == machine_arn]


def days(overview: Overview) -> list[Day]:
    """Each state machine that has failed within a day, the most failures first."""
    hours: defaultdict[str, list[Hour]] = defaultdict(list)
    for posted in (*overview.alerts, *overview.lately):
        hours[posted.alert.arn.machine_arn].extend(posted.alert.hours)
    found = [Day(arn, tuple(last_day(each, overview.now))) for arn, each in hours.items()]
    failing = [day for day in found if day.total]
    return sorted(failing, key=lambda day: (-day.total, day.machine_arn))


def quiet(overview: Overview) -> Quiet:
    """What mutes in force have held back, and what rules keep from being posted."""
    held_back = suppressed = 0
    for posted in (*overview.alerts, *overview.lately):
        alert = posted.alert
        lately = sum(last_day(alert.hours, overview.now))
        if not alert.route.notify:
            suppressed += lately
        elif alert.muted(overview.now):
            held_back += min(alert.held_back, lately)
    return Quiet(held_back, suppressed)


def held_back_by(mute: Mute, alerts: Iterable[Posted]) -> int:
    """Failures that nobody was told of since this mute began, as far as alerts know."""
    return sum(posted.alert.held_back for posted in alerts if posted.alert.mute == mute)
