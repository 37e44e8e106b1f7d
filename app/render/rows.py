"""Alerts and mutes as rows of a list: for the board, for answers, for the home."""

from datetime import datetime, timedelta
from typing import Any

from app.domain.alert import Alert, Recovery, RecoveryKind, RecoveryStage, Status
from app.domain.mutes import Mute
from app.domain.overview import Posted
from app.render.answer import Row
from app.render.asking import END_MUTE
from app.render.bulk import outcomes
from app.render.buttons import button
from app.render.card import icon
from app.render.card_buttons import buttons_of
from app.render.mrkdwn import (
    Block,
    bold_name,
    code,
    counted,
    cut,
    date,
    link,
    section,
    span,
    words,
)
from app.render.recoveries import done, noun
from app.render.verdict import verdict_line

_NAME, _ERROR = 60, 80
_MINUTE = timedelta(minutes=1)


def alert_text(posted: Posted, now: datetime) -> str:
    """Two lines. Names of people mention nobody: what is shared must not call them."""
    alert = posted.alert
    name = link(posted.permalink, cut(alert.arn.machine, _NAME))
    first = f"first {_age(now - alert.opened_at)} ago"
    last = f", last {date(alert.last_failure_at)}" if alert.count > 1 else ""
    return (
        f"{icon(alert)} *{name}* {code(alert.error, _ERROR)}\n"
        f"{_standing(alert, now)} · {counted(alert.count, 'failure')}, {first}{last}"
    )


def _age(length: timedelta) -> str:
    return span(length) if length >= _MINUTE else "under a minute"


def alert_row(posted: Posted, now: datetime) -> Row:
    return [section(alert_text(posted, now))]


def alert_row_with_buttons(posted: Posted, now: datetime, block_id: str | None = None) -> Row:
    """With what a redrive would do, and the buttons of the card."""
    alert = posted.alert
    text = alert_text(posted, now)
    if alert.status in {Status.OPEN, Status.ACKNOWLEDGED}:
        text += f"\n{verdict_line(alert)}"
    buttons = buttons_of(alert)
    if not buttons:
        return [section(text)]
    named: dict[str, Any] = {"block_id": block_id} if block_id else {}
    return [section(text), {"type": "actions", **named, "elements": buttons}]


def _standing(alert: Alert, now: datetime) -> str:
    told = {
        Status.OPEN: "open",
        Status.ACKNOWLEDGED: "acknowledged",
        Status.RECOVERING: "recovery under way",
        Status.RESOLVED: "resolved",
    }[alert.status]
    if alert.status is Status.ACKNOWLEDGED and alert.acknowledged:
        told += f" by {bold_name(alert.acknowledged.by.name)}"
    elif alert.bulk and alert.bulk_running:
        who, since = bold_name(alert.bulk.by.name), date(alert.bulk.at)
        told = f"recovery of all by {who} since {since}, {outcomes(alert.bulk)} so far"
    elif alert.status is Status.RECOVERING and alert.recovery:
        told = _under_way(alert.recovery)
    if alert.muted(now):
        told += ", muted"
    if not alert.route.notify:
        told += ", not posted by rule"
    return told


def _under_way(recovery: Recovery) -> str:
    who = bold_name(recovery.by.name)
    if recovery.stage is RecoveryStage.STARTED and recovery.started_at:
        going = "ending" if recovery.kind is RecoveryKind.GIVE_UP else "running"
        return f"{_lower(done(recovery))} by {who}, {going} since {date(recovery.started_at)}"
    return f"{noun(recovery)} asked for by {who} {date(recovery.at)}"


def _lower(text: str) -> str:
    return text[0].lower() + text[1:]


def mute_text(mute: Mute, held_back: int) -> str:
    """What, where, until when, by whom and why; how much nobody was told of."""
    what = code(mute.error, _ERROR) if mute.error else "Every error"
    where = (
        f"on {code(mute.machine_arn.split(':')[-1], _NAME)}" if mute.machine_arn else "everywhere"
    )
    held = f"{counted(held_back, 'failure')} held back" if held_back else "nothing held back yet"
    return (
        f":no_bell: {what} {where}, until {date(mute.until)} · {held}\n"
        f"by {bold_name(mute.by.name)}: {words(mute.reason, 150)}"
    )


def mute_row(mute: Mute, held_back: int) -> Row:
    unmute = button(END_MUTE, "Unmute", mute.key)
    block: Block = section(mute_text(mute, held_back)) | {"accessory": unmute}
    return [block]
