"""The parts that Slack's payloads share: who acted, where, on which message."""

import copy
import time

from local.slack.people import APP, TEAM, TEAM_DOMAIN, USERS, name_of
from local.slack.timeline import public
from local.slack.workspace import Json, Workspace


class Payloads:
    def __init__(self, workspace: Workspace, url: str) -> None:
        self._workspace = workspace
        self._url = url

    def base(self, kind: str, user: str) -> Json:
        who = USERS[user]
        name = who.username
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

    def response_url(self, user: str, channel: str, message: Json | None = None) -> str:
        return f"{self._url}/response/{self._workspace.response_url(user, channel, message)}"

    def on_message(self, user: str, channel: str, message: Json, block_id: str | None) -> Json:
        """What tells that something in a message was acted on. *block_id* is where in it."""
        attachment = _attachment(message, block_id)
        container: Json = {
            "type": "message" if attachment is None else "message_attachment",
            "message_ts": message["ts"],
            "channel_id": channel,
            "is_ephemeral": bool(message.get("ephemeral_to")),
            "is_app_unfurl": False,
        }
        if attachment is not None:
            container["attachment_id"] = attachment
        if message.get("thread_ts"):
            container["thread_ts"] = message["thread_ts"]
        about: Json = {
            "container": container,
            "channel": {"id": channel, "name": name_of(channel)},
            "response_url": self.response_url(user, channel, message),
        }
        # Slack: an ephemeral message is kept nowhere, so it can't be sent along.
        if not message.get("ephemeral_to"):
            about["message"] = copy.deepcopy(public(message))
        return about

    def about_message(self, user: str, channel: str, message: Json) -> Json:
        """What a message shortcut tells."""
        return {
            "action_ts": action_ts(),
            "channel": {"id": channel, "name": name_of(channel)},
            "message": copy.deepcopy(public(message)),
            "message_ts": message["ts"],
            "response_url": self.response_url(user, channel, message),
        }


def action_ts() -> str:
    return f"{time.time():.6f}"


def _attachment(message: Json, block_id: str | None) -> int | None:
    """The attachment that holds the block; the first one when nobody said which."""
    attachments = message.get("attachments") or []
    for one in attachments:
        if any(block["block_id"] == block_id for block in one.get("blocks") or []):
            return int(one["id"])
    in_blocks = any(block["block_id"] == block_id for block in message.get("blocks") or [])
    return None if in_blocks or not attachments else int(attachments[0]["id"])
