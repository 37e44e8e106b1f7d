"""Drives the page like a person: redrives, mutes, acknowledges, asks what is broken."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.answers import asked
from tests.hand import Hand, eventually, unique

pytestmark = pytest.mark.xdist_group("second world")

PICTURES = Path(__file__).parents[2] / ".artifacts"


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


def test_a_caught_error_is_restarted_since_a_redrive_cannot_help(page: Page, hand: Hand) -> None:
    order = unique("R")
    ship = {
        "Type": "Task",
        "Resource": hand.function("exampleShipOrder"),
        "Catch": [{"ErrorEquals": ["States.ALL"], "ResultPath": "$.caught", "Next": "Failed"}],
        "End": True,
    }
    failed = {"Type": "Fail", "ErrorPath": "$.caught.Error", "CausePath": "$.caught.Cause"}
    hand.start(hand.machine({"Ship": ship, "Failed": failed}), {"order": order})
    card = card_about(page, order)
    expect(card).to_contain_text("A redrive can't help", timeout=15_000)
    expect(card.locator("button.primary")).to_have_text("Restart…")
    picture(page, "5-caught")
    card.get_by_role("button", name="Restart…").click()
    modal = page.get_by_test_id("modal")
    field = modal.get_by_label("Input")
    expect(field).to_have_value(re.compile(order))
    field.fill('{"order": ')
    page.get_by_test_id("modal-submit").click()
    expect(modal).to_contain_text("This is not JSON")
    picture(page, "6-restart")
    field.fill(f'{{"order": "{order}", "address": "Elbchaussee 1"}}')
    page.get_by_test_id("modal-submit").click()
    expect(modal).to_be_hidden()
    card.get_by_test_id("thread-open").click()
    thread = page.get_by_test_id("thread")
    expect(thread).to_contain_text("Restart with an edited input succeeded", timeout=10_000)
    expect(card).to_contain_text("is resolved", timeout=10_000)
    picture(page, "7-restarted")


def test_a_step_that_waits_is_retried_with_an_edited_input(page: Page, hand: Hand) -> None:
    order = unique("A")
    execution = hand.start(hand.example("hold-and-resume"), {"order": order, "address": ""})
    card = card_about(page, order)
    expect(card).to_contain_text("The execution waits for your answer until", timeout=15_000)
    expect(card).to_contain_text("A retry goes back to ShipOrder", timeout=10_000)
    picture(page, "8-waits")
    card.get_by_role("button", name="Retry with edited input…").click()
    modal = page.get_by_test_id("modal")
    modal.get_by_label("Input").fill(f'{{"order": "{order}", "address": "Elbchaussee 1"}}')
    picture(page, "9-retry")
    page.get_by_test_id("modal-submit").click()
    expect(modal).to_be_hidden()
    expect(card).to_contain_text("is resolved", timeout=10_000)
    assert hand.describe(execution)["status"] == "SUCCEEDED"
    card.get_by_test_id("thread-open").click()
    expect(page.get_by_test_id("thread")).to_contain_text("Nothing is left: resolved")


def test_a_failure_of_low_severity_posts_nothing_and_is_counted(page: Page, hand: Hand) -> None:
    error = f"{unique('E')}ThrottlingException"
    machine = hand.machine({"Fail": {"Type": "Fail", "Error": error}})
    for execution in [hand.start(machine) for _ in range(3)]:
        hand.ended(execution, "FAILED")
    later = unique("E")
    hand.start(hand.machine({"Fail": {"Type": "Fail", "Error": later}}))
    expect(card_about(page, later)).to_be_visible(timeout=15_000)
    expect(page.get_by_test_id("message").filter(has_text=error)).to_have_count(0)
    eventually(lambda: f"{error}`" in (said := str(hand.status())) and "3 failures" in said)
    answer = asked(page, "/sfn-status")
    row = answer.locator(".block").filter(has_text=error)
    expect(row).to_contain_text("not posted by rule · 3 failures")


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
    answer = asked(page, "/sfn-status")
    expect(answer).to_contain_text(re.compile(r"\d+ open alerts?"), timeout=5_000)
    expect(answer).to_contain_text("WarehouseUnavailableError")
    picture(page, "4-status")
