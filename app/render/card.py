"""The card: an alert as one Slack message.

Colour exists nowhere in Slack but on an attachment, so that holds the blocks; the title and
the mention stand above it, since a mention inside an attachment notifies nobody.
"""

from datetime import datetime
from typing import Any

from app.domain.alert import Alert, RecoveryStage, Severity, Status
from app.domain.cause import Cause
from app.domain.changes import Acknowledged, Muted, RecoveryRequested, Unmuted
from app.domain.history import Rerun
from app.domain.lifecycle import allows
from app.domain.verdict import Help
from app.render import links
from app.render.buttons import (
    ACKNOWLEDGE,
    MUTE,
    OPEN_EXECUTION,
    REDRIVE,
    UNMUTE,
    button,
    confirmation,
    pressed,
)
from app.render.evidence import evidence
from app.render.mrkdwn import (
    Block,
    code,
    context,
    counted,
    cut,
    date,
    escape,
    link,
    preformatted,
    section,
    span,
    user,
    words,
)
from app.render.verdict import in_words, verdict_line

#: A Slack message: text, attachments and metadata, as chat.postMessage takes them.
Message = dict[str, Any]

METADATA_EVENT = "sfn_alert"

_CAUSE, _INPUT = 1_200, 700
_GREEN, _BLUE, _GREY = "#2eb67d", "#36c5f0", "#868686"
_COLOURS = {Severity.HIGH: "#e01e5a", Severity.MIDDLE: "#ecb22e", Severity.LOW: _GREY}
_ICONS = {
    Severity.HIGH: ":rotating_light:",
    Severity.MIDDLE: ":large_orange_diamond:",
    Severity.LOW: ":information_source:",
}


def card(alert: Alert, now: datetime) -> Message:
    """The whole message. Its size does not grow with the number of failures."""
    title = _title(alert)
    return {
        "text": f"{title} {alert.route.mention}" if alert.route.mention else title,
        "attachments": [
            {"color": colour(alert), "fallback": plain(alert), "blocks": _blocks(alert, now)}
        ],
        "metadata": {"event_type": METADATA_EVENT, "event_payload": {"alert_id": alert.id}},
        "unfurl_links": False,
        "unfurl_media": False,
    }


def plain_card(alert: Alert) -> Message:
    """The same without blocks, for when Slack will not take them."""
    whole = card(alert, alert.last_failure_at)
    said = f"{code(alert.error, 80)} {code(_said(alert), 250)}"
    return whole | {"attachments": [], "text": f"{whole['text']}\n{said}"}


def plain(alert: Alert) -> str:
    """The alert in one line, for notifications and screen readers."""
    return escape(cut(f"{alert.arn.machine} {_happened(alert)}: {alert.error}", 150))


def colour(alert: Alert) -> str:
    if alert.status is Status.RESOLVED:
        return _GREEN
    if alert.status is Status.RECOVERING:
        return _BLUE
    return _COLOURS[alert.route.severity]


def icon(alert: Alert) -> str:
    if alert.status is Status.RESOLVED:
        return ":white_check_mark:"
    if alert.status is Status.RECOVERING:
        return ":arrows_counterclockwise:"
    return _ICONS[alert.route.severity]


def _title(alert: Alert) -> str:
    url = links.execution(alert.arn, alert.focus.started_at)
    return f"{icon(alert)} *{link(url, f'{alert.arn.machine} {_happened(alert)}')}*"


def _happened(alert: Alert) -> str:
    if alert.status is Status.RESOLVED:
        return "is resolved"
    return {"TIMED_OUT": "timed out", "ABORTED": "was aborted"}.get(alert.focus.status, "failed")


def _blocks(alert: Alert, now: datetime) -> list[Block]:
    blocks = [_facts(alert), section("*Cause*"), preformatted(_said(alert), _CAUSE)]
    if alert.focus.input:
        blocks += [section("*Input*"), preformatted(alert.focus.input, _INPUT)]
    else:
        blocks.append(context("*Input*: not sent with the event, see the execution's page"))
    if alert.status is not Status.RESOLVED:
        blocks.append(section(verdict_line(alert)))
    found = evidence(alert)
    if found:
        blocks.append(context(":mag:", *found))
    blocks += [context(line) for line in _story(alert, now)]
    buttons = _buttons(alert)
    if buttons:
        blocks.append({"type": "actions", "elements": buttons})
    return blocks


def _facts(alert: Alert) -> Block:
    focus, arn = alert.focus, alert.arn
    facts = [
        ("Error", code(alert.error)),
        ("State", code(focus.state) if focus.state else "not known yet"),
        ("State machine", code(arn.machine)),
        ("Execution", code(arn.name, 80)),
        ("Started", date(focus.started_at) if focus.started_at else "not told"),
        ("Failed", _failed_when(alert)),
        ("Account and region", f"`{arn.account}` `{arn.region}`"),
        ("Count", _count(alert)),
    ]
    return {
        "type": "section",
        "fields": [{"type": "mrkdwn", "text": f"*{name}*\n{told}"} for name, told in facts],
    }


def _failed_when(alert: Alert) -> str:
    focus = alert.focus
    if focus.started_at and focus.stopped_at:
        return f"{date(focus.stopped_at)}, after {span(focus.stopped_at - focus.started_at)}"
    return date(focus.stopped_at or alert.last_failure_at)


def _count(alert: Alert) -> str:
    failures = counted(alert.count, "failure")
    if alert.count == 1:
        return failures
    left = f"{counted(alert.failing_count, 'execution')} failed now"
    return f"{failures}, {left}, last {date(alert.last_failure_at, '{time_secs}')}"


def _said(alert: Alert) -> str:
    cause = Cause.read(alert.focus.cause)
    kind = f"{cause.type}: " if cause.type and cause.type != alert.error else ""
    said = f"{kind}{cause.message}".strip()
    if said:
        return said
    if alert.error == "States.Timeout":
        return "The state took longer than its timeout allows."
    return {
        "TIMED_OUT": "The state machine's own timeout ended the execution.",
        "ABORTED": "The execution was stopped, without a reason.",
    }.get(alert.focus.status, "No cause was given.")


def _story(alert: Alert, now: datetime) -> list[str]:
    """Who did what about it, one line each."""
    lines = []
    if alert.acknowledged:
        who, when = user(alert.acknowledged.by.id), date(alert.acknowledged.at)
        lines.append(f":eyes: Acknowledged by {who} {when}")
    if alert.recovery:
        lines.append(_recovery(alert))
    if alert.muted(now) and alert.mute:
        mute = alert.mute
        held = f", {counted(alert.held_back, 'failure')} held back" if alert.held_back else ""
        lines.append(
            f":no_bell: Muted by {user(mute.by.id)} until {date(mute.until)}: "
            f"{words(mute.reason)}{held}"
        )
    return lines


def _recovery(alert: Alert) -> str:
    recovery = alert.recovery
    assert recovery is not None
    who = user(recovery.by.id)
    when = date(recovery.ended_at or recovery.started_at or recovery.at)
    match recovery.stage:
        case RecoveryStage.REQUESTED:
            return f":arrows_counterclockwise: {who} asked for a redrive {when}"
        case RecoveryStage.STARTED:
            return f":arrows_counterclockwise: Redriven by {who}, running since {when}"
        case RecoveryStage.REFUSED:
            why = in_words(recovery.reason)
            return f":no_entry: The redrive {who} asked for was refused {when}: {why}"
        case RecoveryStage.SUCCEEDED:
            took = span((recovery.ended_at or recovery.at) - recovery.at)
            return f":white_check_mark: Redriven by {who}, succeeded {when} after {took}"
        case RecoveryStage.FAILED_AGAIN:
            return f":x: Redriven by {who}, failed again {when}"


def _buttons(alert: Alert) -> list[dict[str, Any]]:
    """A button shows exactly when the life cycle allows what it does."""
    value = pressed(alert)
    buttons = []
    if allows(alert, RecoveryRequested):
        helps = alert.verdict is None or not alert.verdict.vain
        buttons.append(
            button(
                REDRIVE,
                "Redrive",
                value,
                style="primary" if helps else None,
                confirm=_confirm_redrive(alert),
            )
        )
    if allows(alert, Acknowledged):
        buttons.append(button(ACKNOWLEDGE, "Acknowledge", value))
    if allows(alert, Muted) and alert.status is not Status.RESOLVED:
        buttons.append(button(MUTE, "Mute…", value))
    if allows(alert, Unmuted):
        buttons.append(button(UNMUTE, "Unmute", value))
    url = links.execution(alert.arn, alert.focus.started_at)
    if url:
        buttons.append(button(OPEN_EXECUTION, "Open execution", value, url=url))
    return buttons


def _confirm_redrive(alert: Alert) -> dict[str, Any]:
    verdict, name = alert.verdict, cut(alert.arn.name, 80)
    if verdict and verdict.help is Help.REENTERS_FAIL:
        text = f"{name} would fail again: its error was caught, and it would enter the Fail state."
    elif verdict and verdict.vain:
        text = f"{name} would fail again: its input was at fault, and that stays as it is."
    elif verdict and verdict.help is Help.RESUMES and verdict.state:
        new = " and starts a new child execution" if verdict.rerun is Rerun.NEW_CHILD else ""
        text = f"{name} goes on from {cut(verdict.state, 80)}{new}."
    else:
        text = f"{name} goes on from the state that failed."
    others = alert.failing_count - 1
    if others:
        text += f" {counted(others, 'other execution')} of this alert will not be touched."
    return confirmation("Redrive this execution?", cut(text, 300), "Redrive")
