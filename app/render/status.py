"""The answer of /sfn-status: what is broken right now."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from app.domain.alert import Alert, Status
from app.domain.mutes import Mute
from app.render.card import icon
from app.render.mrkdwn import (
    Block,
    code,
    context,
    counted,
    cut,
    date,
    link,
    section,
    user,
    words,
)

#: Slack: a message holds 50 blocks, and about 13,000 characters in all.
_MOST_ALERTS = 20
_MOST_MUTES = 10
_STATUSES = {
    Status.OPEN: "open",
    Status.ACKNOWLEDGED: "acknowledged",
    Status.RECOVERING: "recovery under way",
    Status.RESOLVED: "resolved",
}


@dataclass(frozen=True, slots=True)
class Row:
    """An alert on the board, with the address of its card where it has one."""

    alert: Alert
    permalink: str | None


def board(rows: Sequence[Row], mutes: Sequence[Mute]) -> dict[str, Any]:
    """The board, for whoever asked alone."""
    blocks: list[Block] = [section(f"*{_headline(rows)}*")]
    blocks += [section(_alert(row)) for row in rows[:_MOST_ALERTS]]
    if len(rows) > _MOST_ALERTS:
        blocks.append(context(f"and {counted(len(rows) - _MOST_ALERTS, 'more alert')}"))
    if mutes:
        blocks += [{"type": "divider"}, section(f"*{counted(len(mutes), 'mute')} in force*")]
        blocks += [context(_mute(mute)) for mute in mutes[:_MOST_MUTES]]
        if len(mutes) > _MOST_MUTES:
            blocks.append(context(f"and {len(mutes) - _MOST_MUTES:,} more"))
    return {"response_type": "ephemeral", "text": _headline(rows), "blocks": blocks}


def _headline(rows: Sequence[Row]) -> str:
    return counted(len(rows), "open alert") if rows else "Nothing is broken: no open alerts"


def _alert(row: Row) -> str:
    alert = row.alert
    owner = f" by {user(alert.acknowledged.by.id)}" if alert.acknowledged else ""
    told = f"{_STATUSES[alert.status]}{owner}"
    if alert.mute:
        told += ", muted"
    if not alert.route.notify:
        told += ", not posted by rule"
    name = link(row.permalink, cut(alert.arn.machine, 80))
    return (
        f"{icon(alert)} *{name}* {code(alert.error, 80)}\n"
        f"{told} · {counted(alert.count, 'failure')} · last {date(alert.last_failure_at)}"
    )


def _mute(mute: Mute) -> str:
    what = code(mute.error, 80) if mute.error else "every error"
    where = f"on {code(mute.machine_arn.split(':')[-1], 80)}" if mute.machine_arn else "everywhere"
    return (
        f":no_bell: {what} {where} until {date(mute.until)}, "
        f"by {user(mute.by.id)}: {words(mute.reason, 150)}"
    )
