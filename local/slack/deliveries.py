"""What Slack sends to the app: signed, answered within 3 seconds or not at all."""

import hashlib
import hmac
import json
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
import uuid
from dataclasses import dataclass
from typing import Any

from local.slack.people import APP, BOT, TEAM
from local.slack.workspace import Json, Workspace

ANSWER_SECONDS = 3.0
#: Slack tries an event again at once, after a minute, and after five.
RETRIES = (0.0, 60.0, 300.0)


@dataclass(frozen=True, slots=True)
class Answer:
    """``status`` 0: none came in time."""

    status: int
    body: str

    @property
    def ok(self) -> bool:
        return 200 <= self.status < 300  # noqa: PLR2004

    @property
    def said(self) -> Json:
        """The body's JSON object; empty when it is none."""
        try:
            said = json.loads(self.body)
        except ValueError:
            return {}
        return said if isinstance(said, dict) else {}


class Deliveries:
    def __init__(self, workspace: Workspace, signing_secret: str, events: frozenset[str]) -> None:
        """*events* are those the app has subscribed to, as its manifest names them."""
        self._workspace = workspace
        self._secret = signing_secret.encode()
        self._events = events
        self.request_url: str | None = None

    def interaction(self, payload: Json) -> Answer:
        """A click, a submission, a shortcut."""
        form = urllib.parse.urlencode({"payload": json.dumps(payload)})
        return self._send(payload["type"], form.encode(), _FORM)

    def command(self, fields: dict[str, str]) -> Answer:
        return self._send("slash_command", urllib.parse.urlencode(fields).encode(), _FORM)

    def event(self, event: Json) -> None:
        """An event, should the app want it: in the background, tried again as Slack does."""
        named = f"message.{event['channel_type']}s" if event["type"] == "message" else event["type"]
        if named not in self._events:
            return
        whole = {
            "type": "event_callback",
            "team_id": TEAM,
            "api_app_id": APP,
            "event": event,
            "event_id": f"Ev{uuid.uuid4().hex[:10].upper()}",
            "event_time": int(time.time()),
            "authorizations": [{"team_id": TEAM, "user_id": BOT, "is_bot": True}],
        }
        body = json.dumps(whole).encode()
        threading.Thread(target=self._until_taken, args=(event["type"], body), daemon=True).start()

    def _until_taken(self, kind: str, body: bytes) -> None:
        if self._send(kind, body, _JSON).ok:
            return
        for number, wait in enumerate(RETRIES, start=1):
            time.sleep(wait)
            retry = {"X-Slack-Retry-Num": str(number), "X-Slack-Retry-Reason": "http_error"}
            if self._send(kind, body, _JSON | retry).ok:
                return

    def _send(self, kind: str, body: bytes, headers: dict[str, str]) -> Answer:
        if self.request_url is None:
            return Answer(0, "no request URL is set")
        request = urllib.request.Request(
            self.request_url, body, headers | self._signed(body), method="POST"
        )
        began = time.monotonic()
        answer = _answer(request)
        self._workspace.deliveries.append(
            {
                "kind": kind,
                "status": answer.status,
                "milliseconds": round((time.monotonic() - began) * 1000, 1),
                "at": time.time(),
            }
        )
        return answer

    def _signed(self, body: bytes) -> dict[str, str]:
        timestamp = str(int(time.time()))
        base = b"v0:" + timestamp.encode() + b":" + body
        digest = hmac.new(self._secret, base, hashlib.sha256).hexdigest()
        return {"X-Slack-Request-Timestamp": timestamp, "X-Slack-Signature": f"v0={digest}"}


_FORM = {"Content-Type": "application/x-www-form-urlencoded", "User-Agent": "Slackbot 1.0"}
_JSON = {"Content-Type": "application/json", "User-Agent": "Slackbot 1.0"}


def _answer(request: Any) -> Answer:
    try:
        with urllib.request.urlopen(request, timeout=ANSWER_SECONDS) as answer:
            return Answer(answer.status, answer.read().decode())
    except urllib.error.HTTPError as problem:
        with problem:
            return Answer(problem.code, problem.read().decode(errors="replace"))
    except OSError as problem:
        return Answer(0, str(problem))
