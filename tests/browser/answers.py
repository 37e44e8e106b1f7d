"""What a person types on the page, and what is answered to them alone."""

import re

from playwright.sync_api import Locator, Page, expect

from tests.hand import eventually

#: Said while the answer is being made.
_PROMISES = re.compile("Looking|Comparing")


def asked(page: Page, command: str) -> Locator:
    """Type a command; its answer, once it is there."""
    before = latest(page)
    composer = page.get_by_test_id("composer")
    composer.fill(command)
    composer.press("Enter")
    [ts, *_] = eventually(
        lambda: [ts for ts, text in whispers(page, before) if not _PROMISES.search(text)]
    )
    answer = page.locator(f'[data-testid="ephemeral"][data-ts="{ts}"]')
    expect(answer).to_be_visible()
    return answer


def latest(page: Page) -> str:
    """The last message's time. Of much only the last is shown, so places and numbers shift."""
    times = (
        page.get_by_test_id("channel")
        .locator("[data-ts]")
        .evaluate_all("all => all.map(one => one.dataset.ts)")
    )
    return max(times, key=float, default="0")


def whispers(page: Page, after: str) -> list[tuple[str, str]]:
    """Time and text of what only this person sees, and came *after* that time."""
    found: list[tuple[str, str]] = page.get_by_test_id("ephemeral").evaluate_all(
        "all => all.map(one => [one.dataset.ts, one.textContent])"
    )
    return [(ts, text) for ts, text in found if float(ts) > float(after)]
