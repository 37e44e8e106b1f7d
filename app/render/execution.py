"""The answer of /sfn-status with an execution."""

from collections.abc import Iterator

from app.domain.alert import Status
from app.domain.cause import Cause
from app.domain.reports import ExecutionReport, Seen, Unseen
from app.render import links
from app.render.answer import Answer
from app.render.asking import OF_EXECUTION, block_id
from app.render.card_buttons import buttons_of
from app.render.machine import ICONS
from app.render.mrkdwn import (
    Block,
    code,
    context,
    cut,
    date,
    link,
    preformatted,
    section,
    span,
    times,
)
from app.render.reach import out_of_reach
from app.render.rows import alert_text
from app.render.timeline import timeline_text
from app.render.verdict import judged_line, verdict_line

_CAUSE = 700
_STATUSES = {
    "SUCCEEDED": "succeeded",
    "FAILED": "failed",
    "TIMED_OUT": "timed out",
    "ABORTED": "was aborted",
    "RUNNING": "is running",
    "PENDING_REDRIVE": "waits to be redriven",
}
_UNSEEN = {
    Unseen.EXPRESS: (
        "This is an Express execution: Step Functions keeps neither its status nor its steps. "
        "The logs of its state machine in CloudWatch have them, where it writes any."
    ),
    Unseen.GONE: (
        "Step Functions does not know this execution. It forgets them 90 days after they ended; "
        "or the ARN has a letter too few or too many."
    ),
    Unseen.DENIED: "I have no permission to read this execution.",
}


def execution_answer(report: ExecutionReport) -> Answer:
    seen = report.seen
    facts = _facts(report, seen) if isinstance(seen, Seen) else _unseen(report, seen)
    return Answer(
        text=f"{code(report.arn.name, 80)} of {code(report.arn.machine, 80)}",
        words=report.arn.text,
        now=report.now,
        head=[*facts, *_alert(report)],
    )


def _facts(report: ExecutionReport, seen: Seen) -> Iterator[Block]:
    icon = ICONS.get(seen.status, ":grey_question:")
    status = _STATUSES.get(seen.status, f"is {seen.status}")
    yield section(f"{icon} {_title(report, seen)} {status}\n{_when(report, seen)}")
    if seen.error:
        yield section(f"*Error* {code(seen.error)}")
    cause = Cause.read(seen.cause)
    if cause.message:
        yield preformatted(cause.message, _CAUSE)
    if report.rows:
        yield section("*Steps*")
        yield preformatted(timeline_text(report.rows), 2_900)


def _title(report: ExecutionReport, seen: Seen | None = None) -> str:
    arn = report.arn
    url = links.execution(arn, seen.started_at if seen else None)
    name, machine = link(url, cut(arn.name, 80)), code(arn.machine, 60)
    return f"*{name}* of {machine}"


def _when(report: ExecutionReport, seen: Seen) -> str:
    if seen.started_at is None:
        return "It does not say when it started."
    told = f"started {date(seen.started_at)}"
    if not seen.stopped_at:
        told += f", {span(report.now - seen.started_at)} ago"
    if seen.redrive_count:
        last = f", last {date(seen.redriven_at)}" if seen.redriven_at else ""
        told += f" · redriven {times(seen.redrive_count)}{last}"
    if seen.took is not None:
        told += f", {'then ' if seen.redrive_count else ''}took {span(seen.took)}"
    return told


def _unseen(report: ExecutionReport, why: Unseen) -> Iterator[Block]:
    if why is Unseen.OUT_OF_REACH:
        told = out_of_reach(report.arn.account, report.arn.region)
    else:
        told = _UNSEEN[why]
    yield section(f":grey_question: {_title(report)}\n{told}")


def _alert(report: ExecutionReport) -> Iterator[Block]:
    """Its buttons when this is what the alert is about; otherwise where to find it."""
    posted = report.posted
    if report.verdict:
        yield section(judged_line(report.verdict))
    if posted is None:
        yield context("No alert knows of this execution.")
        return
    alert = posted.alert
    yield {"type": "divider"}
    yield section(alert_text(posted, report.now))
    if not report.in_focus:
        yield context("The alert's buttons act on another execution: see its card.")
        return
    if alert.status is not Status.RESOLVED:
        yield section(verdict_line(alert))
    buttons = buttons_of(alert)
    if buttons:
        yield {"type": "actions", "block_id": block_id(OF_EXECUTION), "elements": buttons}
