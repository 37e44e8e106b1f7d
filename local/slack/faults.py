"""What can be made to go wrong, for tests: switched on over HTTP, method by method."""

import threading
import time
from dataclasses import dataclass, field
from typing import Any

MODES = ("rate_limit", "error", "server_error", "html", "drop_after_accept", "slow")


@dataclass(slots=True)
class Fault:
    """``mode`` hits the next ``times`` calls of ``method`` (``*``: any)."""

    method: str
    mode: str
    times: int = 1
    error: str = "internal_error"
    retry_after: int = 1
    seconds: float = 1.0


@dataclass(slots=True)
class Faults:
    """Also a limiter as Slack has it: one message a second in each channel."""

    limited: bool = False
    _faults: list[Fault] = field(default_factory=list)
    _levels: dict[str, tuple[float, float]] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, **said: Any) -> None:
        """ValueError when *said* is no fault."""
        fault = Fault(**said)
        if fault.mode not in MODES:
            message = f"mode must be one of {', '.join(MODES)}"
            raise ValueError(message)
        with self._lock:
            self._faults.append(fault)

    def clear(self) -> None:
        with self._lock:
            self._faults.clear()
            self._levels.clear()
            self.limited = False

    def next(self, method: str) -> Fault | None:
        """The fault that hits this call."""
        with self._lock:
            for fault in self._faults:
                if fault.method in {"*", method}:
                    fault.times -= 1
                    if fault.times <= 0:
                        self._faults.remove(fault)
                    return fault
        return None

    def wait(self, method: str, channel: str) -> int | None:
        """Seconds to wait before another message may be posted; None: go on."""
        if not self.limited or method != "chat.postMessage":
            return None
        burst, rate, now = 3.0, 1.0, time.monotonic()
        with self._lock:
            level, at = self._levels.get(channel, (burst, now))
            level = min(burst, level + (now - at) * rate)
            allowed = level >= 1
            self._levels[channel] = (level - 1 if allowed else level, now)
        return None if allowed else 1
