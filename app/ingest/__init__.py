"""What the outside sends, made into what the domain knows. Pure: no I/O."""

from collections.abc import Callable, Mapping
from typing import Any

from app.domain.execution import ExecutionEnded
from app.domain.redaction import Redactor
from app.ingest import context_object, eventbridge, express_log
from app.ingest.errors import NotUnderstoodError

Event = Mapping[str, Any]

#: Who sends, how to tell, and how to read it. A new source is a row here.
SOURCES: tuple[
    tuple[
        str,
        Callable[[Event], bool],
        Callable[[Event, Redactor], ExecutionEnded | None],
    ],
    ...,
] = (
    ("EventBridge status change", eventbridge.matches, eventbridge.parse),
    ("NotifyError step", context_object.matches, context_object.parse),
    ("log event of an execution", express_log.matches, express_log.parse),
)


def parse(event: object, redactor: Redactor) -> ExecutionEnded | None:
    """What *event* tells, with its secrets out; None when it is no failure and no outcome.

    Raises NotUnderstoodError when it comes from nowhere we know, or lacks what we need.
    """
    if not isinstance(event, Mapping):
        message = f"an event must be a JSON object, this is {type(event).__name__}"
        raise NotUnderstoodError(message)
    for _, matches, read in SOURCES:
        if matches(event):
            return read(event, redactor)
    known = " nor ".join(name for name, _, _ in SOURCES)
    message = f"neither {known}: its fields are {sorted(map(str, event))[:10]}"
    raise NotUnderstoodError(message)
