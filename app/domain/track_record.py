"""How a state machine has done lately."""

from datetime import datetime, timedelta

from msgspec import Struct

from app.domain.listing import Listed, Listing

DAY = timedelta(hours=24)


class TrackRecord(Struct, frozen=True, kw_only=True):
    """Executions that ended within the last day, or (``since``) within what the list reached."""

    ended: int
    succeeded: int
    running: int
    since: datetime
    whole_day: bool


def track_record(listed: Listing[Listed], now: datetime) -> TrackRecord:
    """Of a list sorted by start, the latest first, as ListExecutions gives it."""
    day_ago = now - DAY
    ended = [one for one in listed.items if one.stopped_at and one.stopped_at >= day_ago]
    oldest = listed.items[-1].started_at if listed.items else day_ago
    whole_day = listed.whole or oldest <= day_ago
    return TrackRecord(
        ended=len(ended),
        succeeded=sum(one.status == "SUCCEEDED" for one in ended),
        running=sum(one.running for one in listed.items),
        since=day_ago if whole_day else oldest,
        whole_day=whole_day,
    )
