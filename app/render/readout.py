"""Texts too long for the card: the whole cause, the input, logs, the states that were passed."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

from app.domain.calls import LogLine
from app.domain.cause import Cause
from app.domain.timeline import Ending, LeftOut, Redriven, Row, Step
from app.render.mrkdwn import counted, preformatted, readable, section, span

#: What is longer, or has more lines, is posted as a file: a thread should stay readable.
_LONGEST, _MOST_LINES = 2_500, 40
_ENDED = {
    Ending.SUCCEEDED: "",
    Ending.CAUGHT: "failed, and was caught",
    Ending.FAILED: "failed",
    Ending.STOPPED: "stopped",
    Ending.RUNNING: "still running",
}


def is_short(text: str) -> bool:
    """Whether *text* may stand in a thread as it is."""
    return len(text) <= _LONGEST and text.count("\n") < _MOST_LINES


def shown(title: str, text: str) -> dict[str, Any]:
    """A message with a short *text*. *title* is mrkdwn."""
    return {
        "text": title,
        "blocks": [section(title), preformatted(text, _LONGEST)],
        "unfurl_links": False,
        "unfurl_media": False,
    }


def whole_cause(text: str) -> str:
    """A cause as people read it: a function's message and its stack trace, or all of it."""
    cause = Cause.read(text)
    if not cause.stack_trace or cause.child_arn:
        return readable(text)
    kind = f"{cause.type}: " if cause.type else ""
    asked = f"\n\nRequest {cause.request_id}" if cause.request_id else ""
    return f"{kind}{cause.message}\n\n{cause.stack_trace}{asked}"


def log_text(lines: Iterable[LogLine]) -> str:
    return "\n".join(f"{_second(line.at, 'milliseconds')}  {line.text}" for line in lines)


def history_text(rows: Sequence[Row]) -> str:
    """The states, one a line: when each began, how long it took, how it ended."""
    width = max((len(_name(row)) for row in rows if isinstance(row, Step)), default=0)
    return "\n".join(_row(row, min(width, 60)) for row in rows)


def _row(row: Row, width: int) -> str:
    match row:
        case Redriven():
            return f"{_second(row.at)}  ── redriven ──"
        case LeftOut():
            left = counted(row.steps, "state") if row.steps else counted(row.events, "event")
            return f"          … {left} left out …"
        case Step():
            ended = ", ".join(filter(None, (_ENDED[row.ending], _tries(row), _times(row))))
            took = "" if row.took is None else span(row.took)
            return f"{_second(row.began)}  {_name(row):{width}}  {took:>11}  {ended}".rstrip()


def _name(step: Step) -> str:
    return "  " * step.depth + " ".join(step.name.split())


def _tries(step: Step) -> str:
    return f"tried {step.tries} times" if step.tries > 1 and step.times == 1 else ""


def _times(step: Step) -> str:
    if step.times == 1:
        return ""
    failed = f", {step.failed} failed" if step.failed else ""
    return f"{step.times} times{failed}"


def _second(when: datetime, timespec: str = "seconds") -> str:
    return when.astimezone(UTC).time().isoformat(timespec)
