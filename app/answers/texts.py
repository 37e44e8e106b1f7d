"""Finds what is too long for the card: the whole cause and input, logs, the states passed."""

import json
from collections.abc import Callable, Iterator

from msgspec import Struct
from msgspec.structs import replace

from app.deps import Deps
from app.domain.alert import Alert
from app.domain.calls import request_id
from app.domain.cause import Cause
from app.domain.held_input import error_output
from app.domain.kept import shortened, was_shortened
from app.domain.timeline import timeline
from app.function_logs import LogsDeniedError, NoLogsError
from app.ingest.texts import clean, whole
from app.render import readout, talk
from app.render.mrkdwn import code, date, readable
from app.render.reach import out_of_reach, role_refused
from app.render.recoveries import input_name
from app.step_functions import (
    OutOfReachError,
    RoleRefusedError,
    StepFunctionsBusyError,
    StepFunctionsError,
)
from app.use_cases.refused import RefusedError

#: Of a history with data, whose events may hold 512 KiB each.
_EVENTS = 200


class Found(Struct, frozen=True, kw_only=True):
    """``title`` is mrkdwn; ``name`` is for a file."""

    title: str
    name: str
    text: str


class Nothing(Struct, frozen=True):
    """There is none; ``why`` is mrkdwn."""

    why: str


Looked = Found | Nothing
Look = Callable[[Deps, Alert], Looked]


def whole_input(deps: Deps, alert: Alert) -> Looked:
    """What the execution in focus was given, or its step that waits; without its secrets."""
    kept = alert.focus.next_input
    if alert.focus.waits:
        text = kept if kept and not was_shortened(kept) else _held(deps, alert) or kept
    else:
        given = None if alert.arn.express else _described(deps, alert, "input")
        text = whole(given, deps.redactor) if given is not None else kept
    if text is None:
        return Nothing(talk.no_input(alert))
    return Found(
        title=f":inbox_tray: *{input_name(alert)}* of {code(alert.arn.name, 80)}{_gone(text)}",
        name="input.json",
        text=readable(text),
    )


def whole_cause(deps: Deps, alert: Alert) -> Looked:
    """The cause as it was told, without its secrets; of what was cut, all of it.

    A step may have told of a cause that it caught: then the history has it, and not the
    execution's description.
    """
    kept = alert.focus.cause
    if not kept:
        return Nothing(talk.NO_CAUSE)
    text = kept
    if was_shortened(kept) and not alert.arn.express:
        told = (whole(one, deps.redactor) for one in _causes(deps, alert))
        text = next((one for one in told if shortened(one) == kept), kept)
    return Found(
        title=f":page_facing_up: *Cause* of {code(alert.error, 80)}{_gone(text)}",
        name="cause.txt",
        text=readout.whole_cause(text),
    )


def logs(deps: Deps, alert: Alert) -> Looked:
    """What the function logged last whose call failed."""
    if alert.out_of_reach:
        return Nothing(out_of_reach(alert.arn.account, alert.arn.region))
    call = alert.verdict.call if alert.verdict else None
    if call is None:
        return Nothing(talk.no_call(alert))
    function, arn = call.function, alert.arn
    account, region = function.account or arn.account, function.region or arn.region
    if not deps.reach.is_home(f"arn:{arn.partition}:states:{region}:{account}:"):
        return Nothing(talk.of_another_account(function.name, account, region))
    failed_at = call.at or alert.focus.stopped_at or alert.last_failure_at
    asked = call.request_id or request_id(Cause.read(alert.focus.cause).request_id)
    try:
        lines = deps.function_logs.around(call, failed_at, asked)
    except LogsDeniedError as problem:
        return Nothing(talk.no_logs(function, problem.group, denied=True))
    except NoLogsError as problem:
        return Nothing(talk.no_logs(function, problem.group))
    if not lines:
        return Nothing(talk.no_lines(function))
    texts = deps.redactor.redact_lines(clean(line.text) for line in lines)
    safe = [replace(line, text=text) for line, text in zip(lines, texts, strict=True)]
    return Found(
        title=f":scroll: *Logs* of {code(function.name)} up to the failure {date(failed_at)} "
        "(times in UTC)",
        name=f"{function.name}.log",
        text=readout.log_text(safe),
    )


def history(deps: Deps, alert: Alert) -> Looked:
    """The states that the execution in focus passed, and how long each took."""
    if alert.arn.express:
        return Nothing(talk.no_history(alert))
    try:
        events = deps.step_functions.history(alert.focus.execution_arn)
    except StepFunctionsBusyError:
        return Nothing(talk.BUSY)
    except OutOfReachError as problem:
        return Nothing(out_of_reach(problem.account, problem.region))
    except RoleRefusedError as problem:
        return Nothing(role_refused(problem.role, problem.said))
    except StepFunctionsError:
        return Nothing(talk.no_history(alert))
    began = min((event["timestamp"] for event in events), default=alert.opened_at)
    return Found(
        title=f":footprints: *History* of {code(alert.arn.name, 80)}, {date(began)} (times in UTC)",
        name="history.txt",
        text=whole(readout.history_text(timeline(events)), deps.redactor),
    )


def _held(deps: Deps, alert: Alert) -> str | None:
    """What a retry of the step in focus would get, from the execution's history."""
    from app.use_cases.answer import recorded_input  # noqa: PLC0415  (rarely too long to be kept)

    try:
        given = recorded_input(deps, alert.focus.attempt)
    except (RefusedError, StepFunctionsError):
        return None
    return whole(json.dumps(given, ensure_ascii=False), deps.redactor)


def _causes(deps: Deps, alert: Alert) -> Iterator[str]:
    """Every cause that Step Functions knows of the execution in focus."""
    described = _described(deps, alert, "cause")
    if described:
        yield described
    try:
        events = deps.step_functions.history_with_data(alert.focus.execution_arn, _EVENTS)
    except StepFunctionsError:
        return
    for event in events:
        for details in event.values():
            if isinstance(details, dict) and isinstance(details.get("cause"), str):
                yield details["cause"]
        # AWS: what a Parallel or Map state failed with is told by what its Catch led to.
        caught = _caught(event.get("stateEnteredEventDetails", {}).get("input"))
        if caught:
            yield caught


def _caught(given: str | None) -> str | None:
    """The cause in what a state was *given* by a Catch (JSON)."""
    try:
        cause = error_output(json.loads(given or "null")).get("Cause")
    except (ValueError, RecursionError):
        return None
    return cause if isinstance(cause, str) else None


def _described(deps: Deps, alert: Alert, what: str) -> str | None:
    try:
        described = deps.step_functions.describe(alert.focus.execution_arn)
    except StepFunctionsError:
        return None
    return described.input if what == "input" else described.cause


def _gone(text: str) -> str:
    """What to add where only the beginning is left."""
    return " (its beginning: the rest is no longer to be had)" if was_shortened(text) else ""
