"""Events: somebody speaks to the bot, reacts to a card, opens the app's home.

Slack waits 3 seconds and sends again what was not answered in time, so all of them are handed
over.
"""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from slack_bolt import App

from app.deps import Deps
from app.stores.errands import HomeOpened, Reacted, Talk


def _on_mention(deps: Callable[[], Deps], event: dict[str, Any]) -> None:
    if event.get("bot_id"):
        return  # bots do not act
    deps().errands.send(
        Talk(
            user_id=event["user"],
            channel=event["channel"],
            ts=event["ts"],
            text=event.get("text") or "",
            thread_ts=event.get("thread_ts"),
        )
    )


def _on_reaction(deps: Callable[[], Deps], event: dict[str, Any]) -> None:
    item = event["item"]
    if event["reaction"] != "eyes" or item.get("type") != "message":
        return
    deps().errands.send(
        Reacted(
            user_id=event["user"],
            channel=item["channel"],
            ts=item["ts"],
            reaction=event["reaction"],
            event_ts=event["event_ts"],
        )
    )


def _on_home(deps: Callable[[], Deps], event: dict[str, Any]) -> None:
    if event.get("tab") == "home":
        deps().errands.send(HomeOpened(user_id=event["user"]))


#: Every event that the manifest subscribes to.
LISTENERS: Mapping[str, Callable[[Callable[[], Deps], dict[str, Any]], None]] = {
    "app_mention": _on_mention,
    "reaction_added": _on_reaction,
    "app_home_opened": _on_home,
}


def register(app: App, deps: Callable[[], Deps]) -> None:
    for event, listener in LISTENERS.items():
        app.event(event)(partial(listener, deps))
