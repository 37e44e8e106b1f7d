"""An alert as a note to copy: for a ticket or a post-mortem, as Markdown."""

import re
from collections.abc import Iterator
from typing import Any

from app.domain.alert import Alert, Deed, Doing, RecoveryStage, Status
from app.domain.cause import Cause
from app.render import links
from app.render.evidence import evidence
from app.render.mrkdwn import context, counted, cut, plain_text, span
from app.render.plain import moment, plain, without_emoji
from app.render.verdict import verdict_line

NOTE_MODAL = "note_modal"
NOT_A_CARD = (
    "This message is no alert's card. Use the shortcut on the card itself, the first message of "
    "its thread."
)
#: Slack: a field takes this many characters.
_FIELD = 3_000
_CAUSE, _NAME = 900, 120
_STATUSES = {
    Status.OPEN: "open",
    Status.ACKNOWLEDGED: "acknowledged",
    Status.RECOVERING: "recovery under way",
    Status.RESOLVED: "resolved",
}
_DOINGS = {
    Doing.ACKNOWLEDGED: "acknowledged",
    Doing.MUTED: "muted",
    Doing.UNMUTED: "ended the mute",
    Doing.CLOSED: "resolved: nothing more to do",
    Doing.REDRIVE: "redrive",
    Doing.RESTART: "restart",
    Doing.RETRY: "retry",
    Doing.GIVE_UP: "gave up",
    Doing.RECOVER_ALL: "recovery of all",
    Doing.STOP_RECOVERY: "stopped the recovery of all",
    Doing.RESUME_RECOVERY: "resumed the recovery of all",
    Doing.OTHER: "something that another version of sfn-alerts knows",
}
_CAME = {
    RecoveryStage.REFUSED: "refused",
    RecoveryStage.SUCCEEDED: "succeeded",
    RecoveryStage.FAILED_AGAIN: "failed again",
    RecoveryStage.GIVEN_UP: "the execution ended as failed",
}
_TICKS = re.compile("`+")


def note_modal(text: str) -> dict[str, Any]:
    """*text* in a field, where it can be selected whole. Slack: a field wants a button."""
    return {
        "type": "modal",
        "callback_id": NOTE_MODAL,
        "title": plain_text("Incident note"),
        "submit": plain_text("Done"),
        "close": plain_text("Close"),
        "blocks": [
            context("Click into the text, select all of it and copy. Times are in UTC."),
            {
                "type": "input",
                "block_id": "note",
                "label": plain_text("Note"),
                "element": {
                    "type": "plain_text_input",
                    "action_id": "note",
                    "multiline": True,
                    "initial_value": text,
                },
            },
        ],
    }


def note_text(alert: Alert, permalink: str | None) -> str:
    """What failed, when, how often, why, what was done, and where to look."""
    head = [f"# {_line(alert.arn.machine)}: {_line(alert.error)}", "", *_facts(alert), ""]
    where = ["", "## Links", "", *_links(alert, permalink)]
    room = _FIELD - len("\n".join([*head, *where]))
    return cut("\n".join([*head, *_middle(alert, room - 2), *where]), _FIELD)


def _middle(alert: Alert, room: int) -> list[str]:
    """The cause and what was done: of what doesn't fit, the cause's end and the oldest deeds."""
    cause = _cause(alert, min(_CAUSE, max(100, room // 2)))
    deeds = [_deed(deed) for deed in alert.deeds] or ["Nothing yet."]
    lines = [*cause, "", "## What was done", "", *deeds]
    left_out = 0
    while len("\n".join(lines)) > room - 60 and len(deeds) > 1:
        deeds.pop(0)
        left_out += 1
        before = f"- … and {left_out} before that"
        lines = [*cause, "", "## What was done", "", before, *deeds]
    return lines


def _facts(alert: Alert) -> Iterator[str]:
    focus, arn = alert.focus, alert.arn
    yield f"- Status: {_status(alert)}"
    yield f"- First failure: {moment(alert.opened_at)}"
    yield f"- Last failure: {moment(alert.last_failure_at)}"
    yield f"- How often: {counted(alert.count, 'failure')}"
    if focus.state:
        yield f"- State: {_line(focus.state)}"
    yield f"- Execution: {_line(arn.name)}"
    yield f"- Account and region: {arn.account}, {arn.region}"
    yield f"- Severity: {alert.route.severity.value}"
    if alert.status is not Status.RESOLVED:
        for line in verdict_line(alert).splitlines():
            yield f"- {cut(plain(without_emoji(line)), 300)}"


def _status(alert: Alert) -> str:
    said = _STATUSES[alert.status]
    if alert.resolved_at and alert.lasted is not None:
        by = f" by {_line(alert.resolved_by.name)}" if alert.resolved_by else ""
        return f"{said}{by} {moment(alert.resolved_at)}, after {span(alert.lasted)}"
    if alert.status is Status.ACKNOWLEDGED and alert.acknowledged:
        return f"{said} by {_line(alert.acknowledged.by.name)}"
    return said


def _cause(alert: Alert, limit: int) -> list[str]:
    """In a fence that nothing inside can close."""
    said = Cause.read(alert.focus.cause).message.strip() or "No cause was given."
    longest = max((len(ticks) for ticks in _TICKS.findall(said)), default=0)
    fence = "`" * max(3, min(longest + 1, 80))
    return ["## Cause", "", fence, cut(said, limit), fence]


def _deed(deed: Deed) -> str:
    came = f": {_CAME[deed.stage]}" if deed.stage in _CAME else ""
    return f"- {moment(deed.at)} {_line(deed.by.name)}: {_DOINGS[deed.doing]}{came}"


def _links(alert: Alert, permalink: str | None) -> Iterator[str]:
    if permalink:
        yield f"- Alert: {permalink}"
    execution = links.execution(alert.arn, alert.focus.started_at)
    yield f"- Execution: {execution or alert.arn.text}"
    for told in evidence(alert):
        yield f"- {plain(told)}"


def _line(text: str) -> str:
    """A name from outside on one line: no heading, no list, no code begins with it."""
    return cut(" ".join(text.replace("`", "'").split()), _NAME) or "-"
