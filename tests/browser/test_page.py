"""Drives the page like a person: redrives, mutes, acknowledges, asks what is broken."""

import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect, sync_playwright

from tests.hand import Hand, unique

pytestmark = pytest.mark.xdist_group("world")

PICTURES = Path(__file__).parents[2] / ".artifacts"
#: Chromium must not look for its maker's servers: nothing but this machine is reached here.
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    names = (os.environ.get("CHROMIUM", ""), "chromium", "chromium-browser", "google-chrome")
    found = next((path for name in names if name and (path := shutil.which(name))), None)
    assert found, "Chromium is missing: `make browser` installs it"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def page(browser: Browser, hand: Hand) -> Iterator[Page]:
    context = browser.new_context(
        viewport={"width": 1360, "height": 900}, timezone_id="Europe/Berlin"
    )
    page = context.new_page()
    problems: list[str] = []
    page.on("pageerror", lambda problem: problems.append(str(problem)))
    page.goto(hand.facts.slack_url)
    page.get_by_test_id("channel-sfn-alerts").click()
    yield page
    context.close()
    assert not problems, problems


def picture(page: Page, name: str) -> None:
    PICTURES.mkdir(exist_ok=True)
    page.screenshot(path=PICTURES / f"{name}.png")


def act_as(page: Page, user: dict[str, str]) -> None:
    page.get_by_test_id("acting-as").select_option(user["id"])


def card_about(page: Page, text: str) -> Locator:
    return page.get_by_test_id("message").filter(has_text=text).first


def confirm(page: Page) -> None:
    page.get_by_test_id("confirm-ok").click()


@pytest.fixture
def warehouse(hand: Hand) -> str:
    """A warehouse whose orders fail to load, in an execution that has just failed."""
    name = unique("HAM-")
    hand.warehouse("closed")
    hand.start(hand.example("let-it-fail"), {"warehouse": name, "day": "2026-03-01"})
    return name


def test_a_person_redrives_and_sees_the_outcome(page: Page, hand: Hand, warehouse: str) -> None:
    card = card_about(page, warehouse)
    expect(card).to_be_visible(timeout=15_000)
    expect(card).to_contain_text("A redrive resumes from LoadOrders", timeout=10_000)
    title = card.get_by_role("link", name=re.compile("let-it-fail failed"))
    expect(title).to_have_attribute("href", re.compile("states/home.*executions/details/arn:aws"))
    picture(page, "1-alert")
    card.get_by_test_id("thread-open").click()
    thread = page.get_by_test_id("thread")
    expect(thread).to_contain_text("Stack trace")
    hand.warehouse("open")
    card.get_by_role("button", name="Redrive").click()
    confirm(page)
    expect(thread).to_contain_text("Redrive started", timeout=10_000)
    expect(thread).to_contain_text("Redrive succeeded after", timeout=10_000)
    expect(card).to_contain_text("is resolved", timeout=10_000)
    bar = card.locator("[data-color]").first
    expect(bar).to_have_attribute("data-color", "#2eb67d")
    picture(page, "2-resolved")


def test_a_person_mutes_with_a_reason_and_unmutes(page: Page, warehouse: str) -> None:
    card = card_about(page, warehouse)
    expect(card).to_contain_text("A redrive resumes", timeout=15_000)
    card.get_by_role("button", name="Mute…").click()
    modal = page.get_by_test_id("modal")
    expect(modal).to_be_visible()
    page.get_by_test_id("modal-submit").click()
    expect(modal).to_contain_text(re.compile("required|Say why"))
    picture(page, "3-mute")
    modal.get_by_label("Why").fill("   ")
    page.get_by_test_id("modal-submit").click()
    expect(modal).to_contain_text(re.compile("required|Say why"))
    modal.get_by_label("Why").fill("the supplier is down until noon")
    page.get_by_test_id("modal-submit").click()
    expect(modal).to_be_hidden()
    expect(card).to_contain_text("the supplier is down until noon", timeout=10_000)
    card.get_by_role("button", name="Unmute").click()
    expect(card.get_by_role("button", name="Mute…")).to_be_visible(timeout=10_000)


def test_a_second_person_is_told_who_acknowledged(page: Page, hand: Hand, warehouse: str) -> None:
    act_as(page, hand.ben)
    card = card_about(page, warehouse)
    expect(card).to_contain_text("A redrive resumes", timeout=15_000)
    card.get_by_role("button", name="Acknowledge").click()
    expect(card).to_contain_text("Acknowledged by", timeout=10_000)
    expect(card).to_contain_text(hand.ben["name"])
    expect(card.get_by_role("button", name="Acknowledge")).to_have_count(0)
    card.get_by_test_id("thread-open").click()
    expect(page.get_by_test_id("thread")).to_contain_text("acknowledged, after")


def test_hostile_text_stays_text(page: Page, hand: Hand) -> None:
    error = unique("E")
    hostile = (
        "<!channel> <@U01ANA> <https://evil.example|console> ``` *bold* "
        "<script>window.taken = true</script><img src=x onerror='window.taken = true'>"
    )
    hand.start(hand.machine({"Fail": {"Type": "Fail", "Error": error, "Cause": hostile}}))
    card = card_about(page, error)
    expect(card).to_contain_text(hostile, timeout=15_000)
    expect(card.get_by_role("link", name="console")).to_have_count(0)
    expect(card.locator("script, img")).to_have_count(0)
    assert page.evaluate("window.taken") is None


def test_typing_survives_what_happens_meanwhile(page: Page, hand: Hand) -> None:
    composer = page.get_by_test_id("composer")
    composer.fill("half a sent")
    error = unique("E")
    hand.start(hand.machine({"Fail": {"Type": "Fail", "Error": error}}))
    expect(card_about(page, error)).to_be_visible(timeout=15_000)
    expect(composer).to_have_value("half a sent")
    expect(composer).to_be_focused()


def test_a_person_asks_what_is_broken(page: Page, warehouse: str) -> None:
    card = card_about(page, warehouse)
    expect(card).to_contain_text("A redrive resumes", timeout=15_000)
    composer = page.get_by_test_id("composer")
    composer.fill("/sfn-status")
    composer.press("Enter")
    answer = page.get_by_test_id("ephemeral").last
    expect(answer).to_contain_text(re.compile(r"\d+ open alerts?"), timeout=5_000)
    expect(answer).to_contain_text("WarehouseUnavailableError")
    picture(page, "4-status")
