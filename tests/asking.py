"""A person who asks with /sfn-status, and acts on what is answered, as at the page."""

import json
from dataclasses import dataclass

from tests.hand import Hand, Json, eventually


@dataclass
class Asker:
    """*user* in the channel of alerts."""

    hand: Hand
    user: Json
    channel: str = ""

    def __post_init__(self) -> None:
        self.channel = self.channel or self.hand.facts.channel

    def ask(self, words: str = "") -> Json:
        """Type it; the answer that only this person sees."""
        before = {one["ts"] for one in self.whispers()}
        said = self.hand.world.slack.do(
            "command",
            user=self.user["id"],
            channel=self.channel,
            command="/sfn-status",
            text=words,
        )
        assert said["ok"], said
        return self._answer(before)

    def press(self, message: Json, action_id: str, *, place: int = 0) -> None:
        """Press the button with this id, the first or the one at *place* of those."""
        found = buttons(message, action_id)
        assert len(found) > place, f"no button {action_id} in {texts(message)}"
        self.act(message, found[place])

    def act(self, message: Json, action: Json) -> None:
        """Act on an element of the message, as the click tells of it."""
        said = self.hand.world.slack.do(
            "act",
            user=self.user["id"],
            channel=self.channel,
            ts=message["ts"],
            action=action,
        )
        assert said["ok"], said

    def turned(self, message: Json, action_id: str, *, place: int = 0) -> Json:
        """Press it; the answer that has taken the place of the message."""
        self.press(message, action_id, place=place)
        changed: Json = eventually(
            lambda: (now := self.at(message["ts"]))["blocks"] != message["blocks"] and now
        )
        return changed

    def at(self, ts: str) -> Json:
        return next(one for one in self.seen() if one["ts"] == ts)

    def whispers(self, *, after: str = "0") -> list[Json]:
        """What only this person sees, said *after* a timestamp: of much only the last is seen."""
        return [
            one
            for one in self.seen()
            if one.get("ephemeral_to") == self.user["id"] and float(one["ts"]) > float(after)
        ]

    def seen(self) -> list[Json]:
        messages: list[Json] = self.hand.world.slack.seen_by(self.user["id"])["messages"][
            self.channel
        ]
        return messages

    def _answer(self, before: set[str]) -> Json:
        """The first new whisper that is no promise of one."""
        found: list[Json] = eventually(
            lambda: [
                one
                for one in self.whispers()
                if one["ts"] not in before and not one["text"].startswith(":mag:")
            ]
        )
        return found[0]

    # The app's home

    def home(self) -> Json:
        """Open it; the view."""
        before = (self._home() or {}).get("hash")
        self.hand.world.slack.do("home", user=self.user["id"], tab="home")
        return self._drawn(before)

    def press_home(self, view: Json, action_id: str, about: str = "") -> Json:
        """Press a button of the home, below where *about* stands; the view once drawn anew."""
        self.act_home(view, action_id, about)
        return self._drawn(view["hash"])

    def act_home(self, view: Json, action_id: str, about: str = "") -> None:
        blocks = view["blocks"]
        start = next(n for n, one in enumerate(blocks) if about in json.dumps(one))
        found = buttons({"blocks": blocks[start:]}, action_id)
        said = self.hand.world.slack.do(
            "act", user=self.user["id"], view_id=view["id"], action=found[0]
        )
        assert said["ok"], said

    def _drawn(self, before: str | None) -> Json:
        view: Json = eventually(lambda: (now := self._home()) and now["hash"] != before and now)
        return view

    def _home(self) -> Json | None:
        view: Json | None = self.hand.world.slack.seen_by(self.user["id"])["home"]
        return view


def buttons(message: Json, action_id: str) -> list[Json]:
    """Those whose id is this, with the block they stand in, as a click tells of them."""
    return [
        {**element, "block_id": block["block_id"]}
        for block in message.get("blocks") or []
        for element in [*block.get("elements", []), block.get("accessory") or {}]
        if element.get("action_id") == action_id
    ]


def texts(message: Json) -> str:
    """All that stands in the message, as one text."""

    def walk(part: object) -> list[str]:
        if isinstance(part, dict):
            own = [part["text"]] if isinstance(part.get("text"), str) else []
            return own + [one for value in part.values() for one in walk(value)]
        if isinstance(part, list):
            return [one for value in part for one in walk(value)]
        return []

    return "\n".join(walk(message.get("blocks") or [])) or str(message.get("text"))
