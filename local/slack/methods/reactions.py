"""``reactions.*``: the app's own."""

import re
from collections.abc import Mapping

from local.slack.methods.arguments import Arguments, Method, SlackError, channel_id
from local.slack.people import BOT
from local.slack.timeline import Timeline, public
from local.slack.workspace import Json, Workspace

_NAME = re.compile(r"[a-z0-9_+'-]+(::skin-tone-[2-6])?")


class Reactions:
    def __init__(self, workspace: Workspace, timeline: Timeline) -> None:
        self._workspace = workspace
        self._timeline = timeline

    def methods(self) -> Mapping[str, Method]:
        return {
            "reactions.add": self._add,
            "reactions.get": self._get,
            "reactions.remove": self._remove,
        }

    def _add(self, arguments: Arguments) -> Json:
        channel, message, name = self._asked(arguments)
        if not self._timeline.react(channel, message, name, BOT):
            raise SlackError("already_reacted")
        return {}

    def _remove(self, arguments: Arguments) -> Json:
        channel, message, name = self._asked(arguments)
        if not self._timeline.unreact(channel, message, name, BOT):
            raise SlackError("no_reaction")
        return {}

    def _get(self, arguments: Arguments) -> Json:
        channel, message = self._message(arguments)
        return {"type": "message", "channel": channel, "message": public(message)}

    def _asked(self, arguments: Arguments) -> tuple[str, Json, str]:
        name = str(arguments.get("name") or "").strip(":")
        if not _NAME.fullmatch(name):
            raise SlackError("invalid_name")
        return *self._message(arguments), name

    def _message(self, arguments: Arguments) -> tuple[str, Json]:
        channel = channel_id(arguments)
        message = self._workspace.find(channel, arguments.get("timestamp"))
        if message is None or message.get("ephemeral_to"):
            raise SlackError("message_not_found")
        return channel, message
