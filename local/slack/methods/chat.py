"""``chat.*``: messages are posted, changed, taken away and linked to."""

from collections.abc import Mapping
from typing import Any

from local.slack import block_kit
from local.slack.methods.arguments import (
    Arguments,
    Method,
    SlackError,
    channel_id,
    decoded,
    true,
)
from local.slack.people import BOT, DMS, USERS
from local.slack.timeline import Timeline, from_bot, public
from local.slack.workspace import Json, Workspace

_KEPT = 40_000  # Slack cuts longer texts
_MOST_ATTACHMENTS = 100


class Chat:
    def __init__(self, workspace: Workspace, timeline: Timeline, url: str) -> None:
        self._workspace = workspace
        self._timeline = timeline
        self._url = url

    def methods(self) -> Mapping[str, Method]:
        return {
            "chat.delete": self._delete,
            "chat.getPermalink": self._permalink,
            "chat.postEphemeral": self.post_ephemeral,
            "chat.postMessage": self.post_message,
            "chat.update": self._update,
        }

    def post_message(self, arguments: Arguments) -> Json:
        channel = channel_id(arguments, writing=True)
        message = content(arguments)
        thread = arguments.get("thread_ts")
        if thread:
            if not self._workspace.find(channel, thread):
                raise SlackError("thread_not_found")
            message["thread_ts"] = thread
            if true(arguments.get("reply_broadcast")):
                message["subtype"] = "thread_broadcast"
        metadata = _metadata(arguments)
        if metadata is not None:
            message["metadata"] = metadata
        added = self._timeline.post(channel, from_bot(**message))
        return {"channel": channel, "ts": added["ts"], "message": public(added)}

    def post_ephemeral(self, arguments: Arguments) -> Json:
        channel, user = channel_id(arguments, writing=True), arguments.get("user")
        if user not in USERS or DMS.get(channel, user) != user:
            raise SlackError("user_not_in_channel")
        message = content(arguments)
        if arguments.get("thread_ts"):
            message["thread_ts"] = arguments["thread_ts"]
        return {"message_ts": self._timeline.whisper(channel, user, from_bot(**message))}

    def _update(self, arguments: Arguments) -> Json:
        channel = channel_id(arguments, writing=True)
        message = self._own(channel, arguments, "cant_update_message")
        changed = content(arguments)
        metadata = _metadata(arguments)
        if metadata is not None:
            changed["metadata"] = metadata
        self._timeline.edit(channel, message, changed)
        answer = {"channel": channel, "ts": message["ts"], "text": message["text"]}
        return answer | {"message": public(message)}

    def _delete(self, arguments: Arguments) -> Json:
        channel = channel_id(arguments)
        message = self._own(channel, arguments, "cant_delete_message")
        self._timeline.remove(channel, message)
        return {"channel": channel, "ts": message["ts"]}

    def _own(self, channel: str, arguments: Arguments, error: str) -> Json:
        """The app's own message. Slack: an ephemeral one can't be reached by its timestamp."""
        message = self._workspace.find(channel, arguments.get("ts"))
        if message is None or message.get("ephemeral_to") or message.get("subtype") == "tombstone":
            raise SlackError("message_not_found")
        if message["user"] != BOT:
            raise SlackError(error)
        return message

    def _permalink(self, arguments: Arguments) -> Json:
        channel = channel_id(arguments)
        message = self._workspace.find(channel, arguments.get("message_ts"))
        if message is None or message.get("ephemeral_to"):
            raise SlackError("message_not_found")
        place = f"{channel}/p{message['ts'].replace('.', '')}"
        thread = message.get("thread_ts")
        if thread and thread != message["ts"]:
            place += f"?thread_ts={thread}&cid={channel}"
        return {"channel": channel, "permalink": f"{self._url}/archives/{place}"}


def content(arguments: Arguments) -> Json:
    """Text, blocks and attachments, as they stand in a message. Raises SlackError."""
    blocks = decoded(arguments.get("blocks"), "invalid_blocks_format")
    attachments = decoded(arguments.get("attachments"), "invalid_attachments")
    text = str(arguments.get("text") or "")
    if not text and not blocks and not attachments:
        raise SlackError("no_text")
    _check(blocks, attachments)
    message: Json = {"text": text[:_KEPT]}
    if blocks:
        message["blocks"] = block_kit.with_ids(blocks)
    if attachments:
        message["attachments"] = [
            {"id": place, **one, "blocks": block_kit.with_ids(one.get("blocks") or [])}
            for place, one in enumerate(attachments, start=1)
        ]
    return message


def _check(blocks: Any, attachments: Any) -> None:
    findings, whole = [], block_kit.weight(blocks)
    if blocks is not None:
        findings += block_kit.check_message(blocks)
    if attachments is not None:
        if not isinstance(attachments, list):
            raise SlackError("invalid_attachments")
        if len(attachments) > _MOST_ATTACHMENTS:
            raise SlackError("too_many_attachments")
        for place, attachment in enumerate(attachments):
            if "blocks" in attachment:
                here = f"/attachments/{place}/blocks"
                findings += block_kit.check_message(attachment["blocks"], here)
                whole += block_kit.weight(attachment["blocks"])
    if findings:
        messages = [f"[ERROR] {one}" for one in findings]
        raise SlackError(
            "invalid_blocks",
            errors=[str(one) for one in findings],
            response_metadata={"messages": messages},
        )
    if whole > block_kit.WHOLE_MESSAGE:
        raise SlackError("msg_blocks_too_long")


def _metadata(arguments: Arguments) -> Json | None:
    metadata = decoded(arguments.get("metadata"), "invalid_metadata_format")
    if metadata is None:
        return None
    if not isinstance(metadata, dict) or not {"event_type", "event_payload"} <= set(metadata):
        raise SlackError("invalid_metadata_format")
    return metadata
