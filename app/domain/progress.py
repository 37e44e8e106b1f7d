"""The progress of a recovery of many: when it is drawn, and where it is going."""

from datetime import datetime, timedelta

from msgspec import Struct
from msgspec.structs import replace

from app.domain.alert import BulkRecovery
from app.domain.course import Course, numbers

#: How often progress is drawn at most; what people do is drawn at once.
DRAWN_EVERY = timedelta(seconds=3)
#: Ends after which its rate is told.
_ENOUGH = 10


def draw_due(bulk: BulkRecovery, course: Course, now: datetime) -> datetime | None:
    """When progress is to be drawn; None where it shows the latest already."""
    latest, drawn = numbers(bulk, course), course.drawn
    if latest == drawn:
        return None
    if drawn is None or course.drawn_at is None:
        return now
    if (latest.stage, latest.leg) != (drawn.stage, drawn.leg):
        return now
    return course.drawn_at + DRAWN_EVERY


def drawing(course: Course, bulk: BulkRecovery, now: datetime) -> Course:
    """*course* with one more drawing, should one be due."""
    due = draw_due(bulk, course, now)
    if due is None or due > now:
        return course
    return replace(course, draws=course.draws + 1, drawn=numbers(bulk, course), drawn_at=now)


class Forecast(Struct, frozen=True):
    """``rate``: ends a second in this leg; ``end``: when the last one is to be expected."""

    rate: float
    end: datetime


def forecast(bulk: BulkRecovery, course: Course, now: datetime) -> Forecast | None:
    """Where it is going, once enough is known to tell."""
    ended = bulk.tally.ended - course.ended_before_leg
    seconds = (now - course.leg_at).total_seconds()
    if ended < _ENOUGH or seconds <= 0:
        return None
    latest, rate = numbers(bulk, course), ended / seconds
    return Forecast(rate, now + timedelta(seconds=(latest.left + latest.running) / rate))
