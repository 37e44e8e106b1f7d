"""What the app sends to a response URL, or as the answer to a slash command."""

import time
from collections.abc import Mapping
from typing import Any

from local.slack.methods.arguments import SlackError
from local.slack.methods.chat import content
from local.slack.people import BOT
from local.slack.timeline import CONTENT, Timeline
from local.slack.web_api import WebApi
from local.slack.workspace import RESPONSE_SECONDS, Json, ResponseUrl, Workspace

Said = Mapping[str, Any]


class Responses:
    def __init__(self, workspace: Workspace, timeline: Timeline, api: WebApi) -> None:
        self._workspace = workspace
        self._timeline = timeline
        self._api = api

    def take(self, key: str, said: Said) -> Json:
        """One use of a response URL."""
        with self._workspace.lock:
            place = self._workspace.responses.get(key)
            if place is None or time.monotonic() - place.made_at > RESPONSE_SECONDS:
                return {"ok": False, "error": "expired_url"}
            if place.uses_left <= 0:
                return {"ok": False, "error": "used_url"}
            place.uses_left -= 1
        original = self._original(place)
        if original and said.get("delete_original"):
            self._timeline.remove(place.channel, original)
            return {"ok": True}
        if original and said.get("replace_original"):
            return self._replace(place.channel, original, said)
        return self.say(place.user, place.channel, said)

    def say(self, user: str, channel: str, said: Said) -> Json:
        """For *user* alone, unless it says otherwise.

        Slack: it stands in the channel, wherever was acted, unless it names a thread.
        """
        arguments = {name: said[name] for name in CONTENT if name in said}
        arguments |= {"channel": channel, "thread_ts": said.get("thread_ts")}
        if said.get("response_type", "ephemeral") == "in_channel":
            return self._api.allowed(self._api.chat.post_message, arguments)
        arguments["user"] = user
        return self._api.allowed(self._api.chat.post_ephemeral, arguments)

    def _original(self, place: ResponseUrl) -> Json | None:
        """What was acted on, should it be the app's to change."""
        message = self._workspace.find(place.channel, place.ts)
        return message if message and message["user"] == BOT else None

    def _replace(self, channel: str, original: Json, said: Said) -> Json:
        try:
            changed = content(said)
        except SlackError as problem:
            return problem.answer
        self._timeline.edit(channel, original, changed)
        return {"ok": True}
