"""The answer of /sfn-status with the name of a state machine."""

from collections.abc import Iterator

from app.domain.execution import ExecutionArn
from app.domain.listing import Listed
from app.domain.overview import for_board
from app.domain.reports import MachineReport
from app.domain.track_record import track_record
from app.render import links
from app.render.answer import Answer
from app.render.asking import OF_MACHINE, block_id
from app.render.mrkdwn import Block, code, context, counted, cut, date, link, section, span, times
from app.render.rows import alert_row, alert_row_with_buttons

_MOST_EXECUTIONS = 8
_MOST_ALERTS = 3
#: Links count with their addresses, which are long: a section holds 3,000 characters.
_SECTION = 2_800
_EXECUTIONS = 3_500
ICONS = {
    "SUCCEEDED": ":white_check_mark:",
    "FAILED": ":x:",
    "TIMED_OUT": ":alarm_clock:",
    "ABORTED": ":no_entry_sign:",
    "RUNNING": ":hourglass_flowing_sand:",
    "PENDING_REDRIVE": ":hourglass_flowing_sand:",
}


def machine_answer(report: MachineReport, page: int = 0) -> Answer:
    machine = report.machine
    name = link(links.machine(machine.arn), cut(machine.name, 80))
    head = [section(f"*{name}*\n{_done_lately(report)}"), *_executions(report)]
    alerts = for_board(report.alerts)
    if alerts:
        head += [{"type": "divider"}, section(f"*{counted(len(alerts), 'open alert')}*")]
        for place, posted in enumerate(alerts[:_MOST_ALERTS]):
            in_answer = block_id(OF_MACHINE, place)
            head += alert_row_with_buttons(posted, report.now, in_answer)
        further = alerts[_MOST_ALERTS:]
    else:
        head.append(context(":white_check_mark: No open alerts"))
        further = []
    return Answer(
        text=f"{code(machine.name, 80)}: {counted(len(alerts), 'open alert')}",
        words=machine.arn,
        now=report.now,
        head=head,
        rows=[alert_row(posted, report.now) for posted in further],
        page=page,
    )


def _done_lately(report: MachineReport) -> str:
    listed = report.executions
    if listed is None:
        return (
            "An Express state machine: Step Functions keeps no list of its executions. "
            "Its logs in CloudWatch have them, where it writes any."
        )
    if not listed.items:
        return "It has no executions that Step Functions still knows of."
    record = track_record(listed, report.now)
    since = "in the last 24 hours"
    if not record.whole_day:
        since = f"since {date(record.since)}, as far as its last {len(listed.items):,} reach"
    if not record.ended:
        said = f"No execution has ended {since}"
    else:
        percent = _percent(record.succeeded, record.ended)
        of_all = f"{record.succeeded:,} of {counted(record.ended, 'execution')}"
        said = f"*{percent}* succeeded {since}: {of_all}"
    return f"{said} · {record.running:,} running" if record.running else said


def _percent(part: int, whole: int) -> str:
    """All and none are told only where it is all and none."""
    percent = 100 * part / whole
    if 0 < part < whole:
        percent = min(99.9, max(0.1, percent))
    return f"{percent:.1f}".removesuffix(".0") + " %"


def _executions(report: MachineReport) -> Iterator[Block]:
    listed = report.executions.items[:_MOST_EXECUTIONS] if report.executions else ()
    if not listed:
        return
    together, total = "*Last executions*", 0
    for one in listed:
        line = _line(one)
        total += len(line)
        if total > _EXECUTIONS:
            break
        if len(together) + len(line) > _SECTION:
            yield section(together)
            together = line
        else:
            together = f"{together}\n{line}"
    yield section(together)


def _line(one: Listed) -> str:
    icon = ICONS.get(one.status, ":grey_question:")
    name = link(links.execution(ExecutionArn.parse(one.arn)), cut(one.name, 40))
    line = f"{icon} {name} {date(one.started_at)}"
    if one.redrive_count:
        line += f" · redriven {times(one.redrive_count)}"
    if one.took is not None:
        line += f"{', then' if one.redrive_count else ' ·'} {span(one.took)}"
    return line
