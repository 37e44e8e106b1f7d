"""What Slack sends to the app: signed, answered within 3 seconds or not at all."""

import hashlib
import hmac
import http.client
import json
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from local.slack.manifest import Manifest
from local.slack.people import APP, BOT, TEAM
from local.slack.socket_mode import Sockets
from local.slack.workspace import Json, Workspace

ANSWER_SECONDS = 3.0
#: Slack tries an event again at once, after a minute, and after five.
RETRIES = (0.0, 60.0, 300.0)

_MESSAGE_EVENTS = {"channel": "message.channels", "im": "message.im"}


@dataclass(frozen=True, slots=True)
class Answer:
    """``status`` 0: none came, for the ``reason`` as Slack names it in its retries."""

    status: int
    body: str
    reason: str = "http_error"
    wants_no_retry: bool = False

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
    def __init__(
        self,
        workspace: Workspace,
        signing_secret: str,
        manifest: Manifest,
        retries: Sequence[float] = RETRIES,
    ) -> None:
        """*retries* are the seconds before each further attempt at an event."""
        self._workspace = workspace
        self._secret = signing_secret.encode()
        self._manifest = manifest
        self._retries = retries
        self._round = 0
        self.request_url: str | None = None
        self.sockets = Sockets()

    def forget(self) -> None:
        """Try no more what has not been taken yet."""
        self._round += 1

    def interaction(self, payload: Json) -> Answer:
        """A click, a submission, a shortcut."""
        form = urllib.parse.urlencode({"payload": json.dumps(payload)})
        return self._send(payload["type"], form.encode(), _FORM)

    def command(self, fields: dict[str, str]) -> Answer:
        return self._send("slash_command", urllib.parse.urlencode(fields).encode(), _FORM)

    def event(self, event: Json) -> None:
        """An event, should the app want it: in the background, tried again as Slack does."""
        kind = event["type"]
        if not self._manifest.wants(
            _MESSAGE_EVENTS[event["channel_type"]] if kind == "message" else kind
        ):
            return
        whole = {
            "token": "unused",
            "team_id": TEAM,
            "context_team_id": TEAM,
            "context_enterprise_id": None,
            "api_app_id": APP,
            "event": event,
            "type": "event_callback",
            "event_id": f"Ev{uuid.uuid4().hex[:10].upper()}",
            "event_time": int(float(event["event_ts"])),
            "authorizations": [
                {
                    "enterprise_id": None,
                    "team_id": TEAM,
                    "user_id": BOT,
                    "is_bot": True,
                    "is_enterprise_install": False,
                }
            ],
            "is_ext_shared_channel": False,
        }
        body = json.dumps(whole).encode()
        arguments = (kind, body, self._round)
        threading.Thread(target=self._until_taken, args=arguments, daemon=True).start()

    def _until_taken(self, kind: str, body: bytes, begun_in: int) -> None:
        retry: dict[str, str] = {}
        for number, wait in enumerate((0.0, *self._retries), start=1):
            time.sleep(wait)
            if self._round != begun_in:
                return
            answer = self._send(kind, body, _JSON | retry)
            if answer.ok or answer.wants_no_retry:
                return
            retry = {"X-Slack-Retry-Num": str(number), "X-Slack-Retry-Reason": answer.reason}

    def _send(self, kind: str, body: bytes, headers: dict[str, str]) -> Answer:
        began = time.monotonic()
        if self.sockets.connected:
            answer = self._by_socket(kind, body)
        elif self.request_url is None:
            return Answer(0, "no request URL is set", wants_no_retry=True)
        else:
            answer = _answer(
                urllib.request.Request(
                    self.request_url, body, headers | self._signed(body), method="POST"
                )
            )
        self._workspace.deliveries.append(
            {
                "kind": kind,
                "status": answer.status,
                "milliseconds": round((time.monotonic() - began) * 1000, 1),
                "at": time.time(),
            }
        )
        return answer

    def _by_socket(self, kind: str, body: bytes) -> Answer:
        said = self.sockets.send(kind, _payload(body), ANSWER_SECONDS)
        if said is None:
            return Answer(0, "no answer came through the socket", "timeout")
        return Answer(200, json.dumps(said) if said else "")

    def _signed(self, body: bytes) -> dict[str, str]:
        timestamp = str(int(time.time()))
        base = b"v0:" + timestamp.encode() + b":" + body
        digest = hmac.new(self._secret, base, hashlib.sha256).hexdigest()
        return {"X-Slack-Request-Timestamp": timestamp, "X-Slack-Signature": f"v0={digest}"}


_FORM = {"Content-Type": "application/x-www-form-urlencoded", "User-Agent": "Slackbot 1.0"}
_JSON = {"Content-Type": "application/json", "User-Agent": "Slackbot 1.0"}


def _payload(body: bytes) -> Json:
    """What was encoded for an address, as an envelope carries it."""
    if body.startswith(b"{"):
        payload: Json = json.loads(body)
        return payload
    form = dict(urllib.parse.parse_qsl(body.decode(), keep_blank_values=True))
    return json.loads(form["payload"]) if "payload" in form else form


def _answer(request: Any) -> Answer:
    try:
        with urllib.request.urlopen(request, timeout=ANSWER_SECONDS) as answer:
            return Answer(answer.status, answer.read().decode())
    except urllib.error.HTTPError as problem:
        with problem:
            body = problem.read().decode(errors="replace")
            no_retry = problem.headers.get("X-Slack-No-Retry") == "1"
            return Answer(problem.code, body, wants_no_retry=no_retry)
    except TimeoutError as problem:
        return Answer(0, str(problem), "http_timeout")
    except (OSError, http.client.HTTPException) as problem:
        return Answer(0, str(problem), "connection_failed")
