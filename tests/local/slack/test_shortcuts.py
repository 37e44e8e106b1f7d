"""Shortcuts, as the manifest offers them, tell what they were used on."""

from slack_sdk import WebClient
from slack_sdk.webhook import WebhookClient

from local.slack import LocalSlack
from tests.local.slack.conftest import App
from tests.local.slack.samples import ANA, CHANNEL, modal


def test_a_message_shortcut_tells_the_message_and_where_to_answer(
    slack: LocalSlack, app: App, web: WebClient
) -> None:
    card = web.chat_postMessage(channel=CHANNEL, text="a card")["ts"]
    reply = slack.do("message", user=ANA, channel=CHANNEL, text="what?", thread_ts=card)["ts"]
    assert slack.do("shortcut", user=ANA, channel=CHANNEL, ts=reply, callback_id="explain")["ok"]
    payload = app.interaction("message_action")
    assert payload["callback_id"] == "explain"
    assert payload["channel"] == {"id": CHANNEL, "name": "sfn-alerts"}
    assert payload["message_ts"] == payload["message"]["ts"] == reply
    assert (payload["message"]["thread_ts"], payload["message"]["user"]) == (card, ANA)
    assert WebhookClient(payload["response_url"]).send(text="because").status_code == 200
    web.views_open(trigger_id=payload["trigger_id"], view=modal())


def test_a_global_shortcut_tells_who_used_it_and_nothing_of_a_place(
    slack: LocalSlack, app: App, web: WebClient
) -> None:
    assert slack.do("shortcut", user=ANA, callback_id="look")["ok"]
    payload = app.interaction("shortcut")
    assert (payload["callback_id"], payload["user"]["id"]) == ("look", ANA)
    assert payload["action_ts"]
    assert not {"channel", "message", "response_url"} & set(payload)
    web.views_open(trigger_id=payload["trigger_id"], view=modal())


def test_a_shortcut_that_the_manifest_does_not_have_is_none(
    slack: LocalSlack, app: App, web: WebClient
) -> None:
    card = web.chat_postMessage(channel=CHANNEL, text="a card")["ts"]
    used = slack.do("shortcut", user=ANA, channel=CHANNEL, ts=card, callback_id="look")
    assert not used["ok"], "it is a global one"
    assert app.interactions("message_action") == []


def test_a_shortcut_can_not_change_a_message_of_somebody_else(
    slack: LocalSlack, app: App, web: WebClient
) -> None:
    ts = slack.do("message", user=ANA, channel=CHANNEL, text="mine")["ts"]
    slack.do("shortcut", user=ANA, channel=CHANNEL, ts=ts, callback_id="explain")
    hook = WebhookClient(app.interaction("message_action")["response_url"])
    assert hook.send(text="taken over", replace_original=True).status_code == 200
    [message] = web.conversations_history(channel=CHANNEL)["messages"]
    assert message["text"] == "mine"


def test_the_page_is_told_what_the_manifest_offers(slack: LocalSlack) -> None:
    facts = slack.control("facts")
    assert {one["callback_id"]: one["type"] for one in facts["shortcuts"]} == {
        "explain": "message",
        "look": "global",
    }
    [command] = facts["commands"]
    assert (command["name"], command["escapes"]) == ("/ask", True)
