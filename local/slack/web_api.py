"""The Web API's methods that the app uses, with Slack's own errors."""

import json
import time
import uuid
from collections.abc import Callable, Mapping
from typing import Any

from local.slack import block_kit
from local.slack.people import (
    APP,
    APP_NAME,
    BOT,
    BOT_ID,
    CHANNELS,
    GROUPS,
    TEAM,
    TEAM_DOMAIN,
    USERS,
)
from local.slack.workspace import TRIGGER_SECONDS, Json, Workspace

Arguments = Mapping[str, Any]
_KEPT = 40_000  # Slack cuts longer texts
_MOST_ATTACHMENTS = 100


class SlackError(Exception):
    """The method answers ``ok: false`` with this error; ``more`` goes beside it."""

    def __init__(self, error: str, **more: Any) -> None:
        super().__init__(error)
        self.answer: Json = {"ok": False, "error": error, **more}


class WebApi:
    """The methods by name; ``call`` answers as Slack does, in the body."""

    def __init__(self, workspace: Workspace, url: str) -> None:
        self._workspace = workspace
        self._url = url
        self._methods: dict[str, Callable[[Arguments], Json]] = {
            "api.test": lambda _: {},
            "auth.test": self._auth_test,
            "chat.getPermalink": self._permalink,
            "chat.postEphemeral": self._post_ephemeral,
            "chat.postMessage": self._post_message,
            "chat.update": self._update,
            "conversations.history": self._history,
            "conversations.info": self._info,
            "conversations.list": self._channels,
            "conversations.members": self._members,
            "conversations.replies": self._replies,
            "reactions.add": self._react,
            "usergroups.list": self._groups,
            "usergroups.users.list": self._group_users,
            "users.info": self._user,
            "views.open": self._open,
            "views.publish": self._publish,
            "views.push": self._open,
            "views.update": self._update_view,
        }

    def call(self, method: str, arguments: Arguments) -> Json:
        known = self._methods.get(method)
        if known is None:
            return {"ok": False, "error": "unknown_method", "req_method": method}
        try:
            with self._workspace.lock:
                return {"ok": True, **known(arguments)}
        except SlackError as problem:
            return problem.answer

    # auth, users

    def _auth_test(self, _: Arguments) -> Json:
        return {
            "url": f"https://{TEAM_DOMAIN}.slack.com/",
            "team": "Acme",
            "team_id": TEAM,
            "user": APP_NAME,
            "user_id": BOT,
            "bot_id": BOT_ID,
            "is_enterprise_install": False,
        }

    def _user(self, arguments: Arguments) -> Json:
        user = USERS.get(arguments.get("user", ""))
        if user is None:
            raise SlackError("user_not_found")
        return {
            "user": {
                "id": user.id,
                "team_id": user.team,
                "name": user.name.lower(),
                "real_name": user.name,
                "is_bot": False,
                "is_stranger": user.team != TEAM,
                "tz": "Europe/Berlin",
                "profile": {"display_name": user.name, "real_name": user.name},
            }
        }

    def _groups(self, _: Arguments) -> Json:
        groups = [
            {"id": one.id, "handle": one.handle, "name": one.handle} for one in GROUPS.values()
        ]
        return {"usergroups": groups}

    def _group_users(self, arguments: Arguments) -> Json:
        group = GROUPS.get(arguments.get("usergroup", ""))
        if group is None:
            raise SlackError("no_such_subteam")
        return {"users": list(group.members)}

    # chat

    def _post_message(self, arguments: Arguments) -> Json:
        channel = _channel(arguments, writing=True)
        message = self._content(arguments)
        thread = arguments.get("thread_ts")
        if thread:
            if not self._workspace.find(channel, thread):
                raise SlackError("thread_not_found")
            message["thread_ts"] = thread
            if _true(arguments.get("reply_broadcast")):
                message["subtype"] = "thread_broadcast"
        message["metadata"] = _metadata(arguments)
        added = self._workspace.add(channel, self._workspace.from_bot(app_id=APP, **message))
        return {"channel": channel, "ts": added["ts"], "message": public(added)}

    def _post_ephemeral(self, arguments: Arguments) -> Json:
        channel = _channel(arguments, writing=True)
        if arguments.get("user") not in USERS:
            raise SlackError("user_not_in_channel")
        message = self._content(arguments) | {"ephemeral_to": arguments["user"]}
        if arguments.get("thread_ts"):
            message["thread_ts"] = arguments["thread_ts"]
        added = self._workspace.add(channel, self._workspace.from_bot(**message))
        return {"message_ts": added["ts"]}

    def _update(self, arguments: Arguments) -> Json:
        channel = _channel(arguments, writing=True)
        message = self._workspace.find(channel, arguments.get("ts"))
        if message is None or message.get("ephemeral_to"):
            raise SlackError("message_not_found")
        if message["user"] != BOT:
            raise SlackError("cant_update_message")
        # Slack: what is not given again is gone.
        for name in ("blocks", "attachments"):
            message.pop(name, None)
        message |= self._content(arguments)
        if arguments.get("metadata") is not None:
            message["metadata"] = _metadata(arguments)
        message["edited"] = {"user": BOT, "ts": self._workspace.timestamp()}
        self._workspace.changed()
        return {"channel": channel, "ts": message["ts"], "text": message["text"]}

    def _permalink(self, arguments: Arguments) -> Json:
        channel = _channel(arguments)
        message = self._workspace.find(channel, arguments.get("message_ts"))
        if message is None:
            raise SlackError("message_not_found")
        place = f"{channel}/p{message['ts'].replace('.', '')}"
        return {"channel": channel, "permalink": f"{self._url}/archives/{place}"}

    def _content(self, arguments: Arguments) -> Json:
        """Text, blocks and attachments, as they stand in a message."""
        blocks = _decoded(arguments.get("blocks"), "invalid_blocks_format")
        attachments = _decoded(arguments.get("attachments"), "invalid_attachments")
        text = str(arguments.get("text") or "")
        if not text and not blocks and not attachments:
            raise SlackError("no_text")
        findings, whole = [], block_kit.weight(blocks)
        if blocks is not None:
            findings += block_kit.check_message(blocks)
        if attachments is not None:
            if not isinstance(attachments, list):
                raise SlackError("invalid_attachments")
            if len(attachments) > _MOST_ATTACHMENTS:
                raise SlackError("too_many_attachments")
            for place, attachment in enumerate(attachments):
                if "blocks" in attachment:
                    here = f"/attachments/{place}/blocks"
                    findings += block_kit.check_message(attachment["blocks"], here)
                    whole += block_kit.weight(attachment["blocks"])
        if findings:
            messages = [f"[ERROR] {one}" for one in findings]
            raise SlackError(
                "invalid_blocks",
                errors=[str(one) for one in findings],
                response_metadata={"messages": messages},
            )
        if whole > block_kit.WHOLE_MESSAGE:
            raise SlackError("msg_blocks_too_long")
        content: Json = {"text": text[:_KEPT]}
        if blocks:
            content["blocks"] = _with_ids(blocks)
        if attachments:
            content["attachments"] = [
                {"id": place, **one, "blocks": _with_ids(one.get("blocks") or [])}
                for place, one in enumerate(attachments, start=1)
            ]
        return content

    # conversations

    def _history(self, arguments: Arguments) -> Json:
        channel = _channel(arguments)
        oldest, latest = float(arguments.get("oldest") or 0), float(arguments.get("latest") or 1e12)
        messages = [
            one
            for one in reversed(self._workspace.messages[channel])
            if not one.get("ephemeral_to")
            and (one.get("thread_ts") in {None, one["ts"]} or one.get("subtype"))
            and oldest < float(one["ts"]) < latest
        ]
        return _page(messages, arguments)

    def _replies(self, arguments: Arguments) -> Json:
        channel = _channel(arguments)
        ts = arguments.get("ts")
        if not self._workspace.find(channel, ts):
            raise SlackError("thread_not_found")
        messages = [
            one
            for one in self._workspace.messages[channel]
            if not one.get("ephemeral_to") and ts in {one["ts"], one.get("thread_ts")}
        ]
        return _page(messages, arguments)

    def _info(self, arguments: Arguments) -> Json:
        return {"channel": _as_channel(_channel(arguments))}

    def _channels(self, arguments: Arguments) -> Json:
        without = _true(arguments.get("exclude_archived"))
        channels = [
            _as_channel(one.id) for one in CHANNELS.values() if not (without and one.archived)
        ]
        return {"channels": channels, "response_metadata": {"next_cursor": ""}}

    def _members(self, arguments: Arguments) -> Json:
        _channel(arguments)
        return {"members": [*USERS, BOT], "response_metadata": {"next_cursor": ""}}

    def _react(self, arguments: Arguments) -> Json:
        channel = _channel(arguments)
        message = self._workspace.find(channel, arguments.get("timestamp"))
        if message is None:
            raise SlackError("message_not_found")
        if not react(message, str(arguments.get("name")), BOT):
            raise SlackError("already_reacted")
        self._workspace.changed()
        return {}

    # views

    def _open(self, arguments: Arguments) -> Json:
        view = _view(arguments)
        trigger = self._workspace.triggers.get(str(arguments.get("trigger_id")))
        if trigger is None:
            raise SlackError("invalid_trigger_id")
        if trigger.used:
            raise SlackError("exchanged_trigger_id")
        if time.monotonic() - trigger.made_at > TRIGGER_SECONDS:
            raise SlackError("expired_trigger_id")
        trigger.used = True
        return {"view": self.show(trigger.user, view)}

    def show(self, user: str, view: Json) -> Json:
        """Open *view* before *user*."""
        opened = self._instance(view)
        self._workspace.modals.setdefault(user, []).append(opened["id"])
        self._workspace.changed()
        return opened

    def _update_view(self, arguments: Arguments) -> Json:
        view = _view(arguments)
        shown = self._workspace.views.get(str(arguments.get("view_id")))
        if shown is None:
            raise SlackError("not_found")
        if arguments.get("hash") and arguments["hash"] != shown["hash"]:
            raise SlackError("hash_conflict")
        return {"view": self.replace(shown, view)}

    def replace(self, shown: Json, view: Json) -> Json:
        """Show *view* where *shown* was."""
        updated = self._instance(view) | {"id": shown["id"], "root_view_id": shown["root_view_id"]}
        self._workspace.views[shown["id"]] = updated
        self._workspace.changed()
        return updated

    def _publish(self, arguments: Arguments) -> Json:
        if arguments.get("user_id") not in USERS:
            raise SlackError("user_not_found")
        home = self._instance(_view(arguments))
        self._workspace.homes[str(arguments["user_id"])] = home
        self._workspace.changed()
        return {"view": home}

    def _instance(self, view: Json) -> Json:
        view_id = f"V{uuid.uuid4().hex[:10].upper()}"
        shown = {
            **view,
            "blocks": _with_ids(view["blocks"]),
            "id": view_id,
            "root_view_id": view_id,
            "previous_view_id": None,
            "team_id": TEAM,
            "app_id": APP,
            "bot_id": BOT_ID,
            "hash": f"{time.time():.6f}",
            "state": {"values": {}},
        }
        self._workspace.views[view_id] = shown
        return shown


def public(message: Json) -> Json:
    """A message as others see it."""
    return {name: value for name, value in message.items() if name != "ephemeral_to"}


def react(message: Json, name: str, user: str) -> bool:
    """Add a reaction; False when it is there already."""
    reactions = message.setdefault("reactions", [])
    known = next((one for one in reactions if one["name"] == name), None)
    if known is None:
        reactions.append({"name": name, "users": [user], "count": 1})
        return True
    if user in known["users"]:
        return False
    known["users"].append(user)
    known["count"] += 1
    return True


def _channel(arguments: Arguments, *, writing: bool = False) -> str:
    """The channel's id. Slack: messages may name a channel, everything else wants the id."""
    said = str(arguments.get("channel") or "")
    channel = CHANNELS.get(said)
    if channel is None and writing:
        named = (one for one in CHANNELS.values() if one.name == said.removeprefix("#"))
        channel = next(named, None)
    if channel is None:
        raise SlackError("channel_not_found")
    if writing and channel.archived:
        raise SlackError("is_archived")
    return channel.id


def _as_channel(channel_id: str) -> Json:
    channel = CHANNELS[channel_id]
    return {
        "id": channel.id,
        "name": channel.name,
        "is_channel": True,
        "is_private": False,
        "is_archived": channel.archived,
        "is_member": not channel.archived,
        "purpose": {"value": channel.purpose},
    }


def _page(messages: list[Json], arguments: Arguments) -> Json:
    start, limit = int(arguments.get("cursor") or 0), int(arguments.get("limit") or 100)
    page = [public(one) for one in messages[start : start + limit]]
    if not _true(arguments.get("include_all_metadata")):
        page = [{name: one[name] for name in one if name != "metadata"} for one in page]
    more = start + limit < len(messages)
    return {
        "messages": page,
        "has_more": more,
        "response_metadata": {"next_cursor": str(start + limit) if more else ""},
    }


def _metadata(arguments: Arguments) -> Json | None:
    metadata = _decoded(arguments.get("metadata"), "invalid_metadata_format")
    if metadata is None:
        return None
    if not isinstance(metadata, dict) or not {"event_type", "event_payload"} <= set(metadata):
        raise SlackError("invalid_metadata_format")
    return metadata


def _view(arguments: Arguments) -> Json:
    view: Json = _decoded(arguments.get("view"), "invalid_arguments")
    findings = block_kit.check_view(view)
    if findings:
        messages = [f"[ERROR] {one}" for one in findings]
        raise SlackError("invalid_arguments", response_metadata={"messages": messages})
    return view


def _with_ids(blocks: list[Json]) -> list[Json]:
    """Slack gives an id to each block and element that has none."""
    named = []
    for block in blocks:
        given: Json = {"block_id": uuid.uuid4().hex[:5], **block}
        if given["type"] == "actions":
            given["elements"] = [
                {"action_id": uuid.uuid4().hex[:5], **one} for one in given["elements"]
            ]
        named.append(given)
    return named


def _decoded(value: Any, error: str) -> Any:
    """Arguments that are structures come as JSON texts in a form."""
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except ValueError:
        raise SlackError(error) from None


def _true(value: Any) -> bool:
    return str(value).lower() in {"1", "true"}
