"""The card: an alert as one Slack message.

Colour exists nowhere in Slack but on an attachment, so that holds the blocks; the title and
the mention stand above it, since a mention inside an attachment notifies nobody.
"""

from datetime import datetime
from typing import Any

from app.domain.alert import Alert, Former, Severity, Status
from app.domain.cause import Cause
from app.render import bulk, links
from app.render.card_buttons import buttons_of
from app.render.evidence import evidence
from app.render.late import late_line
from app.render.left import count
from app.render.mrkdwn import (
    Block,
    bold_name,
    called,
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
    words,
)
from app.render.recoveries import input_name, on_card
from app.render.verdict import verdict_line

#: A Slack message: text, attachments and metadata, as chat.postMessage takes them.
Message = dict[str, Any]

METADATA_EVENT = "sfn_alert"

_CAUSE, _INPUT = 1_200, 700
_GREEN, _BLUE, _GREY = "#2eb67d", "#36c5f0", "#868686"
_COLOURS = {Severity.HIGH: "#e01e5a", Severity.MIDDLE: "#ecb22e", Severity.LOW: _GREY}
ICONS = {
    Severity.HIGH: ":rotating_light:",
    Severity.MIDDLE: ":large_orange_diamond:",
    Severity.LOW: ":information_source:",
}


def card(
    alert: Alert, now: datetime, mention: str | None = None, former: Former | None = None
) -> Message:
    """The whole message. Its size does not grow with the number of failures.

    *mention* is what became of the route's own when the card was posted. It stays on the card
    to the end, as a line that tells who was called: Slack notifies nobody of an edit. *former*
    is the alert of the same problem before this one.
    """
    return {
        "text": _title(alert) + called(alert.route.mention if mention is None else mention),
        "attachments": [
            {
                "color": colour(alert),
                "fallback": plain(alert),
                "blocks": _blocks(alert, now, former),
            }
        ],
        "metadata": {"event_type": METADATA_EVENT, "event_payload": {"alert_id": alert.id}},
        "unfurl_links": False,
        "unfurl_media": False,
    }


def plain_card(alert: Alert, mention: str | None = None) -> Message:
    """The same without blocks, for when Slack will not take them."""
    whole = card(alert, alert.last_failure_at, mention)
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
    return ICONS[alert.route.severity]


def _title(alert: Alert) -> str:
    url = links.execution(alert.arn, alert.focus.started_at)
    return f"{icon(alert)} *{link(url, f'{alert.arn.machine} {_happened(alert)}')}*"


def _happened(alert: Alert) -> str:
    if alert.status is Status.RESOLVED:
        return "is resolved"
    if alert.focus.waits:
        return "waits for an answer"
    return {"TIMED_OUT": "timed out", "ABORTED": "was aborted"}.get(alert.focus.status, "failed")


def _blocks(alert: Alert, now: datetime, former: Former | None) -> list[Block]:
    blocks = [_facts(alert)]
    if former:
        blocks.append(context(_before(former)))
    blocks += [section("*Cause*"), preformatted(_said(alert), _CAUSE)]
    blocks += _input(alert)
    if alert.status is not Status.RESOLVED and (alert.verdict or not alert.bulk_running):
        blocks.append(section(verdict_line(alert)))
    found = evidence(alert)
    if found:
        blocks.append(context(":mag:", *found))
    blocks += [context(line) for line in _story(alert, now)]
    buttons = buttons_of(alert)
    if buttons:
        blocks.append({"type": "actions", "elements": buttons})
    return blocks


def _input(alert: Alert) -> list[Block]:
    given, name = alert.focus.next_input, input_name(alert)
    if given:
        return [section(f"*{name}*"), preformatted(given, _INPUT)]
    why = "not sent with the event"
    if alert.focus.waits:
        why = "the one recorded, which is not known here"
    return [context(f"*{name}*: {why}, see the execution's page")]


def _facts(alert: Alert) -> Block:
    focus, arn = alert.focus, alert.arn
    facts = [
        ("Error", code(alert.error)),
        ("State", code(focus.state) if focus.state else "not known yet"),
        ("State machine", code(arn.machine)),
        ("Execution", code(arn.name, 80)),
        ("Started", date(focus.started_at) if focus.started_at else "not told"),
        ("Failed", _failed_when(alert)),
        ("Account and region", _place(alert)),
        ("Count", count(alert)),
    ]
    return {
        "type": "section",
        "fields": [{"type": "mrkdwn", "text": f"*{name}*\n{told}"} for name, told in facts],
    }


def _place(alert: Alert) -> str:
    name, arn = alert.route.account, alert.arn
    called = f"{code(name, 40)} " if name else ""
    return f"{called}`{arn.account}` `{arn.region}`"


def _before(former: Former) -> str:
    where = link(former.permalink, "the alert then") if former.permalink else "an earlier alert"
    return f":repeat: It failed before: {where}, resolved after {span(former.lasted)}"


def _failed_when(alert: Alert) -> str:
    """With how long the attempt took, which after a redrive is not since the first start."""
    focus = alert.focus
    if focus.took is None or focus.stopped_at is None:
        return date(focus.stopped_at or alert.last_failure_at)
    took = span(focus.took)
    after = f"{took} after its redrive" if focus.redrive_count else f"after {took}"
    return f"{date(focus.stopped_at)}, {after}"


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
    lines = [late_line(alert)] if alert.late else []
    if alert.acknowledged:
        who, when = bold_name(alert.acknowledged.by.name), date(alert.acknowledged.at)
        lines.append(f":eyes: Acknowledged by {who} {when}")
    recovery, many = alert.recovery, alert.bulk
    if many and not (recovery and recovery.at > many.at):
        lines.append(bulk.on_card(many))
    elif recovery:
        lines.append(on_card(recovery, alert.focus.attempt))
    if alert.resolved_by and alert.resolved_at:
        who, when = bold_name(alert.resolved_by.name), date(alert.resolved_at)
        lines.append(f":white_check_mark: Resolved by {who} {when}: nothing more is to be done")
    if alert.muted(now) and alert.mute:
        mute = alert.mute
        held = f", {counted(alert.held_back, 'failure')} held back" if alert.held_back else ""
        lines.append(
            f":no_bell: Muted by {bold_name(mute.by.name)} until {date(mute.until)}: "
            f"{words(mute.reason)}{held}"
        )
    return lines
