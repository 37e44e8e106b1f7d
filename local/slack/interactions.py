"""What people do: click, submit, type, react, open. Each tells what the person is shown."""

import json
import time
from collections.abc import Mapping
from typing import Any

from local.slack import block_kit
from local.slack.deliveries import Answer, Deliveries
from local.slack.people import APP, BOT, CHANNELS, TEAM, TEAM_DOMAIN, USERS
from local.slack.web_api import WebApi, public, react
from local.slack.workspace import RESPONSE_SECONDS, Json, Workspace

Said = Mapping[str, Any]


class Interactions:
    def __init__(self, workspace: Workspace, api: WebApi, deliveries: Deliveries, url: str) -> None:
        self._workspace = workspace
        self._api = api
        self._deliveries = deliveries
        self._url = url

    def act(self, said: Said) -> Json:
        """Press a button or choose from a menu: ``{user, channel, ts | view_id, action}``."""
        user, message = str(said["user"]), None
        payload = self._base("block_actions", user) | {
            "actions": [{**said["action"], "action_ts": f"{time.time():.6f}"}],
            "state": {"values": said.get("state") or {}},
        }
        if said.get("view_id"):
            view = self._workspace.views[said["view_id"]]
            shown = view | {"state": {"values": said.get("state") or {}}}
            payload |= {"container": {"type": "view", "view_id": view["id"]}, "view": shown}
        else:
            channel = str(said["channel"])
            message = self._workspace.find(channel, said["ts"])
            if message is None:
                return {"ok": False, "error": "That message is gone."}
            payload |= self._about(user, channel, message)
        return _shown(self._deliveries.interaction(payload))

    def shortcut(self, said: Said) -> Json:
        """A message shortcut: ``{user, channel, ts, callback_id}``."""
        user, channel = str(said["user"]), str(said["channel"])
        message = self._workspace.find(channel, said["ts"])
        if message is None:
            return {"ok": False, "error": "That message is gone."}
        payload = self._base("message_action", user) | self._about(user, channel, message)
        payload |= {"callback_id": said["callback_id"], "message_ts": message["ts"]}
        return _shown(self._deliveries.interaction(payload))

    def submit(self, said: Said) -> Json:
        """Submit the modal on top: ``{user, view_id, state}``; errors by block when it stays."""
        user = str(said["user"])
        view = self._workspace.views[said["view_id"]]
        shown = view | {"state": {"values": said.get("state") or {}}}
        payload = self._base("view_submission", user) | {"view": shown, "response_urls": []}
        answer = self._deliveries.interaction(payload)
        if not answer.ok:
            return {"ok": False, "error": "We had some trouble connecting. Try again?"}
        told = answer.said
        with self._workspace.lock:
            stack = self._workspace.modals.setdefault(user, [])
            match told.get("response_action"):
                case "errors":
                    return {"ok": True, "errors": told["errors"]}
                case "update" | "push":
                    findings = block_kit.check_view(told["view"])
                    if findings:
                        return {
                            "ok": False,
                            "error": f"The app's modal is not valid: {findings[0]}",
                        }
                    if told["response_action"] == "update":
                        self._api.replace(view, told["view"])
                    else:
                        self._api.show(user, told["view"])
                case "clear":
                    stack.clear()
                case _:
                    if stack:
                        stack.pop()
        self._workspace.changed()
        return {"ok": True}

    def close(self, said: Said) -> Json:
        """Close the modal on top."""
        user = str(said["user"])
        stack = self._workspace.modals.get(user) or []
        view = self._workspace.views[stack.pop()] if stack else None
        self._workspace.changed()
        if view and view.get("notify_on_close"):
            payload = self._base("view_closed", user) | {"view": view, "is_cleared": False}
            self._deliveries.interaction(payload)
        return {"ok": True}

    def command(self, said: Said) -> Json:
        """Type a slash command: ``{user, channel, command, text}``."""
        user, channel = str(said["user"]), str(said["channel"])
        command = str(said["command"])
        key = self._workspace.response_url(user, channel)
        answer = self._deliveries.command(
            {
                "command": command,
                "text": str(said.get("text") or ""),
                "team_id": USERS[user].team,
                "team_domain": TEAM_DOMAIN,
                "channel_id": channel,
                "channel_name": CHANNELS[channel].name,
                "user_id": user,
                "user_name": USERS[user].name.lower(),
                "api_app_id": APP,
                "is_enterprise_install": "false",
                "response_url": f"{self._url}/response/{key}",
                "trigger_id": self._workspace.trigger(user),
            }
        )
        if not answer.ok:
            why = "operation_timeout" if answer.status == 0 else "dispatch_failed"
            return {"ok": False, "error": f'{command} failed with the error "{why}"'}
        told = answer.said or ({"text": answer.body} if answer.body.strip() else {})
        if not told:
            return {"ok": True}
        return self._respond(user, channel, None, told)

    def message(self, said: Said) -> Json:
        """Say something: ``{user, channel, text, thread_ts}``."""
        user, channel, text = str(said["user"]), str(said["channel"]), str(said["text"])
        message: Json = {"user": user, "text": text, "team": USERS[user].team}
        if said.get("thread_ts"):
            message["thread_ts"] = said["thread_ts"]
        added = self._workspace.add(channel, message)
        event = {**public(added), "channel": channel, "event_ts": added["ts"]}
        self._deliveries.event(event | {"channel_type": "channel"})
        if f"<@{BOT}>" in text:
            self._deliveries.event(event | {"type": "app_mention"})
        return {"ok": True, "ts": added["ts"]}

    def reaction(self, said: Said) -> Json:
        """React: ``{user, channel, ts, name}``."""
        user, channel = str(said["user"]), str(said["channel"])
        message = self._workspace.find(channel, said["ts"])
        if message is None:
            return {"ok": False, "error": "That message is gone."}
        if react(message, str(said["name"]), user):
            self._workspace.changed()
            self._deliveries.event(
                {
                    "type": "reaction_added",
                    "user": user,
                    "reaction": said["name"],
                    "item_user": message["user"],
                    "item": {"type": "message", "channel": channel, "ts": message["ts"]},
                    "event_ts": self._workspace.timestamp(),
                }
            )
        return {"ok": True}

    def home(self, said: Said) -> Json:
        """Open the app's home tab."""
        event = {
            "type": "app_home_opened",
            "user": said["user"],
            "channel": "D01HOME",
            "tab": "home",
        }
        self._deliveries.event(event | {"event_ts": self._workspace.timestamp()})
        return {"ok": True}

    def response(self, key: str, said: Said) -> Json:
        """What the app sends to a response URL."""
        place = self._workspace.responses.get(key)
        if place is None or time.monotonic() - place.made_at > RESPONSE_SECONDS:
            return {"ok": False, "error": "expired_url"}
        if place.uses_left <= 0:
            return {"ok": False, "error": "used_url"}
        place.uses_left -= 1
        target = self._workspace.find(place.channel, place.ts)
        if said.get("delete_original") and target:
            self._workspace.messages[place.channel].remove(target)
            self._workspace.changed()
            return {"ok": True}
        if said.get("replace_original") and target:
            findings = block_kit.check_message(said.get("blocks") or [])
            if findings:
                return {"ok": False, "error": "invalid_blocks", "errors": findings}
            for name in ("blocks", "attachments"):
                target.pop(name, None)
            target |= {
                name: said[name] for name in ("text", "blocks", "attachments") if name in said
            }
            self._workspace.changed()
            return {"ok": True}
        thread = place.thread_ts if place.thread_ts != place.ts else None
        return self._respond(place.user, place.channel, thread, said)

    def _respond(self, user: str, channel: str, thread: str | None, said: Said) -> Json:
        """Put a response into the channel: for *user* alone, unless it says otherwise."""
        arguments = {name: said[name] for name in ("text", "blocks", "attachments") if name in said}
        arguments |= {"channel": channel, "thread_ts": thread}
        if said.get("response_type", "ephemeral") == "in_channel":
            return self._api.call("chat.postMessage", arguments)
        return self._api.call("chat.postEphemeral", arguments | {"user": user})

    def _base(self, kind: str, user: str) -> Json:
        who = USERS[user]
        name = who.name.lower()
        return {
            "type": kind,
            "api_app_id": APP,
            "token": "unused",
            "team": {"id": TEAM, "domain": TEAM_DOMAIN},
            "enterprise": None,
            "is_enterprise_install": False,
            "user": {"id": user, "username": name, "name": name, "team_id": who.team},
            "trigger_id": self._workspace.trigger(user),
        }

    def _about(self, user: str, channel: str, message: Json) -> Json:
        """The parts of a payload that tell which message it is about."""
        attached = bool(message.get("attachments"))
        key = self._workspace.response_url(user, channel, message)
        container: Json = {
            "type": "message_attachment" if attached else "message",
            "message_ts": message["ts"],
            "channel_id": channel,
            "is_ephemeral": bool(message.get("ephemeral_to")),
        }
        if message.get("thread_ts"):
            container["thread_ts"] = message["thread_ts"]
        return {
            "container": container,
            "channel": {"id": channel, "name": CHANNELS[channel].name},
            "message": json.loads(json.dumps(public(message))),
            "response_url": f"{self._url}/response/{key}",
        }


def _shown(answer: Answer) -> Json:
    """What the person sees of an interaction's answer: nothing, when it went well."""
    if answer.ok:
        return {"ok": True}
    why = answer.status or "a time-out"
    return {"ok": False, "error": f"This app didn't answer as it should ({why})."}
