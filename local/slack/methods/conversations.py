"""``conversations.*``: what was said where, and who is there."""

from collections.abc import Callable, Mapping

from local.slack.methods.arguments import (
    Arguments,
    Method,
    SlackError,
    channel_id,
    page,
    true,
)
from local.slack.people import BOT, CHANNELS, DMS, TEAM, USERS, dm_with
from local.slack.timeline import public
from local.slack.workspace import Json, Workspace

_HISTORY_PAGE, _REPLIES_PAGE = 100, 1000


class Conversations:
    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace

    def methods(self) -> Mapping[str, Method]:
        return {
            "conversations.history": self._history,
            "conversations.info": lambda arguments: {"channel": self._about(channel_id(arguments))},
            "conversations.list": self._list,
            "conversations.members": self._members,
            "conversations.open": self._open,
            "conversations.replies": self._replies,
        }

    def _history(self, arguments: Arguments) -> Json:
        """Newest first; of threads only what was sent to the channel too."""
        channel, is_asked_for = channel_id(arguments), _window(arguments)
        messages = [
            one
            for one in reversed(self._workspace.messages[channel])
            if not one.get("ephemeral_to")
            and (
                one.get("thread_ts") in {None, one["ts"]}
                or one.get("subtype") == "thread_broadcast"
            )
        ]
        return _messages(list(filter(is_asked_for, messages)), arguments, _HISTORY_PAGE)

    def _replies(self, arguments: Arguments) -> Json:
        """Oldest first, after the message they reply to; a reply's own ts finds it alone."""
        channel, ts = channel_id(arguments), arguments.get("ts")
        is_asked_for = _window(arguments)
        if not self._workspace.find(channel, ts):
            raise SlackError("thread_not_found")
        messages = [
            one
            for one in self._workspace.messages[channel]
            if not one.get("ephemeral_to")
            and (one["ts"] == ts or (one.get("thread_ts") == ts and is_asked_for(one)))
        ]
        return _messages(messages, arguments, _REPLIES_PAGE)

    def _list(self, arguments: Arguments) -> Json:
        types = str(arguments.get("types") or "public_channel").split(",")
        without = true(arguments.get("exclude_archived"))
        listed = []
        if "public_channel" in types:
            listed += [one.id for one in CHANNELS.values() if not (without and one.archived)]
        if "im" in types:
            listed += [one for one in DMS if self._workspace.messages[one]]
        channels, following = page([self._about(one) for one in listed], arguments, "id")
        return {"channels": channels, "response_metadata": {"next_cursor": following}}

    def _members(self, arguments: Arguments) -> Json:
        channel = channel_id(arguments)
        there = [DMS[channel], BOT] if channel in DMS else [*USERS, BOT]
        members, following = page([{"id": one} for one in there], arguments, "id")
        ids = [one["id"] for one in members]
        return {"members": ids, "response_metadata": {"next_cursor": following}}

    def _open(self, arguments: Arguments) -> Json:
        """With one person only: nothing here has conversations of several."""
        users = str(arguments.get("users") or "").split(",")
        if len(users) != 1 or dm_with(users[0]) not in DMS:
            raise SlackError("user_not_found")
        return {"channel": {"id": dm_with(users[0])}}

    def _about(self, channel: str) -> Json:
        if channel in DMS:
            return {"id": channel, "is_im": True, "user": DMS[channel], "is_archived": False}
        one = CHANNELS[channel]
        return {
            "id": one.id,
            "name": one.name,
            "name_normalized": one.name,
            "context_team_id": TEAM,
            "is_channel": True,
            "is_im": False,
            "is_private": False,
            "is_archived": one.archived,
            "is_member": not one.archived and one.id not in self._workspace.left,
            "topic": {"value": ""},
            "purpose": {"value": one.purpose},
        }


def _messages(messages: list[Json], arguments: Arguments, usual: int) -> Json:
    found, following = page(messages, arguments, "ts", usual)
    shown = [public(one) for one in found]
    if not true(arguments.get("include_all_metadata")):
        shown = [{name: one[name] for name in one if name != "metadata"} for one in shown]
    answer: Json = {"messages": shown, "has_more": bool(following)}
    return answer | {"response_metadata": {"next_cursor": following}}


def _window(arguments: Arguments) -> Callable[[Json], bool]:
    """Whether a message is of the time that was asked for."""
    oldest, latest = _moment(arguments, "oldest", 0.0), _moment(arguments, "latest", 1e12)
    if true(arguments.get("inclusive")):
        return lambda message: oldest <= float(message["ts"]) <= latest
    return lambda message: oldest < float(message["ts"]) < latest


def _moment(arguments: Arguments, name: str, otherwise: float) -> float:
    try:
        return float(arguments.get(name) or otherwise)
    except ValueError:
        raise SlackError(f"invalid_ts_{name}") from None
