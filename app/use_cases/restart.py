"""A new execution in the place of one that failed, with its input or an edited one."""

import json
from contextlib import suppress

from msgspec.structs import replace

from app.deps import Deps
from app.domain.alert import Alert, Recovery
from app.domain.edited_input import SecretMisplacedError, restored
from app.domain.execution import Attempt, ExecutionArn
from app.domain.occurrence import Occurrence, Outcome, Taken
from app.ingest.texts import clean
from app.step_functions import AlreadyStartedError
from app.use_cases.refused import RefusedError

#: deploy/events.yml lets the successes of executions named like this through.
PREFIX = "sfn-alerts"


def restart(deps: Deps, alert: Alert, recovery: Recovery) -> str:
    """Start it: the ARN of the new execution. Safe to repeat. Raises RefusedError.

    AWS: a name can't be started twice, and this one belongs to this very request.
    """
    successor = start_in_place(deps, alert.id, recovery)
    replaced = recovery.attempt.execution_arn
    deps.occurrences.swap(replaced, lambda known: _replaced(known, recovery.attempt))
    return successor


def start_in_place(
    deps: Deps, alert_id: str, recovery: Recovery, taken: Taken | None = None
) -> str:
    """The same for a recovery of many too, which has *taken* the attempt up before."""
    attempt = recovery.attempt
    described = deps.step_functions.describe(attempt.execution_arn)
    if described.redrive_count > attempt.redrive_count and described.status in {
        "RUNNING",
        "SUCCEEDED",
    }:
        state = "is running" if described.status == "RUNNING" else "has succeeded"
        message = f"it was redriven elsewhere since, and {state}"
        raise RefusedError(message)
    if described.input is None:
        message = "Step Functions does not tell its input"
        raise RefusedError(message)
    given = described.input
    if recovery.edited_input:
        given = edited_input(deps, recovery.edited_input, described.input)
    name = _name(alert_id, recovery)
    successor = _successor(ExecutionArn.parse(attempt.execution_arn), name)
    expected = Occurrence(
        execution_arn=successor,
        redrive_count=0,
        outcome=Outcome.AWAITED,
        alert_ids=(alert_id,),
        at=deps.now(),
        instead_of=attempt.execution_arn,
        taken=taken,
    )
    # Known before it starts, so that an end that comes at once finds where it belongs.
    deps.occurrences.swap(successor, lambda known: known or expected)
    with suppress(AlreadyStartedError):  # by an earlier try, whose answer was lost
        deps.step_functions.start(described.started_as, name, given)
    return successor


def _replaced(known: Occurrence | None, attempt: Attempt) -> Occurrence | None:
    """It is no longer among what is failed and could be recovered: its successor tells."""
    failed = known is not None and known.outcome is Outcome.FAILED
    if known is None or not failed or known.redrive_count != attempt.redrive_count:
        return known
    return replace(known, outcome=Outcome.REPLACED)


def edited_input(deps: Deps, input_id: str, recorded: str) -> str:
    """The input that somebody edited, with the secrets of *recorded* put back (JSON texts).

    Raises RefusedError.
    """
    edited = deps.inputs.get(input_id)
    if edited is None:
        message = "the edited input is no longer there"
        raise RefusedError(message)
    shown = deps.redactor.redact(clean(recorded))
    try:
        given = restored(json.loads(edited), json.loads(shown), json.loads(recorded))
    except SecretMisplacedError as problem:
        message = f"the secret at {problem.place} could not be put back"
        raise RefusedError(message) from None
    return json.dumps(given, ensure_ascii=False)


def _name(alert_id: str, recovery: Recovery) -> str:
    """AWS: at most 80 characters. It names the alert, and no other request has it."""
    return f"{PREFIX}-{alert_id.replace('.', '-')}-{recovery.id[:12]}"


def _successor(arn: ExecutionArn, name: str) -> str:
    return f"{arn.machine_arn.replace(':stateMachine:', ':execution:')}:{name}"
