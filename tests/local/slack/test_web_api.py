"""The Web API answers as Slack does, its limits and errors too."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from local.slack import LocalSlack

CHANNEL = "C01ALERTS"


def section(text: str) -> dict[str, Any]:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}}


def refused(call: Callable[[], Any]) -> dict[str, Any]:
    with pytest.raises(SlackApiError) as problem:
        call()
    answer: dict[str, Any] = problem.value.response.data
    return answer


def test_a_message_is_posted_by_name_found_with_its_metadata_and_edited(web: WebClient) -> None:
    metadata = {"event_type": "kind", "event_payload": {"id": "1"}}
    posted: Any = web.chat_postMessage(channel="#sfn-alerts", text="hello", metadata=metadata)
    assert posted["channel"] == CHANNEL
    found: Any = web.conversations_history(channel=CHANNEL, include_all_metadata=True)
    assert found["messages"][0]["metadata"] == metadata
    web.chat_update(channel=CHANNEL, ts=posted["ts"], text="changed", blocks=[section("new")])
    [message] = web.conversations_history(channel=CHANNEL)["messages"]
    assert (message["text"], message["blocks"][0]["text"]["text"]) == ("changed", "new")
    web.chat_update(channel=CHANNEL, ts=posted["ts"], text="bare")
    [bare] = web.conversations_history(channel=CHANNEL)["messages"]
    assert "blocks" not in bare, "Slack: an update without blocks takes them away"


def test_replies_stand_in_their_thread_and_not_in_the_channel(web: WebClient) -> None:
    parent: Any = web.chat_postMessage(channel=CHANNEL, text="parent")
    web.chat_postMessage(channel=CHANNEL, text="reply", thread_ts=parent["ts"])
    web.chat_postMessage(channel=CHANNEL, text="loud", thread_ts=parent["ts"], reply_broadcast=True)
    texts = [one["text"] for one in web.conversations_history(channel=CHANNEL)["messages"]]
    assert texts == ["loud", "parent"]
    replies = web.conversations_replies(channel=CHANNEL, ts=parent["ts"])["messages"]
    assert [one["text"] for one in replies] == ["parent", "reply", "loud"]
    assert replies[0]["reply_count"] == 2


def test_long_histories_come_in_pages(web: WebClient) -> None:
    for number in range(5):
        web.chat_postMessage(channel=CHANNEL, text=str(number))
    first: Any = web.conversations_history(channel=CHANNEL, limit=3)
    cursor = first["response_metadata"]["next_cursor"]
    rest = web.conversations_history(channel=CHANNEL, limit=3, cursor=cursor)
    assert [one["text"] for one in (*first["messages"], *rest["messages"])] == list("43210")


@pytest.mark.parametrize(
    ("method", "arguments", "error"),
    [
        ("chat.postMessage", {"channel": "C404", "text": "x"}, "channel_not_found"),
        ("chat.postMessage", {"channel": "#old-alerts", "text": "x"}, "is_archived"),
        ("chat.postMessage", {"channel": CHANNEL}, "no_text"),
        (
            "chat.postMessage",
            {"channel": CHANNEL, "text": "x", "thread_ts": "1.1"},
            "thread_not_found",
        ),
        ("chat.postMessage", {"channel": CHANNEL, "blocks": "{"}, "invalid_blocks_format"),
        ("chat.update", {"channel": CHANNEL, "ts": "1.1", "text": "x"}, "message_not_found"),
        (
            "chat.postEphemeral",
            {"channel": CHANNEL, "user": "U0", "text": "x"},
            "user_not_in_channel",
        ),
        ("chat.getPermalink", {"channel": CHANNEL, "message_ts": "1.1"}, "message_not_found"),
        ("conversations.history", {"channel": "#sfn-alerts"}, "channel_not_found"),
        ("conversations.replies", {"channel": CHANNEL, "ts": "1.1"}, "thread_not_found"),
        ("users.info", {"user": "U0"}, "user_not_found"),
        ("usergroups.users.list", {"usergroup": "S0"}, "no_such_subteam"),
        (
            "views.open",
            {
                "trigger_id": "1",
                "view": {
                    "type": "modal",
                    "blocks": [],
                    "title": {"type": "plain_text", "text": "T"},
                },
            },
            "invalid_trigger_id",
        ),
        ("chat.nothing", {}, "unknown_method"),
    ],
)
def test_what_is_not_there_has_slacks_own_error(
    web: WebClient, method: str, arguments: dict[str, Any], error: str
) -> None:
    assert refused(lambda: web.api_call(method, json=arguments))["error"] == error


def test_only_the_token_gets_in(slack: LocalSlack) -> None:
    client = WebClient(token="xoxb-other", base_url=slack.api_url)
    assert refused(client.auth_test)["error"] == "invalid_auth"


@pytest.mark.parametrize(
    ("blocks", "pointer"),
    [
        ([section("x" * 3001)], "/blocks/0/text/text"),
        ([section("")], "/blocks/0/text/text"),
        ([{"type": "header", "text": {"type": "plain_text", "text": "x" * 151}}], "/0/text/text"),
        ([{"type": "header", "text": {"type": "mrkdwn", "text": "x"}}], "/blocks/0/text/type"),
        ([{"type": "divider"}] * 51, "/blocks]"),
        ([{"type": "nonsense"}], "/blocks/0/type"),
        ([{**section("x"), "colour": "red"}], "/blocks/0/colour"),
        ([{"type": "section"}], "/blocks/0]"),
        ([{"type": "context", "elements": []}], "/blocks/0/elements"),
        ([{**section("x"), "block_id": "a"}, {**section("y"), "block_id": "a"}], "/1/block_id"),
        (
            [{"type": "section", "fields": [{"type": "mrkdwn", "text": "x"}] * 11}],
            "/blocks/0/fields",
        ),
        (
            [
                {
                    "type": "actions",
                    "elements": [
                        {"type": "button", "text": {"type": "plain_text", "text": "x" * 76}}
                    ],
                }
            ],
            "/blocks/0/elements/0/text/text",
        ),
        (
            [
                {
                    "type": "actions",
                    "elements": [
                        {
                            "type": "button",
                            "text": {"type": "plain_text", "text": "x"},
                            "value": "x" * 2001,
                        }
                    ],
                }
            ],
            "/blocks/0/elements/0/value",
        ),
        (
            [
                {
                    "type": "rich_text",
                    "elements": [
                        {
                            "type": "rich_text_preformatted",
                            "elements": [{"type": "text", "text": ""}],
                        }
                    ],
                }
            ],
            "/blocks/0/elements/0/elements/0/text",
        ),
        ([{"type": "input", "label": {}, "element": {}}], "/blocks/0/type"),
    ],
)
def test_blocks_beyond_slacks_limits_are_refused_with_a_pointer(
    web: WebClient, blocks: list[dict[str, Any]], pointer: str
) -> None:
    answer = refused(lambda: web.chat_postMessage(channel=CHANNEL, text="x", blocks=blocks))
    assert answer["error"] == "invalid_blocks"
    assert pointer in json.dumps(answer["response_metadata"])
    attached = [{"color": "#ffffff", "blocks": blocks}]
    answer = refused(lambda: web.chat_postMessage(channel=CHANNEL, text="x", attachments=attached))
    assert answer["error"] == "invalid_blocks", "in attachments too"


def test_blocks_that_are_too_much_together_are_refused(web: WebClient) -> None:
    blocks = [section("x" * 2900)] * 5
    answer = refused(lambda: web.chat_postMessage(channel=CHANNEL, text="x", blocks=blocks))
    assert answer["error"] == "msg_blocks_too_long"
    web.chat_postMessage(channel=CHANNEL, text="x", blocks=blocks[:4])


@pytest.mark.parametrize(
    ("mode", "error"), [("rate_limit", "ratelimited"), ("error", "fatal_error")]
)
def test_a_fault_hits_as_often_as_it_was_told_to(
    slack: LocalSlack, web: WebClient, mode: str, error: str
) -> None:
    fault = {"method": "chat.postMessage", "mode": mode, "error": error, "retry_after": 7}
    slack.control("faults", fault)
    answer = refused(lambda: web.chat_postMessage(channel=CHANNEL, text="x"))
    assert answer["error"] == error
    web.chat_postMessage(channel=CHANNEL, text="x")


def test_a_rate_limit_says_when_to_come_again(slack: LocalSlack, web: WebClient) -> None:
    slack.control("faults", {"method": "*", "mode": "rate_limit", "retry_after": 7})
    with pytest.raises(SlackApiError) as problem:
        web.auth_test()
    assert problem.value.response.status_code == 429
    assert problem.value.response.headers["Retry-After"] == "7"


def test_a_message_may_be_kept_though_its_answer_is_lost(slack: LocalSlack, web: WebClient) -> None:
    slack.control("faults", {"method": "chat.postMessage", "mode": "drop_after_accept"})
    with pytest.raises(Exception):  # noqa: B017, PT011  (whatever the SDK makes of it)
        web.chat_postMessage(channel=CHANNEL, text="kept")
    [message] = web.conversations_history(channel=CHANNEL)["messages"]
    assert message["text"] == "kept"


def test_the_limiter_allows_one_message_a_second_in_a_channel(
    slack: LocalSlack, web: WebClient
) -> None:
    slack.control("faults", {"limited": True})
    for _ in range(3):
        web.chat_postMessage(channel=CHANNEL, text="burst")
    answer = refused(lambda: web.chat_postMessage(channel=CHANNEL, text="too much"))
    assert answer["error"] == "ratelimited"
    web.chat_postMessage(channel="#general", text="another channel")
