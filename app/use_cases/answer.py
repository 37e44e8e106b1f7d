"""Answers a step that waits: its state machine tries again, or gives up.

The output that the step gets is ``{"action": "retry" | "give_up", "by": name, "id": …}``, and
with a retry ``"input"``: what the state that failed had been given, or what people made of it.
"""

import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from msgspec.structs import replace

from app.deps import Deps
from app.domain.alert import Recovery, RecoveryKind
from app.domain.execution import Attempt
from app.domain.held_input import held_input
from app.domain.occurrence import Occurrence, Outcome
from app.step_functions import NoLongerWaitingError
from app.use_cases.outcome import watch
from app.use_cases.refused import RefusedError
from app.use_cases.restart import edited_input

#: Enough to find the step that waits, with other branches at work beside it.
_EVENTS = 200
#: AWS: the context object's EnteredTime is the time of the event.
_SAME_MOMENT_SECONDS = 1
_OVER = "its wait is over: it was answered already, or timed out"


def answer(deps: Deps, recovery: Recovery) -> None:
    """Send it. Safe to repeat. Raises RefusedError."""
    attempt, arn = recovery.attempt, recovery.attempt.execution_arn
    token = deps.tokens.of(attempt)
    if token is None:
        raise RefusedError(_OVER)
    said: dict[str, Any] = {
        "action": recovery.kind.value,
        "by": recovery.by.name,
        "id": recovery.id,
    }
    if recovery.kind is RecoveryKind.RETRY:
        said["input"] = _input(deps, recovery)
        # Expected before it is sent, so that the next failure is not taken for this one.
        deps.occurrences.swap(arn, lambda known: _awaited(known, attempt))
    try:
        deps.step_functions.answer(arn, token, json.dumps(said, ensure_ascii=False))
    except NoLongerWaitingError:
        if not _was_answered(deps.step_functions.history_with_data(arn, _EVENTS), said["id"]):
            deps.occurrences.swap(arn, lambda known: _told(known, attempt))
            raise RefusedError(_OVER) from None
    watch(deps, arn)


def recorded_input(deps: Deps, attempt: Attempt) -> object:
    """What the state whose failure is waited about had been given (JSON, with its secrets).

    Raises RefusedError and StepFunctionsError.
    """
    arn = attempt.execution_arn
    events = deps.step_functions.history_with_data(arn, _EVENTS)
    param = _entered_with(events, attempt)
    if param is None:
        message = "the input of the step is no longer in the execution's history"
        raise RefusedError(message)
    execution_input = deps.step_functions.describe(arn).input
    return held_input(json.loads(param), json.loads(execution_input or "null"))


def _input(deps: Deps, recovery: Recovery) -> object:
    recorded = recorded_input(deps, recovery.attempt)
    if recovery.edited_input is None:
        return recorded
    edited: object = json.loads(
        edited_input(deps, recovery.edited_input, json.dumps(recorded, ensure_ascii=False))
    )
    return edited


def _entered_with(events: Iterable[Mapping[str, Any]], attempt: Attempt) -> str | None:
    """The input of the state that was entered when the wait began."""

    def apart(event: Mapping[str, Any]) -> float:
        entered: datetime = event["timestamp"]
        return abs(entered.timestamp() - attempt.hold / 1000)

    entered = [event for event in events if "input" in event.get("stateEnteredEventDetails", {})]
    nearest = min(entered, key=apart, default=None)
    if nearest is None or apart(nearest) > _SAME_MOMENT_SECONDS:
        return None
    return str(nearest["stateEnteredEventDetails"]["input"])


def _was_answered(events: Iterable[Mapping[str, Any]], answer_id: str) -> bool:
    """Whether it was this very answer that ended the wait, and only the reply was lost."""
    return any(
        answer_id in str((event.get("taskSucceededEventDetails") or {}).get("output"))
        for event in events
    )


def _awaited(known: Occurrence | None, attempt: Attempt) -> Occurrence | None:
    if known and known.outcome is Outcome.TOLD and known.hold == attempt.hold:
        return replace(known, outcome=Outcome.AWAITED)
    return known


def _told(known: Occurrence | None, attempt: Attempt) -> Occurrence | None:
    if known and known.outcome is Outcome.AWAITED and known.hold == attempt.hold:
        return replace(known, outcome=Outcome.TOLD)
    return known
