"""An execution's steps as lines of text in columns, for a fixed font."""

from collections.abc import Sequence
from datetime import UTC

from app.domain.timeline import Ending, LeftOut, Redriven, Row, Step, shortened
from app.render.mrkdwn import counted, cut, span

_MOST_ROWS = 24
_NAME = 40
_DEEPEST = 3
_MARKS = {
    Ending.SUCCEEDED: "✓",
    Ending.CAUGHT: "↷",
    Ending.FAILED: "✗",
    Ending.STOPPED: "■",
    Ending.RUNNING: "▸",
}


def timeline_text(rows: Sequence[Row]) -> str:
    """At most some 2,000 characters, however long the execution was."""
    shown = shortened(rows, _MOST_ROWS)
    steps = {place: _named(row) for place, row in enumerate(shown) if isinstance(row, Step)}
    width = max((len(name) for name in steps.values()), default=0)
    took = {place: _took(row) for place, row in enumerate(shown) if isinstance(row, Step)}
    column = max((len(one) for one in took.values()), default=0)
    lines = []
    for place, row in enumerate(shown):
        if isinstance(row, Step):
            line = f"{steps[place]:{width}}  {took[place]:>{column}}  {_more(row)}"
            lines.append(line.rstrip())
        else:
            lines.append(_between(row))
    return "\n".join(lines)


def _named(step: Step) -> str:
    name = cut(" ".join(step.name.split()) or "?", _NAME)
    times = f" x{step.times:,}" if step.times > 1 else ""
    return f"{'  ' * min(step.depth, _DEEPEST)}{_MARKS[step.ending]} {name}{times}"


def _took(step: Step) -> str:
    return span(step.took) if step.took is not None else ""


def _more(step: Step) -> str:
    """What the mark alone does not say."""
    told = []
    if step.times > 1 and step.failed:
        told.append(f"{step.failed:,} failed")
    elif step.times > 1:
        told.append("longest")
    elif step.ending is not Ending.SUCCEEDED:
        told.append("error caught" if step.ending is Ending.CAUGHT else step.ending.value)
    if step.tries > 1:
        told.append(f"{step.tries:,} tries")
    return ", ".join(told)


def _between(row: Redriven | LeftOut) -> str:
    if isinstance(row, Redriven):
        return f"↻ redriven {row.at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
    told = [counted(row.steps, "step")] if row.steps else []
    if row.events:
        told.append(counted(row.events, "event"))
    return f"… {' and '.join(told)} in between …"
