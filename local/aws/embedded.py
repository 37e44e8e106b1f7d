"""The embedded AWS as its user holds it: a child process that lives as long as its holder."""

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Mapping
from http import HTTPStatus
from pathlib import Path
from types import MappingProxyType, TracebackType
from typing import IO, Any, Self

HOST = "127.0.0.1"
DEFAULT_PORT = 14566
REGION = "us-east-1"
_START_SECONDS = 30
_STOP_SECONDS = 5
_ROOT = Path(__file__).resolve().parents[2]
_NOTHING: Mapping[str, str] = MappingProxyType({})

# The server's environment reaches every Lambda function, so of the caller's it gets this only.
_PASSED_ON = ("PATH", "HOME", "USER", "LANG", "LC_ALL", "LC_CTYPE", "TZ", "VIRTUAL_ENV")


class PortInUseError(Exception):
    def __init__(self, port: int) -> None:
        super().__init__(
            f"Port {port} on {HOST} is in use. Stop what listens there, or choose another port"
            " for the embedded AWS: AWS_PORT=... with make, --port ... with python -m local.aws."
        )


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
        self._log = log
        self._environment = environment
        self._process: subprocess.Popen[bytes] | None = None
        self._directory: str | None = None

    def __enter__(self) -> Self:
        _check_port_is_free(self.port)
        self._directory = tempfile.mkdtemp(prefix="embedded-aws-")
        try:
            with self._output() as output:
                self._process = subprocess.Popen(
                    [
                        *(sys.executable, "-m", "local.aws.server"),
                        *("--port", str(self.port), "--parent", str(os.getpid())),
                    ],
                    cwd=_ROOT,
                    env=self._server_environment(self._directory),
                    stdin=subprocess.DEVNULL,
                    stdout=output,
                    stderr=subprocess.STDOUT,
                    # Ctrl-C is for the holder, who still needs AWS while it shuts down.
                    start_new_session=True,
                )
            self._wait_until_it_answers(self._process)
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

    def client(self, service: str) -> Any:
        import boto3  # noqa: PLC0415 - takes half a second, which serving alone needn't pay

        session: Any = boto3.Session("test", "test", region_name=self.region)
        return session.client(service, endpoint_url=self.url)

    def wait(self) -> int:
        """Block until the server ends by itself; its exit status."""
        if self._process is None:
            message = "the embedded AWS is not running"
            raise RuntimeError(message)
        return self._process.wait()

    def stop(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            process.terminate()
            try:
                process.wait(_STOP_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
            # Functions still at work: the server leads their process group.
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(process.pid, signal.SIGKILL)
        if self._directory is not None:
            shutil.rmtree(self._directory, ignore_errors=True)
            self._directory = None

    def _output(self) -> IO[bytes]:
        return self._log.open("ab") if self._log else Path(os.devnull).open("ab")

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

    def _wait_until_it_answers(self, process: subprocess.Popen[bytes]) -> None:
        deadline = time.monotonic() + _START_SECONDS
        while time.monotonic() < deadline:
            if process.poll() is not None:
                where = f"; see {self._log}" if self._log else "; pass log= to see why"
                message = f"the embedded AWS ended with status {process.returncode}{where}"
                raise RuntimeError(message)
            if _answers(f"{self.url}/_ministack/health"):
                return
            time.sleep(0.05)
        message = f"the embedded AWS did not answer at {self.url} within {_START_SECONDS} s"
        raise RuntimeError(message)


def _check_port_is_free(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as error:
            raise PortInUseError(port) from error


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=1) as answer:
            return bool(answer.status == HTTPStatus.OK)
    except OSError:
        return False
