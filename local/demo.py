"""The demo: the embedded world, with executions that fail in it."""

import json
import signal
import sys
import time
import uuid
from pathlib import Path
from types import FrameType
from typing import Any

import boto3

from local.child import PortInUseError
from local.world import ROOT, SERVICE, STAGE, World, WorldError

WORLD_FILE = ROOT / ".local" / "world.json"
#: Those of ``make demo``, unless others are given.
PORTS = {"AWS_PORT": 14566, "SLACK_PORT": 13000}
_WAREHOUSE = f"/{SERVICE}/{STAGE}/examples/warehouse"

#: What is started, and with which input. The token shows what redaction does.
EXAMPLES: tuple[tuple[str, dict[str, Any]], ...] = (
    ("notify-in-workflow", {"report": "daily-revenue", "day": "2026-03-01"}),
    (
        "let-it-fail",
        {"warehouse": "BER-2", "day": "2026-03-01", "api_token": "not-a-real-token-5521"},
    ),
    (
        "let-it-fail",
        {"warehouse": "BER-2", "day": "2026-03-02", "api_token": "not-a-real-token-5521"},
    ),
    ("hold-and-resume", {"order": "A-4711", "day": "2026-03-02", "address": ""}),
)


class Progress:
    """One line a step, with its seconds once it is done."""

    def __init__(self) -> None:
        self._began = 0.0
        self._step = ""

    def __call__(self, step: str) -> None:
        self.done()
        self._step, self._began = step, time.monotonic()
        if sys.stdout.isatty():
            print(f"  … {step}", end="", flush=True)

    def done(self) -> None:
        if self._step:
            start = "\r" if sys.stdout.isatty() else ""
            seconds = time.monotonic() - self._began
            print(f"{start}  ✓ {self._step}  {seconds:.1f} s", flush=True)
            self._step = ""


def demo(aws_port: int, slack_port: int) -> int:
    """Build the world, start the examples, stay until Ctrl-C. The exit status."""
    signal.signal(signal.SIGTERM, _leave)
    # A shell that put us in the background has SIGINT ignored.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    began, progress = time.monotonic(), Progress()
    print("sfn-alerts: the demo", flush=True)
    try:
        with World(aws_port=aws_port, slack_port=slack_port, say=progress) as world:
            progress("Starting executions that fail")
            start(world.client("stepfunctions"))
            progress.done()
            seconds = time.monotonic() - began
            print(welcome(world.slack.url, world.aws.url, seconds), flush=True)
            while True:
                signal.pause()
    except PortInUseError as taken:
        print(f"\n{told(taken, aws_port, slack_port)}", file=sys.stderr)
        return 1
    except WorldError as problem:
        print(f"\n{problem}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\n  Stopped, nothing is left running.")
        return 0


def told(taken: PortInUseError, aws_port: int, slack_port: int) -> str:
    """What is wrong and the way out, which keeps the other port where one was given."""
    given = {"AWS_PORT": aws_port, "SLACK_PORT": slack_port}
    kept = [
        f" {name}={port}"
        for name, port in given.items()
        if name != taken.variable and port != PORTS[name]
    ]
    return f"{taken}{''.join(kept)}"


def welcome(page: str, aws: str, seconds: float) -> str:
    """The addresses of both, and what there is to do."""
    return _WELCOME.format(page=page, aws=aws, seconds=seconds)


_WELCOME = """
  Open  {page}
  AWS   {aws}
  up after {seconds:.0f} s; Ctrl-C stops everything

  Three executions have failed and one waits, of three problems:
    notify-in-workflow   a timeout that was caught: a redrive can't help, a restart may
    let-it-fail          LoadOrders finds its warehouse closed: a redrive goes on from there
    hold-and-resume      an order without an address waits: retry it with one
  Click Redrive on let-it-fail: it fails again. Then run  make repair  and redrive once more.
  Acknowledge, mute, or type  /sfn-status .  More failures:  make start
"""


def start(stepfunctions: Any) -> None:
    """Start every example once."""
    machines = {
        machine["name"]: machine["stateMachineArn"]
        for machine in stepfunctions.list_state_machines()["stateMachines"]
    }
    for name, given in EXAMPLES:
        stepfunctions.start_execution(
            stateMachineArn=machines[f"{SERVICE}-{STAGE}-{name}"],
            name=f"{given['day']}-{uuid.uuid4().hex[:6]}",
            input=json.dumps(given),
        )


def repair(client: Any) -> None:
    """Open the warehouse that LoadOrders wants, so that its next try succeeds."""
    client.put_parameter(Name=_WAREHOUSE, Value="open", Type="String", Overwrite=True)


def running(service: str, file: Path = WORLD_FILE) -> Any:
    """A client of the demo that runs. Raises WorldError when none does."""
    try:
        facts = json.loads(file.read_text())
    except FileNotFoundError:
        message = "The demo is not running: start it with `make demo`."
        raise WorldError(message) from None
    make: Any = boto3.client
    return make(
        service,
        region_name=facts["region"],
        endpoint_url=facts["aws_endpoint_url"],
        aws_access_key_id="test",
        aws_secret_access_key="test",  # noqa: S106  (the embedded AWS takes any)
    )


def _leave(_signal: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt
