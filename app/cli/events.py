"""What an event in a file tells: a failure, something that is none, or nothing we know."""

from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from app import config, ingest
from app.cli.files import ProblemError, named, read_json
from app.config import Config
from app.domain.execution import ExecutionArn, Failure
from app.ingest.errors import NotUnderstoodError
from app.ingest.texts import clean

_KNOWN = """\
What is understood:
  an event of EventBridge: source "aws.states", detail-type "Step Functions Execution Status
    Change", and in detail at least executionArn and status
  what a NotifyError step sends: param, Execution with its Id, State, StateMachine
  a log event of an Express execution: type, details, event_timestamp, execution_arn"""
#: Keys by which something else is known, and what to do with it.
_MISTAKEN = (
    ("awslogs", "It looks like a batch of log events: take one, and of it the message."),
    ("Records", "It looks like a batch of messages: take one, and of it what stands in its body."),
    ("executionArn", "It looks like an answer of DescribeExecution: an event has that in detail."),
    ("events", "It looks like an execution's history, which is no event."),
    ("States", "It looks like a state machine's definition: sfn-alerts check --machines FILE."),
    ("param", "It looks like a NotifyError step without Execution.$: $$.Execution."),
    ("Execution", "It looks like a NotifyError step without param.$: $."),
)


class NoFailure(Struct, frozen=True):
    """An event that is understood and tells of no failure, in words."""

    words: str


def told(path: str, settings: Config) -> Failure | NoFailure:
    """What the event in the file tells. Raises ProblemError when nobody understands it."""
    event = read_json(path)
    try:
        ended = ingest.parse(event, config.redactor_of(settings))
    except NotUnderstoodError as problem:
        said = [f"{named(path)}: {problem}", *_looks_like(event), _KNOWN]
        raise ProblemError("\n".join(said)) from None
    if isinstance(ended, Failure):
        return ended
    words = _in_words(event["detail"]) if "detail" in event else _logged(event)
    return NoFailure(clean(words))


def _in_words(detail: Mapping[str, Any]) -> str:
    """An outcome, or a status that is no end, as EventBridge tells of it."""
    arn, status = ExecutionArn.parse(detail["executionArn"]), detail["status"]
    what = f"{arn.machine}: execution {arn.name} is {status}"
    if status == "SUCCEEDED":
        return (
            f"{what}, which is no failure. Nothing would be posted; if an alert is waiting for "
            "this execution, its thread is told and, with nothing left, its card turns green."
        )
    return f"{what}, so it has not ended and is no failure. Nothing would be posted."


def _logged(event: Mapping[str, Any]) -> str:
    """A log event that is no bad end."""
    arn = ExecutionArn.parse(event["execution_arn"])
    what = f"{arn.machine}: execution {arn.name} logs {event['type']}"
    return f"{what}, which is no failure. Nothing would be posted."


def _looks_like(event: object) -> list[str]:
    if not isinstance(event, Mapping):
        return []
    source, kind = event.get("source"), event.get("detail-type")
    if isinstance(source, str) or isinstance(kind, str):
        return [f"It says to be {kind!r:.80} from {source!r:.80}."]
    return [words for key, words in _MISTAKEN if key in event][:1]
