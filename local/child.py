"""A server as a child process: it answers once it is entered, and nothing of it is left after."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from pathlib import Path

HOST = "127.0.0.1"
_ROOT = Path(__file__).resolve().parents[1]
_START_SECONDS, _STOP_SECONDS = 30, 5


class PortInUseError(Exception):
    """Something else listens there; the message says how to choose another port."""

    def __init__(self, port: int, server: str, variable: str) -> None:
        super().__init__(
            f"Port {port} on {HOST} is in use, so {server} can't start there.\n"
            f"Choose another: make demo {variable}={port + 1}"
        )
        self.variable = variable


class ServerProcess:
    """``python -m MODULE`` at work. *health* is an address that answers once the server does.

    With *log*, its output is appended to that file. Whoever holds it must stop it.
    """

    def __init__(self, name: str, module: str, *, health: str, log: Path | None) -> None:
        self._name = name
        self._module = module
        self._health = health
        self._log = log
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        return self._running().pid

    def start(self, options: Sequence[str], environment: Mapping[str, str] | None = None) -> None:
        """Start, and wait until it answers. Raises RuntimeError when it does not."""
        with (self._log or Path(os.devnull)).open("ab") as output:
            self._process = subprocess.Popen(
                # It watches its parent, and ends should that be gone.
                [sys.executable, "-m", self._module, *options, "--parent", str(os.getpid())],
                cwd=_ROOT,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                # Ctrl-C is for the holder, who still needs the server while it shuts down.
                start_new_session=True,
            )
        try:
            self._wait_until_it_answers(self._process)
        except BaseException:
            self.stop()
            raise

    def wait(self) -> int:
        """Block until the server ends by itself; its exit status."""
        return self._running().wait()

    def stop(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        process.terminate()
        try:
            process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        # What it started itself: it leads their process group.
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)

    def _running(self) -> subprocess.Popen[bytes]:
        if self._process is None:
            message = f"{self._name} is not running"
            raise RuntimeError(message)
        return self._process

    def _wait_until_it_answers(self, process: subprocess.Popen[bytes]) -> None:
        deadline = time.monotonic() + _START_SECONDS
        while time.monotonic() < deadline:
            if process.poll() is not None:
                where = f"; see {self._log}" if self._log else "; pass log= to see why"
                message = f"{self._name} ended with status {process.returncode}{where}"
                raise RuntimeError(message)
            if _answers(self._health):
                return
            time.sleep(0.05)
        message = f"{self._name} did not answer at {self._health} within {_START_SECONDS} s"
        raise RuntimeError(message)


def is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=1) as answer:
            return bool(answer.status == HTTPStatus.OK)
    except OSError:
        return False
