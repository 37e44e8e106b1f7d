"""The progress of a recovery of many: one message in the alert's thread, drawn again and again."""

from datetime import datetime
from typing import Any

from app.domain.alert import Alert, BulkRecovery, BulkStage
from app.domain.course import Course, Numbers, numbers
from app.domain.progress import forecast
from app.render.bulk import noun, refusals, stop
from app.render.bulk_buttons import bulk_buttons
from app.render.mrkdwn import Block, bold_name, context, counted, date, section

METADATA_EVENT = "sfn_alert_recovery"

#: The bar has so many squares: as many as stand in a thread on one line.
SQUARES = 14
_GREEN, _RED = ":large_green_square:", ":large_red_square:"
_BLUE, _ORANGE, _WHITE = ":large_blue_square:", ":large_orange_square:", ":white_large_square:"
_PRECISE = 10  # a second: below that, tenths are told


def progress(alert: Alert, bulk: BulkRecovery, course: Course, now: datetime) -> dict[str, Any]:
    """The whole message."""
    latest = numbers(bulk, course)
    headline = _headline(bulk, course, latest)
    blocks: list[Block] = [section(headline)]
    if course.leg:
        blocks += [section(f"{bar(latest)}  {_percent(latest)}"), context(_counts(latest))]
    blocks += [context(line) for line in _lines(bulk, course, now)]
    buttons = list(bulk_buttons(alert))
    if buttons:
        blocks.append({"type": "actions", "elements": buttons})
    return {
        "text": f"{headline} {_percent(latest)}",
        "blocks": blocks,
        "metadata": {
            "event_type": METADATA_EVENT,
            "event_payload": {"recovery_id": bulk.id},
        },
        "unfurl_links": False,
        "unfurl_media": False,
    }


def plain_progress(
    alert: Alert, bulk: BulkRecovery, course: Course, now: datetime
) -> dict[str, Any]:
    """The same without blocks, for when Slack will not take them."""
    whole, latest = progress(alert, bulk, course, now), numbers(bulk, course)
    return whole | {"blocks": [], "text": f"{whole['text']}\n{_counts(latest)}"}


def bar(latest: Numbers) -> str:
    """As many squares of each colour as its part of the whole; what failed is always seen."""
    parts = [
        (_GREEN, latest.succeeded),
        (_RED, latest.failed),
        (_ORANGE, latest.refused),
        (_BLUE, latest.running),
        (_WHITE, latest.left),
    ]
    whole = latest.whole
    if not whole:
        return _WHITE * SQUARES
    squares = [count * SQUARES // whole for _, count in parts]
    for place, (_, count) in enumerate(parts):
        if count and not squares[place]:
            squares[place] = 1
    # Rounding left some over, or gave too many: the largest part makes up for it.
    largest = max(range(len(parts)), key=lambda place: parts[place][1])
    squares[largest] += SQUARES - sum(squares)
    return "".join(square * number for (square, _), number in zip(parts, squares, strict=True))


def _headline(bulk: BulkRecovery, course: Course, latest: Numbers) -> str:
    by = f"asked for by {bold_name(bulk.by.name)}"
    if not course.leg:
        return f":arrows_counterclockwise: *Recovering all failed executions*, {by}."
    what = f"{counted(latest.whole, 'execution')} by {noun(bulk)}"
    match bulk.stage:
        case BulkStage.RUNNING:
            return f":arrows_counterclockwise: *Recovering {what}*, {by}."
        case BulkStage.STOPPED:
            how = stop(bulk.stopped) if bulk.stopped else "stopped"
            return f":black_square_for_stop: *The recovery of {what}* {how}."
        case BulkStage.ENDED:
            return f":checkered_flag: *The recovery of {what}* has ended, {by}."


def _percent(latest: Numbers) -> str:
    done = latest.succeeded + latest.failed + latest.refused
    if not latest.whole:
        return ""
    percent = done * 100 // latest.whole
    return "under 1 %" if done and not percent else f"{percent} %"


def _counts(latest: Numbers) -> str:
    told = [f"{latest.succeeded:,} succeeded", f"{latest.failed:,} failed again"]
    told += [f"{latest.refused:,} refused"] if latest.refused else []
    told += [f"{latest.running:,} running"] if latest.running else []
    told += [f"{latest.left:,} left"] if latest.left else []
    return " · ".join(told)


def _lines(bulk: BulkRecovery, course: Course, now: datetime) -> list[str]:
    lines = []
    if bulk.running and course.leg:
        lines.append(" · ".join(_pace(bulk, course, now)))
    if course.refused:
        lines.append(f":no_entry: Refused: {refusals(course.refused)}")
    return lines


def _pace(bulk: BulkRecovery, course: Course, now: datetime) -> list[str]:
    wave = course.wave
    canary = bulk.terms.canary and wave.number == 1
    told = ["Canary: one alone" if canary else f"Wave of {wave.size:,}"]
    ahead = forecast(bulk, course, now)
    if ahead:
        rate = f"{ahead.rate:.1f}" if ahead.rate < _PRECISE else f"{ahead.rate:.0f}"
        told += [f"{rate} a second", f"done at about {date(ahead.end, '{time_secs}')}"]
    if course.slowed:
        told.append("slowed down: Step Functions throttles")
    return told
