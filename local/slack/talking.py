"""What people say: messages and reactions; and that they look at the app's home.

Each answers what the person is shown.
"""

import uuid

from local.slack.acting import GONE, Said
from local.slack.deliveries import Deliveries
from local.slack.manifest import Manifest
from local.slack.people import APP_NAME, CHANNELS, DMS, USERS, dm_with
from local.slack.timeline import Timeline
from local.slack.workspace import Json, Workspace


class Talking:
    def __init__(
        self,
        workspace: Workspace,
        timeline: Timeline,
        deliveries: Deliveries,
        manifest: Manifest,
    ) -> None:
        self._workspace = workspace
        self._timeline = timeline
        self._deliveries = deliveries
        self._manifest = manifest

    def message(self, said: Said) -> Json:
        """Say something: ``{user, channel, text, thread_ts}``."""
        user, channel, text = str(said["user"]), str(said["channel"]), str(said["text"])
        if channel in DMS and not self._manifest.takes_messages:
            error = f"Sending messages to {APP_NAME} has been turned off."
            return {"ok": False, "error": error}
        if channel not in DMS and CHANNELS[channel].archived:
            return {"ok": False, "error": "This channel is archived."}
        message: Json = {
            "user": user,
            "text": text,
            "team": USERS[user].team,
            "client_msg_id": str(uuid.uuid4()),
        }
        if said.get("thread_ts"):
            message["thread_ts"] = said["thread_ts"]
        return {"ok": True, "ts": self._timeline.post(channel, message)["ts"]}

    def react(self, said: Said) -> Json:
        """React: ``{user, channel, ts, name}``."""
        user, channel = str(said["user"]), str(said["channel"])
        message = self._workspace.find(channel, said["ts"])
        if message is None or message.get("ephemeral_to"):
            return GONE
        self._timeline.react(channel, message, str(said["name"]), user)
        return {"ok": True}

    def unreact(self, said: Said) -> Json:
        """Take a reaction back: ``{user, channel, ts, name}``."""
        user, channel = str(said["user"]), str(said["channel"])
        message = self._workspace.find(channel, said["ts"])
        if message is None:
            return GONE
        self._timeline.unreact(channel, message, str(said["name"]), user)
        return {"ok": True}

    def dismiss(self, said: Said) -> Json:
        """Take away what only this person sees: ``{user, channel, ts}``."""
        channel = str(said["channel"])
        message = self._workspace.find(channel, said["ts"])
        if message and message.get("ephemeral_to") == said["user"]:
            self._timeline.remove(channel, message)
        return {"ok": True}

    def home(self, said: Said) -> Json:
        """Look at the app's home: ``{user, tab}``, a tab being ``home`` or ``messages``."""
        user, tab = str(said["user"]), str(said.get("tab") or "home")
        event: Json = {
            "type": "app_home_opened",
            "user": user,
            "channel": dm_with(user),
            "tab": tab,
            "event_ts": self._workspace.timestamp(),
        }
        home = self._workspace.homes.get(user)
        if tab == "home" and home:
            event["view"] = home
        self._deliveries.event(event)
        return {"ok": True}
