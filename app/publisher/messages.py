"""Messages in Slack: posted, found again, changed, answered; in steps down from what we would like.

Slack has no idempotency key. Whoever posts claims it first and looks for the message by its
metadata when a claim stands without one.
"""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from aws_lambda_powertools import Logger
from msgspec import Struct
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from app.publisher.pace import Pace
from app.stores.publications import MessageRef

#: A Slack message: text, attachments and metadata, as chat.postMessage takes them.
Message = dict[str, Any]

_BLOCKS_REFUSED = frozenset({"invalid_blocks", "msg_blocks_too_long", "invalid_attachments"})
_CHANNEL_REFUSED = frozenset(
    {"channel_not_found", "not_in_channel", "is_archived", "restricted_action"}
)
_MESSAGE_GONE = frozenset({"message_not_found", "thread_not_found"})
#: Slack: a workspace may end the time in which messages can be edited.
_UNCHANGEABLE = frozenset({"cant_update_message", "edit_window_closed"})
#: Enough to find a message that was posted between a claim and now.
_SEARCHED = 200

logger = Logger(child=True)


class Sent(Struct, frozen=True):
    """A message, and what to say instead where Slack refuses its blocks."""

    message: Message
    plainer: Message


class Messages:
    def __init__(self, slack: Callable[[], WebClient], pace: Pace) -> None:
        """*slack* makes the client when it is first needed: its token is a call away."""
        self.slack = slack
        self._pace = pace

    def post(self, channel: str, sent: Sent, *, instead: str) -> MessageRef:
        """Post it; in the channel *instead* where this one takes none. Raises SlackApiError."""
        try:
            return self._send_whole(channel, sent)
        except SlackApiError as problem:
            error = error_of(problem)
            logger.warning("message refused", error=error, channel=channel)
            if error not in _CHANNEL_REFUSED or channel == instead:
                raise
        return self._send_whole(instead, sent)

    def reply(self, root: MessageRef, sent: Sent) -> str | None:
        """Say it in a thread: its timestamp, None where there is no thread any more."""
        place: Any = {"channel": root.channel, "thread_ts": root.ts}
        self._pace.keep(root.channel)
        try:
            answer: Any = self.slack().chat_postMessage(**place, **sent.message)
        except SlackApiError as problem:
            if error_of(problem) in _BLOCKS_REFUSED:
                answer = self.slack().chat_postMessage(**place, **sent.plainer)
            elif error_of(problem) in _MESSAGE_GONE:
                logger.warning("thread was deleted", channel=root.channel, ts=root.ts)
                return None
            else:
                raise
        return str(answer["ts"])

    def update(self, ref: MessageRef, sent: Sent) -> None:
        """Change a message of ours, unless somebody has deleted it or Slack lets nobody.

        Then it stays as it is, and its thread goes on: a second one could only say the same.
        """
        place: Any = {"channel": ref.channel, "ts": ref.ts}
        try:
            self.slack().chat_update(**place, **_for_update(sent.message))
        except SlackApiError as problem:
            if error_of(problem) in _BLOCKS_REFUSED:
                self.slack().chat_update(**place, **_for_update(sent.plainer))
            elif error_of(problem) in _MESSAGE_GONE | _UNCHANGEABLE:
                error = error_of(problem)
                logger.warning("message stays", error=error, channel=ref.channel, ts=ref.ts)
            else:
                raise

    def find(
        self, channels: Iterable[str], metadata: dict[str, Any], since: datetime
    ) -> MessageRef | None:
        """The message with this metadata in the history of *channels*, should it be there."""
        for channel in dict.fromkeys(channels):
            channel_id = self._channel_id(channel)
            if channel_id is None:
                continue
            answer: Any = self.slack().conversations_history(
                channel=channel_id,
                include_all_metadata=True,
                limit=_SEARCHED,
                oldest=str(since.timestamp() - 60),
            )
            for message in answer["messages"]:
                if message.get("metadata") == metadata:
                    return MessageRef(channel_id, message["ts"])
        return None

    def find_reply(self, root: MessageRef, metadata: dict[str, Any]) -> MessageRef | None:
        """The message with this metadata among the latest in a thread."""
        answer: Any = self.slack().conversations_replies(
            channel=root.channel, ts=root.ts, include_all_metadata=True, limit=1_000
        )
        for message in answer["messages"]:
            if message.get("metadata") == metadata:
                return MessageRef(root.channel, message["ts"])
        return None

    def address(self, ref: MessageRef) -> str | None:
        """The message's own address; to be without it is no reason to be without the message."""
        try:
            answer: Any = self.slack().chat_getPermalink(channel=ref.channel, message_ts=ref.ts)
        except SlackApiError as problem:
            logger.warning("no permalink", error=error_of(problem))
            return None
        return str(answer["permalink"])

    def _send_whole(self, channel: str, sent: Sent) -> MessageRef:
        """Raises SlackApiError."""
        try:
            return self._send(channel, sent.message)
        except SlackApiError as problem:
            if error_of(problem) not in _BLOCKS_REFUSED:
                raise
            logger.warning("blocks refused", error=error_of(problem), channel=channel)
        return self._send(channel, sent.plainer)

    def _send(self, channel: str, message: Message) -> MessageRef:
        self._pace.keep(channel)
        answer: Any = self.slack().chat_postMessage(channel=channel, **message)
        self._pace.same(channel, answer["channel"])
        return MessageRef(answer["channel"], answer["ts"])

    def _channel_id(self, name: str) -> str | None:
        """Slack: history wants a channel's id, while a message may be sent by name."""
        if not name.startswith("#"):
            return name
        cursor = None
        while True:
            answer: Any = self.slack().conversations_list(
                limit=1000,
                cursor=cursor,
                exclude_archived=True,
                types="public_channel,private_channel",
            )
            for channel in answer["channels"]:
                if channel["name"] == name.removeprefix("#"):
                    return str(channel["id"])
            cursor = (answer.get("response_metadata") or {}).get("next_cursor")
            if not cursor:
                return None


def error_of(problem: SlackApiError) -> str:
    response: Any = problem.response
    return str(response.get("error", "")) if hasattr(response, "get") else ""


def _for_update(message: Message) -> Message:
    return {name: part for name, part in message.items() if not name.startswith("unfurl")}
