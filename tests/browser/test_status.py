"""Asks like a person at the page: every form of /sfn-status, and the app's home."""

import re
from datetime import UTC, datetime
from typing import Any

import pytest
from msgspec.structs import replace
from playwright.sync_api import Locator, Page, expect

from app.use_cases.record import record
from tests.browser.answers import asked, latest, whispers
from tests.browser.test_page import act_as, confirm, picture
from tests.factories import failure
from tests.flows.test_missing import metrics_tell
from tests.hand import Hand, eventually, unique
from tests.own import deps

pytestmark = pytest.mark.xdist_group("second world")


def ask(page: Page, words: str = "") -> Locator:
    """Type it; the answer, once it is there."""
    return asked(page, f"/sfn-status {words}".strip())


@pytest.fixture
def error(hand: Hand) -> str:
    """Of an execution that has failed, and has its card with a verdict."""
    name = unique("E")
    hand.start(machine_of(hand, name))
    hand.settled_card(name)
    return name


def machine_of(hand: Hand, error: str) -> str:
    return hand.machine({"Fail": {"Type": "Fail", "Error": error, "Cause": "because"}})


def name_of(hand: Hand, error: str) -> str:
    """Of the state machine that failed with it."""
    title = str(hand.card(error)["text"])
    found = re.search(r"(m-[0-9a-f]+) ", title)
    assert found, title
    return found[1]


def test_the_board_has_pages_and_is_refreshed_in_place(page: Page, hand: Hand) -> None:
    sort, now = unique("Sort"), datetime.now(UTC)
    many = [
        replace(failure(f"e{n}", machine=f"{sort}-{n}", error=sort), stopped_at=now)
        for n in range(24)
    ]
    record(deps(hand), many)
    for error in ("high", "low"):
        hand.start(machine_of(hand, f"{unique(error)}Throttled"))
    whispers = page.get_by_test_id("ephemeral")
    before = whispers.count()
    answer = ask(page)
    expect(answer).to_contain_text(re.compile(r"\d+ open alerts"))
    expect(answer).to_contain_text("Failures an hour, over the last 24 hours")
    picture(page, "status-board")
    seen = set(re.findall(rf"{sort}-\d+", answer.inner_text()))
    answer.get_by_role("button", name="Next").click()
    expect(answer).to_contain_text("Page 2 of", timeout=10_000)
    seen |= set(re.findall(rf"{sort}-\d+", answer.inner_text()))
    assert seen == {f"{sort}-{n}" for n in range(24)}, "what is not on one page is on the next"
    picture(page, "status-board-2")
    answer.get_by_role("button", name="Previous").click()
    expect(answer).to_contain_text("Page 1 of", timeout=10_000)
    expect(whispers).to_have_count(before + 1)


def test_a_row_leads_to_the_card(page: Page, error: str) -> None:
    answer = ask(page)
    row = answer.locator(".block").filter(has_text=error)
    expect(row.get_by_role("link")).to_have_attribute(
        "href", re.compile(r"/archives/C01ALERTS/p\d")
    )


def test_a_state_machine_is_acted_on_where_it_is_shown(page: Page, hand: Hand, error: str) -> None:
    answer = ask(page, name_of(hand, error))
    expect(answer).to_contain_text("0 % succeeded in the last 24 hours: 0 of 1 execution")
    expect(answer).to_contain_text("A redrive can't help")
    picture(page, "status-machine")
    answer.get_by_role("button", name="Acknowledge").click()
    expect(answer).to_contain_text("acknowledged by", timeout=10_000)
    expect(answer.get_by_role("button", name="Acknowledge")).to_have_count(0)
    answer.get_by_role("button", name="Mute…").click()
    modal = page.get_by_test_id("modal")
    modal.get_by_label("Why").fill("the supplier is down")
    page.get_by_test_id("modal-submit").click()
    expect(modal).to_be_hidden()
    answer.get_by_role("button", name="Refresh").click()
    expect(answer).to_contain_text("muted", timeout=10_000)


def test_an_execution_is_shown_with_its_steps_and_redriven(page: Page, hand: Hand) -> None:
    warehouse = unique("HAM-")
    hand.warehouse("closed")
    execution = hand.start(hand.example("let-it-fail"), {"warehouse": warehouse, "orders": []})
    hand.settled_card(warehouse)
    console = "https://us-east-1.console.aws.amazon.com/states/home?region=us-east-1#"
    answer = ask(page, f"{console}/v2/executions/details/{execution}")
    expect(answer).to_contain_text(re.compile(r"✓ ExtractOrders +\d"))
    expect(answer).to_contain_text(re.compile(r"✗ LoadOrders +\S+ m?s +failed"))
    picture(page, "status-execution")
    hand.warehouse("open")
    answer.get_by_role("button", name="Redrive").click()
    confirm(page)
    expect(answer).to_contain_text(re.compile("redrive asked for|redriven by"), timeout=10_000)
    hand.ended(execution, "SUCCEEDED")
    answer.get_by_role("button", name="Refresh").click()
    expect(answer).to_contain_text("redriven once", timeout=10_000)
    expect(answer).to_contain_text("↻ redriven")
    picture(page, "status-execution-redriven")


def test_an_answer_is_shared_with_everybody(page: Page, hand: Hand, error: str) -> None:
    answer = ask(page, name_of(hand, error))
    answer.get_by_role("button", name="Share").click()
    shared = page.get_by_test_id("message").filter(has_text=re.compile("Shared by ana"))
    expect(shared.last).to_contain_text(error, timeout=10_000)
    expect(shared.last.locator(".said").get_by_role("button", name="Acknowledge")).to_have_count(0)
    picture(page, "status-shared")
    act_as(page, hand.ben)
    expect(shared.last).to_contain_text(error)
    expect(page.get_by_test_id("ephemeral").filter(has_text=error)).to_have_count(0)


def test_mutes_are_listed_and_ended(page: Page, hand: Hand, error: str) -> None:
    hand.mute(hand.card(error), reason="the supplier is down until noon")
    hand.told(hand.card(error), "muted")
    answer = ask(page, "mutes")
    row = answer.locator(".block").filter(has_text=error)
    expect(row).to_contain_text("the supplier is down until noon")
    picture(page, "status-mutes")
    row.get_by_role("button", name="Unmute").click()
    expect(row).to_have_count(0, timeout=10_000)


def test_what_is_missing_is_asked_for(page: Page, hand: Hand, error: str) -> None:
    name = name_of(hand, error)
    metrics_tell(hand, hand.example("x").rpartition(":")[0] + f":{name}", 1)
    answer = ask(page, "missing")
    expect(answer).to_contain_text(re.compile(r"\d+ +failed +by Step Functions' own list"))
    expect(answer).to_contain_text("By their metrics")
    picture(page, "status-missing")


def test_a_name_that_does_not_exist_is_answered_with_those_that_do(page: Page) -> None:
    answer = ask(page, "let-it-fial")
    expect(answer).to_contain_text("no execution called let-it-fial")
    picture(page, "status-near")
    answer.get_by_role("button", name="sfn-alerts-local-let-it-fail").click()
    expect(answer).to_contain_text(re.compile("[Nn]o open alerts|open alert"), timeout=10_000)


def test_several_that_may_be_meant_are_chosen_from(page: Page) -> None:
    answer = ask(page, "sfn-alerts-local")
    expect(answer).to_contain_text("3 state machines may be meant by sfn-alerts-local")
    picture(page, "status-several")
    answer.get_by_role("button", name="Show").first.click()
    expect(answer).to_contain_text("sfn-alerts-local-hold-and-resume", timeout=10_000)
    expect(answer.get_by_role("button", name="Share")).to_be_visible()


def test_help_says_what_one_can_ask(page: Page) -> None:
    expect(ask(page, "help")).to_contain_text("What you can ask")
    picture(page, "status-help")


def test_an_answer_stands_alone(page: Page) -> None:
    ask(page, "help")  # a function that starts may take so long that it says what it does
    before = latest(page)
    ask(page, "let-it-fail")
    assert len(whispers(page, before)) == 1


def opened_home(page: Page, hand: Hand) -> Locator:
    """The home as it is now: what is seen at first may be of the last time."""
    user_id = page.get_by_test_id("acting-as").input_value()

    def drawn() -> str:
        return str((hand.world.slack.seen_by(user_id)["home"] or {}).get("hash"))

    before = drawn()
    page.get_by_test_id("app-home").click()
    eventually(lambda: drawn() != before)
    home = page.get_by_test_id("home")
    expect(home).to_contain_text(re.compile(r"\d+ open alerts?"), timeout=10_000)
    return home


def on_its_page(home: Locator, about: str) -> Locator:
    """The home, turned to the page on which *about* stands.

    Forth, then back: what fails meanwhile moves the rows from one page to another.
    """
    for way, step in (("Next", 1), ("Previous", -1)):
        while not home.get_by_text(about).count():
            turn = home.get_by_role("button", name=way)
            if not turn.count():
                break
            number = re.search(r"Page (\d+) of", home.inner_text())
            assert number, "pages to turn, and no word of which one this is"
            turn.click()
            expect(home).to_contain_text(f"Page {int(number[1]) + step} of", timeout=10_000)
    return home


def buttons_below(home: Locator, about: str) -> Locator:
    return home.locator(".block").filter(has_text=about).locator("xpath=following-sibling::*[1]")


def test_the_home_shows_all_of_it_with_its_buttons(page: Page, hand: Hand, error: str) -> None:
    home = opened_home(page, hand)
    buttons = buttons_below(on_its_page(home, error), error)
    buttons.get_by_role("button", name="Acknowledge").click()
    expect(buttons.get_by_role("button", name="Acknowledge")).to_have_count(0, timeout=10_000)
    hand.told(hand.card(error), "acknowledged, after")
    page.get_by_test_id("channel-sfn-alerts").click()
    page.get_by_test_id("app-home").click()
    expect(home).to_contain_text("Yours", timeout=10_000)
    expect(home).to_contain_text(error)
    picture(page, "home")
    buttons.get_by_role("button", name="Restart…").click()
    modal = page.get_by_test_id("modal")
    page.get_by_test_id("modal-submit").click()
    expect(modal).to_be_hidden()
    hand.told(hand.card(error), "Restart started")


def test_a_refusal_in_the_home_is_shown_in_a_dialog(page: Page, hand: Hand, error: str) -> None:
    home = opened_home(page, hand)
    buttons = buttons_below(on_its_page(home, error), error)
    expect(buttons.get_by_role("button", name="Acknowledge")).to_be_visible()
    hand.press(hand.card(error), "acknowledge", hand.ben)
    buttons.get_by_role("button", name="Acknowledge").click()
    modal = page.get_by_test_id("modal")
    expect(modal).to_contain_text("acknowledged this already", timeout=10_000)
    picture(page, "home-refused")
    page.get_by_test_id("modal-close").click()
    expect(buttons.get_by_role("button", name="Acknowledge")).to_have_count(0, timeout=10_000)


def test_somebody_of_another_workspace_sees_nothing(page: Page) -> None:
    guest: dict[str, Any] = {"id": "U09GUEST"}
    act_as(page, guest)
    page.get_by_test_id("channel-sfn-alerts").click()
    expect(ask(page)).to_contain_text("Only members of this workspace")
    expect(ask(page, "missing")).to_contain_text("Only members of this workspace")
