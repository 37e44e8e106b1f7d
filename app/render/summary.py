"""What an alert came to, in one line, once it is resolved."""

from collections.abc import Sequence
from typing import Any

from msgspec import Struct

from app.domain.alert import SAME_MOMENT, Acknowledgement, Alert, Doing
from app.render.buttons import STORY, button
from app.render.mrkdwn import bold_name, counted, section, span

#: How many people the line names at most.
NAMED = 4


class Discussion(Struct, frozen=True, kw_only=True):
    """What people said in the thread: the names of those who said most, and how many others.

    ``at_least``: there were more messages than were looked at.
    """

    names: Sequence[str] = ()
    others: int = 0
    messages: int = 0
    at_least: bool = False


def summary(alert: Alert, discussion: Discussion | None) -> dict[str, Any]:
    """The line with a button for the whole story; *discussion* None: it could not be read."""
    said = summary_line(alert, discussion)
    story = {"type": "actions", "elements": [button(STORY, "Story as text", alert.id)]}
    blocks = [section(said), story]
    return {"text": said, "blocks": blocks, "unfurl_links": False, "unfurl_media": False}


def summary_line(alert: Alert, discussion: Discussion | None = None) -> str:
    lasted = f" after {span(alert.lasted)}" if alert.lasted is not None else ""
    told = [f":checkered_flag: *Resolved{lasted}.* {_acknowledged(alert)}"]
    told.append(_attempts(alert))
    if discussion:
        told.append(_discussed(discussion))
    return " · ".join(told)


def first_acknowledgement(alert: Alert) -> Acknowledgement | None:
    """Of this trouble: what was acknowledged and failed again was acknowledged first."""
    for deed in alert.deeds:
        if deed.doing is Doing.ACKNOWLEDGED and deed.at > alert.begun_at - SAME_MOMENT:
            return Acknowledgement(deed.by, deed.at)
    return alert.acknowledged


def attempts(alert: Alert) -> list[str]:
    """``2 redrives``, ``1 restart``."""
    tried = alert.attempts
    numbers = ((tried.redrives, "redrive"), (tried.restarts, "restart"))
    told = [counted(number, noun) for number, noun in numbers if number]
    if tried.retries:
        told.append("1 retry" if tried.retries == 1 else f"{tried.retries:,} retries")
    return told


def _acknowledged(alert: Alert) -> str:
    first = first_acknowledgement(alert)
    if first is None:
        return "Nobody acknowledged it"
    return f"Acknowledged by {bold_name(first.by.name)} after {span(first.at - alert.begun_at)}"


def _attempts(alert: Alert) -> str:
    told = attempts(alert)
    return _listed(told) if told else "nothing was tried from here"


def _discussed(discussion: Discussion) -> str:
    if not discussion.messages:
        return "nobody wrote in the thread"
    names = [bold_name(name) for name in discussion.names]
    if discussion.others:
        names.append(counted(discussion.others, "other"))
    more = "more than " if discussion.at_least else ""
    return f"{_listed(names)} wrote {more}{counted(discussion.messages, 'message')}"


def _listed(things: Sequence[str]) -> str:
    *others, last = things
    return f"{', '.join(others)} and {last}" if others else last
