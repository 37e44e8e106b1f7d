"""How fast a channel is written to.

Slack: about one message a second and channel, with short bursts; of more than that it shows
only some, whatever it answers.
"""

from collections.abc import Callable

_SECONDS = 1.0


class Pace:
    """So many messages *at_once*, then one a second. *clock* tells seconds, *sleep* waits them."""

    def __init__(
        self, at_once: int, clock: Callable[[], float], sleep: Callable[[float], None]
    ) -> None:
        self._at_once = at_once
        self._clock = clock
        self._sleep = sleep
        self._free_at: dict[str, float] = {}
        self._ids: dict[str, str] = {}

    def keep(self, channel: str) -> None:
        """Wait until the channel, given by name or id, may be written to again."""
        name = self._ids.get(channel, channel)
        now = self._clock()
        free_at = max(self._free_at.get(name, 0.0), now - (self._at_once - 1) * _SECONDS)
        if free_at > now:
            self._sleep(free_at - now)
        self._free_at[name] = free_at + _SECONDS

    def same(self, name: str, channel_id: str) -> None:
        """Both name one channel."""
        if name != channel_id and channel_id not in self._ids:
            self._ids[channel_id] = name
