"""The Web API answers as Slack does, its limits and errors too."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from local.slack import LocalSlack
from tests.local.slack.samples import ANA, BEN, CHANNEL, DM_OF_ANA, GUEST, button, section


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


def texts(answer: Any) -> list[str]:
    return [one["text"] for one in answer["messages"]]


def test_long_histories_come_in_pages_whatever_is_said_meanwhile(web: WebClient) -> None:
    for number in range(5):
        web.chat_postMessage(channel=CHANNEL, text=str(number))
    first: Any = web.conversations_history(channel=CHANNEL, limit=3)
    assert first["has_more"]
    web.chat_postMessage(channel=CHANNEL, text="new")
    cursor = first["response_metadata"]["next_cursor"]
    rest: Any = web.conversations_history(channel=CHANNEL, limit=3, cursor=cursor)
    assert texts(first) + texts(rest) == list("43210")
    assert (rest["has_more"], rest["response_metadata"]["next_cursor"]) == (False, "")


def test_long_threads_come_in_pages_oldest_first(web: WebClient) -> None:
    card = web.chat_postMessage(channel=CHANNEL, text="card")["ts"]
    for number in range(4):
        web.chat_postMessage(channel=CHANNEL, text=str(number), thread_ts=card)
    first: Any = web.conversations_replies(channel=CHANNEL, ts=card, limit=3)
    cursor = first["response_metadata"]["next_cursor"]
    rest: Any = web.conversations_replies(channel=CHANNEL, ts=card, limit=3, cursor=cursor)
    assert (texts(first), texts(rest)) == (["card", "0", "1"], ["2", "3"])


def test_a_span_of_time_is_without_its_ends_unless_they_are_asked_for(web: WebClient) -> None:
    [a, b, c] = [str(web.chat_postMessage(channel=CHANNEL, text=one)["ts"]) for one in "abc"]
    between: Any = web.conversations_history(channel=CHANNEL, oldest=a, latest=c)
    assert texts(between) == ["b"]
    ends: Any = web.conversations_history(channel=CHANNEL, oldest=a, latest=b, inclusive=True)
    assert texts(ends) == ["b", "a"]
    alone: Any = web.conversations_history(channel=CHANNEL, latest=b, inclusive=True, limit=1)
    assert texts(alone) == ["b"]


def test_a_reply_alone_is_found_by_its_own_timestamp(web: WebClient) -> None:
    card = str(web.chat_postMessage(channel=CHANNEL, text="card")["ts"])
    reply = str(web.chat_postMessage(channel=CHANNEL, text="reply", thread_ts=card)["ts"])
    found: Any = web.conversations_replies(channel=CHANNEL, ts=reply)
    assert texts(found) == ["reply"]
    assert found["messages"][0]["thread_ts"] == card
    since: Any = web.conversations_replies(channel=CHANNEL, ts=card, oldest=reply)
    assert texts(since) == ["card"], "Slack: the first message comes along"


def test_a_message_to_a_person_opens_a_conversation_with_them(
    slack: LocalSlack, web: WebClient
) -> None:
    posted: Any = web.chat_postMessage(channel=ANA, text="psst")
    assert posted["channel"] == DM_OF_ANA
    assert texts(web.conversations_history(channel=DM_OF_ANA)) == ["psst"]
    assert web.conversations_open(users=ANA)["channel"] == {"id": DM_OF_ANA}
    listed: Any = web.conversations_list(types="im")
    assert [(one["id"], one["user"]) for one in listed["channels"]] == [(DM_OF_ANA, ANA)]
    seen = {user: slack.seen_by(user)["messages"] for user in (ANA, BEN)}
    assert [one["text"] for one in seen[ANA][DM_OF_ANA]] == ["psst"]
    assert DM_OF_ANA not in seen[BEN]


def test_a_deleted_message_is_gone_unless_others_have_replied(web: WebClient) -> None:
    card, other = (str(web.chat_postMessage(channel=CHANNEL, text=one)["ts"]) for one in "ab")
    reply = str(web.chat_postMessage(channel=CHANNEL, text="reply", thread_ts=card)["ts"])
    web.chat_delete(channel=CHANNEL, ts=other)
    web.chat_delete(channel=CHANNEL, ts=card)
    [left] = web.conversations_history(channel=CHANNEL)["messages"]
    assert (left["subtype"], left["reply_count"]) == ("tombstone", 1)
    web.chat_delete(channel=CHANNEL, ts=reply)
    [left] = web.conversations_history(channel=CHANNEL)["messages"]
    assert "reply_count" not in left


def test_a_reaction_of_the_app_is_made_once_and_taken_back_once(web: WebClient) -> None:
    ts = str(web.chat_postMessage(channel=CHANNEL, text="x")["ts"])
    web.reactions_add(channel=CHANNEL, timestamp=ts, name="eyes")
    about = {"channel": CHANNEL, "timestamp": ts, "name": "eyes"}
    assert refused(lambda: web.reactions_add(**about))["error"] == "already_reacted"
    web.reactions_remove(**about)
    assert refused(lambda: web.reactions_remove(**about))["error"] == "no_reaction"


def test_people_and_their_groups_are_told(slack: LocalSlack, web: WebClient) -> None:
    user: Any = web.users_info(user=GUEST)["user"]
    assert (user["team_id"] != slack.team, user["is_stranger"]) == (True, True)
    assert web.users_info(user=slack.bot_user)["user"]["is_bot"]
    plain: Any = web.usergroups_list()
    assert "users" not in plain["usergroups"][0]
    full: Any = web.usergroups_list(include_users=True)
    group = full["usergroups"][0]
    assert (group["handle"], group["users"]) == ("data-oncall", [ANA, BEN])
    members: Any = web.usergroups_users_list(usergroup=group["id"])
    assert members["users"] == group["users"]


def test_a_permalink_of_a_reply_names_its_thread(web: WebClient) -> None:
    card = str(web.chat_postMessage(channel=CHANNEL, text="card")["ts"])
    reply = str(web.chat_postMessage(channel=CHANNEL, text="reply", thread_ts=card)["ts"])
    link = str(web.chat_getPermalink(channel=CHANNEL, message_ts=reply)["permalink"])
    assert link.endswith(f"/p{reply.replace('.', '')}?thread_ts={card}&cid={CHANNEL}")


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
        ("conversations.history", {"channel": CHANNEL, "cursor": "bmV4dDox"}, "invalid_cursor"),
        ("conversations.history", {"channel": CHANNEL, "cursor": "?"}, "invalid_cursor"),
        ("conversations.history", {"channel": CHANNEL, "limit": 1001}, "invalid_limit"),
        ("conversations.history", {"channel": CHANNEL, "limit": -1}, "invalid_limit"),
        ("conversations.history", {"channel": CHANNEL, "oldest": "x"}, "invalid_ts_oldest"),
        ("conversations.open", {"users": GUEST}, "user_not_found"),
        ("chat.postMessage", {"channel": GUEST, "text": "x"}, "channel_not_found"),
        (
            "chat.postEphemeral",
            {"channel": DM_OF_ANA, "user": BEN, "text": "x"},
            "user_not_in_channel",
        ),
        ("chat.delete", {"channel": CHANNEL, "ts": "1.1"}, "message_not_found"),
        (
            "reactions.add",
            {"channel": CHANNEL, "timestamp": "1.1", "name": "eyes"},
            "message_not_found",
        ),
        (
            "reactions.add",
            {"channel": CHANNEL, "timestamp": "1.1", "name": "no such"},
            "invalid_name",
        ),
        ("files.info", {"file": "F0"}, "file_not_found"),
        ("views.publish", {"user_id": "U0", "view": {}}, "user_not_found"),
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
        (
            [{"type": "actions", "elements": [{"type": "plain_text_input", "action_id": "a"}]}],
            "/blocks/0/elements/0/type",
        ),
        ([{"type": "actions", "elements": [button("a"), button("a")]}], "/elements/1/action_id"),
        (
            [
                {
                    **section("x"),
                    "accessory": {
                        "type": "overflow",
                        "options": [
                            {"text": {"type": "plain_text", "text": "x"}, "value": str(number)}
                            for number in range(6)
                        ],
                    },
                }
            ],
            "/blocks/0/accessory/options",
        ),
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
