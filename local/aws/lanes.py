"""A line of states being walked: the machine's own, a Parallel branch's, or a Map item's."""

from __future__ import annotations

import copy
import threading
import time

from local.aws.executions import Execution, Json, Progress, Run, SupersededError
from local.aws.seams import stepfunctions

_LOOK_SECONDS = 0.05


class Scope:
    """What runs together and is aborted together: a run, or the branches of one state."""

    def __init__(self, run: Run, parent: Scope | None = None) -> None:
        self.run = run
        self.parent = parent
        self.aborted = False

    def live(self) -> bool:
        if self.aborted:
            return False
        return self.parent.live() if self.parent else self.run.current()


class Lane:
    """One line of states, its place in the history and its context object.

    Everything it writes it writes as long as its scope is live; after that SupersededError.
    """

    def __init__(self, scope: Scope, progress: Progress, context: Json, previous: int) -> None:
        self.scope = scope
        self.progress = progress
        self.context = context
        self.previous = previous

    @property
    def execution(self) -> Execution:
        return self.scope.run.execution

    def branch(self, index: int, scope: Scope, item: Json = None) -> Lane:
        """The lane of a branch or item. AWS: inner variables are not seen outside."""
        context = copy.deepcopy(self.context)
        if item is not None:
            context["Map"] = item
        progress = self.progress.branches.setdefault(index, Progress())
        return Lane(scope, progress, context, self.previous)

    def write(self, kind: str, details: Json = None) -> int:
        with self.execution.lock:
            self.check()
            self.previous = self.execution.append(kind, details, previous=self.previous)
            return self.previous

    def check(self) -> None:
        if not self.scope.live():
            raise SupersededError

    def wait_for(self, event: threading.Event, seconds: float | None) -> bool:
        """Whether the event came within so many seconds; SupersededError when we needn't know."""
        deadline = None if seconds is None else time.monotonic() + seconds
        while True:
            self.check()
            left = _LOOK_SECONDS if deadline is None else deadline - time.monotonic()
            if event.wait(max(0.0, min(_LOOK_SECONDS, left))):
                return True
            if left <= 0:
                return False

    def sleep(self, seconds: float) -> None:
        self.wait_for(threading.Event(), seconds * stepfunctions._SFN_WAIT_SCALE)
