"""What was said in a thread, by people and by the app."""

from typing import Any

from slack_sdk import WebClient

from app.stores.publications import MessageRef

_PAGE = 200

Message = dict[str, Any]


def messages(slack: WebClient, ref: MessageRef, *, most: int) -> list[Message]:
    """The thread's messages from the card on, at most *most*. Raises SlackApiError."""
    found: list[Message] = []
    cursor = None
    while len(found) < most:
        answer: Any = slack.conversations_replies(
            channel=ref.channel, ts=ref.ts, limit=_PAGE, cursor=cursor
        )
        found += answer["messages"]
        cursor = (answer.get("response_metadata") or {}).get("next_cursor")
        if not cursor:
            break
    return found[:most]


def by_person(message: Message) -> str | None:
    """The id of the person who said it; None when that was a bot, or nobody."""
    if message.get("bot_id") or message.get("subtype") not in {
        None,
        "thread_broadcast",
        "file_share",
        "me_message",
    }:
        return None
    return message.get("user")
