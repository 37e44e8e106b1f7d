"""Ephemeral messages, the answers to commands, and what a response URL can do."""

from typing import Any

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.webhook import WebhookClient

from local.slack import LocalSlack
from tests.local.slack.conftest import App
from tests.local.slack.samples import ANA, BEN, CHANNEL, actions, button, section

BOARD = [section("*3 open alerts*"), actions(button("go"))]


def seen(slack: LocalSlack, user: str = ANA, channel: str = CHANNEL) -> list[dict[str, Any]]:
    """What *user* sees in a channel and its threads."""
    messages: list[dict[str, Any]] = slack.seen_by(user)["messages"][channel]
    return messages


def press(slack: LocalSlack, app: App, message: dict[str, Any]) -> WebhookClient:
    """Press its button; where to respond."""
    action = button("go", block_id="row")
    slack.do("act", user=ANA, channel=CHANNEL, ts=message["ts"], action=action)
    return WebhookClient(app.interaction("block_actions")["response_url"])


@pytest.fixture
def card(web: WebClient) -> dict[str, Any]:
    posted: Any = web.chat_postMessage(channel=CHANNEL, text="a card", blocks=BOARD)
    return dict(posted["message"])


@pytest.fixture
def whispered(slack: LocalSlack, web: WebClient) -> dict[str, Any]:
    web.chat_postEphemeral(channel=CHANNEL, user=ANA, text="board", blocks=BOARD)
    return seen(slack)[-1]


def test_a_command_is_answered_with_blocks_for_whoever_typed_it(
    slack: LocalSlack, app: App, web: WebClient
) -> None:
    app.answer = {"response_type": "ephemeral", "text": "board", "blocks": BOARD}
    assert slack.do("command", user=ANA, channel=CHANNEL, command="/ask", text="a b")["ok"]
    [typed] = app.got
    assert (typed["command"], typed["text"], typed["channel_name"]) == ("/ask", "a b", "sfn-alerts")
    [answer] = seen(slack)
    assert answer["blocks"][0]["text"]["text"] == "*3 open alerts*"
    assert seen(slack, BEN) == []
    assert web.conversations_history(channel=CHANNEL)["messages"] == []
    hook = press(slack, app, answer)
    assert hook.send(text="new board", replace_original=True).status_code == 200
    assert [one["text"] for one in seen(slack)] == ["new board"]


def test_a_command_is_answered_in_the_channel_when_that_is_asked_for(
    slack: LocalSlack, app: App, web: WebClient
) -> None:
    app.answer = {"response_type": "in_channel", "text": "loud"}
    slack.do("command", user=ANA, channel=CHANNEL, command="/ask")
    found = web.conversations_history(channel=CHANNEL)["messages"]
    assert [one["text"] for one in found] == ["loud"]


def test_a_command_may_be_answered_with_nothing_but_words(slack: LocalSlack, app: App) -> None:
    app.text = "plain words"
    slack.do("command", user=ANA, channel=CHANNEL, command="/ask")
    assert [one["text"] for one in seen(slack)] == ["plain words"]


@pytest.mark.parametrize(("status", "why"), [(500, "dispatch_failed"), (404, "dispatch_failed")])
def test_a_command_that_fails_says_how(slack: LocalSlack, app: App, status: int, why: str) -> None:
    app.status = status
    typed = slack.do("command", user=ANA, channel=CHANNEL, command="/ask")
    assert typed["error"] == f'/ask failed with the error "{why}"'


def test_a_button_of_an_ephemeral_message_tells_no_message(
    slack: LocalSlack, app: App, whispered: dict[str, Any]
) -> None:
    press(slack, app, whispered)
    payload = app.interaction("block_actions")
    assert payload["container"]["is_ephemeral"]
    assert payload["container"]["message_ts"] == whispered["ts"]
    assert "message" not in payload, "Slack keeps none"


def test_an_ephemeral_message_changes_through_its_response_url_alone(
    slack: LocalSlack, app: App, web: WebClient, whispered: dict[str, Any]
) -> None:
    with pytest.raises(SlackApiError, match="message_not_found"):
        web.chat_update(channel=CHANNEL, ts=whispered["ts"], text="x")
    with pytest.raises(SlackApiError, match="message_not_found"):
        web.chat_delete(channel=CHANNEL, ts=whispered["ts"])
    hook = press(slack, app, whispered)
    hook.send(text="next page", blocks=BOARD, replace_original=True)
    [changed] = seen(slack)
    assert (changed["text"], changed["ts"]) == ("next page", whispered["ts"])
    assert seen(slack, BEN) == []
    press(slack, app, changed).send(delete_original=True)
    assert seen(slack) == []


def test_a_response_without_more_is_a_new_whisper_in_the_channel(
    slack: LocalSlack, app: App, card: dict[str, Any]
) -> None:
    press(slack, app, card).send(text="only for you", replace_original=False)
    assert [one["text"] for one in seen(slack)] == ["a card", "only for you"]
    assert [one["text"] for one in seen(slack, BEN)] == ["a card"]


def test_a_response_stands_in_the_thread_it_names_and_else_in_the_channel(
    slack: LocalSlack, app: App, web: WebClient, card: dict[str, Any]
) -> None:
    posted: Any = web.chat_postMessage(
        channel=CHANNEL, text="reply", blocks=BOARD, thread_ts=card["ts"]
    )
    hook = press(slack, app, posted["message"])
    assert app.interaction("block_actions")["container"]["thread_ts"] == card["ts"]
    for said in (
        {"text": "whispered there", "thread_ts": card["ts"]},
        {"text": "said there", "thread_ts": card["ts"], "response_type": "in_channel"},
        {"text": "in the channel", "replace_original": False},
    ):
        assert hook.send_dict(said).status_code == 200
    threads = {one["text"]: one.get("thread_ts") for one in seen(slack)}
    assert threads["whispered there"] == threads["said there"] == card["ts"]
    assert threads["in the channel"] is None
    replies = web.conversations_replies(channel=CHANNEL, ts=card["ts"])["messages"]
    assert [one["text"] for one in replies] == ["a card", "reply", "said there"]
    assert replies[0]["reply_count"] == 2


def test_a_card_is_replaced_and_deleted_for_everybody(
    slack: LocalSlack, app: App, web: WebClient, card: dict[str, Any]
) -> None:
    press(slack, app, card).send(text="done", replace_original=True)
    [changed] = web.conversations_history(channel=CHANNEL)["messages"]
    assert (changed["text"], changed["ts"]) == ("done", card["ts"])
    assert "blocks" not in changed
    assert app.event("message", subtype="message_changed")["message"]["text"] == "done"
    press(slack, app, card).send(delete_original=True)
    assert web.conversations_history(channel=CHANNEL)["messages"] == []


def test_a_response_that_slack_would_refuse_changes_nothing(
    slack: LocalSlack, app: App, whispered: dict[str, Any]
) -> None:
    hook = press(slack, app, whispered)
    answer = hook.send(text="x", blocks=[section("")], replace_original=True)
    assert (answer.status_code, "invalid_blocks" in answer.body) == (404, True)
    assert seen(slack) == [whispered]


def test_a_response_url_works_five_times(slack: LocalSlack, app: App, card: dict[str, Any]) -> None:
    hook = press(slack, app, card)
    answers = [hook.send(text="psst") for _ in range(6)]
    assert [one.status_code for one in answers] == [200] * 5 + [404]
    assert "used_url" in answers[-1].body


def test_a_whisper_in_a_thread_is_seen_there_once_somebody_has_replied(
    slack: LocalSlack, web: WebClient, card: dict[str, Any]
) -> None:
    def whisper() -> None:
        web.chat_postEphemeral(channel=CHANNEL, user=ANA, text="psst", thread_ts=card["ts"])

    whisper()
    assert [one["text"] for one in seen(slack)] == ["a card"], "Slack shows it nowhere"
    slack.do("message", user=BEN, channel=CHANNEL, text="hm", thread_ts=card["ts"])
    whisper()
    assert [one["text"] for one in seen(slack)] == ["a card", "hm", "psst"]
    assert seen(slack)[0]["reply_count"] == 1


def test_a_person_can_dismiss_what_only_they_see(
    slack: LocalSlack, whispered: dict[str, Any], card: dict[str, Any]
) -> None:
    for ts in (whispered["ts"], card["ts"]):
        slack.do("dismiss", user=ANA, channel=CHANNEL, ts=ts)
    assert [one["ts"] for one in seen(slack)] == [card["ts"]]
