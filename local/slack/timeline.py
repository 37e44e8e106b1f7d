"""What is said in conversations, by people and by the app; each change is told as an event."""

from collections.abc import Callable
from typing import Any

from local.slack.people import APP, APP_NAME, BOT, BOT_ID, DMS, TEAM
from local.slack.workspace import Json, Workspace

#: What an update of a message replaces. Slack: what is not given again is gone.
CONTENT = ("text", "blocks", "attachments")


class Timeline:
    """Messages come, change and go through here alone."""

    def __init__(self, workspace: Workspace, tell: Callable[[Json], None]) -> None:
        """*tell* takes each event, whether anybody has subscribed to it or not."""
        self._workspace = workspace
        self._tell = tell

    def post(self, channel: str, message: Json) -> Json:
        with self._workspace.lock:
            added: Json = {"type": "message", "ts": self._workspace.timestamp(), **message}
            parent = self._parent(channel, added)
            if parent:
                added["parent_user_id"] = parent["user"]
                _add_reply(parent, added)
            self._workspace.messages[channel].append(added)
        self._workspace.changed()
        self._tell_of(channel, public(added))
        return added

    def whisper(self, channel: str, user: str, message: Json) -> str:
        """Say it to *user* alone; its timestamp. No event tells of it."""
        with self._workspace.lock:
            ts = self._workspace.timestamp()
            parent = self._parent(channel, message)
            # Slack: in a thread it is only shown once somebody has replied there.
            if parent is None or parent.get("reply_count"):
                whispered = {"type": "message", "ts": ts, "ephemeral_to": user, **message}
                self._workspace.messages[channel].append(whispered)
        self._workspace.changed()
        return ts

    def edit(self, channel: str, message: Json, content: Json) -> None:
        with self._workspace.lock:
            before = public(message)
            for name in CONTENT:
                message.pop(name, None)
            message |= content
            if not message.get("ephemeral_to"):
                message["edited"] = {"user": message["user"], "ts": self._workspace.timestamp()}
        self._workspace.changed()
        self._tell_of_change(channel, message, before, {"subtype": "message_changed"})

    def remove(self, channel: str, message: Json) -> None:
        with self._workspace.lock:
            before = public(message)
            if message.get("reply_count"):
                # Slack: a thread outlives its first message, in whose place a note stands.
                for name in (*CONTENT, "files", "metadata"):
                    message.pop(name, None)
                message |= {"subtype": "tombstone", "text": "This message was deleted."}
            else:
                self._workspace.messages[channel].remove(message)
                parent = self._parent(channel, message)
                if parent and not message.get("ephemeral_to"):
                    _drop_reply(parent, self._workspace.messages[channel])
        self._workspace.changed()
        deleted = {"subtype": "message_deleted", "deleted_ts": message["ts"]}
        self._tell_of_change(channel, message, before, deleted)

    def react(self, channel: str, message: Json, name: str, user: str) -> bool:
        """False when *user* has reacted so already."""
        with self._workspace.lock:
            reactions = message.setdefault("reactions", [])
            known = next((one for one in reactions if one["name"] == name), None)
            if known is None:
                known = {"name": name, "users": [], "count": 0}
                reactions.append(known)
            if user in known["users"]:
                return False
            known["users"].append(user)
            known["count"] += 1
        self._reacted("reaction_added", channel, message, name, user)
        return True

    def unreact(self, channel: str, message: Json, name: str, user: str) -> bool:
        """False when *user* has not reacted so."""
        with self._workspace.lock:
            reactions = message.get("reactions", [])
            known = next((one for one in reactions if one["name"] == name), None)
            if known is None or user not in known["users"]:
                return False
            known["users"].remove(user)
            known["count"] -= 1
            if not known["count"]:
                reactions.remove(known)
            if not reactions:
                del message["reactions"]
        self._reacted("reaction_removed", channel, message, name, user)
        return True

    def _parent(self, channel: str, message: Json) -> Json | None:
        thread = message.get("thread_ts")
        if not thread or thread == message.get("ts"):
            return None
        return self._workspace.find(channel, thread)

    def _tell_of(self, channel: str, message: Json) -> None:
        event = {**_without_metadata(message), "channel": channel, "event_ts": message["ts"]}
        self._tell(event | {"channel_type": _kind(channel)})
        mentioned = f"<@{BOT}>" in message.get("text", "") and message["user"] != BOT
        if mentioned and channel not in DMS:  # Slack: what is said to an app alone mentions nobody
            self._tell(event | {"type": "app_mention"})

    def _tell_of_change(self, channel: str, message: Json, before: Json, more: Json) -> None:
        if message.get("ephemeral_to"):
            return
        now = self._workspace.timestamp()
        event = {
            "type": "message",
            **more,
            "hidden": True,
            "channel": channel,
            "channel_type": _kind(channel),
            "previous_message": _without_metadata(before),
            "ts": now,
            "event_ts": now,
        }
        if more["subtype"] == "message_changed":
            event["message"] = _without_metadata(public(message))
        self._tell(event)

    def _reacted(self, kind: str, channel: str, message: Json, name: str, user: str) -> None:
        self._workspace.changed()
        self._tell(
            {
                "type": kind,
                "user": user,
                "reaction": name,
                "item_user": message["user"],
                "item": {"type": "message", "channel": channel, "ts": message["ts"]},
                "event_ts": self._workspace.timestamp(),
            }
        )


def from_bot(**more: Any) -> Json:
    """A message of the app's, as Slack signs it."""
    profile = {"id": BOT_ID, "app_id": APP, "name": APP_NAME, "team_id": TEAM, "deleted": False}
    who = {"user": BOT, "bot_id": BOT_ID, "app_id": APP, "team": TEAM, "bot_profile": profile}
    return who | more


def public(message: Json) -> Json:
    """A message as others see it."""
    return {name: value for name, value in message.items() if name != "ephemeral_to"}


def _without_metadata(message: Json) -> Json:
    """Slack: events carry no metadata, but for those that are about it."""
    return {name: value for name, value in message.items() if name != "metadata"}


def _kind(channel: str) -> str:
    return "im" if channel in DMS else "channel"


def _add_reply(parent: Json, reply: Json) -> None:
    users = parent.setdefault("reply_users", [])
    if reply["user"] not in users:
        users.append(reply["user"])
    parent |= {
        "thread_ts": parent["ts"],
        "reply_count": parent.get("reply_count", 0) + 1,
        "reply_users_count": len(users),
        "latest_reply": reply["ts"],
    }


def _drop_reply(parent: Json, messages: list[Json]) -> None:
    left = [
        one
        for one in messages
        if one.get("thread_ts") == parent["ts"] != one["ts"] and not one.get("ephemeral_to")
    ]
    if left:
        users = list(dict.fromkeys(one["user"] for one in left))
        parent |= {
            "reply_count": len(left),
            "reply_users": users,
            "reply_users_count": len(users),
            "latest_reply": left[-1]["ts"],
        }
        return
    for name in ("thread_ts", "reply_count", "reply_users", "reply_users_count", "latest_reply"):
        parent.pop(name, None)
