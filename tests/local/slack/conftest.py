"""A local Slack, and a receiver in the place of the app."""

import json
import threading
import urllib.parse
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from slack_sdk import WebClient

from local.slack import LocalSlack
from tests.hand import free_port

SECRET, TOKEN = "not-so-secret", "xoxb-for-tests"
EVENTS = ("app_mention", "message.channels", "reaction_added", "app_home_opened")


class App:
    """Keeps what Slack delivers and answers as told."""

    def __init__(self) -> None:
        self.got: list[dict[str, Any]] = []
        self.headers: list[dict[str, str]] = []
        self.bodies: list[bytes] = []
        self.answer: dict[str, Any] = {}
        self.status = 200
        app = self

        class Receiver(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                app.bodies.append(body)
                app.headers.append({name.lower(): value for name, value in self.headers.items()})
                app.got.append(_read(body))
                said = json.dumps(app.answer).encode() if app.answer else b""
                self.send_response(app.status)
                self.send_header("Content-Length", str(len(said)))
                self.end_headers()
                self.wfile.write(said)

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
        self.url = f"http://127.0.0.1:{self._server.server_port}/slack/events"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


def _read(body: bytes) -> dict[str, Any]:
    if body.startswith(b"{"):
        said: dict[str, Any] = json.loads(body)
        return said
    form = dict(urllib.parse.parse_qsl(body.decode(), keep_blank_values=True))
    return dict(json.loads(form["payload"])) if "payload" in form else form


@pytest.fixture(scope="session")
def slack_server() -> Iterator[LocalSlack]:
    port = free_port()
    with LocalSlack(port, signing_secret=SECRET, bot_token=TOKEN, events=EVENTS) as slack:
        yield slack


@pytest.fixture
def app() -> Iterator[App]:
    app = App()
    yield app
    app.close()


@pytest.fixture
def slack(slack_server: LocalSlack, app: App) -> LocalSlack:
    """An empty workspace that delivers to the receiver."""
    slack_server.control("reset", {})
    slack_server.set_request_url(app.url)
    return slack_server


@pytest.fixture
def web(slack: LocalSlack) -> WebClient:
    return WebClient(token=TOKEN, base_url=slack.api_url, retry_handlers=[])
