"""What an execution did, state after state, read from its history.

What ran inside a Map or Parallel state is told by name, however many items there were. Of a
history too long to be read whole, the first and the latest events make two parts with a gap.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from msgspec import Struct, field

from app.domain.history import Event

_HOLDERS = frozenset({"Map", "Parallel"})


class Ending(StrEnum):
    """How a step ended. CAUGHT: it failed, and its error led on. STOPPED: another's failure,
    or an end from outside, took it along.
    """

    SUCCEEDED = "succeeded"
    CAUGHT = "caught"
    FAILED = "failed"
    STOPPED = "stopped"
    RUNNING = "running"


#: Of steps told as one, what is worst is told.
_WORST = (Ending.FAILED, Ending.RUNNING, Ending.STOPPED, Ending.CAUGHT, Ending.SUCCEEDED)


class Step(Struct, frozen=True, kw_only=True):
    """A state, or (``times``) all the same ones inside a Map or Parallel state.

    ``took`` is how long the longest took, None where no end is known; ``tries`` how often its
    work was begun, of the one that needed most.
    """

    name: str
    kind: str
    depth: int
    ending: Ending
    began: datetime
    took: timedelta | None
    times: int = 1
    failed: int = 0
    tries: int = 1


class Redriven(Struct, frozen=True):
    """Here the execution was redriven."""

    at: datetime


class LeftOut(Struct, frozen=True):
    """Here something is not told: so many ``steps``, or ``events`` that nobody read."""

    steps: int = 0
    events: int = 0


Row = Step | Redriven | LeftOut


def timeline(latest: Sequence[Event], first: Sequence[Event] = ()) -> list[Row]:
    """The rows, from the start on. *latest* is newest first, *first* is oldest first.

    Both are what GetExecutionHistory gives; where they overlap each event counts once.
    """
    events = list(reversed(latest))
    begin = events[0]["id"] if events else 0
    before = [event for event in first if event["id"] < begin]
    reader = _Reader()
    reader.read(before)
    gap = begin - before[-1]["id"] - 1 if before else max(0, begin - 1)
    if gap:
        reader.rows.append(LeftOut(events=gap))
    reader.read(events)
    return list(_told(reader.rows))


def shortened(rows: Sequence[Row], most: int) -> list[Row]:
    """At most *most* rows: the beginning, and more of the end, where it went wrong."""
    if len(rows) <= most:
        return list(rows)
    beginning = (most - 1) // 3
    end = most - 1 - beginning
    between = rows[beginning : len(rows) - end]
    left_out = LeftOut(
        steps=sum(isinstance(row, Step) for row in between),
        events=sum(row.events for row in between if isinstance(row, LeftOut)),
    )
    return [*rows[:beginning], left_out, *rows[len(rows) - end :]]


class _Entry(Struct, eq=False):
    """A state that was entered, as its events tell of it."""

    name: str
    kind: str
    began: datetime
    ended: datetime | None = None
    ending: Ending = Ending.RUNNING
    begun: int = 0
    inside: list["_Entry"] = field(default_factory=list)

    def end(self, at: datetime, ending: Ending) -> None:
        if self.ended is None:
            self.ended, self.ending = at, ending

    def open_ones(self) -> Iterator["_Entry"]:
        for entry in self.inside:
            yield from entry.open_ones()
        if self.ended is None:
            yield self


#: The states an event happened in, the outermost first.
_Path = tuple[_Entry, ...]


class _Reader:
    """Reads events oldest first. Which states one happened in follows from the event before it."""

    def __init__(self) -> None:
        self.rows: list[_Entry | Redriven | LeftOut] = []
        self._paths: dict[int, _Path] = {}
        self._kinds: dict[int, str] = {}

    def read(self, events: Iterable[Event]) -> None:
        for event in events:
            number, previous = event["id"], event.get("previousEventId", 0)
            self._kinds[number] = str(event["type"])
            path, before = self._paths.get(previous, ()), self._kinds.get(previous, "")
            self._paths[number] = self._after(event, path, before)

    def _after(self, event: Event, path: _Path, before: str) -> _Path:
        """The path after *event*. *before* is the kind of the event that it came after."""
        kind, at = str(event["type"]), event["timestamp"]
        if kind == "ExecutionRedriven":
            self.rows.append(Redriven(at))
            return path
        if before == "ExecutionRedriven":
            path = self._begun_anew(path, at) if path and not kind.endswith("Entered") else ()
        if kind.endswith("StateEntered"):
            return self._entered(event, path)
        if kind.endswith("StateExited"):
            caught = before.endswith(("Failed", "TimedOut"))
            return self._exited(event, path, Ending.CAUGHT if caught else Ending.SUCCEEDED)
        if kind in {"ExecutionFailed", "ExecutionTimedOut", "ExecutionAborted"}:
            self._ended(at, path, stopped=kind != "ExecutionFailed")
        elif kind.endswith("Scheduled") and path:
            path[-1].begun += 1
        elif kind.startswith(("MapIteration", "MapState", "ParallelState")):
            return _within_holder(kind, at, path)
        return path

    def _begun_anew(self, path: _Path, at: datetime) -> _Path:
        """The state that a redrive goes on with, where no event tells of its entering."""
        entry = _Entry(path[-1].name, path[-1].kind, at)
        self.rows.append(entry)
        return (entry,)

    def _entered(self, event: Event, path: _Path) -> _Path:
        kind = str(event["type"]).removesuffix("StateEntered")
        entry = _Entry(_name(event), kind, event["timestamp"])
        if path:
            path[-1].inside.append(entry)
        else:
            self.rows.append(entry)
        return (*path, entry)

    def _exited(self, event: Event, path: _Path, ending: Ending) -> _Path:
        """The state's end; what was entered before the history was cut is looked for by name."""
        name, at = _name(event), event["timestamp"]
        for place in reversed(range(len(path))):
            if path[place].name == name:
                path[place].end(at, ending)
                return path[:place]
        known = [row for row in self.rows if isinstance(row, _Entry) and row.name == name]
        if known:
            known[-1].end(at, ending)
        return ()

    def _ended(self, at: datetime, path: _Path, *, stopped: bool) -> None:
        """The execution's end, and with it that of whatever was at work.

        AWS: after an abort, or an expression that failed, no event before is named.
        """
        at_work = [one for row in self.rows if isinstance(row, _Entry) for one in row.open_ones()]
        for entry in path or at_work[-1:]:
            entry.end(at, Ending.STOPPED if stopped else Ending.FAILED)
        for entry in at_work:
            entry.end(at, Ending.STOPPED)


def _within_holder(kind: str, at: datetime, path: _Path) -> _Path:
    """What a Map or Parallel state tells of itself, or of one of its items."""
    place = next((n for n in reversed(range(len(path))) if path[n].kind in _HOLDERS), None)
    if place is None:
        return path
    holder, inside = path[place], path[place + 1 :]
    if kind.endswith("StateStarted"):
        holder.begun += 1
    if kind.endswith("Failed"):
        for entry in inside:
            entry.end(at, Ending.FAILED)
        if kind.endswith("StateFailed"):
            for entry in list(holder.open_ones()):
                if entry is not holder:
                    entry.end(at, Ending.STOPPED)
    return path[: place + 1]


def _told(rows: Iterable[_Entry | Redriven | LeftOut]) -> Iterator[Row]:
    for row in rows:
        if isinstance(row, _Entry):
            yield from _steps([row], 0)
        else:
            yield row


def _steps(entries: Sequence[_Entry], depth: int) -> Iterator[Step]:
    """Entries of one level: those of the same name together, then what ran inside them."""
    by_name: dict[str, list[_Entry]] = {}
    for entry in entries:
        by_name.setdefault(entry.name, []).append(entry)
    for same in by_name.values():
        yield _step(same, depth)
        yield from _steps([inner for entry in same for inner in entry.inside], depth + 1)


def _step(same: Sequence[_Entry], depth: int) -> Step:
    endings = {entry.ending for entry in same}
    took = [entry.ended - entry.began for entry in same if entry.ended]
    return Step(
        name=same[0].name,
        kind=same[0].kind,
        depth=depth,
        ending=next(ending for ending in _WORST if ending in endings),
        began=min(entry.began for entry in same),
        took=max(took, default=None),
        times=len(same),
        failed=sum(entry.ending in {Ending.FAILED, Ending.CAUGHT} for entry in same),
        tries=max([1, *(entry.begun for entry in same)]),
    )


def _name(event: Event) -> str:
    """AWS: an event's details stand under a name made of its type."""
    for name, details in event.items():
        if name.endswith("EventDetails"):
            return str(_get(details, "name") or "?")
    return "?"


def _get(details: Any, name: str) -> object:
    return details.get(name) if isinstance(details, dict) else None
