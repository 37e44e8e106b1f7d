"""``files.*``: an upload in three steps, as slack_sdk's ``files_upload_v2`` takes them."""

from collections.abc import Mapping
from typing import Any

from local.slack import files
from local.slack.methods.arguments import (
    Arguments,
    Method,
    SlackError,
    channel_id,
    decoded,
)
from local.slack.methods.chat import content
from local.slack.timeline import Timeline, from_bot
from local.slack.workspace import File, Json, Workspace

_LONGEST_ALT_TEXT = 1000


class Files:
    def __init__(self, workspace: Workspace, timeline: Timeline, url: str) -> None:
        self._workspace = workspace
        self._timeline = timeline
        self._url = url

    def methods(self) -> Mapping[str, Method]:
        return {
            "files.completeUploadExternal": self._complete,
            "files.getUploadURLExternal": self._promise,
            "files.info": self._info,
        }

    def _promise(self, arguments: Arguments) -> Json:
        """The first step: a place to upload to."""
        name, length = str(arguments.get("filename") or ""), str(arguments.get("length") or "")
        snippet_type = arguments.get("snippet_type")
        if not name or not length.isdecimal() or int(length) == 0:
            raise SlackError("missing_argument")
        if snippet_type and int(length) > files.LARGEST_SNIPPET:
            raise SlackError("snippet_too_large")
        if len(arguments.get("alt_txt") or "") > _LONGEST_ALT_TEXT:
            raise SlackError("alt_txt_too_large")
        promised = files.promised(name, int(length), snippet_type, self._url)
        file_id = promised.about["id"]
        self._workspace.files[file_id] = promised
        return {"upload_url": f"{self._url}/upload/v1/{file_id}", "file_id": file_id}

    def upload(self, file_id: str, sent: bytes) -> bool:
        """The second step; False when it isn't what was promised."""
        file = self._workspace.files.get(file_id)
        if file is None or file.content is not None or file.about["size"] != len(sent):
            return False
        files.arrived(file, sent)
        return True

    def _complete(self, arguments: Arguments) -> Json:
        """The third step: the files are shared, in one message."""
        asked = decoded(arguments.get("files"), "invalid_arguments")
        if not isinstance(asked, list) or not asked:
            raise SlackError("invalid_arguments")
        ready = [self._ready(one) for one in asked]
        channels = [
            channel_id({"channel": said}, writing=True) for said in _places(arguments) if said
        ]
        thread = arguments.get("thread_ts")
        if thread and (len(channels) != 1 or not self._workspace.find(channels[0], thread)):
            raise SlackError("thread_not_found")
        for channel in channels:
            message = self._message(ready, arguments)
            if thread:
                message["thread_ts"] = thread
            # The message holds the files themselves, so that they tell of it too.
            added = self._timeline.post(channel, from_bot(**message))
            for one in ready:
                files.shared(one, added, channel)
        return {"files": [one.about for one in ready]}

    def _ready(self, asked: Any) -> File:
        file = self._workspace.files.get(str((asked or {}).get("id")))
        if file is None or file.content is None:
            raise SlackError("file_not_found")
        if asked.get("title"):
            file.about["title"] = asked["title"]
        return file

    def _message(self, ready: list[File], arguments: Arguments) -> Json:
        comment, blocks = arguments.get("initial_comment"), arguments.get("blocks")
        said: Json = {"text": ""}
        if comment or blocks:
            said = content({"text": comment, "blocks": None if comment else blocks})
        shared = {"files": [one.about for one in ready], "upload": False, "subtype": "file_share"}
        return said | shared

    def _info(self, arguments: Arguments) -> Json:
        file = self._workspace.files.get(str(arguments.get("file")))
        if file is None:
            raise SlackError("file_not_found")
        answer: Json = {"file": file.about, "comments": []}
        text = files.as_text(file)
        return answer if text is None else answer | {"content": text}


def _places(arguments: Arguments) -> list[str]:
    """Slack: one id, or several with commas between."""
    several = arguments.get("channels") or ""
    return [str(arguments.get("channel_id") or ""), *str(several).split(",")]
