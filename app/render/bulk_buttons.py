"""Stop and resume a recovery of many, on the card and on its progress."""

from collections.abc import Iterator
from typing import Any

from app.domain.alert import Alert
from app.domain.changes import BulkResumed, BulkStopped
from app.domain.transitions import allows
from app.render.buttons import (
    RESUME_RECOVERY,
    STOP_RECOVERY,
    PressedBulk,
    button,
    confirmation,
)


def bulk_buttons(alert: Alert) -> Iterator[dict[str, Any]]:
    """Those that the life cycle allows now."""
    if alert.bulk is None:
        return
    value = PressedBulk(alert.id, alert.bulk.id).value
    if allows(alert, BulkStopped):
        yield button(STOP_RECOVERY, "Stop recovery", value, style="danger")
    if allows(alert, BulkResumed):
        confirm = confirmation(
            "Resume the recovery?",
            "It goes on with all that is failed by now, and stops again when too many fail.",
            "Resume",
        )
        yield button(RESUME_RECOVERY, "Resume recovery", value, confirm=confirm)
