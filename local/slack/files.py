"""Files that the app uploads: what kind they are, and what of a text is shown at first."""

import mimetypes
import time
import uuid
from pathlib import PurePath
from typing import Any

from local.slack.people import BOT, DMS, TEAM, name_of
from local.slack.workspace import File, Json

#: Slack: a larger text is a file to download, no snippet.
LARGEST_SNIPPET = 1_000_000
_PREVIEW_LINES, _PREVIEW_CHARACTERS = 5, 1_200
_BINARY = "application/octet-stream"
#: Kinds of text by the end of the file's name; their short and their pretty names.
_TEXTS = {
    "csv": ("csv", "CSV"),
    "html": ("html", "HTML"),
    "js": ("javascript", "JavaScript"),
    "json": ("json", "JSON"),
    "log": ("text", "Plain Text"),
    "md": ("markdown", "Markdown"),
    "py": ("python", "Python"),
    "sh": ("shell", "Shell"),
    "sql": ("sql", "SQL"),
    "txt": ("text", "Plain Text"),
    "xml": ("xml", "XML"),
    "yaml": ("yaml", "YAML"),
    "yml": ("yaml", "YAML"),
}


def promised(name: str, length: int, snippet_type: str | None, url: str) -> File:
    """A file whose content is still to come. *url* is where the workspace is."""
    file_id = f"F{uuid.uuid4().hex[:10].upper()}"
    ending = PurePath(name).suffix.lower().removeprefix(".")
    kind, pretty = _TEXTS.get(ending, (ending or "binary", ending.upper() or "Binary"))
    place = f"{url}/files-pri/{TEAM}-{file_id}"
    now = int(time.time())
    about: Json = {
        "id": file_id,
        "created": now,
        "timestamp": now,
        "name": name,
        "title": name,
        "mimetype": mimetypes.guess_type(name)[0] or _BINARY,
        "filetype": snippet_type or kind,
        "pretty_type": pretty,
        "user": BOT,
        "user_team": TEAM,
        "editable": False,
        "mode": "hosted",
        "size": length,
        "is_external": False,
        "is_public": False,
        "url_private": f"{place}/{name}",
        "url_private_download": f"{place}/download/{name}",
        "permalink": f"{url}/files/{BOT}/{file_id}/{name}",
        "channels": [],
        "ims": [],
        "groups": [],
        "shares": {},
    }
    return File(about)


def arrived(file: File, content: bytes) -> None:
    """Slack: a text that isn't too large becomes a snippet, whose first lines are shown."""
    file.content = content
    text = _as_text(content)
    if text is None or len(content) > LARGEST_SNIPPET:
        return
    lines = text.splitlines()
    preview = "\n".join(lines[:_PREVIEW_LINES])[:_PREVIEW_CHARACTERS]
    file.about |= {
        "mode": "snippet",
        "editable": True,
        "mimetype": "text/plain",
        "lines": len(lines),
        "lines_more": max(0, len(lines) - _PREVIEW_LINES),
        "preview": preview,
        "preview_is_truncated": len(preview) < len(text.rstrip("\n")),
    }
    if file.about["filetype"] == "binary":
        file.about |= {"filetype": "text", "pretty_type": "Plain Text"}


def shared(file: File, message: Json, channel: str) -> None:
    """Note on the file where it was shared."""
    private = channel in DMS
    file.about["ims" if private else "channels"].append(channel)
    file.about["is_public"] = file.about["is_public"] or not private
    share: dict[str, Any] = {"ts": message["ts"], "channel_name": name_of(channel), "team_id": TEAM}
    if message.get("thread_ts"):
        share["thread_ts"] = message["thread_ts"]
    shares = file.about["shares"].setdefault("private" if private else "public", {})
    shares.setdefault(channel, []).append(share)


def as_text(file: File) -> str | None:
    """The whole text of a snippet; None when the file is none."""
    if file.content is None or file.about["mode"] != "snippet":
        return None
    return _as_text(file.content)


def _as_text(content: bytes) -> str | None:
    try:
        text = content.decode()
    except UnicodeDecodeError:
        return None
    return None if "\x00" in text else text
