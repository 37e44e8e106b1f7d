"""Slack's messages as plain text, to be read outside of Slack: no markup, times in UTC."""

import html
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

_NOBODY: Mapping[str, str] = {}
_ANGLES = re.compile(r"<([^<>\s][^<>\n]*)>")
_DATE = re.compile(r"!date\^(\d{1,10})\^[^|]*(?:\|.*)?")
_PERSON = re.compile(r"<@([UW][A-Z0-9]+)")
_EMOJI = re.compile(r"^(?::[a-z0-9_+-]+:[^\S\n]*)+", re.MULTILINE)
#: Slack: a mark formats what it stands around, word by word.
_FENCE = re.compile(r"```\n?(.*?)\n?```", re.DOTALL)
_MARKS = tuple(
    re.compile(rf"(?<![\w{mark}]){mark}(\S|\S[^{mark}\n]*?\S){mark}(?![\w{mark}])")
    for mark in (r"\*", "_", "~")
)
_CODE = re.compile(r"`([^`\n]+)`")


def plain(text: str, names: Mapping[str, str] = _NOBODY) -> str:
    """*text* (mrkdwn) as plain text; *names* by the ids of people."""
    text = _FENCE.sub(r"\1", text)
    # Code is shown as it is: what stands in it is no mark.
    pieces = _CODE.split(text)
    for place in range(0, len(pieces), 2):
        for mark in _MARKS:
            pieces[place] = mark.sub(r"\1", pieces[place])
    return html.unescape(_ANGLES.sub(lambda found: _told(found[1], names), "".join(pieces)))


def without_emoji(text: str) -> str:
    """*text* (mrkdwn) without the emoji that its lines begin with."""
    return _EMOJI.sub("", text)


def moment(when: datetime, *, seconds: bool = False) -> str:
    return when.astimezone(UTC).strftime(
        "%Y-%m-%d %H:%M:%S UTC" if seconds else "%Y-%m-%d %H:%M UTC"
    )


def mentioned(text: str) -> list[str]:
    """The ids of the people whom *text* (mrkdwn) mentions."""
    return _PERSON.findall(text)


def plain_message(message: Mapping[str, Any], names: Mapping[str, str] = _NOBODY) -> str:
    """All that a message shows, as Slack's API has it: its text, blocks, attachments, files.

    The emoji that an app marks its lines with are left out.
    """
    text, of_app = str(message.get("text") or ""), bool(message.get("bot_id"))
    # Slack: where a message has blocks, they are shown instead of its text; those of what
    # people write say the same as it.
    parts = list(_texts(message.get("blocks"), names)) if of_app else []
    parts = parts or [plain(without_emoji(text) if of_app else text, names)]
    for attachment in message.get("attachments") or []:
        parts += _texts(attachment.get("blocks"), names)
    return "\n".join(part for part in (*parts, *_files(message)) if part.strip())


def _texts(part: Any, names: Mapping[str, str]) -> Iterator[str]:
    """The texts of blocks, without what can be pressed."""
    if isinstance(part, list):
        for one in part:
            yield from _texts(one, names)
    elif isinstance(part, Mapping):
        kind, text = part.get("type"), part.get("text")
        if kind in {"actions", "button"}:
            return
        if isinstance(text, str):
            yield plain(without_emoji(text), names) if kind == "mrkdwn" else text
            return
        for name in ("text", "elements"):
            yield from _texts(part.get(name), names)
        for field in _texts(part.get("fields"), names):
            yield field.replace("\n", ": ", 1)


def _files(message: Mapping[str, Any]) -> Iterator[str]:
    for file in message.get("files") or []:
        yield f"[file: {file.get('name') or file.get('title') or 'without a name'}]"


def _told(inside: str, names: Mapping[str, str]) -> str:
    """What stands between angle brackets: a date, a person, a channel, a group, an address."""
    date = _DATE.fullmatch(inside)
    if date:
        return moment(datetime.fromtimestamp(int(date[1]), UTC))
    target, _, label = inside.partition("|")
    if target.startswith("@"):
        return f"@{names.get(target[1:]) or label or target[1:]}"
    if target.startswith("#"):
        return f"#{label or target[1:]}"
    if target.startswith("!"):
        said = label or target[1:].removeprefix("subteam^")
        return said if said.startswith("@") else f"@{said}"
    address = target.removeprefix("mailto:")
    return f"{label} ({address})" if label and label != address else address
