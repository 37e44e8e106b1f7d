"""What a person does on the page, and what tests look for there."""

from typing import Any

from playwright.sync_api import Locator, Page, expect
from slack_sdk import WebClient

from local.slack import LocalSlack
from tests.hand import eventually
from tests.local.slack.conftest import App
from tests.local.slack.samples import ANA, CHANNEL, plain

OPTIONS = [{"text": plain(one), "value": one.lower()} for one in ("Mute", "Restart", "Explain")]


def posted(web: WebClient, text: str = "a card", **more: Any) -> str:
    return str(web.chat_postMessage(channel=CHANNEL, text=text, **more)["ts"])


def row(page: Page, text: str) -> Locator:
    return page.get_by_test_id("message").filter(has_text=text).first


def typed(page: Page, text: str, where: str = "composer") -> Locator:
    """Type letter by letter, as offers want it."""
    composer = page.get_by_test_id(where)
    composer.press_sequentially(text)
    return composer


def told(app: App, kind: str = "block_actions") -> Any:
    """The last interaction that the app was told of."""
    return eventually(lambda: app.interactions(kind), within=5)[-1]


def opened(slack: LocalSlack, app: App, web: WebClient, page: Page, view: Any) -> Locator:
    """A modal that the app has opened before Ana."""
    slack.do("shortcut", user=ANA, callback_id="look")
    web.views_open(trigger_id=app.interaction("shortcut")["trigger_id"], view=view)
    shown = page.get_by_test_id("modal")
    expect(shown).to_be_visible()
    return shown
