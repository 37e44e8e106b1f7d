"""The card that stands for many: what failed at once, the worst first."""

from collections.abc import Sequence
from typing import Any

from app.domain.alert import Alert, Severity
from app.render.card import icon
from app.render.mrkdwn import code, context, counted, cut, escape, section

METADATA_EVENT = "sfn_fold"
#: Slack takes some 13,000 characters of blocks; the rest is counted.
_MOST = 40
_IN_A_BLOCK = 10


def fold_card(
    alerts: Sequence[Alert], fold_id: str, *, waiting: int, mention: str | None
) -> dict[str, Any]:
    """*alerts* the worst first; *waiting* of them have no card in the thread yet."""
    headline = f":ocean: *{counted(len(alerts), 'more problem')} at once*"
    shown = [_line(alert) for alert in alerts[:_MOST]]
    blocks = [
        section("\n".join(shown[start : start + _IN_A_BLOCK]))
        for start in range(0, len(shown), _IN_A_BLOCK)
    ]
    if len(alerts) > _MOST:
        blocks.append(context(f"and {len(alerts) - _MOST:,} more"))
    told = "Each has its card in this thread, with what can be done about it."
    if waiting:
        told = f"Each gets its card in this thread: {counted(waiting, 'card')} to come."
    blocks.append(context(told))
    return {
        "text": f"{headline} {mention}" if mention else headline,
        "attachments": [{"color": _colour(alerts), "fallback": escape(headline), "blocks": blocks}],
        "metadata": {"event_type": METADATA_EVENT, "event_payload": {"fold_id": fold_id}},
        "unfurl_links": False,
        "unfurl_media": False,
    }


def plain_fold(alerts: Sequence[Alert], fold_id: str, *, mention: str | None) -> dict[str, Any]:
    """The same without blocks, for when Slack will not take them."""
    whole = fold_card(alerts, fold_id, waiting=0, mention=mention)
    return whole | {"attachments": []}


def worst_first(alert: Alert) -> tuple[int, float]:
    """The order in which alerts are told when not all can be told at once."""
    return list(Severity).index(alert.route.severity), alert.opened_at.timestamp()


def _line(alert: Alert) -> str:
    machine = f"*{escape(cut(alert.arn.machine, 60))}*"
    return f"{icon(alert)} {machine} {code(alert.error, 60)} · {counted(alert.count, 'failure')}"


def _colour(alerts: Sequence[Alert]) -> str:
    high = any(alert.route.severity is Severity.HIGH for alert in alerts)
    return "#e01e5a" if high else "#ecb22e"
