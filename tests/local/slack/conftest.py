"""A local Slack, and a receiver in the place of the app."""

import contextlib
import json
import threading
import time
import urllib.parse
from collections.abc import Iterator
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from slack_sdk import WebClient
from slack_sdk.signature import SignatureVerifier

from local.slack import LocalSlack
from tests.hand import eventually, free_port

SECRET, TOKEN = "not-so-secret", "xoxb-for-tests"
#: An app that uses everything there is.
MANIFEST: dict[str, Any] = {
    "display_information": {"name": "sfn-alerts"},
    "features": {
        "app_home": {"home_tab_enabled": True, "messages_tab_read_only_enabled": False},
        "slash_commands": [
            {"command": "/ask", "description": "Ask", "usage_hint": "[what]", "should_escape": True}
        ],
        "shortcuts": [
            {"name": "Explain", "type": "message", "callback_id": "explain", "description": "Why"},
            {"name": "Look", "type": "global", "callback_id": "look", "description": "Look around"},
        ],
    },
    "oauth_config": {
        "scopes": {
            "bot": [
                "app_mentions:read",
                "channels:history",
                "channels:read",
                "chat:write",
                "files:read",
                "files:write",
                "im:history",
                "im:read",
                "im:write",
                "reactions:read",
                "reactions:write",
                "usergroups:read",
                "users:read",
            ]
        }
    },
    "settings": {
        "event_subscriptions": {
            "bot_events": [
                "app_home_opened",
                "app_mention",
                "message.channels",
                "message.im",
                "reaction_added",
                "reaction_removed",
            ]
        }
    },
}


class App:
    """Keeps what Slack delivers, should it be signed, and answers as told."""

    def __init__(self, port: int = 0) -> None:
        self.got: list[dict[str, Any]] = []
        self.headers: list[dict[str, str]] = []
        self.answer: dict[str, Any] = {}
        self.text = ""
        self.status = 200
        self.more_headers: dict[str, str] = {}
        self.seconds = 0.0
        self.unsigned = 0
        app = self

        class Receiver(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                headers = {name.lower(): value for name, value in self.headers.items()}
                if not SignatureVerifier(SECRET).is_valid_request(body, headers):
                    app.unsigned += 1
                app.headers.append(headers)
                app.got.append(_read(body))
                time.sleep(app.seconds)
                said = (json.dumps(app.answer) if app.answer else app.text).encode()
                self.send_response(app.status)
                for name, value in app.more_headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(said)))
                self.end_headers()
                with contextlib.suppress(BrokenPipeError):
                    self.wfile.write(said)

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", port), Receiver)
        self.url = f"http://127.0.0.1:{self._server.server_port}/slack/events"
        serve = partial(self._server.serve_forever, poll_interval=0.01)
        threading.Thread(target=serve, daemon=True).start()

    def interaction(self, kind: str) -> dict[str, Any]:
        """The last one of that type."""
        return next(one for one in reversed(self.got) if one.get("type") == kind)

    def interactions(self, kind: str) -> list[dict[str, Any]]:
        return [one for one in self.got if one.get("type") == kind]

    def events(self, kind: str, **having: Any) -> list[dict[str, Any]]:
        """Those of that type that have come so far, with such values in them."""
        events = [one["event"] for one in self.got if one.get("type") == "event_callback"]
        return [
            one
            for one in events
            if one["type"] == kind and having.items() <= _hashable(one).items()
        ]

    def event(self, kind: str, **having: Any) -> dict[str, Any]:
        """The first such event, once it has come."""
        found: list[dict[str, Any]] = eventually(lambda: self.events(kind, **having), within=5)
        return found[0]

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


def _hashable(event: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in event.items() if isinstance(value, str | int)}


def _read(body: bytes) -> dict[str, Any]:
    if body.startswith(b"{"):
        said: dict[str, Any] = json.loads(body)
        return said
    form = dict(urllib.parse.parse_qsl(body.decode(), keep_blank_values=True))
    return dict(json.loads(form["payload"])) if "payload" in form else form


def started(manifest: dict[str, Any], directory: Path) -> LocalSlack:
    """A local Slack for the app of that manifest."""
    file = directory / "manifest.json"
    file.write_text(json.dumps(manifest))
    return LocalSlack(free_port(), signing_secret=SECRET, bot_token=TOKEN, manifest=file)


@pytest.fixture(scope="session")
def slack_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalSlack]:
    with started(MANIFEST, tmp_path_factory.mktemp("slack")) as slack:
        yield slack


@pytest.fixture
def app() -> Iterator[App]:
    app = App()
    yield app
    app.close()
    assert app.unsigned == 0, "Slack signs everything"


@pytest.fixture
def slack(slack_server: LocalSlack, app: App) -> LocalSlack:
    """An empty workspace that delivers to the receiver."""
    slack_server.control("reset", {})
    slack_server.set_request_url(app.url)
    return slack_server


@pytest.fixture
def web(slack: LocalSlack) -> WebClient:
    return WebClient(token=TOKEN, base_url=slack.api_url, retry_handlers=[])
