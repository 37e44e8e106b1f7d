"""The local Slack as a child process, for as long as it is needed."""

import json
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterable
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from local.slack.people import APP, BOT, CHANNELS, TEAM, USERS

_ROOT = Path(__file__).resolve().parents[2]
_STARTS_WITHIN, _STOPS_WITHIN = 20, 5


class PortInUseError(Exception):
    """Something else listens where Slack should; the message says how to choose another port."""

    def __init__(self, port: int) -> None:
        super().__init__(
            f"Port {port} on 127.0.0.1 is in use, so the local Slack can't start there.\n"
            f"Choose another: make demo SLACK_PORT={port + 1}"
        )


class LocalSlack:
    """A context manager. Raises PortInUseError; RuntimeError when the server does not start."""

    team, app_id, bot_user = TEAM, APP, BOT

    def __init__(
        self,
        port: int,
        *,
        signing_secret: str,
        bot_token: str,
        events: Iterable[str] = (),
        log: Path | None = None,
    ) -> None:
        self.url = f"http://127.0.0.1:{port}"
        self.api_url = f"{self.url}/api/"
        self.users = {user.id: user.name for user in USERS.values() if user.team == TEAM}
        self.channels = {one.id: one.name for one in CHANNELS.values()}
        self._port = port
        self._options = (
            *("--signing-secret", signing_secret),
            *("--bot-token", bot_token),
            *("--events", ",".join(events)),
        )
        self._log = log
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        if not _is_free(self._port):
            raise PortInUseError(self._port)
        with (self._log or Path(os.devnull)).open("ab") as output:
            self._process = subprocess.Popen(
                [
                    *(sys.executable, "-m", "local.slack", "--port", str(self._port)),
                    *self._options,
                    *("--parent", str(os.getpid())),
                ],
                cwd=_ROOT,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,  # Ctrl-C is for whoever holds us, who stops us in turn
            )
        try:
            self._wait()
        except BaseException:
            self.stop()
            raise
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

    def clear_faults(self) -> None:
        self._request("/control/faults", None, "DELETE")

    def stop(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        process.terminate()
        try:
            process.wait(_STOPS_WITHIN)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def _request(self, path: str, body: bytes | None, method: str | None = None) -> Any:
        headers = {"Content-Type": "application/json"}
        request = urllib.request.Request(self.url + path, body, headers, method=method)
        with urllib.request.urlopen(request, timeout=15) as answer:
            return json.load(answer)

    def _wait(self) -> None:
        assert self._process is not None
        deadline = time.monotonic() + _STARTS_WITHIN
        while time.monotonic() < deadline:
            if self._process.poll() is not None:
                message = f"the local Slack ended at once; its log: {self._log}"
                raise RuntimeError(message)
            try:
                self.control("facts")
            except OSError:
                time.sleep(0.05)
            else:
                return
        message = f"the local Slack did not answer within {_STARTS_WITHIN} s"
        raise RuntimeError(message)


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True
