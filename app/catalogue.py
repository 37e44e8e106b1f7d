"""The state machines there are, listed anew when the list has grown old."""

from collections.abc import Callable
from datetime import datetime, timedelta

from app.domain.listing import Listing, Machine

_KEPT = timedelta(minutes=1)
#: A list that is no older than this would not be another.
_FRESH = timedelta(seconds=1)


class Catalogue:
    """Kept in the process. *machines_arn* is what every state machine's ARN begins with."""

    def __init__(
        self,
        list_machines: Callable[[], Listing[Machine]],
        now: Callable[[], datetime],
        machines_arn: str,
    ) -> None:
        self._list = list_machines
        self._now = now
        self._machines_arn = machines_arn
        self._listed: Listing[Machine] = Listing(())
        self._at: datetime | None = None

    def all(self, *, fresh: bool = False) -> Listing[Machine]:
        """*fresh*: also those made a moment ago. Raises what listing them raises."""
        kept = _FRESH if fresh else _KEPT
        if self._at is None or self._now() - self._at >= kept:
            self._listed = self._list()
            self._at = self._now()
        return self._listed

    def arn_of(self, name: str) -> str:
        """What the ARN of a state machine called *name* is here."""
        return f"{self._machines_arn}:{name}"
