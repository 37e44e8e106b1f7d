"""AWS with faults: microburst, a proxy before the embedded AWS, which a test's own clients ask.

It answers as AWS does when it fails, or lets the request through and loses the answer.
"""

import json
import os
import signal
import urllib.request
from typing import Any

import boto3
from botocore.config import Config

from local.child import ServerProcess
from tests.hand import Json, free_port

#: The app's own try up to four times, and wait longer.
_TRIES_ONCE_MORE = Config(read_timeout=5, retries={"mode": "standard", "total_max_attempts": 2})


class AwsFaults:
    """``url`` is where AWS answers with faults, ``client`` makes clients of it."""

    def __init__(self, upstream: str, region: str) -> None:
        port = free_port()
        self.url = f"http://127.0.0.1:{port}"
        self._region = region
        self._server = ServerProcess(
            "microburst",
            "tests.microburst_server",
            health=f"{self.url}/_microburst/health",
            log=None,
        )
        self._server.start(["--upstream", upstream, "--port", str(port)])
        # It reads AWS's models when it is first asked, which takes longer than clients wait.
        self.client("dynamodb", Config()).list_tables()

    def client(self, service: str, config: Config = _TRIES_ONCE_MORE) -> Any:
        make: Any = boto3.client
        return make(
            service,
            region_name=self._region,
            endpoint_url=self.url,
            aws_access_key_id="test",
            aws_secret_access_key="test",
            config=config,
        )

    def add(self, service: str, operation: str | None = None, **fault: Any) -> None:
        """Let the service fail as microburst's rule says, for one of its operations or all."""
        rule = {"service": service, **({"operation": operation} if operation else {}), **fault}
        self._control("PATCH", "rules", [rule])

    def lose_answer(self, service: str, operation: str, **when: Any) -> None:
        """The next such request is done, and nobody hears of it."""
        self.add(service, operation, times=1, response={"abort_bytes": 0}, **when)

    def clear(self) -> None:
        self._control("POST", "rules", [])
        self._control("DELETE", "fired")

    def fired(self) -> list[Json]:
        """The faults that there were."""
        events: list[Json] = self._control("GET", "fired")
        return events

    def close(self) -> None:
        os.kill(self._server.pid, signal.SIGKILL)  # asked to end, it waits for its clients first
        self._server.stop()

    def _control(self, method: str, path: str, said: object = None) -> Any:
        body = None if said is None else json.dumps(said).encode()
        request = urllib.request.Request(
            f"{self.url}/_microburst/{path}",
            body,
            {"Content-Type": "application/json"},
            method=method,
        )
        with urllib.request.urlopen(request, timeout=10) as answer:
            return json.load(answer)
