"""People act on what the app shows: menus, buttons, shortcuts, its home."""

import re

import pytest
from playwright.sync_api import Page, expect
from slack_sdk import WebClient

from tests.browser.slack.person import OPTIONS, posted, row, told
from tests.hand import eventually
from tests.local.slack.conftest import App
from tests.local.slack.samples import ANA, DM_OF_ANA, actions, button, home, plain, section

pytestmark = pytest.mark.xdist_group("slack page")


def test_a_message_shortcut_is_in_the_menu_and_within_reach_of_the_keyboard(
    app: App, web: WebClient, page: Page
) -> None:
    ts = posted(web)
    row(page, "a card").hover()
    row(page, "a card").get_by_test_id("more-actions").press("Enter")
    offered = page.get_by_role("menuitem")
    expect(offered).to_have_text(["Explainsfn-alerts", "Copy link to message"])
    page.keyboard.press("Enter")
    payload = told(app, "message_action")
    assert (payload["callback_id"], payload["message_ts"]) == ("explain", ts)


def test_a_global_shortcut_is_in_the_composers_menu(app: App, page: Page) -> None:
    page.get_by_test_id("shortcuts").first.click()
    page.get_by_role("menuitem", name=re.compile("Look")).click()
    assert told(app, "shortcut")["callback_id"] == "look"


def test_an_overflow_menu_is_used_with_the_keyboard(app: App, web: WebClient, page: Page) -> None:
    overflow = {"type": "overflow", "action_id": "more", "options": OPTIONS}
    posted(web, blocks=[section("a card") | {"accessory": overflow}])
    opener = row(page, "a card").get_by_test_id("overflow")
    opener.press("Enter")
    page.keyboard.press("Escape")
    expect(page.get_by_role("menu")).to_have_count(0)
    expect(opener).to_be_focused()
    opener.press("Enter")
    for key in ("ArrowDown", "ArrowDown", "ArrowUp", "Enter"):
        page.keyboard.press(key)
    [action] = told(app)["actions"]
    assert (action["type"], action["selected_option"]["value"]) == ("overflow", "restart")


def test_an_overflow_choice_may_open_an_address(app: App, web: WebClient, page: Page) -> None:
    options = [OPTIONS[0] | {"url": "http://127.0.0.1:9/gone"}]
    overflow = {"type": "overflow", "action_id": "more", "options": options}
    posted(web, blocks=[section("a card") | {"accessory": overflow}])
    row(page, "a card").get_by_test_id("overflow").click()
    with page.expect_popup() as popup:
        page.get_by_role("menuitem").click()
    popup.value.close()
    assert told(app)["actions"][0]["selected_option"]["url"] == "http://127.0.0.1:9/gone"


def test_a_button_that_asks_sends_nothing_when_one_says_no(
    app: App, web: WebClient, page: Page
) -> None:
    confirm = {
        "title": plain("Really?"),
        "text": plain("It goes on."),
        "confirm": plain("Yes"),
        "deny": plain("No"),
    }
    posted(web, blocks=[actions(button("go", confirm=confirm))])
    go = page.get_by_role("button", name="Go")
    go.click()
    expect(page.get_by_test_id("confirm")).to_contain_text("It goes on.")
    page.get_by_test_id("confirm-cancel").click()
    expect(go).to_be_enabled()
    assert app.interactions("block_actions") == []
    go.click()
    page.get_by_test_id("confirm-ok").click()
    assert "confirm" not in told(app)["actions"][0]


def test_a_button_with_an_address_opens_it_and_tells_the_app(
    app: App, web: WebClient, page: Page
) -> None:
    posted(web, blocks=[actions(button("open", url="http://127.0.0.1:9/gone"))])
    with page.expect_popup() as popup:
        page.get_by_role("button", name="Go").click()
    popup.value.close()
    assert told(app)["actions"][0]["action_id"] == "open"


def test_a_home_is_opened_shown_and_acted_on(app: App, web: WebClient, page: Page) -> None:
    page.get_by_test_id("app-home").click()
    assert app.event("app_home_opened")["channel"] == DM_OF_ANA
    expect(page.get_by_test_id("home")).to_contain_text("shows nothing here yet")
    select = {"type": "static_select", "action_id": "which", "options": OPTIONS}
    web.views_publish(user_id=ANA, view=home(section("*3 open*"), actions(button("go"), select)))
    shown = page.get_by_test_id("home")
    expect(shown).to_contain_text("3 open")
    shown.get_by_role("combobox").select_option("mute")
    assert told(app)["actions"][0]["selected_option"]["value"] == "mute"
    shown.get_by_role("button", name="Go").click()
    payload = eventually(
        lambda: [
            one
            for one in app.interactions("block_actions")
            if one["actions"][0]["action_id"] == "go"
        ]
    )[0]
    assert payload["container"]["type"] == "view"
    state = payload["view"]["state"]["values"]["row"]["which"]
    assert state["selected_option"]["value"] == "mute"
