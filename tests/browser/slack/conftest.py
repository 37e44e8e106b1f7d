"""A local Slack with a receiver in the place of the app, and its page in Chromium."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect
from slack_sdk import WebClient

from local.slack import LocalSlack
from tests.local.slack.conftest import MANIFEST, TOKEN, App, started


@pytest.fixture(scope="session")
def slack_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalSlack]:
    with started(MANIFEST, tmp_path_factory.mktemp("slack")) as slack:
        yield slack


@pytest.fixture
def app() -> Iterator[App]:
    app = App()
    yield app
    app.close()


@pytest.fixture
def slack(slack_server: LocalSlack, app: App) -> LocalSlack:
    slack_server.control("reset", {})
    slack_server.set_request_url(app.url)
    return slack_server


@pytest.fixture
def web(slack: LocalSlack) -> WebClient:
    return WebClient(token=TOKEN, base_url=slack.api_url, retry_handlers=[])


@pytest.fixture
def page(browser: Browser, slack: LocalSlack) -> Iterator[Page]:
    context = browser.new_context(
        viewport={"width": 1360, "height": 900}, timezone_id="Europe/Berlin"
    )
    page = context.new_page()
    problems: list[str] = []
    page.on("pageerror", lambda problem: problems.append(str(problem)))
    page.goto(slack.url)
    expect(page.get_by_test_id("channel-sfn-alerts")).to_be_visible()
    yield page
    context.close()
    assert not problems, problems
