"""Talks to the bot on the page, like a person: in threads, by reactions, from a card's menu."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.test_page import act_as, card_about, picture
from tests.hand import Hand, unique

pytestmark = pytest.mark.xdist_group("second world")


@pytest.fixture
def error(hand: Hand) -> str:
    """The error of an execution that has just failed, and whose card has its verdict."""
    name = unique("E")
    cause = f"The order service answered 503 {'and was asked again ' * 200}"
    hand.start(
        hand.machine(
            {
                "Prepare": {"Type": "Pass", "Next": "Load"},
                "Load": {"Type": "Fail", "Error": name, "Cause": cause},
            }
        ),
        {"day": "2026-03-01", "token": "not-to-be-seen"},
    )
    hand.settled_card(name)
    return name


def thread_of(page: Page, card: Locator) -> Locator:
    expect(card.get_by_test_id("thread-open")).to_be_visible(timeout=10_000)
    card.get_by_test_id("thread-open").click()
    thread = page.get_by_test_id("thread")
    expect(thread).to_contain_text("Cause")
    return thread


def say(page: Page, text: str) -> None:
    composer = page.get_by_test_id("reply-composer")
    composer.fill(text)
    composer.press("Enter")


def test_a_person_talks_to_the_bot_in_a_thread(page: Page, error: str) -> None:
    card = card_about(page, error)
    thread = thread_of(page, card)
    picture(page, "talk-1-details")
    say(page, "@sfn-alerts redirve")
    expect(thread.get_by_test_id("ephemeral")).to_contain_text(
        "Did you mean redrive?", timeout=8000
    )
    picture(page, "talk-2-unknown")
    say(page, "@sfn-alerts ack")
    expect(thread).to_contain_text("acknowledged, after", timeout=8000)
    say(page, "@sfn-alerts input")
    expect(thread).to_contain_text('"day": "2026-03-01"', timeout=8000)
    expect(thread).not_to_contain_text("not-to-be-seen")
    say(page, "@sfn-alerts history")
    expect(thread).to_contain_text("Prepare", timeout=8000)
    say(page, "@sfn-alerts mute 2h the order service is being repaired")
    expect(thread).to_contain_text("muted", timeout=8000)
    expect(card).to_contain_text("the order service is being repaired", timeout=8000)
    picture(page, "talk-3-said")
    say(page, "@sfn-alerts unmute")
    expect(thread).to_contain_text("ended the mute", timeout=8000)


def test_the_whole_cause_is_a_snippet_in_the_thread(page: Page, error: str) -> None:
    thread = thread_of(page, card_about(page, error))
    expect(thread).to_contain_text("Left out here:")
    thread.get_by_role("button", name="Whole cause as a file").click()
    file = thread.get_by_test_id("file")
    expect(file).to_contain_text("cause.txt", timeout=8000)
    file.scroll_into_view_if_needed()
    picture(page, "talk-4-snippet")


def test_eyes_acknowledge(page: Page, hand: Hand, error: str) -> None:
    act_as(page, hand.ben)
    card = card_about(page, error)
    card.hover()
    card.get_by_role("button", name="Taking a look").click()
    expect(card).to_contain_text("Acknowledged by", timeout=8000)
    expect(card).to_contain_text(hand.ben["name"])
    picture(page, "talk-5-eyes")


def test_the_card_menu_resolves_and_the_thread_sums_it_up(page: Page, error: str) -> None:
    card = card_about(page, error)
    thread = thread_of(page, card)
    say(page, "I restarted it by hand, all is well")
    card.get_by_test_id("overflow").click()
    page.get_by_text("Resolve: nothing more to do").click()
    expect(thread).to_contain_text("resolved it: nothing more is to be done", timeout=8000)
    expect(thread).to_contain_text("wrote 1 message", timeout=8000)
    expect(card).to_contain_text("is resolved", timeout=8000)
    thread.get_by_role("button", name="Story as text").click()
    file = thread.get_by_test_id("file")
    expect(file).to_contain_text("story.txt", timeout=8000)
    file.get_by_test_id("show-more").click()
    expect(file).to_contain_text("I restarted it by hand, all is well")
    picture(page, "talk-6-summary")


def test_a_card_is_copied_as_an_incident_note(page: Page, error: str) -> None:
    card = card_about(page, error)
    card.hover()
    card.get_by_test_id("more-actions").click()
    page.get_by_text("Copy as incident note").click()
    modal = page.get_by_test_id("modal")
    expect(modal).to_contain_text("Incident note", timeout=8000)
    expect(modal.get_by_label("Note")).to_have_value(re.compile(f": {error}"))
    picture(page, "talk-7-note")
    page.get_by_test_id("modal-submit").click()
    expect(modal).to_be_hidden()
