"""Files are uploaded as slack_sdk does it, shared in a channel or thread, and read again."""

import urllib.error
import urllib.request
from typing import Any

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from local.slack import LocalSlack
from tests.local.slack.conftest import App
from tests.local.slack.samples import ANA, CHANNEL, DM_OF_ANA

LINES = "\n".join(f'  "line": {number},' for number in range(40))


def fetched(url: str) -> tuple[bytes, dict[str, str]]:
    with urllib.request.urlopen(url) as answer:
        return answer.read(), dict(answer.headers)


def test_a_text_becomes_a_snippet_with_its_first_lines(web: WebClient) -> None:
    uploaded: Any = web.files_upload_v2(
        channel=CHANNEL, content=LINES, filename="input.json", title="Input", initial_comment="Here"
    )
    file = uploaded["file"]
    assert (file["title"], file["filetype"], file["mode"]) == ("Input", "json", "snippet")
    assert file["preview"] == "\n".join(LINES.splitlines()[:5])
    assert (file["lines"], file["lines_more"], file["size"]) == (40, 35, len(LINES))
    [message] = web.conversations_history(channel=CHANNEL)["messages"]
    assert (message["text"], message["files"][0]["id"]) == ("Here", file["id"])
    found: Any = web.files_info(file=file["id"])
    assert found["content"] == LINES
    assert found["file"]["shares"]["public"][CHANNEL][0]["ts"] == message["ts"]
    assert found["file"]["channels"] == [CHANNEL]


def test_a_file_is_shared_in_a_thread_and_not_in_its_channel(
    slack: LocalSlack, app: App, web: WebClient
) -> None:
    card = web.chat_postMessage(channel=CHANNEL, text="a card")["ts"]
    web.files_upload_v2(channel=CHANNEL, thread_ts=card, content="a\nb", filename="log.txt")
    [parent] = web.conversations_history(channel=CHANNEL)["messages"]
    assert parent["reply_count"] == 1
    [_, reply] = web.conversations_replies(channel=CHANNEL, ts=card)["messages"]
    assert reply["files"][0]["name"] == "log.txt"
    event = app.event("message", subtype="file_share")
    assert (event["thread_ts"], event["user"]) == (card, slack.bot_user)


def test_a_file_is_shown_and_downloaded_as_text_whatever_it_is_called(web: WebClient) -> None:
    hostile = "<script>alert(1)</script>"
    uploaded: Any = web.files_upload_v2(channel=CHANNEL, content=hostile, filename="ä b.html")
    file = uploaded["file"]
    shown, headers = fetched(_quoted(file["url_private"]))
    assert (shown.decode(), headers["content-type"]) == (hostile, "text/plain; charset=utf-8")
    assert "content-disposition" not in headers
    _, headers = fetched(_quoted(file["url_private_download"]))
    assert headers["content-disposition"] == "attachment; filename*=UTF-8''%C3%A4%20b.html"


def _quoted(url: str) -> str:
    return urllib.parse.quote(url, safe=":/%")


@pytest.mark.parametrize(
    "content", [b"\x89PNG\xff", b"a\x00b", b"x" * 1_000_001], ids=["bytes", "zero", "too long"]
)
def test_what_is_no_text_or_too_long_is_no_snippet(web: WebClient, content: bytes) -> None:
    uploaded: Any = web.files_upload_v2(channel=CHANNEL, file=content, filename="a.txt")
    assert uploaded["file"]["mode"] == "hosted"
    assert "preview" not in uploaded["file"]
    found: Any = web.files_info(file=uploaded["file"]["id"])
    assert "content" not in found.data


def test_a_file_can_go_to_one_person(slack: LocalSlack, web: WebClient) -> None:
    web.files_upload_v2(channel=DM_OF_ANA, content="psst", filename="a.txt")
    [message] = slack.seen_by(ANA)["messages"][DM_OF_ANA]
    assert message["files"][0]["is_public"] is False


def promised(web: WebClient, length: int) -> Any:
    return web.files_getUploadURLExternal(filename="a.txt", length=length)


def refused(web: WebClient, method: str, **arguments: Any) -> str:
    with pytest.raises(SlackApiError) as problem:
        web.api_call(method, json=arguments)
    return str(problem.value.response["error"])


def test_an_upload_that_was_never_made_can_not_be_shared(web: WebClient) -> None:
    files = [{"id": promised(web, 3)["file_id"]}]
    method = "files.completeUploadExternal"
    assert refused(web, method, files=files, channel_id=CHANNEL) == "file_not_found"
    assert refused(web, method, files=[], channel_id=CHANNEL) == "invalid_arguments"


def test_other_bytes_than_were_promised_are_not_taken(web: WebClient) -> None:
    place = promised(web, 3)["upload_url"]
    with pytest.raises(urllib.error.HTTPError, match="400") as problem:
        urllib.request.urlopen(urllib.request.Request(place, b"more than that"))
    problem.value.close()
    with urllib.request.urlopen(urllib.request.Request(place, b"abc")) as answer:
        assert answer.read() == b"OK - 3"


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ({"filename": "a.txt", "length": 0}, "missing_argument"),
        ({"length": 3}, "missing_argument"),
        ({"filename": "a", "length": 1_000_001, "snippet_type": "text"}, "snippet_too_large"),
        ({"filename": "a", "length": 3, "alt_txt": "x" * 1001}, "alt_txt_too_large"),
    ],
)
def test_an_upload_that_slack_would_refuse_is_refused(
    web: WebClient, arguments: dict[str, Any], error: str
) -> None:
    assert refused(web, "files.getUploadURLExternal", **arguments) == error


def test_a_file_finds_its_place_or_is_refused(web: WebClient) -> None:
    place = promised(web, 3)
    with urllib.request.urlopen(urllib.request.Request(place["upload_url"], b"abc")):
        pass
    files = [{"id": place["file_id"]}]
    method = "files.completeUploadExternal"
    assert refused(web, method, files=files, channel_id="C404") == "channel_not_found"
    lost = {"channel_id": CHANNEL, "thread_ts": "1.1"}
    assert refused(web, method, files=files, **lost) == "thread_not_found"
