"""What the app's manifest asks of Slack: events, scopes, commands, shortcuts, its home."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

#: Slack sends an event only to an app that subscribes to it and has the scope for it.
_SCOPES_OF_EVENTS: Mapping[str, str | None] = {
    "app_home_opened": None,
    "app_mention": "app_mentions:read",
    "message.channels": "channels:history",
    "message.im": "im:history",
    "reaction_added": "reactions:read",
    "reaction_removed": "reactions:read",
}


@dataclass(frozen=True, slots=True)
class Command:
    """A slash command. With ``escapes``, people and channels in its text come as their ids."""

    name: str
    description: str
    hint: str
    escapes: bool


@dataclass(frozen=True, slots=True)
class Shortcut:
    """``type`` is ``message``, on a message, or ``global``, anywhere."""

    name: str
    type: str
    callback_id: str
    description: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    name: str
    events: frozenset[str]
    scopes: frozenset[str]
    commands: tuple[Command, ...]
    shortcuts: tuple[Shortcut, ...]
    has_home: bool
    takes_messages: bool

    @classmethod
    def read(cls, path: Path) -> "Manifest":
        return cls.parse(json.loads(path.read_text()))

    @classmethod
    def parse(cls, said: Mapping[str, Any]) -> "Manifest":
        """Slack: what a manifest does not mention is off, but for the messages of the app."""
        features, settings = said.get("features") or {}, said.get("settings") or {}
        home = features.get("app_home") or {}
        return cls(
            name=said["display_information"]["name"],
            events=frozenset((settings.get("event_subscriptions") or {}).get("bot_events") or ()),
            scopes=frozenset(((said.get("oauth_config") or {}).get("scopes") or {}).get("bot", ())),
            commands=tuple(
                Command(
                    one["command"],
                    one["description"],
                    one.get("usage_hint", ""),
                    bool(one.get("should_escape")),
                )
                for one in features.get("slash_commands") or ()
            ),
            shortcuts=tuple(
                Shortcut(one["name"], one["type"], one["callback_id"], one.get("description", ""))
                for one in features.get("shortcuts") or ()
            ),
            has_home=bool(home.get("home_tab_enabled")),
            takes_messages=bool(home.get("messages_tab_enabled", True))
            and not home.get("messages_tab_read_only_enabled", True),
        )

    def wants(self, event: str) -> bool:
        """Whether *event* is delivered: named as the manifest does, ``message.channels``."""
        scope = _SCOPES_OF_EVENTS.get(event)
        return event in self.events and (scope is None or scope in self.scopes)

    def command(self, name: str) -> Command | None:
        return next((one for one in self.commands if one.name == name), None)

    def shortcut(self, kind: str, callback_id: str) -> Shortcut | None:
        found = (
            one for one in self.shortcuts if (one.type, one.callback_id) == (kind, callback_id)
        )
        return next(found, None)
