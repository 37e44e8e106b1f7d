"""Failures an hour: kept with the alert, so that they are as exact as its count."""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime

from app.domain.alert import Hour

#: Of how many hours the failures are kept.
KEPT = 24


def hour_of(moment: datetime) -> int:
    """Hours since the epoch."""
    return int(moment.timestamp() // 3600)


def with_failure(hours: tuple[Hour, ...], at: datetime) -> tuple[Hour, ...]:
    """*hours* with one more failure, without those a day before the latest."""
    start = hour_of(at)
    if hours and hours[-1].start == start:  # as in nearly all of a storm
        return (*hours[:-1], Hour(start, hours[-1].failures + 1))
    counted = Counter({hour.start: hour.failures for hour in hours})
    counted[start] += 1
    newest = max(counted)
    return tuple(Hour(one, counted[one]) for one in sorted(counted) if one > newest - KEPT)


def an_hour_before(hours: Iterable[Hour], now: datetime) -> int:
    """The most failures in one hour of the last day."""
    newest = hour_of(now)
    return max((hour.failures for hour in hours if hour.start > newest - KEPT), default=0)


def last_day(hours: Iterable[Hour], now: datetime) -> list[int]:
    """Failures in each of the last KEPT hours, oldest first; hours of several alerts add up."""
    counted: Counter[int] = Counter()
    for hour in hours:
        counted[hour.start] += hour.failures
    newest = hour_of(now)
    return [counted[start] for start in range(newest - KEPT + 1, newest + 1)]
