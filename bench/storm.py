"""A storm through the whole embedded world: how many calls it takes, how long, how exact it is.

``python -m bench.storm`` prints a table of storms of all sizes and writes
``.artifacts/bench-storm.json``. Calls are counted where they arrive: at the embedded AWS and at
the local Slack.
"""

import argparse
import json
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from math import ceil
from pathlib import Path

from bench.figures import Figure, Line
from bench.places import Places
from bench.processes import below, kilobytes
from local.world import World
from tests.hand import Hand, free_port
from tests.own import deps

ABOUT = "executions that fail at once, against the least that they could take"
ARTIFACT = Path(__file__).parents[1] / ".artifacts" / "bench-storm.json"
#: Goals for one problem of 10,000 failures: calls of Slack, of DynamoDB, to read an execution.
GOALS = {"slack": 30, "dynamodb": 250, "reads": 5}
#: What the whole of the benchmarks measures: failures, and of how many problems.
_STORMS = ((1_000, 1), (10_000, 1))
#: AWS: a transaction takes 100 actions, an alert's own among them.
_AT_ONCE = 99
#: A card, its address, the details in its thread.
_TO_TELL = 3
_READS = (
    "DescribeExecution",
    "GetExecutionHistory",
    "DescribeStateMachineForExecution",
    "DescribeStateMachine",
)
_NAMES = {"slack": "Slack", "dynamodb": "DynamoDB"}
_PATIENCE_SECONDS = 600
_QUIET_SECONDS = 8  # longer than a redraw is put off


@dataclass(frozen=True)
class Storm:
    """What one storm took. ``seconds`` from its first failure until Slack showed all of it,
    ``starting`` until the last execution was started.
    """

    failures: int
    problems: int
    slack: int
    dynamodb: int
    reads: int
    starting: float
    seconds: float
    peak_megabytes: int
    exact: bool


def measure(places: Places) -> Iterator[Line]:
    for failures, problems in _STORMS:
        if failures <= places.most:
            yield from _figures(storm(places.hand, failures, problems))


def _figures(one: Storm) -> Iterator[Line]:
    of = f"{one.failures:,} failures" + (f" of {one.problems} problems" * (one.problems > 1))
    transactions = one.problems * ceil(one.failures / one.problems / _AT_ONCE)
    for name, measured, least in (
        ("slack", one.slack, _TO_TELL * one.problems),
        ("dynamodb", one.dynamodb, transactions),
        ("reads", one.reads, len(_READS) * one.problems),
    ):
        goal = GOALS[name] if one.problems == 1 else None
        calls = "to read executions" if name == "reads" else f"of {_NAMES[name]}"
        yield Figure(
            name=f"{of}, calls {calls}",
            measured=measured,
            floor=least,
            unit="",
            goal=goal,
            of="itself",
        )
    yield Figure(name=f"{of}, until shown", measured=one.seconds, floor=one.starting, unit="s")
    yield Figure(
        name=f"{of}, miscounted", measured=not one.exact, floor=1, unit="", goal=0, of="itself"
    )


def storm(hand: Hand, failures: int, problems: int) -> Storm:
    """Let *failures* executions fail, of *problems* state machines in turn."""
    machines = [
        hand.machine({"Fail": {"Type": "Fail", "Error": "Storm", "Cause": "the network is down"}})
        for _ in range(problems)
    ]
    hand.world.aws.counts(anew=True)
    calls_before = len(_slack_calls(hand))
    own, began = deps(hand), time.monotonic()
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda n: hand.start(machines[n % problems]), range(failures)))
    started = time.monotonic() - began

    def counts() -> list[int]:
        ours = {machine.split(":")[-1] for machine in machines}
        return [one.alert.count for one in own.alerts.unresolved() if one.alert.arn.machine in ours]

    peak = 0

    def settled() -> bool:
        nonlocal peak
        peak = max(peak, _memory())
        return sum(counts()) >= failures

    looked = _until(settled)
    recorded = time.monotonic() - began
    last = _quiet(hand)
    counted = hand.world.aws.counts()
    # Our own looks at the table are none of the product's.
    dynamodb = sum(n for name, n in counted.items() if name.startswith("DynamoDB")) - looked - 1
    return Storm(
        failures=failures,
        problems=problems,
        slack=len(_slack_calls(hand)) - calls_before,
        dynamodb=dynamodb,
        reads=sum(n for name, n in counted.items() if name.endswith(_READS)),
        starting=round(started, 1),
        seconds=round(max(recorded, last - began), 1),
        peak_megabytes=peak,
        exact=sorted(counts()) == sorted(_expected(failures, problems)),
    )


def _expected(failures: int, problems: int) -> list[int]:
    return [failures // problems + (n < failures % problems) for n in range(problems)]


def _slack_calls(hand: Hand) -> list[dict[str, float]]:
    calls: list[dict[str, float]] = hand.world.slack.control("log")["calls"]
    return calls


def _quiet(hand: Hand) -> float:
    """Wait until Slack is no longer called; when it was called last, on the monotonic clock."""
    known, since = -1, time.monotonic()
    while time.monotonic() - since < _QUIET_SECONDS:
        now = len(_slack_calls(hand))
        if now != known:
            known, since = now, time.monotonic()
        time.sleep(0.2)
    return since


def _until(settled: Callable[[], bool]) -> int:
    """How often it was asked."""
    deadline, asked = time.monotonic() + _PATIENCE_SECONDS, 1
    while not settled():
        if time.monotonic() > deadline:
            message = f"the storm was not over after {_PATIENCE_SECONDS} s"
            raise SystemExit(message)
        asked += 1
        time.sleep(0.5)
    return asked


def _memory() -> int:
    """Of the emulator with every function it runs, and of the local Slack, in megabytes."""
    return sum(map(kilobytes, below())) // 1_000


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--most", type=int, default=10_000, help="failures of the largest storm")
    most = parser.parse_args().most
    sizes = [size for size in (100, 1_000, 10_000) if size <= most]
    found = []
    with World(
        aws_port=free_port(), slack_port=free_port(), directory=Path(tempfile.mkdtemp())
    ) as world:
        hand = Hand(world)
        print("failures  problems   Slack  DynamoDB  reads  seconds  memory  exact")
        for problems in (1, 50):
            for size in sizes:
                one = storm(hand, size, problems)
                found.append(one)
                print(
                    f"{one.failures:8,} {one.problems:9} {one.slack:7} {one.dynamodb:9} "
                    f"{one.reads:6} {one.seconds:8} {one.peak_megabytes:5} MB  {one.exact}",
                    flush=True,
                )
        hand.notes.close()
    ARTIFACT.parent.mkdir(exist_ok=True)
    ARTIFACT.write_text(json.dumps([asdict(one) for one in found], indent=2) + "\n")


if __name__ == "__main__":
    main()
