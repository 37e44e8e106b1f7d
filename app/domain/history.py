"""Where an execution failed, read from its history: which state, which call, what is kept."""

import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import pairwise
from typing import Any

from msgspec import Struct

from app.domain.calls import Call, LambdaFunction, request_id
from app.domain.cause import Cause

#: An event of GetExecutionHistory, as boto3 returns it.
Event = Mapping[str, Any]

_CALL_FAILED = re.compile(r"(?:LambdaFunction|Task)(?:Schedule|Start|Submit)?(?:Failed|TimedOut)")
_FOR_EVER_SECONDS = 99_999_999
# Nothing failed in the history of these: they were ended from outside.
_STOPPED = frozenset({"ExecutionAborted", "ExecutionTimedOut"})


class Rerun(StrEnum):
    """How a redrive runs again what failed.

    AWS: a task that started an execution starts another; of a Map Run the children that did
    not succeed are redriven.
    """

    STATE = "state"
    NEW_CHILD = "new_child"
    FAILED_CHILDREN = "failed_children"


class Place(Struct, frozen=True, kw_only=True):
    """Where an execution failed, and how a redrive runs that again.

    ``call`` is the failed call of a function: of the state the error was caught from, where
    it was caught. ``repeats``: the state failed by its input alone, having called nothing.
    """

    state: str | None = None
    in_fail_state: bool = False
    caught_from: str | None = None
    call: Call | None = None
    rerun: Rerun = Rerun.STATE
    repeats: bool = False


def locate(events: Sequence[Event]) -> Place:
    """Where the execution failed, of its history newest first: the innermost state.

    Walks back by previousEventId, which is right inside Map and Parallel states too, where
    the last state entered may belong to a branch that went well. An execution that was ended
    from outside points nowhere (AWS: an abort's previousEventId is 0): it was in the last
    state that it entered and did not exit.
    """
    if not events:
        return Place()
    history = _History(events)
    stopped = events[0]["type"] in _STOPPED
    chain = history.chain(events[0])
    evaluated = None if stopped else _evaluated(chain, events)
    entered = evaluated or _not_exited(events if stopped else chain)
    if entered is None:
        return Place(state=_evaluated_state(chain))
    if entered["type"] == "FailStateEntered":
        caught = history.caught(entered)
        return Place(
            state=_name(entered),
            in_fail_state=True,
            caught_from=caught and _name(caught[0]),
            call=caught and history.call(history.within.get(caught[1]["id"])),
        )
    own = history.of(entered["id"])
    return Place(
        state=_name(entered),
        call=history.call(entered["id"]),
        rerun=_rerun(own),
        # AWS: a Map state may have failed reading its items from S3, which no event tells.
        repeats=not stopped
        and entered["type"] != "MapStateEntered"
        and not any(_schedules(event) for event in own),
    )


class Wait(Struct, frozen=True):
    """A step that waits for an answer about a failure; ``until`` None: for ever, or not known."""

    place: Place
    until: datetime | None = None


def find_wait(events: Sequence[Event]) -> Wait:
    """The step that began to wait last, of a history newest first.

    AWS: without a TimeoutSeconds of its own a task waits 99,999,999 s, which nobody needs to
    be told of.
    """
    scheduled = next((event for event in events if _waits(event)), None)
    history = _History(events)
    number = history.within.get(scheduled["id"]) if scheduled else None
    entered = next((event for event in events if event["id"] == number), None)
    if scheduled is None or entered is None:
        return Wait(Place())
    caught = history.caught(entered)
    return Wait(
        Place(
            state=_name(entered),
            caught_from=caught and _name(caught[0]),
            call=caught and history.call(history.within.get(caught[1]["id"])),
        ),
        _timeout(scheduled),
    )


def finished_steps(events: Sequence[Event]) -> int:
    """How many steps a redrive keeps, of a history newest first.

    AWS: a Retry of a Parallel or Map state runs all its branches anew, so the steps of a try
    that was given up are not among them. A redrive enters no finished step again.
    """
    inside: dict[int, tuple[int, ...]] = {}
    failed: dict[int, int] = {}
    given_up: set[int] = set()
    exited = []
    for event in reversed(events):
        kind, number, previous = str(event["type"]), event["id"], event.get("previousEventId", 0)
        tries = inside.get(previous, ())
        if kind.endswith("StateStarted"):
            if previous in failed:
                given_up.add(failed[previous])
            tries = (*tries, number)
        elif kind.endswith(("StateSucceeded", "StateFailed")) and tries:
            if kind.endswith("Failed"):
                failed[number] = tries[-1]
            tries = tries[:-1]
        elif kind.endswith("StateExited"):
            exited.append(tries)
        inside[number] = tries
    return sum(given_up.isdisjoint(tries) for tries in exited)


class _History:
    """A history newest first, with the ways through it.

    ``within`` holds, by the id of each event, the id of the StateEntered event it came after.
    """

    def __init__(self, events: Sequence[Event]) -> None:
        self._events = events
        self._by_id = {event["id"]: event for event in events}
        self.within: dict[int, int] = {}
        for event in reversed(events):
            number = event["id"]
            entered = number if _enters(event) else self.within.get(event.get("previousEventId", 0))
            if entered is not None:
                self.within[number] = entered

    def chain(self, event: Event | None) -> list[Event]:
        """*event* and those before it, back to the first, or to where the history was cut."""
        chain: list[Event] = []
        while event is not None:
            chain.append(event)
            previous = event.get("previousEventId", 0)
            # An id that does not go down would be a loop: nothing AWS writes, but not ours to
            # trust.
            event = self._by_id.get(previous) if 0 < previous < event["id"] else None
        return chain

    def of(self, entered: int) -> list[Event]:
        """What happened in the state that was entered so, newest first."""
        return [event for event in self._events if self.within.get(event["id"]) == entered]

    def call(self, entered: int | None) -> Call | None:
        """The last call of a function in that state."""
        own = self.of(entered) if entered else []
        function = next((_function(event) for event in own if _schedules(event)), None)
        if function is None:
            return None
        ended = next((event for event in own if _CALL_FAILED.fullmatch(event["type"])), None)
        return Call(
            function=function,
            at=_moment(ended),
            request_id=request_id(Cause.read(_details(ended).get("cause")).request_id),
        )

    def caught(self, fail_entered: Event) -> tuple[Event, Event] | None:
        """Where a Catch led to this Fail state: a state's exit, and the failure before it."""
        chain = self.chain(fail_entered)[1:]
        for event, before in pairwise(chain):
            if _exits(event) and str(before["type"]).endswith(("Failed", "TimedOut")):
                return event, before
        return None


def _not_exited(events: Iterable[Event]) -> Event | None:
    """The last state entered and not exited, of events newest first."""
    exited: Counter[str | None] = Counter()
    for event in events:
        if _exits(event):
            exited[_name(event)] += 1
        elif _enters(event):
            if not exited[_name(event)]:
                return event
            exited[_name(event)] -= 1
    return None


def _evaluated(chain: Sequence[Event], events: Sequence[Event]) -> Event | None:
    """Where the state was entered whose JSONata expression failed, should that be the end.

    AWS: such an event names its state, and its previousEventId may be 0.
    """
    state = _evaluated_state(chain)
    same = (event for event in events if _enters(event) and _name(event) == state)
    return next(same, None) if state else None


def _evaluated_state(chain: Sequence[Event]) -> str | None:
    for event in chain:
        if event["type"] == "EvaluationFailed":
            state = _details(event).get("state")
            return state if isinstance(state, str) else None
        if _enters(event):
            break
    return None


def _function(scheduled: Event) -> LambdaFunction | None:
    """The function that was called; None for every other kind of task."""
    details = _details(scheduled)
    if scheduled["type"] == "LambdaFunctionScheduled":
        return LambdaFunction.read(details.get("resource"))
    kind, resource = str(details.get("resourceType")), str(details.get("resource"))
    if kind not in {"lambda", "aws-sdk:lambda"} or not resource.startswith("invoke"):
        return None
    try:
        parameters = json.loads(details.get("parameters") or "null")
    except (ValueError, RecursionError):
        return None
    named = parameters.get("FunctionName") if isinstance(parameters, dict) else None
    return LambdaFunction.read(named)


def _rerun(own: Iterable[Event]) -> Rerun:
    for event in own:
        if str(event["type"]).startswith("MapRun"):
            return Rerun.FAILED_CHILDREN
        details = _details(event)
        # startExecution alone does not wait for the execution, so it is not that which failed.
        if details.get("resourceType") == "states" and str(details.get("resource")).startswith(
            "startExecution."
        ):
            return Rerun.NEW_CHILD
    return Rerun.STATE


def _timeout(scheduled: Event) -> datetime | None:
    seconds, at = _details(scheduled).get("timeoutInSeconds"), _moment(scheduled)
    if at is None or not isinstance(seconds, int) or seconds >= _FOR_EVER_SECONDS:
        return None
    return at + timedelta(seconds=seconds)


def _waits(event: Event) -> bool:
    return _schedules(event) and "waitForTaskToken" in str(_details(event).get("resource"))


def _schedules(event: Event) -> bool:
    return str(event["type"]).endswith("Scheduled")


def _enters(event: Event) -> bool:
    return str(event["type"]).endswith("StateEntered")


def _exits(event: Event) -> bool:
    return str(event["type"]).endswith("StateExited")


def _details(event: Event | None) -> Mapping[str, Any]:
    """AWS: an event's details stand under a name made of its type."""
    for name, value in (event or {}).items():
        if name.endswith("EventDetails") and isinstance(value, Mapping):
            return value
    return {}


def _moment(event: Event | None) -> datetime | None:
    at = (event or {}).get("timestamp")
    return at if isinstance(at, datetime) else None


def _name(event: Event) -> str | None:
    name = _details(event).get("name")
    return name if isinstance(name, str) else None
