"""The answer of /sfn-status: what is broken right now."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta

from app.domain.alert import Severity, Status
from app.domain.mutes import Mute
from app.domain.overview import Day, Overview, Posted, days, for_board, held_back_by, quiet
from app.render.answer import Answer, Row
from app.render.mrkdwn import Block, code, context, counted, date, section
from app.render.rows import alert_row, mute_row, mute_text
from app.render.sparkline import sparkline

_MOST_MUTES = 3
_MOST_MACHINES = 5


def board(overview: Overview, page: int = 0) -> Answer:
    foot = [*_mutes(overview), *failures_an_hour(days(overview), overview.now)]
    return Answer(
        text=headline(overview),
        words="",
        now=overview.now,
        head=[section(f"*{headline(overview)}*"), *kept_quiet(overview)],
        rows=list(_rows(for_board(overview.alerts), overview)),
        foot=foot,
        page=page,
        rows_at_once=20,
    )


def mutes_answer(overview: Overview, page: int = 0) -> Answer:
    """The answer of /sfn-status mutes."""
    count = len(overview.mutes)
    said = f"{counted(count, 'mute')} in force" if count else "Nothing is muted"
    return Answer(
        text=said,
        words="mutes",
        now=overview.now,
        head=[section(f"*{said}*")],
        rows=[mute_row(mute, _held_back(mute, overview)) for mute in overview.mutes],
        page=page,
        rows_at_once=8,
    )


def headline(overview: Overview) -> str:
    alerts = [posted.alert for posted in overview.alerts]
    if not alerts:
        return "Nothing is broken: no open alerts"
    said = counted(len(alerts), "open alert")
    if not overview.whole:
        said = f"More than {said}"
    high = sum(alert.route.severity is Severity.HIGH for alert in alerts)
    recovering = sum(alert.status is Status.RECOVERING for alert in alerts)
    details = [f"{high:,} of high severity"] if high else []
    if recovering:
        what = "recovery" if recovering == 1 else "recoveries"
        details.append(f"{recovering:,} {what} under way")
    return f"{said}: {', '.join(details)}" if details else said


def _rows(alerts: Sequence[Posted], overview: Overview) -> Iterator[Row]:
    """A heading goes with the first row that it is above."""
    heading: list[Block] = []
    for place, posted in enumerate(alerts):
        recovering = posted.alert.status is Status.RECOVERING
        if recovering and (place == 0 or alerts[place - 1].alert.status is not Status.RECOVERING):
            heading = [section("*Recoveries under way*")]
        yield [*heading, *alert_row(posted, overview.now)]
        heading = []


def kept_quiet(overview: Overview) -> list[Block]:
    """What nobody was told of within a day; nothing when everything was told."""
    kept = quiet(overview)
    told = []
    if kept.held_back:
        told.append(f":no_bell: {counted(kept.held_back, 'failure')} held back by mutes")
    if kept.suppressed:
        told.append(f":mute: {counted(kept.suppressed, 'failure')} not posted by rule")
    return [context(f"{' · '.join(told)}, in the last 24 hours")] if told else []


def _mutes(overview: Overview) -> Iterator[Block]:
    mutes = overview.mutes
    if not mutes:
        return
    yield {"type": "divider"}
    yield section(f"*{counted(len(mutes), 'mute')} in force*")
    for mute in mutes[:_MOST_MUTES]:
        yield context(mute_text(mute, _held_back(mute, overview)))
    if len(mutes) > _MOST_MUTES:
        yield context(f"and {len(mutes) - _MOST_MUTES:,} more: `/sfn-status mutes`")


def _held_back(mute: Mute, overview: Overview) -> int:
    return held_back_by(mute, (*overview.alerts, *overview.lately))


def failures_an_hour(found: Sequence[Day], now: datetime) -> list[Block]:
    """A line for each of the state machines that fail most: of small bars, where it has several."""
    if not found:
        return []
    lines = ["*Failures an hour, over the last 24 hours*", *_lines(found[:_MOST_MACHINES], now)]
    if len(found) > _MOST_MACHINES:
        lines.append(f"and {counted(len(found) - _MOST_MACHINES, 'more state machine')}")
    return [{"type": "divider"}, section("\n".join(lines))]


def _lines(found: Iterable[Day], now: datetime) -> Iterator[str]:
    for day in found:
        name = code(day.machine_arn.split(":")[-1], 60)
        failures = counted(day.total, "failure")
        failing = [hour for hour, number in enumerate(day.hours) if number]
        if len(failing) > 1:
            yield f"`{sparkline(day.hours)}` {name} {failures}, at most {max(day.hours):,} an hour"
        else:
            hours_ago = len(day.hours) - 1 - failing[0]
            yield f"{name} {failures}{_when(hours_ago, day.total, now)}"


def _when(hours_ago: int, failures: int, now: datetime) -> str:
    """A graph of a single hour would be a flat line, and tell less than these words."""
    all_ = "" if failures == 1 else "all "
    if not hours_ago:
        return f", {all_}in the last hour"
    began = now.replace(minute=0) - timedelta(hours=hours_ago)
    return f", {all_}in the hour from {date(began)}"
