"""Would a redrive help? Told from the execution's description and its history.

AWS: a redrive runs again, with their recorded input, the states that were entered and not
exited. So a failed Task is tried again, while a Fail state is entered again and fails again:
an error that was caught can't be repaired by a redrive.
"""

import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum

from msgspec import Struct

from app.domain.calls import Call, trace_id
from app.domain.execution import Attempt
from app.domain.history import Event, Place, Rerun, find_wait, finished_steps, locate

#: AWS: an execution can be redriven for 14 days after it closed.
REDRIVABLE_FOR = timedelta(days=14)

#: AWS: how the cause of a States.Runtime error begins.
_WHERE = re.compile(
    r"An error occurred while executing the state '(?P<state>.+?)' \(entered at the event id #\d+\)"
)


class Help(StrEnum):
    """What a redrive would do. WAITS: nothing, a step waits for people's answer."""

    RESUMES = "resumes"
    REENTERS_FAIL = "reenters_fail"
    NOT_REDRIVABLE = "not_redrivable"
    WAITS = "waits"
    UNKNOWN = "unknown"


class Verdict(Struct, frozen=True, kw_only=True):
    """What a redrive of ``attempt`` would do, and why.

    ``state`` is the state it would enter, and ``rerun`` how that runs again; ``repeats`` says
    that the state failed by its input alone, which a redrive does not change; ``caught_from``
    is the state whose error led to a Fail state; ``finished_steps`` what is kept; ``reason``
    is Step Functions' own word, or why nothing could be told; ``ask_again`` whether it may be
    told later; ``out_of_reach`` that it is of an account or region in which we can't act.
    ``call`` and ``trace_id`` lead to what went wrong. ``revision`` is AWS's name of the
    definition that it ran.
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
    rerun: Rerun = Rerun.STATE
    repeats: bool = False
    call: Call | None = None
    trace_id: str | None = None
    revision: str | None = None
    out_of_reach: bool = False

    @property
    def vain(self) -> bool:
        """Whether a redrive is known to fail in the same way."""
        return self.help is Help.REENTERS_FAIL or (self.help is Help.RESUMES and self.repeats)


def judge(
    attempt: Attempt,
    *,
    redrive_status: str | None,
    reason: str | None,
    stopped_at: datetime | None,
    events: Sequence[Event] | None,
    definition_changed: bool = False,
    revision: str | None = None,
    cause: str | None = None,
    trace_header: str | None = None,
) -> Verdict:
    """The verdict on *attempt*.

    *events* is its history newest first, as GetExecutionHistory with reverseOrder gives it;
    it may lack its oldest part. None when it can't be read: then *cause* may tell the state.
    """
    place = _named_in(cause) if events is None else locate(events)
    unread = events is None and place.state is None
    help_, why = _help(redrive_status, reason, place, unread=unread)
    return Verdict(
        attempt=attempt,
        help=help_,
        state=place.state,
        caught_from=place.caught_from,
        finished_steps=finished_steps(events or ()),
        until=stopped_at + REDRIVABLE_FOR if stopped_at else None,
        reason=why,
        definition_changed=definition_changed,
        revision=revision,
        rerun=place.rerun,
        repeats=place.repeats,
        call=place.call,
        trace_id=trace_id(trace_header),
    )


def unknown(attempt: Attempt, reason: str, *, ask_again: bool = False) -> Verdict:
    """The verdict when Step Functions could not be asked."""
    return Verdict(attempt=attempt, help=Help.UNKNOWN, reason=reason, ask_again=ask_again)


def out_of_reach(attempt: Attempt) -> Verdict:
    """The verdict where Step Functions may not be asked: no value of Help, which older code
    could not read.
    """
    return Verdict(
        attempt=attempt,
        help=Help.UNKNOWN,
        reason="alerts.yml does not list its account and region",
        out_of_reach=True,
    )


def waiting(attempt: Attempt, events: Sequence[Event]) -> Verdict:
    """The verdict while a step waits: which state a retry goes back to, and until when.

    *events* is the history newest first.
    """
    wait = find_wait(events)
    return Verdict(
        attempt=attempt,
        help=Help.WAITS,
        state=wait.place.state,
        caught_from=wait.place.caught_from,
        finished_steps=finished_steps(events),
        until=wait.until,
        call=wait.place.call,
    )


def _help(
    status: str | None, reason: str | None, place: Place, *, unread: bool
) -> tuple[Help, str | None]:
    """What a redrive would do, and why where it does nothing or nobody can tell."""
    match status:
        case "NOT_REDRIVABLE":
            return Help.NOT_REDRIVABLE, reason
        case "REDRIVABLE_BY_MAP_RUN":
            return Help.NOT_REDRIVABLE, "only its Map Run can redrive it"
        case "REDRIVABLE":
            if unread:
                return Help.UNKNOWN, "its history can't be read"
            return (Help.REENTERS_FAIL if place.in_fail_state else Help.RESUMES), None
        case None:
            return Help.UNKNOWN, None
        case _:  # AWS may add statuses: none of them is to keep an alert from being told
            return Help.UNKNOWN, f"its redrive status is {status}"


def _named_in(cause: str | None) -> Place:
    """Where the cause alone says it failed: it does so for errors of the state itself."""
    found = _WHERE.match(cause or "")
    return Place(state=found["state"], repeats=True) if found else Place()
