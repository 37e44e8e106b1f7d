"""The answer of /sfn-status missing: Step Functions' own list against what was recorded."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from app.domain.reports import Reconciled
from app.render.answer import Answer
from app.render.asking import GO_ON, Ask
from app.render.buttons import button
from app.render.mrkdwn import Block, code, context, counted, section

_WORDS = "missing"
_MOST_NAMED = 5


def missing_answer(found: Reconciled, now: datetime, page: int = 0) -> Answer:
    said = _headline(found)
    return Answer(
        text=said,
        words=_WORDS,
        now=now,
        head=[section(f"*{said}*"), *_counts(found), *_afterwards(found), context(_reach(found))],
        page=page,
        more=_go_on(found, page),
    )


def _headline(found: Reconciled) -> str:
    account = found.account
    if not account.failed:
        return "No execution has failed in the last 24 hours"
    if not account.missing:
        return "No failure of the last 24 hours is missing"
    missing = counted(account.missing, "failure")
    return f"{missing} of the last 24 hours {_was(account.missing)} missing"


def _counts(found: Reconciled) -> Iterator[Block]:
    account = found.account
    if not account.failed:
        return
    rows = [
        ("failed", account.failed, "by Step Functions' own list"),
        ("alerted", account.alerted, "told on a card"),
        ("held back", account.held_back, "by a mute"),
        ("suppressed", account.suppressed, "by rule"),
        ("missing", account.missing, "told by no event"),
    ]
    if account.on_its_way:
        rows.append(("just now", account.on_its_way, "their events may be on their way"))
    width = max(len(f"{count:,}") for _, count, _ in rows)
    lines = "\n".join(f"{count:>{width},}  {name:10}  {told}" for name, count, told in rows)
    yield {
        "type": "rich_text",
        "elements": [
            {"type": "rich_text_preformatted", "elements": [{"type": "text", "text": lines}]}
        ],
    }


def _afterwards(found: Reconciled) -> Iterator[Block]:
    if found.recorded:
        their = "its alert appears" if found.recorded == 1 else "their alerts appear"
        yield section(
            f":white_check_mark: {counted(found.recorded, 'failure')} {_was(found.recorded)} "
            f"recorded just now: {their} in a moment."
        )
    if found.unrecorded:
        yield section(
            f":hourglass_flowing_sand: {counted(found.unrecorded, 'failure')} "
            f"{_was(found.unrecorded)} not recorded yet: press Refresh to go on."
        )
    if found.partly:
        names = ", ".join(code(arn.split(":")[-1], 60) for arn in found.partly[:_MOST_NAMED])
        more = len(found.partly) - _MOST_NAMED
        others = f" and {more:,} more" if more > 0 else ""
        yield context(f"Not all failures could be listed of {names}{others}.")


def _reach(found: Reconciled) -> str:
    """How far it was looked."""
    machines = counted(found.machines, "state machine")
    if found.by_metrics:
        why = f"By their metrics {machines} had failures"
    else:
        why = f"No metrics tell which of the {machines} here had failures"
    if not found.machines:
        return (
            "By their metrics no state machine had failures."
            if found.by_metrics
            else ("There are no state machines here.")
        )
    if found.looked_at == found.machines:
        return f"{why}: I looked at {'it' if found.machines == 1 else 'all of them'}."
    first, last = found.first + 1, found.first + found.looked_at
    return (
        f"{why}: I looked at number {first:,} to {last:,}, in the order of their names. "
        "Step Functions allows few such questions a second."
    )


def _go_on(found: Reconciled, page: int) -> list[dict[str, Any]]:
    if found.left <= 0:
        return []
    return [button(GO_ON, "Look at the next ones", Ask(_WORDS, page + 1).value, style="primary")]


def _was(number: int) -> str:
    return "was" if number == 1 else "were"
