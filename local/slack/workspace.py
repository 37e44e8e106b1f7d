"""What the workspace holds: messages, files, open modals, home tabs. In memory, one lock."""

import itertools
import queue
import threading
import time
import uuid
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from local.slack.people import CHANNELS, DMS

Json = dict[str, Any]

#: Slack: a trigger opens a modal within 3 seconds; a response URL works 5 times in 30 minutes.
TRIGGER_SECONDS = 3.0
RESPONSE_USES, RESPONSE_SECONDS = 5, 1800


@dataclass(slots=True)
class Trigger:
    user: str
    made_at: float
    used: bool = False


@dataclass(slots=True)
class ResponseUrl:
    """Where a response goes: the channel, who acted, and on which message where it was one."""

    channel: str
    user: str
    ts: str | None
    made_at: float
    uses_left: int = RESPONSE_USES


@dataclass(slots=True)
class File:
    """``about`` is the file as the Web API tells it; ``content`` comes after the place for it."""

    about: Json
    content: bytes | None = None


#: Of so many calls, what the app said in them is remembered.
HEARD = 3_000


@dataclass(slots=True)
class Workspace:
    messages: dict[str, list[Json]] = field(
        default_factory=lambda: {one: [] for one in (*CHANNELS, *DMS)}
    )
    files: dict[str, File] = field(default_factory=dict)
    views: dict[str, Json] = field(default_factory=dict)
    modals: dict[str, list[str]] = field(default_factory=dict)
    homes: dict[str, Json] = field(default_factory=dict)
    triggers: dict[str, Trigger] = field(default_factory=dict)
    responses: dict[str, ResponseUrl] = field(default_factory=dict)
    #: Channels that the app is not in.
    left: set[str] = field(default_factory=set)
    calls: list[Json] = field(default_factory=list)
    deliveries: list[Json] = field(default_factory=list)
    heard: deque[str] = field(default_factory=lambda: deque(maxlen=HEARD))
    lock: threading.RLock = field(default_factory=threading.RLock)
    _numbers: Iterator[int] = field(default_factory=itertools.count)
    _watchers: list["queue.Queue[str]"] = field(default_factory=list)

    def reset(self) -> None:
        """Empty everything but who watches."""
        with self.lock:
            for messages in self.messages.values():
                messages.clear()
            kept: tuple[dict[str, Any], ...] = (
                self.files,
                self.views,
                self.modals,
                self.homes,
                self.triggers,
                self.responses,
            )
            for one in kept:
                one.clear()
            self.left.clear()
            self.calls.clear()
            self.deliveries.clear()
            self.heard.clear()
        self.changed()

    def timestamp(self) -> str:
        """Slack: seconds and a number that makes it unique in its channel, as text."""
        return f"{int(time.time())}.{next(self._numbers) % 1_000_000:06d}"

    def find(self, channel: str, ts: str | None) -> Json | None:
        return next((one for one in self.messages.get(channel, []) if one["ts"] == ts), None)

    # What interactions hand out

    def trigger(self, user: str) -> str:
        trigger_id = f"{int(time.time() * 1000)}.{uuid.uuid4().hex}"
        self.triggers[trigger_id] = Trigger(user, time.monotonic())
        return trigger_id

    def response_url(self, user: str, channel: str, message: Json | None = None) -> str:
        """The key of a place to respond to. *message* is what was acted on."""
        key = uuid.uuid4().hex
        ts = message["ts"] if message else None
        self.responses[key] = ResponseUrl(channel, user, ts, time.monotonic())
        return key

    # Who watches

    def changed(self) -> None:
        for watcher in list(self._watchers):
            watcher.put("changed")

    @contextmanager
    def watched(self) -> Iterator["queue.Queue[str]"]:
        """A queue that gets a word whenever something has changed."""
        watcher: queue.Queue[str] = queue.Queue()
        self._watchers.append(watcher)
        try:
            yield watcher
        finally:
            self._watchers.remove(watcher)
