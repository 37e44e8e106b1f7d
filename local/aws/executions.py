"""An execution as we keep it beside ministack's record of it: what it runs, and how far it came."""

from __future__ import annotations

import contextvars
import json
import threading
from dataclasses import dataclass, field
from typing import Any

from local.aws.seams import responses, stepfunctions

Json = Any
Record = dict[str, Any]

_OURS = "embeddedAws"

# Set while StartExecution runs, and copied into the thread that runs the execution.
starting: contextvars.ContextVar[Revision | None] = contextvars.ContextVar("starting", default=None)


class SupersededError(Exception):
    """This run was stopped, timed out, aborted by a sibling or redriven: leave, writing nothing."""


@dataclass(frozen=True, kw_only=True)
class Revision:
    """The state machine as it was when the execution started; a redrive runs this one again."""

    definition: str
    role_arn: str
    revision_id: str | None
    updated_at: str
    version_arn: str | None = None
    alias_arn: str | None = None


@dataclass
class Progress:
    """How far one line of states has come: what a redrive starts from.

    `state` was entered with `entered_with` (JSON) and has not exited; `output` (JSON) is there
    once the line has finished. `branches` are those of the state, if it is a Parallel or a Map.
    """

    state: str | None = None
    entered_with: str = "null"
    variables: str = "{}"
    output: str | None = None
    branches: dict[int, Progress] = field(default_factory=dict)


@dataclass(eq=False)
class Execution:
    record: Record
    revision: Revision
    progress: Progress = field(default_factory=Progress)
    redrive_count: int = 0
    redrive_date: str | None = None
    redrives: dict[str, tuple[str, float]] = field(default_factory=dict)
    run: Run | None = None
    lock: threading.RLock = field(default_factory=threading.RLock)

    @property
    def arn(self) -> str:
        return str(self.record["executionArn"])

    @property
    def running(self) -> bool:
        return bool(self.record["status"] == "RUNNING")

    @property
    def express(self) -> bool:
        machine = stepfunctions._state_machines.get(self.record["stateMachineArn"]) or {}
        return bool(self.record.get("sync")) or machine.get("type") == "EXPRESS"

    def append(self, kind: str, details: Json, *, previous: int) -> int:
        """Add an event to the history, whoever asks; the caller holds the lock. Its id."""
        event = stepfunctions._add_event(self.record, kind, details_of(kind, details))
        event["previousEventId"] = previous
        return int(event["id"])

    def last_event(self) -> int:
        return len(self.record["events"])

    def end(self, status: str, kind: str, details: Json, *, previous: int) -> None:
        """Close the execution; the caller holds the lock."""
        self.record["status"] = status
        self.record["stopDate"] = responses.now_iso()
        self.append(kind, details, previous=previous)


class Run:
    """One attempt at an execution: the first, or a redrive. Only the latest may write."""

    def __init__(self, execution: Execution) -> None:
        self.execution = execution

    def current(self) -> bool:
        return self.execution.run is self and self.execution.running


def execution_of(record: Record) -> Execution:
    execution = record.get(_OURS)
    if execution is None:
        revision = starting.get() or revision_of(record["stateMachineArn"])
        execution = record.setdefault(_OURS, Execution(record, revision))
    assert isinstance(execution, Execution)
    return execution


def revision_of(arn: str) -> Revision:
    """What an execution of this state machine, version or alias would run now."""
    version_arn = stepfunctions._execution_version_arn(arn)
    base_arn = stepfunctions._resolve_state_machine_arn(arn)
    machine = stepfunctions._state_machines.get(base_arn) or {}
    version = stepfunctions._state_machine_versions.get(version_arn) or {}
    return Revision(
        definition=version.get("definition") or machine.get("definition", "{}"),
        role_arn=version.get("roleArn") or machine.get("roleArn", ""),
        revision_id=version.get("stateMachineRevisionId") or machine.get("revisionId"),
        updated_at=machine.get("updateDate") or machine.get("creationDate") or responses.now_iso(),
        version_arn=version_arn,
        alias_arn=arn if arn in stepfunctions._state_machine_aliases else None,
    )


def details_of(kind: str, details: Json) -> Json:
    """The details under the name GetExecutionHistory gives them, without what there is not."""
    if details is None:
        return None
    if kind.endswith(("StateEntered", "StateExited")):
        kind = f"State{kind.rpartition('State')[2]}"
    name = kind[0].lower() + kind[1:]
    given = {key: value for key, value in details.items() if value is not None}
    return {f"{name}EventDetails": given}


def compact(value: Json) -> str:
    """JSON as Step Functions writes it: no spaces, characters as they are."""
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)
