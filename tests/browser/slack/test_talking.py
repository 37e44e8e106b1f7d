"""People talk on the page, and are told what concerns them."""

import re

import pytest
from playwright.sync_api import Page, expect
from slack_sdk import WebClient
from slack_sdk.webhook import WebhookClient

from local.slack import LocalSlack
from tests.browser.slack.person import posted, row, told, typed
from tests.local.slack.conftest import App
from tests.local.slack.samples import ANA, BEN, CHANNEL, actions, button, section

pytestmark = pytest.mark.xdist_group("slack page")


def test_the_app_is_offered_by_name_and_mentioned_in_a_thread(
    app: App, web: WebClient, page: Page, slack: LocalSlack
) -> None:
    card = posted(web)
    row(page, "a card").hover()
    row(page, "a card").get_by_test_id("reply-in-thread").click()
    composer = typed(page, "@sf", "reply-composer")
    expect(page.get_by_test_id("offers").last).to_contain_text("@sfn-alerts")
    composer.press("Tab")
    typed(page, "redrive <now>", "reply-composer").press("Enter")
    event = app.event("app_mention")
    assert event["text"] == f"<@{slack.bot_user}> redrive &lt;now&gt;"
    assert event["thread_ts"] == card
    bar = row(page, "a card").get_by_test_id("thread-open")
    expect(bar).to_contain_text(re.compile(r"1 reply.*Last reply today at \d+:\d\d"))
    expect(page.get_by_test_id("thread")).to_contain_text("1 reply")


def test_people_and_groups_are_written_by_name_and_sent_by_id(app: App, page: Page) -> None:
    typed(page, "@Ben and @data-oncall, @here in #general: user@Ben.example").press("Enter")
    said = app.event("message")["text"]
    assert said == f"<@{BEN}> and <!subteam^S01DATA>, <!here> in <#C03GENERAL>: user@Ben.example"


def test_a_command_is_offered_and_gets_names_with_ids(app: App, page: Page) -> None:
    app.answer = {"text": "for you alone"}
    composer = typed(page, "/a")
    expect(page.get_by_test_id("offers").first).to_contain_text("/ask [what]")
    composer.press("Enter")
    expect(composer).to_have_value("/ask ")
    typed(page, "@Ben").press("Escape")
    composer.press("Enter")
    expect(page.get_by_test_id("ephemeral")).to_contain_text("for you alone")
    assert app.got[-1]["text"] == f"<@{BEN}|ben>"


def test_a_command_in_a_thread_is_refused_as_slack_does(web: WebClient, page: Page) -> None:
    card = posted(web)
    posted(web, "reply", thread_ts=card)
    row(page, "a card").get_by_test_id("thread-open").click()
    typed(page, "/ask now", "reply-composer").press("Enter")
    expect(page.get_by_test_id("toast")).to_contain_text("/ask is not supported in threads.")


def test_a_reaction_comes_and_goes_with_a_click(app: App, web: WebClient, page: Page) -> None:
    posted(web)
    card = row(page, "a card")
    card.hover()
    card.get_by_role("button", name="Taking a look").click()
    chip = card.get_by_test_id("reaction-eyes")
    expect(chip).to_have_attribute("aria-pressed", "true")
    assert app.event("reaction_added")["user"] == ANA
    chip.click()
    expect(chip).to_have_count(0)
    assert app.event("reaction_removed")["reaction"] == "eyes"


def test_what_is_said_before_the_page_has_loaded_is_sent_once_it_has(
    slack: LocalSlack, app: App, page: Page
) -> None:
    page.route("**/state?*", lambda _: None)  # it waits until it is let go
    with page.expect_request("**/state?*"):
        page.goto(slack.url)
    typed(page, "@sfn-alerts early").press("Enter")
    typed(page, "/a")
    page.unroute("**/state?*")
    assert app.event("app_mention")["text"] == f"<@{slack.bot_user}> early"
    expect(page.get_by_test_id("offers").first).to_contain_text("/ask")


def test_what_was_typed_waits_in_its_channel(page: Page) -> None:
    composer = typed(page, "half a sent")
    page.get_by_test_id("channel-general").click()
    expect(composer).to_have_value("")
    page.get_by_test_id("channel-sfn-alerts").click()
    expect(composer).to_have_value("half a sent")


def test_a_mention_elsewhere_is_counted_marked_as_new_and_highlighted(
    slack: LocalSlack, page: Page
) -> None:
    place = page.get_by_test_id("channel-general")
    general = {"channel": "C03GENERAL", "user": BEN}
    slack.do("message", **general, text="seen before")
    place.click()
    page.get_by_test_id("channel-sfn-alerts").click()
    slack.do("message", **general, text="nothing for you")
    expect(place).to_have_class("unread")
    expect(place.get_by_test_id("unread-count")).to_have_count(0)
    slack.do("message", **general, text="<!subteam^S01DATA> look")
    expect(place.get_by_test_id("unread-count")).to_have_text("1")
    place.click()
    expect(page.get_by_test_id("channel").get_by_role("separator")).to_have_text(["Today", "New"])
    expect(row(page, "look")).to_have_class(re.compile("mentions-me"))
    expect(row(page, "nothing for you")).not_to_have_class(re.compile("mentions-me"))
    page.get_by_test_id("acting-as").select_option("U03CHEN")
    expect(row(page, "look")).not_to_have_class(re.compile("mentions-me"))


def test_a_message_to_one_person_is_listed_with_the_app(web: WebClient, page: Page) -> None:
    web.chat_postMessage(channel=ANA, text="only for you")
    place = page.get_by_test_id("app-home")
    expect(place.get_by_test_id("unread-count")).to_have_text("1")
    place.click()
    expect(row(page, "only for you")).to_be_visible()
    expect(page.get_by_test_id("tab-messages")).to_have_attribute("aria-selected", "true")


def test_an_ephemeral_board_turns_its_page_and_is_dismissed(
    app: App, web: WebClient, page: Page
) -> None:
    board = [section("*page 1*"), actions(button("next"))]
    web.chat_postEphemeral(channel=CHANNEL, user=ANA, text="board", blocks=board)
    shown = page.get_by_test_id("ephemeral")
    shown.get_by_role("button", name="Go").click()
    hook = WebhookClient(told(app)["response_url"])
    hook.send(text="board", blocks=[section("*page 2*")], replace_original=True)
    expect(shown).to_contain_text("page 2")
    shown.get_by_role("button", name="Dismiss").click()
    expect(shown).to_have_count(0)


def test_an_ephemeral_answer_in_a_thread_is_seen_there(web: WebClient, page: Page) -> None:
    card = posted(web)
    posted(web, "reply", thread_ts=card)
    web.chat_postEphemeral(channel=CHANNEL, user=ANA, text="psst", thread_ts=card)
    row(page, "a card").get_by_test_id("thread-open").click()
    expect(page.get_by_test_id("thread").get_by_test_id("ephemeral")).to_contain_text("psst")
    expect(page.get_by_test_id("channel").get_by_test_id("ephemeral")).to_have_count(0)


def test_what_comes_for_one_who_reads_further_up_is_brought_into_view(
    web: WebClient, page: Page
) -> None:
    for number in range(20):
        posted(web, f"a message of {number}\n\n\n")
    expect(row(page, "a message of 19")).to_be_in_viewport()
    row(page, "a message of 0").scroll_into_view_if_needed()
    posted(web, "for all")
    expect(row(page, "for all")).to_be_attached()
    expect(row(page, "for all")).not_to_be_in_viewport()
    web.chat_postEphemeral(channel=CHANNEL, user=ANA, text="psst")
    expect(page.get_by_test_id("ephemeral")).to_be_in_viewport(ratio=1)


def test_a_permalink_leads_to_its_message_and_thread(web: WebClient, page: Page) -> None:
    card = posted(web, "far away")
    reply = posted(web, "in the thread", thread_ts=card)
    link = web.chat_getPermalink(channel=CHANNEL, message_ts=reply)["permalink"]
    web.chat_postMessage(channel="#general", text=f"see <{link}|there>")
    page.get_by_test_id("channel-general").click()
    page.get_by_role("link", name="there").click()
    expect(page.get_by_test_id("thread")).to_contain_text("in the thread")
    expect(page.get_by_test_id("channel-sfn-alerts")).to_have_class("on")
    page.goto(str(link))
    expect(page.get_by_test_id("thread")).to_contain_text("in the thread")
