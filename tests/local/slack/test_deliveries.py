"""What people do reaches the app as Slack sends it, and its answer reaches them."""

import time
from typing import Any

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.signature import SignatureVerifier
from slack_sdk.webhook import WebhookClient

from local.slack import LocalSlack
from tests.hand import eventually
from tests.local.slack.conftest import SECRET, App

CHANNEL, ANA, BEN = "C01ALERTS", "U01ANA", "U02BEN"
MODAL = {
    "type": "modal",
    "callback_id": "ask",
    "title": {"type": "plain_text", "text": "Ask"},
    "submit": {"type": "plain_text", "text": "Go"},
    "blocks": [
        {
            "type": "input",
            "block_id": "why",
            "label": {"type": "plain_text", "text": "Why"},
            "element": {"type": "plain_text_input", "action_id": "why"},
        }
    ],
}
BUTTON = {
    "type": "actions",
    "elements": [
        {
            "type": "button",
            "action_id": "go",
            "value": "7",
            "text": {"type": "plain_text", "text": "Go"},
        }
    ],
}


@pytest.fixture
def message(web: WebClient) -> dict[str, Any]:
    posted: Any = web.chat_postMessage(channel=CHANNEL, text="x", blocks=[BUTTON])
    return dict(posted["message"])


def press(slack: LocalSlack, message: dict[str, Any], user: str = ANA) -> Any:
    action = message["blocks"][0]["elements"][0]
    return slack.do("act", user=user, channel=CHANNEL, ts=message["ts"], action=action)


def test_a_click_is_signed_and_says_who_pressed_what_where(
    slack: LocalSlack, app: App, message: dict[str, Any]
) -> None:
    assert press(slack, message)["ok"]
    verifier = SignatureVerifier(SECRET)
    assert verifier.is_valid_request(app.bodies[0], app.headers[0])
    [payload] = app.got
    assert payload["type"] == "block_actions"
    assert payload["user"]["id"] == ANA
    assert payload["team"]["id"] == payload["user"]["team_id"]
    assert payload["actions"][0]["value"] == "7"
    assert payload["container"]["message_ts"] == payload["message"]["ts"] == message["ts"]


def test_a_guest_clicks_with_their_own_team(
    slack: LocalSlack, app: App, message: dict[str, Any]
) -> None:
    press(slack, message, "U09GUEST")
    assert app.got[0]["user"]["team_id"] != app.got[0]["team"]["id"]


def test_an_app_that_fails_is_shown_as_that(
    slack: LocalSlack, app: App, message: dict[str, Any]
) -> None:
    app.status = 500
    assert "500" in press(slack, message)["error"]


def test_a_trigger_opens_one_modal_and_soon(
    slack: LocalSlack, app: App, web: WebClient, message: dict[str, Any]
) -> None:
    press(slack, message)
    trigger = app.got[0]["trigger_id"]
    web.views_open(trigger_id=trigger, view=MODAL)
    with pytest.raises(SlackApiError, match="exchanged_trigger_id"):
        web.views_open(trigger_id=trigger, view=MODAL)
    press(slack, message)
    time.sleep(3.05)
    with pytest.raises(SlackApiError, match="expired_trigger_id"):
        web.views_open(trigger_id=app.got[1]["trigger_id"], view=MODAL)


def test_a_submitted_modal_shows_the_apps_errors_or_closes(
    slack: LocalSlack, app: App, web: WebClient, message: dict[str, Any]
) -> None:
    press(slack, message)
    view: Any = web.views_open(trigger_id=app.got[0]["trigger_id"], view=MODAL)["view"]
    state = {"why": {"why": {"type": "plain_text_input", "value": "because"}}}
    app.answer = {"response_action": "errors", "errors": {"why": "Not good enough."}}
    answer = slack.do("submit", user=ANA, view_id=view["id"], state=state)
    assert answer["errors"] == {"why": "Not good enough."}
    app.answer = {}
    assert slack.do("submit", user=ANA, view_id=view["id"], state=state) == {"ok": True}
    assert app.got[-1]["view"]["state"]["values"] == state


def test_a_command_is_answered_for_whoever_typed_it(
    slack: LocalSlack, app: App, web: WebClient
) -> None:
    app.answer = {"text": "only for you"}
    assert slack.do("command", user=ANA, channel=CHANNEL, command="/ask", text="a b")["ok"]
    assert (app.got[0]["command"], app.got[0]["text"]) == ("/ask", "a b")
    assert web.conversations_history(channel=CHANNEL)["messages"] == []


def test_a_response_url_works_five_times(
    slack: LocalSlack, app: App, message: dict[str, Any]
) -> None:
    press(slack, message)
    hook = WebhookClient(app.got[0]["response_url"])
    statuses = [hook.send(text="psst").status_code for _ in range(6)]
    assert statuses == [200] * 5 + [404]


def test_a_mention_and_a_reaction_are_events(
    slack: LocalSlack, app: App, message: dict[str, Any]
) -> None:
    slack.do("message", user=BEN, channel=CHANNEL, text=f"<@{slack.bot_user}> help")
    slack.do("react", user=BEN, channel=CHANNEL, ts=message["ts"], name="eyes")
    types = eventually(
        lambda: (
            (got := {one["event"]["type"] for one in app.got if "event" in one})
            and len(got) == 3
            and got
        )
    )
    assert types == {"message", "app_mention", "reaction_added"}


def test_an_event_is_sent_again_until_it_is_taken(slack: LocalSlack, app: App) -> None:
    app.status = 500
    slack.do("home", user=ANA)
    eventually(lambda: len(app.headers) >= 2)
    assert app.headers[1]["x-slack-retry-num"] == "1"
    app.status = 200
