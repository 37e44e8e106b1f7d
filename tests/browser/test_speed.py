"""How long a failure takes to be on screen, with its verdict."""

import statistics

import pytest
from playwright.sync_api import Page

from tests.hand import Hand, unique

pytestmark = pytest.mark.xdist_group("second world")

TRIES = 20
#: The last card says what a redrive would do: the moment at which the page shows it.
SHOWN = """error => {
    const cards = [...document.querySelectorAll("[data-testid=message]")];
    const card = cards.find(one => one.textContent.includes(error));
    return card && card.textContent.includes("A redrive can't help") && Date.now();
}"""


def test_a_failure_is_on_screen_with_its_verdict_within_2_seconds(page: Page, hand: Hand) -> None:
    took = []
    for _ in range(TRIES):
        error = unique("E")
        execution = hand.start(hand.machine({"Fail": {"Type": "Fail", "Error": error}}))
        shown = page.wait_for_function(SHOWN, arg=error, timeout=15_000).json_value()
        failed = hand.describe(execution)["stopDate"].timestamp()
        took.append(shown / 1000 - failed)
    median = statistics.median(took)
    worst = max(took)
    print(f"\nfailure to card: median {median:.2f} s, worst {worst:.2f} s of {TRIES}")  # noqa: T201
    assert median < 2
