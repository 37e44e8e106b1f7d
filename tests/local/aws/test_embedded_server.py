"""The server as a process: a port in use, and nothing left running."""

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from local.aws import EmbeddedAws
from local.aws.seams import UnknownMinistackError, replace
from local.child import PortInUseError

Kit = Any
ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def alive(pid: int) -> bool:
    """A process that has ended but wasn't waited for counts as gone."""
    stat = Path(f"/proc/{pid}/stat")
    return stat.exists() and stat.read_text().rpartition(")")[2].split()[0] != "Z"


def gone_within(seconds: float, *pids: int) -> bool:
    deadline = time.monotonic() + seconds
    while any(alive(pid) for pid in pids):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def processes_with(environment: str) -> list[int]:
    """The processes that have this in their environment."""
    found = []
    for directory in Path("/proc").glob("[0-9]*"):
        try:
            has = environment.encode() in (directory / "environ").read_bytes().split(b"\0")
        except OSError:
            continue
        if has:
            found.append(int(directory.name))
    return found


def listening(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def test_a_port_in_use_is_named_with_the_way_to_another(port: int) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", port))
        taken.listen()
        with pytest.raises(PortInUseError, match=rf"(?s)Port {port} .* AWS_PORT="):
            EmbeddedAws(port).__enter__()
        served = subprocess.run(
            [sys.executable, "-m", "local.aws", "--port", str(port)],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
            timeout=20,
        )
    assert served.returncode == 1
    assert f"Port {port}" in served.stderr


@pytest.mark.skipif(sys.platform != "linux", reason="looks processes up in /proc")
@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_nothing_outlives_the_one_who_serves(port: int, tmp_path: Path, how: int) -> None:
    log = tmp_path / "aws.log"
    holder = subprocess.Popen(
        [sys.executable, "-m", "local.aws", "--port", str(port), "--log", str(log)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert holder.stdout is not None
    assert f"http://127.0.0.1:{port}" in holder.stdout.readline()
    [server] = processes_with(f"GATEWAY_PORT={port}")
    environment = Path(f"/proc/{server}/environ").read_text().split("\0")
    [directory] = [Path(line[7:]) for line in environment if line.startswith("TMPDIR=")]
    function = start_a_long_call(port, tmp_path / "pid")
    os.kill(holder.pid, how)
    holder.wait(30)
    holder.stdout.close()
    assert gone_within(5, server, function)
    assert not listening(port)
    assert not directory.exists()


def start_a_long_call(port: int, note: Path) -> int:
    """The process of a function that is at work, and would be for a minute."""
    source = f"""
import os, pathlib, time
def handler(event, context):
    pathlib.Path({str(note)!r}).write_text(str(os.getpid()) + " ")
    time.sleep(60)
"""
    program = f"""
import io, sys, zipfile
sys.path.insert(0, {str(ROOT)!r})
import boto3
functions = boto3.client("lambda", endpoint_url="http://127.0.0.1:{port}",
    region_name="us-east-1", aws_access_key_id="test", aws_secret_access_key="test")
packed = io.BytesIO()
with zipfile.ZipFile(packed, "w") as archive:
    archive.writestr("module.py", {source!r})
functions.create_function(FunctionName="long", Runtime="python3.13", Timeout=60,
    Role="arn:aws:iam::000000000000:role/any", Handler="module.handler",
    Code={{"ZipFile": packed.getvalue()}})
functions.get_waiter("function_active_v2").wait(FunctionName="long")
functions.invoke(FunctionName="long", InvocationType="Event")
"""
    subprocess.run([sys.executable, "-c", program], check=True, timeout=30)
    deadline = time.monotonic() + 10
    while not (note.exists() and note.read_text().endswith(" ")):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    return int(note.read_text())


def test_functions_do_not_see_the_callers_environment(
    monkeypatch: pytest.MonkeyPatch, port: int
) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "the caller's own")
    monkeypatch.setenv("SOME_SECRET", "the caller's own")
    with EmbeddedAws(port, environment={"GIVEN": "to all"}) as aws:
        assert aws.client("sts").get_caller_identity()["Account"] == "000000000000"
        [server] = processes_with(f"GATEWAY_PORT={port}")
        seen = Path(f"/proc/{server}/environ").read_text().split("\0")
    assert "GIVEN=to all" in seen
    assert not [line for line in seen if "the caller's own" in line]


def test_an_unknown_ministack_is_refused() -> None:
    class Other:
        @staticmethod
        def changed(event: Any) -> Any:
            return event

    def ours(event: Any, context: Any) -> Any:
        return event, context

    with pytest.raises(UnknownMinistackError, match=r"made for 1\.5\.33"):
        replace(Other, "changed", ours)
    with pytest.raises(UnknownMinistackError, match=r"no Other\.missing"):
        replace(Other, "missing", ours)
