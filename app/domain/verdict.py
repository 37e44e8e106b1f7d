"""Would a redrive help? Told from the execution's description and its history.

AWS: a redrive runs again, with their recorded input, the states that were entered and not
exited. So a failed Task is tried again, while a Fail state is entered again and fails again:
an error that was caught can't be repaired by a redrive.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import pairwise
from typing import Any

from app.domain.execution import Attempt

#: AWS: an execution can be redriven for 14 days after it closed.
REDRIVABLE_FOR = timedelta(days=14)

_FOR_EVER_SECONDS = 99_999_999

#: An event of GetExecutionHistory, as boto3 returns it.
Event = Mapping[str, Any]


class Help(StrEnum):
    """What a redrive would do. WAITS: nothing, a step waits for people's answer."""

    RESUMES = "resumes"
    REENTERS_FAIL = "reenters_fail"
    NOT_REDRIVABLE = "not_redrivable"
    WAITS = "waits"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What a redrive of ``attempt`` would do, and why.

    ``state`` is the state it would enter; ``caught_from`` the state whose error led to a
    Fail state; ``finished_steps`` what is kept; ``reason`` is Step Functions' own word, or
    why nothing could be told; ``ask_again`` whether it may be told later.
    """

    attempt: Attempt
    help: Help
    state: str | None = None
    caught_from: str | None = None
    finished_steps: int = 0
    until: datetime | None = None
    reason: str | None = None
    definition_changed: bool = False
    ask_again: bool = False


def judge(
    attempt: Attempt,
    *,
    redrive_status: str | None,
    reason: str | None,
    stopped_at: datetime | None,
    events: Sequence[Event],
    definition_changed: bool = False,
) -> Verdict:
    """The verdict on *attempt*.

    *events* is its history newest first, as GetExecutionHistory with reverseOrder gives it;
    it may lack its oldest part.
    """
    place = locate(events)
    help_ = Help.RESUMES
    if redrive_status == "NOT_REDRIVABLE":
        help_ = Help.NOT_REDRIVABLE
    elif redrive_status is None:
        help_ = Help.UNKNOWN
    elif place.in_fail_state:
        help_ = Help.REENTERS_FAIL
    return Verdict(
        attempt=attempt,
        help=help_,
        state=place.state,
        caught_from=place.caught_from,
        finished_steps=sum(event["type"].endswith("StateExited") for event in events),
        until=stopped_at + REDRIVABLE_FOR if stopped_at else None,
        reason=reason if help_ is Help.NOT_REDRIVABLE else None,
        definition_changed=definition_changed,
    )


def unknown(attempt: Attempt, reason: str, *, ask_again: bool = False) -> Verdict:
    """The verdict when Step Functions could not be asked."""
    return Verdict(attempt=attempt, help=Help.UNKNOWN, reason=reason, ask_again=ask_again)


def waiting(attempt: Attempt, events: Sequence[Event]) -> Verdict:
    """The verdict while a step waits: which state a retry goes back to, and until when.

    *events* is the history newest first. AWS: without a TimeoutSeconds of its own a task waits
    99,999,999 s, which nobody needs to be told of.
    """
    place = locate(events, waits=True)
    scheduled = next((event for event in events if event["type"] == "TaskScheduled"), None)
    seconds = (scheduled or {}).get("taskScheduledEventDetails", {}).get("timeoutInSeconds")
    until = None
    if scheduled and seconds and seconds < _FOR_EVER_SECONDS:
        until = scheduled["timestamp"] + timedelta(seconds=seconds)
    return Verdict(
        attempt=attempt,
        help=Help.WAITS,
        state=place.state,
        caught_from=place.caught_from,
        finished_steps=sum(event["type"].endswith("StateExited") for event in events),
        until=until,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where an execution failed."""

    state: str | None = None
    in_fail_state: bool = False
    caught_from: str | None = None


def locate(events: Sequence[Event], *, waits: bool = False) -> Place:
    """Where the execution failed, or (*waits*) waits for an answer about its failure.

    That is the innermost state entered on the way to its end.

    Walks back by previousEventId, which is right inside Map and Parallel states too, where
    the last state entered may belong to a branch that went well. An aborted execution's last
    event has no previous one (AWS: 0): there the last state entered has to do.
    """
    by_id = {event["id"]: event for event in events}
    chain = _chain(events, by_id)
    entered = next((event for event in chain if event["type"].endswith("StateEntered")), None)
    if entered is None:
        entered = next((event for event in events if event["type"].endswith("StateEntered")), None)
        if entered is None:
            return Place()
    if entered["type"] != "FailStateEntered" and not waits:
        return Place(state=_name(entered))
    caught = _caught(entered, by_id)
    return Place(state=_name(entered), in_fail_state=not waits, caught_from=caught)


def _chain(events: Sequence[Event], by_id: Mapping[int, Event]) -> list[Event]:
    """The events from the last one back to the first, or to where the history was cut."""
    chain: list[Event] = []
    event = events[0] if events else None
    while event is not None:
        chain.append(event)
        previous = event.get("previousEventId", 0)
        # An id that does not go down would be a loop: nothing AWS writes, but not ours to trust.
        event = by_id.get(previous) if 0 < previous < event["id"] else None
    return chain


def _caught(fail_entered: Event, by_id: Mapping[int, Event]) -> str | None:
    """The state whose error a Catch led to this Fail state: it exited right after failing."""
    previous = by_id.get(fail_entered.get("previousEventId", 0))
    chain: list[Event] = []
    while previous is not None:
        chain.append(previous)
        earlier = previous.get("previousEventId", 0)
        previous = by_id.get(earlier) if 0 < earlier < previous["id"] else None
    for event, before in pairwise(chain):
        if event["type"].endswith("StateExited") and _is_failure(before):
            return _name(event)
    return None


def _is_failure(event: Event) -> bool:
    return str(event["type"]).endswith(("Failed", "TimedOut"))


def _name(event: Event) -> str | None:
    details = event.get("stateEnteredEventDetails") or event.get("stateExitedEventDetails") or {}
    name = details.get("name")
    return name if isinstance(name, str) else None
