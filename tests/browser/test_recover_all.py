"""A person recovers all that failed, from the card, and watches it in the thread."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.hand import Hand
from tests.many import Many

pytestmark = pytest.mark.xdist_group("world")

PICTURES = Path(__file__).parents[2] / ".artifacts"


def picture(page: Page, name: str) -> None:
    PICTURES.mkdir(exist_ok=True)
    page.screenshot(path=PICTURES / f"recover-{name}.png")


def test_a_person_recovers_all_stops_resumes_and_reads_the_summary(page: Page, hand: Hand) -> None:
    many = Many(hand)
    many.fail(60, hopeless=[30, 40])
    many.repair()
    card = page.get_by_test_id("message").filter(has_text=many.machine.rpartition(":")[2]).first
    expect(card).to_contain_text("A redrive resumes from Read", timeout=15_000)
    picture(page, "1-card")
    card.get_by_role("button", name="Recover all…").click()
    modal = page.get_by_test_id("modal")
    expect(modal).to_contain_text("60 can be redriven", timeout=5_000)
    expect(modal.get_by_role("radio", name=re.compile("^Redrive"))).to_be_checked()
    expect(modal.get_by_role("checkbox")).to_be_checked()
    picture(page, "2-modal")
    page.get_by_test_id("modal-submit").click()
    expect(modal).to_be_hidden()
    card.get_by_test_id("thread-open").click()
    thread = page.get_by_test_id("thread")
    expect(thread).to_contain_text("Recovering 60 executions by redrive", timeout=10_000)
    expect(thread).to_contain_text("Wave of 100", timeout=15_000)
    expect(card).to_contain_text("Recovery of all by")
    expect(card.get_by_role("button", name="Redrive")).to_have_count(0)
    picture(page, "3-running")
    thread.get_by_role("button", name="Stop recovery").last.click()
    expect(thread).to_contain_text("stopped the recovery", timeout=10_000)
    resume = thread.get_by_role("button", name="Resume recovery").last
    expect(resume).to_be_visible(timeout=10_000)
    picture(page, "4-stopped")
    resume.click()
    page.get_by_test_id("confirm-ok").click()
    expect(thread).to_contain_text("58 succeeded, 2 failed again", timeout=40_000)
    expect(thread).to_contain_text("Failed again")
    expect(thread).to_contain_text("100 %", timeout=10_000)
    expect(thread.get_by_role("button", name="Stop recovery")).to_have_count(0)
    expect(card.get_by_role("button", name="Redrive")).to_be_visible(timeout=10_000)
    picture(page, "5-ended")
