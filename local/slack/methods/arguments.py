"""What every method does with its arguments: decode them, find the channel, page the answer."""

import base64
import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from local.slack.people import CHANNELS, DMS, dm_with
from local.slack.workspace import Json

Arguments = Mapping[str, Any]
Method = Callable[[Arguments], Json]

_USUAL_PAGE, _MOST_OF_A_PAGE = 100, 1000


class SlackError(Exception):
    """The method answers ``ok: false`` with this error; ``more`` goes beside it."""

    def __init__(self, error: str, **more: Any) -> None:
        super().__init__(error)
        self.answer: Json = {"ok": False, "error": error, **more}


def decoded(value: Any, error: str) -> Any:
    """Arguments that are structures come as JSON texts in a form. *error* when it is none."""
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except ValueError:
        raise SlackError(error) from None


def true(value: Any) -> bool:
    return str(value).lower() in {"1", "true"}


def channel_id(arguments: Arguments, *, writing: bool = False, name: str = "channel") -> str:
    """The conversation. Slack: messages may name a channel or a person, all else wants an id."""
    said = str(arguments.get(name) or "")
    if said in DMS:
        return said
    if writing and dm_with(said) in DMS:
        return dm_with(said)
    channel = CHANNELS.get(said)
    if channel is None and writing:
        named = (one for one in CHANNELS.values() if one.name == said.removeprefix("#"))
        channel = next(named, None)
    if channel is None:
        raise SlackError("channel_not_found")
    if writing and channel.archived:
        raise SlackError("is_archived")
    return channel.id


def page(
    listed: Sequence[Json], arguments: Arguments, key: str, usual: int = _USUAL_PAGE
) -> tuple[list[Json], str]:
    """One page, and the cursor of the next or nothing.

    Slack: a cursor leads to what came next when it was made, whatever has been added since.
    """
    start, limit = 0, _limit(arguments, usual)
    if arguments.get("cursor"):
        wanted = _opened(str(arguments["cursor"]))
        places = (place for place, one in enumerate(listed) if str(one[key]) == wanted)
        found = next(places, None)
        if found is None:
            raise SlackError("invalid_cursor")
        start = found
    following = listed[start + limit : start + limit + 1]
    return list(listed[start : start + limit]), _closed(following[0][key]) if following else ""


def _limit(arguments: Arguments, usual: int) -> int:
    said = str(arguments.get("limit") or usual)
    if not said.isdecimal() or not 1 <= int(said) <= _MOST_OF_A_PAGE:
        raise SlackError("invalid_limit")
    return int(said)


def _closed(key: str) -> str:
    return base64.b64encode(f"next:{key}".encode()).decode()


def _opened(cursor: str) -> str:
    try:
        return base64.b64decode(cursor, validate=True).decode().removeprefix("next:")
    except ValueError:
        raise SlackError("invalid_cursor") from None
