"""The embedded AWS as its user holds it: a child process that lives as long as its holder."""

import json
import os
import shutil
import tempfile
import urllib.request
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType, TracebackType
from typing import Any, Self

from local.child import HOST, PortInUseError, ServerProcess, is_free

DEFAULT_PORT = 14566
REGION = "us-east-1"
_NOTHING: Mapping[str, str] = MappingProxyType({})

# The server's environment reaches every Lambda function, so of the caller's it gets this only.
_PASSED_ON = ("PATH", "HOME", "USER", "LANG", "LC_ALL", "LC_CTYPE", "TZ", "VIRTUAL_ENV")


class EmbeddedAws:
    """A context manager: entered, AWS answers at `url`; left, nothing of it is running.

    `environment` is added to the server's, and so to every function's. With `log`, the server's
    output is appended to that file. Raises PortInUseError, and RuntimeError when it won't start.
    """

    def __init__(
        self, port: int, *, log: Path | None = None, environment: Mapping[str, str] = _NOTHING
    ) -> None:
        self.port = port
        self.url = f"http://{HOST}:{port}"
        self.region = REGION
        self._environment = environment
        self._server = ServerProcess(
            "the embedded AWS",
            "local.aws.server",
            health=f"{self.url}/_ministack/health",
            log=log,
        )
        self._directory: str | None = None

    def __enter__(self) -> Self:
        if not is_free(self.port):
            raise PortInUseError(self.port, "the embedded AWS", "AWS_PORT")
        self._directory = tempfile.mkdtemp(prefix="embedded-aws-")
        try:
            self._server.start(
                ["--port", str(self.port)], self._server_environment(self._directory)
            )
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

    def client(self, service: str, *, account: str = "test", region: str | None = None) -> Any:
        """Of its own account and region, unless others are named."""
        import boto3  # noqa: PLC0415 - takes half a second, which serving alone needn't pay

        make: Any = boto3.client  # it makes its clients at run time
        return make(
            service,
            region_name=region or self.region,
            endpoint_url=self.url,
            aws_access_key_id=account,  # 12 digits are the account that it is of
            aws_secret_access_key="test",  # noqa: S106 - it takes any
        )

    def counts(self, *, anew: bool = False) -> dict[str, int]:
        """Calls by operation, as ``DynamoDB.GetItem``, since it began or was last told *anew*."""
        method = "DELETE" if anew else "GET"
        request = urllib.request.Request(f"{self.url}/_counts", method=method)
        with urllib.request.urlopen(request, timeout=10) as answer:
            counted: dict[str, int] = json.load(answer)
            return counted

    def authority(self) -> dict[str, dict[str, list[str]]]:
        """Of every function's role, by its name, the actions it was ``used`` for or ``refused``."""
        with urllib.request.urlopen(f"{self.url}/_authority", timeout=10) as answer:
            told: dict[str, dict[str, list[str]]] = json.load(answer)
            return told

    def wait(self) -> int:
        """Block until the server ends by itself; its exit status."""
        return self._server.wait()

    def stop(self) -> None:
        self._server.stop()
        if self._directory is not None:
            shutil.rmtree(self._directory, ignore_errors=True)
            self._directory = None

    def _server_environment(self, directory: str) -> dict[str, str]:
        kept = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
        return {
            **kept,
            "BIND_HOST": HOST,
            "GATEWAY_PORT": str(self.port),
            "EDGE_PORT": str(self.port),
            "LAMBDA_ACCOUNT_CONCURRENCY": "8",
            "LOG_LEVEL": "WARNING",
            "TMPDIR": directory,
            **self._environment,
        }
