"""Many executions of one problem, that fail until it is repaired; and what recovers them."""

import json
from collections.abc import Collection
from concurrent.futures import ThreadPoolExecutor

from tests.hand import Hand, Json, eventually, unique

#: Asked for in the modal.
Choice = str | bool


class Many:
    """Executions of one machine that fail until what they want is there."""

    def __init__(self, hand: Hand) -> None:
        self.hand = hand
        # Names of one shape, so that all failures are one problem.
        name = unique("W")
        self.wanted, self.never = f"/{name}/1", f"/{name}/2"
        self.machine = hand.machine(
            {
                "Read": {
                    "Type": "Task",
                    "Resource": "arn:aws:states:::aws-sdk:ssm:getParameter",
                    "Parameters": {"Name.$": "$.wanted"},
                    "End": True,
                }
            }
        )
        self.executions: list[str] = []

    def fail(self, count: int, *, hopeless: Collection[int] = (), within: float = 60) -> Json:
        """So many fail, those at the places *hopeless* for good; the card once it counts all."""
        self.executions += self.started(
            [self.never if place in hopeless else self.wanted for place in range(count)]
        )
        text = f"{len(self.executions):,} failures"
        card: Json = eventually(lambda: self.shows(text) and self.card(), within=within)
        return card

    def started(self, wanted: list[str]) -> list[str]:
        with ThreadPoolExecutor(4) as pool:
            return list(
                pool.map(lambda one: self.hand.start(self.machine, {"wanted": one}), wanted)
            )

    def card(self) -> Json:
        """The one card, as it is now."""
        [card] = self.hand.cards(self.machine.rpartition(":")[2])
        return card

    def shows(self, text: str) -> bool:
        cards = self.hand.cards(self.machine.rpartition(":")[2])
        return any(text in json.dumps(one, ensure_ascii=False) for one in cards)

    def repair(self, name: str | None = None) -> None:
        self.hand.ssm.put_parameter(
            Name=name or self.wanted, Value="there", Type="String", Overwrite=True
        )

    def redrives(self) -> list[int]:
        """How often each was redriven, in the order in which they were started."""
        with ThreadPoolExecutor(4) as pool:
            return list(pool.map(self.hand.redrives, self.executions))

    def states(self) -> list[str]:
        return [self.hand.describe(one)["status"] for one in self.executions]

    def recover(self, user: Json | None = None, **choices: Choice) -> Json:
        """Ask for all of them in the modal; what Slack is answered with."""
        view = self.hand.modal(self.card(), "recover_all", user)
        return self.submit(view, user, **choices)

    def submit(self, view: Json, user: Json | None = None, **choices: Choice) -> Json:
        chosen = {"kind": "redrive", "window": "all", "rate": "50", **choices}
        ticked = [{"value": "canary"}] if chosen.pop("canary", True) else []
        values: Json = {
            name: {name: {"selected_option": {"value": value}}} for name, value in chosen.items()
        }
        values["canary"] = {"canary": {"selected_options": ticked}}
        return self.hand.submit(view["callback_id"], view["private_metadata"], values, user)

    def progress(self) -> Json | None:
        """The message that shows the progress of the latest recovery."""
        messages = self.all_progress()
        return messages[-1] if messages else None

    def all_progress(self) -> list[Json]:
        found = self.hand.slack.conversations_replies(
            channel=self.hand.facts.channel, ts=self.card()["ts"], include_all_metadata=True
        )
        return [
            one
            for one in found["messages"]
            if (one.get("metadata") or {}).get("event_type") == "sfn_alert_recovery"
        ]

    def told(self, text: str, within: float = 30) -> str:
        """The first line of the thread with *text*, once it is told."""
        lines: list[str] = eventually(
            lambda: [line for line in self.hand.thread(self.card()) if text in line], within=within
        )
        return lines[0]

    def press(self, action_id: str, user: Json | None = None) -> int:
        """Press a button of the progress message, once it is there."""

        def found() -> Json | None:
            blocks = (self.progress() or {}).get("blocks", [])
            elements = [one for block in blocks for one in block.get("elements", [])]
            return next((one for one in elements if one.get("action_id") == action_id), None)

        element: Json = eventually(found)
        return self.hand.press(self.card(), "mute", user, actions=[element])
