"""What people do reaches the app as Slack sends it, and its answer reaches them."""

import time
from typing import Any

import pytest
from slack_sdk import WebClient

from local.slack import LocalSlack
from local.slack.deliveries import Deliveries
from local.slack.manifest import Manifest
from local.slack.workspace import Workspace
from tests.hand import eventually, free_port
from tests.local.slack.conftest import MANIFEST, SECRET, App
from tests.local.slack.samples import ANA, CHANNEL, DM_OF_ANA, GUEST, actions, button, section

EVENT = {"type": "app_home_opened", "user": ANA, "channel": DM_OF_ANA, "event_ts": "1.000001"}


@pytest.fixture
def message(web: WebClient) -> dict[str, Any]:
    posted: Any = web.chat_postMessage(channel=CHANNEL, text="x", blocks=[actions(button("go"))])
    return dict(posted["message"])


def press(slack: LocalSlack, message: dict[str, Any], user: str = ANA) -> Any:
    block = message["blocks"][0]
    action = block["elements"][0] | {"block_id": block["block_id"]}
    return slack.do("act", user=user, channel=CHANNEL, ts=message["ts"], action=action)


def test_a_click_says_who_pressed_what_where(
    slack: LocalSlack, app: App, message: dict[str, Any]
) -> None:
    assert press(slack, message)["ok"]
    payload = app.interaction("block_actions")
    assert payload["user"]["id"] == ANA
    assert payload["team"]["id"] == payload["user"]["team_id"]
    assert payload["actions"][0]["value"] == "7"
    assert payload["container"]["message_ts"] == payload["message"]["ts"] == message["ts"]
    assert payload["container"]["type"] == "message"


def test_a_click_in_an_attachment_says_in_which(
    slack: LocalSlack, app: App, web: WebClient
) -> None:
    attachments = [
        {"color": "#ffffff", "blocks": [section("one")]},
        {"color": "#000000", "blocks": [section("two"), actions(button("go"))]},
    ]
    posted: Any = web.chat_postMessage(channel=CHANNEL, text="x", attachments=attachments)
    action = button("go", block_id="row")
    slack.do("act", user=ANA, channel=CHANNEL, ts=posted["ts"], action=action)
    container = app.interaction("block_actions")["container"]
    assert (container["type"], container["attachment_id"]) == ("message_attachment", 2)


def test_a_guest_clicks_with_their_own_team(
    slack: LocalSlack, app: App, message: dict[str, Any]
) -> None:
    press(slack, message, GUEST)
    payload = app.interaction("block_actions")
    assert payload["user"]["team_id"] != payload["team"]["id"]


def test_an_app_that_fails_is_shown_as_that(
    slack: LocalSlack, app: App, message: dict[str, Any]
) -> None:
    app.status = 500
    assert "500" in press(slack, message)["error"]


def test_an_app_that_takes_too_long_is_shown_as_that(
    slack: LocalSlack, app: App, message: dict[str, Any]
) -> None:
    app.seconds = 3.2
    assert "time-out" in press(slack, message)["error"]


def test_an_event_is_sent_again_until_it_is_taken(slack: LocalSlack, app: App) -> None:
    app.status = 500
    slack.do("home", user=ANA)
    eventually(lambda: len(app.headers) >= 2)
    assert app.headers[1]["x-slack-retry-num"] == "1"
    assert app.headers[1]["x-slack-retry-reason"] == "http_error"
    first, again = app.got[:2]
    assert first["event_id"] == again["event_id"], "so that the app knows it"


def deliveries(app: App, retries: tuple[float, ...]) -> Deliveries:
    """Slack's deliveries, with less patience than Slack has."""
    made = Deliveries(Workspace(), SECRET, Manifest.parse(MANIFEST), retries)
    made.request_url = app.url
    return made


def test_an_event_that_nobody_takes_is_sent_four_times_in_all(app: App) -> None:
    app.status = 503
    deliveries(app, (0, 0.02, 0.02)).event(EVENT)
    eventually(lambda: len(app.got) == 4)
    time.sleep(0.2)
    assert [one.get("x-slack-retry-num") for one in app.headers] == [None, "1", "2", "3"]


def test_an_event_is_not_sent_again_to_an_app_that_asks_for_that(app: App) -> None:
    app.status, app.more_headers = 500, {"X-Slack-No-Retry": "1"}
    deliveries(app, (0, 0.02, 0.02)).event(EVENT)
    eventually(lambda: app.got)
    time.sleep(0.2)
    assert len(app.got) == 1


def test_a_time_out_is_told_as_the_reason_of_a_retry(app: App) -> None:
    app.seconds = 3.2
    deliveries(app, (0,)).event(EVENT)
    eventually(lambda: len(app.headers) == 2)
    assert app.headers[1]["x-slack-retry-reason"] == "http_timeout"
    app.seconds = 0


def test_an_app_that_was_not_there_is_told_so() -> None:
    port = free_port()
    made = Deliveries(Workspace(), SECRET, Manifest.parse(MANIFEST), (0.3,))
    made.request_url = f"http://127.0.0.1:{port}/"
    made.event(EVENT)
    time.sleep(0.1)
    app = App(port)
    eventually(lambda: app.headers)
    app.close()
    assert app.headers[0]["x-slack-retry-reason"] == "connection_failed"


def test_what_was_not_taken_before_a_reset_is_forgotten(app: App) -> None:
    app.status = 500
    made = deliveries(app, (0.3,))
    made.event(EVENT)
    eventually(lambda: app.got)
    made.forget()
    time.sleep(0.5)
    assert len(app.got) == 1
