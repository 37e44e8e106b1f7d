"""The local Slack as a child process, for as long as it is needed."""

import json
import urllib.request
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from local.child import HOST, PortInUseError, ServerProcess, is_free
from local.slack.people import APP, BOT, CHANNELS, TEAM, USERS


class LocalSlack:
    """A context manager. Raises PortInUseError; RuntimeError when the server does not start.

    *manifest* is the app's: what it does not ask for is neither delivered nor allowed.
    """

    team, app_id, bot_user = TEAM, APP, BOT

    def __init__(
        self,
        port: int,
        *,
        signing_secret: str,
        bot_token: str,
        manifest: Path,
        log: Path | None = None,
    ) -> None:
        self.url = f"http://{HOST}:{port}"
        self.api_url = f"{self.url}/api/"
        self.users = {user.id: user.username for user in USERS.values() if user.team == TEAM}
        self.channels = {one.id: one.name for one in CHANNELS.values()}
        self._port = port
        self._options = (
            *("--port", str(port)),
            *("--signing-secret", signing_secret),
            *("--bot-token", bot_token),
            *("--manifest", str(manifest)),
        )
        health = f"{self.url}/control/facts"
        self._server = ServerProcess("the local Slack", "local.slack", health=health, log=log)

    def __enter__(self) -> Self:
        if not is_free(self._port):
            raise PortInUseError(self._port, "the local Slack", "SLACK_PORT")
        self._server.start(self._options)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def set_request_url(self, url: str) -> None:
        """Where to deliver what people do."""
        self.control("request_url", {"url": url})

    def control(self, what: str, said: dict[str, Any] | None = None) -> Any:
        """Use one of the controls: GET without *said*, POST with it."""
        body = None if said is None else json.dumps(said).encode()
        return self._request(f"/control/{what}", body)

    def do(self, what: str, **said: Any) -> Any:
        """Do what a person could on the page; what they would be shown."""
        return self._request(f"/do/{what}", json.dumps(said).encode())

    def seen_by(self, user: str) -> Any:
        """Everything one user sees: messages, the modal on top, their home tab."""
        return self._request(f"/state?user={user}", None)

    def clear_faults(self) -> None:
        self._request("/control/faults", None, "DELETE")

    def stop(self) -> None:
        self._server.stop()

    def _request(self, path: str, body: bytes | None, method: str | None = None) -> Any:
        headers = {"Content-Type": "application/json"}
        request = urllib.request.Request(self.url + path, body, headers, method=method)
        with urllib.request.urlopen(request, timeout=15) as answer:
            return json.load(answer)
