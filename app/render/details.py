"""The first reply under a card: the whole cause, its stack trace, the input, and where to look.

What doesn't fit is never left out silently: it is told how much that is, and a button offers the
whole as a file.
"""

from typing import Any

from msgspec import Struct

from app.domain.alert import Alert
from app.domain.cause import Cause
from app.domain.kept import was_shortened
from app.render import links
from app.render.buttons import WHOLE_CAUSE, WHOLE_INPUT, button
from app.render.evidence import evidence
from app.render.mrkdwn import (
    Block,
    code,
    context,
    counted,
    cut,
    link,
    preformatted,
    readable,
    section,
)
from app.render.recoveries import input_name

#: Slack takes some 13,000 characters in all, links with their addresses among them.
_WHOLE = 9_500
TEXT = "Details"


class _Part(Struct, frozen=True):
    """A text under a heading. ``cut_before``: what we have of it is not all there is."""

    name: str
    text: str
    cut_before: bool = False

    def left_out(self, limit: int) -> str | None:
        """How much of it does not fit into *limit* characters, in words."""
        left = len(self.text) - len(cut(self.text, limit).removesuffix("…"))
        if len(self.text) > limit:
            more = "more than " if self.cut_before else ""
            return f"{more}{counted(left, 'character')} of the {self.name.lower()}"
        return f"the rest of the {self.name.lower()}" if self.cut_before else None


def details(alert: Alert) -> dict[str, Any]:
    where = _where(alert)
    cause, given = _cause_parts(alert), _input_parts(alert)
    limit = (_WHOLE - sum(map(len, where))) // 3
    blocks: list[Block] = []
    for part in (*cause, *given):
        blocks += [section(f"*{part.name}*"), preformatted(part.text, limit)]
    left_out = [(part, told) for part in (*cause, *given) if (told := part.left_out(limit))]
    if left_out:
        blocks.append(context(f":scissors: Left out here: {', '.join(t for _, t in left_out)}."))
        blocks.append({"type": "actions", "elements": _buttons(alert, [p for p, _ in left_out])})
    blocks.append(context(*where))
    return {"text": TEXT, "blocks": blocks, "unfurl_links": False, "unfurl_media": False}


def plain_details(alert: Alert) -> dict[str, Any]:
    """The same without blocks, for when Slack will not take them."""
    said = code(alert.focus.cause or "no cause was given", 500)
    return {"text": f"{TEXT}: {said}", "unfurl_links": False, "unfurl_media": False}


def _cause_parts(alert: Alert) -> list[_Part]:
    text, cut_before = alert.focus.cause or "", was_shortened(alert.focus.cause)
    cause = Cause.read(text)
    parts = [
        _Part("Cause", cause.message, cut_before),
        _Part("Stack trace", cause.stack_trace, cut_before and bool(cause.stack_trace)),
    ]
    return [part for part in parts if part.text]


def _input_parts(alert: Alert) -> list[_Part]:
    given, name = alert.focus.next_input, input_name(alert)
    return [_Part(name, readable(given), was_shortened(given))] if given else []


def _buttons(alert: Alert, left_out: list[_Part]) -> list[dict[str, Any]]:
    buttons = []
    if any(part.name != input_name(alert) for part in left_out):
        buttons.append(button(WHOLE_CAUSE, "Whole cause as a file", alert.id))
    if any(part.name == input_name(alert) for part in left_out):
        buttons.append(button(WHOLE_INPUT, "Whole input as a file", alert.id))
    return buttons


def _where(alert: Alert) -> list[str]:
    arn = alert.arn
    places = [
        (links.execution(arn, alert.focus.started_at), "Execution"),
        (links.state_machine(arn), "State machine"),
    ]
    told = [link(url, name) for url, name in places if url] or [code(arn.text, 300)]
    told += evidence(alert)
    request_id = Cause.read(alert.focus.cause).request_id
    if request_id:
        told.append(f"Request {code(request_id)}")
    return told
