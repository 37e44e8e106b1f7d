"""Texts fit for Slack: escaped, cut, dated, counted.

Whatever comes from AWS goes through ``code`` or ``preformatted``: nothing in it can mention,
link, or break out.
"""

import json
import unicodedata
from datetime import UTC, datetime, timedelta
from typing import Any

from app.domain.mentions import is_handle

Block = dict[str, Any]

_PRECISE = 10  # seconds under which tenths are told
# Cutting before one of these would tear a character apart.
_JOINERS = {"\u200d", "\ufe0f", "\u20e3", *map(chr, range(0x1F3FB, 0x1F400))}


def escape(text: str) -> str:
    """Slack: only these three characters are to be escaped."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def cut(text: str, limit: int) -> str:
    """*text* in at most *limit* characters, with an ellipsis where it went on."""
    if len(text) <= limit:
        return text
    end = limit - 1
    while end > 0 and (_joins(text[end]) or text[end - 1] == "\u200d"):
        end -= 1
    return text[:end] + "…"


def _joins(character: str) -> bool:
    return character in _JOINERS or unicodedata.combining(character) > 0


def code(text: str, limit: int = 120) -> str:
    """*text* from outside on one line, as code: no mention, no link, no formatting."""
    line = " ".join(text.replace("`", "'").split()) or "-"
    return f"`{escape(cut(line, limit))}`"


def words(text: str, limit: int = 300) -> str:
    """What a person wrote, on one line: an address in it may be followed, a mention is none."""
    return escape(cut(" ".join(text.replace("`", "'").split()), limit))


def link(url: str | None, text: str) -> str:
    """A link with *text* of ours; plain when there is nowhere to go."""
    label = escape(" ".join(text.replace("|", "¦").replace("`", "'").split()))
    return f"<{url}|{label}>" if url else label


def bold_name(text: str) -> str:
    """A person's name, in bold, as it stands everywhere: it mentions nobody, and can't be an
    address.
    """
    letters = "".join(one for one in text if one.isalnum() or one in " .'-_")
    return f"*{letters.strip(' .')[:80] or 'someone'}*"


def called(mention: str | None) -> str:
    """Whom a message calls, to be added to it: live, or the handle as plain text."""
    if mention is None:
        return ""
    return f" {escape(mention) if is_handle(mention) else mention}"


def date(moment: datetime, pattern: str = "{date_short_pretty} {time}") -> str:
    """A moment in the reader's own zone."""
    fallback = moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC")
    return f"<!date^{int(moment.timestamp())}^{pattern}|{fallback}>"


def span(length: timedelta) -> str:
    """A length of time as people say it: its two largest units."""
    seconds = max(0.0, length.total_seconds())
    if seconds < _PRECISE:
        return f"{seconds:.1f} s" if seconds >= 1 else f"{seconds * 1000:.0f} ms"
    whole = round(seconds)
    for size, unit, smaller_size, smaller in (
        (86_400, "d", 3_600, "h"),
        (3_600, "h", 60, "min"),
        (60, "min", 1, "s"),
    ):
        if whole >= size:
            rest = whole % size // smaller_size
            first = f"{whole // size} {unit}"
            return f"{first} {rest} {smaller}" if rest else first
    return f"{whole} s"


def counted(number: int, noun: str) -> str:
    """``1 failure``, ``1,000 failures``."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def times(number: int) -> str:
    """``once``, ``twice``, ``3 times``."""
    return {1: "once", 2: "twice"}.get(number, f"{number:,} times")


def readable(text: str) -> str:
    """JSON over several lines; any other text as it is."""
    try:
        return json.dumps(json.loads(text), indent=2, ensure_ascii=False)
    except (ValueError, RecursionError):
        return text


def plain_text(text: str) -> dict[str, Any]:
    return {"type": "plain_text", "text": text, "emoji": True}


def section(text: str) -> Block:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}}


def context(*texts: str) -> Block:
    return {"type": "context", "elements": [{"type": "mrkdwn", "text": text} for text in texts]}


def preformatted(text: str, limit: int) -> Block:
    """*text* from outside as it is, in a fixed font.

    Rich text, since three backticks inside a mrkdwn fence would end it.
    """
    shown = cut(text, limit) if text.strip() else "-"
    return {
        "type": "rich_text",
        "elements": [
            {"type": "rich_text_preformatted", "elements": [{"type": "text", "text": shown}]}
        ],
    }
