"""The app's home, published for whoever has opened it."""

from collections.abc import Callable
from typing import Any

from slack_sdk import WebClient

from app.deps import Deps
from app.domain.people import Person
from app.render.home import home, words_home
from app.render.refusals import OUTSIDER_HOME
from app.stores.errands import HomeOpened
from app.use_cases.status import overview


def publish_home(deps: Deps, slack: Callable[[], WebClient], opened: HomeOpened) -> None:
    """Raises SlackApiError."""
    client = slack()
    person = _member(client, opened.user_id)
    view = home(overview(deps), person, opened.page) if person else words_home(OUTSIDER_HOME)
    client.views_publish(user_id=opened.user_id, view=view)


def _member(client: WebClient, user_id: str) -> Person | None:
    """Who it is; None for people of other workspaces (Slack Connect), and for bots.

    Slack: the event names the user's id alone, wherever they belong.
    """
    answer: Any = client.users_info(user=user_id)
    user = answer["user"]
    if user.get("is_stranger") or user.get("is_bot") or user.get("deleted"):
        return None
    profile = user.get("profile") or {}
    name = profile.get("display_name") or user.get("real_name") or user.get("name")
    return Person(user_id, name or "someone")
