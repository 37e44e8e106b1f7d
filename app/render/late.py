"""Failures that came to light late, since no event told of them."""

from app.domain.alert import Alert
from app.render.mrkdwn import span


def late_line(alert: Alert) -> str:
    """On the card and in the thread: how many of its failures, and how late the last was found."""
    assert alert.late is not None
    count, after = alert.late.count, span(alert.late.after)
    if count == 1:
        which = "this failure" if alert.count == 1 else "one of these failures"
        return f":snail: Found late: no event told of {which}. It was found {after} after it ended."
    which = "these" if alert.count == count else f"{count:,} of these failures"
    return (
        f":snail: Found late: no event told of {which}. The last was found {after} after it ended."
    )
