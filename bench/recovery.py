"""A recovery of thousands through the whole embedded world: how long, how many calls, how exact.

``python -m bench.recovery`` prints a table and writes ``.artifacts/bench-recovery.json``. One in
a hundred fails again. Calls are counted where they arrive, from the press to the last drawing.
"""

import argparse
import json
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from app.domain.alert import BulkRecovery, BulkStage, BulkTerms
from app.domain.people import Person
from app.use_cases import respond
from local.world import World
from tests.factories import asker
from tests.hand import Hand, free_port
from tests.many import Many
from tests.own import deps

ARTIFACT = Path(__file__).parents[1] / ".artifacts" / "bench-recovery.json"
_HOPELESS = 100  # one in so many fails again
_PATIENCE_SECONDS = 1_800
_QUIET_SECONDS = 8  # longer than a redraw is put off


@dataclass(frozen=True)
class Recovered:
    """What one recovery took, from the press until its end was known.

    ``redrives`` counts the requests to Step Functions, ``reads`` its descriptions and histories;
    ``progress`` and ``cards`` are the edits of those two messages.
    """

    executions: int
    seconds: float
    a_second: float
    redrives: int
    reads: int
    dynamodb: int
    progress: int
    cards: int
    exact: bool


def recovery(hand: Hand, executions: int, rate: int) -> Recovered:
    many = Many(hand)
    hopeless = range(_HOPELESS // 2, executions, _HOPELESS)
    card = many.fail(executions, hopeless=hopeless, within=_PATIENCE_SECONDS)
    _quiet(hand)
    many.repair()
    ana = Person(hand.ana["id"], "Ana")
    own, alert_id = deps(hand), card["metadata"]["event_payload"]["alert_id"]
    hand.world.aws.counts(anew=True)
    calls_before = len(_slack_calls(hand))
    began = time.monotonic()
    respond.recover_all(own, alert_id, asker(ana), BulkTerms(rate=rate))

    def bulk() -> BulkRecovery:
        stored = own.alerts.get(alert_id)
        assert stored is not None
        assert stored.alert.bulk is not None
        return stored.alert.bulk

    looked = _until(lambda: bulk().stage is BulkStage.ENDED)
    seconds = time.monotonic() - began
    _quiet(hand)
    counted = hand.world.aws.counts()
    tally = bulk().tally
    edits = [
        one["ts"] for one in _slack_calls(hand)[calls_before:] if one["method"] == "chat.update"
    ]
    shown = many.progress()
    progress = edits.count(shown["ts"]) if shown else 0
    with ThreadPoolExecutor(4) as pool:
        redriven = Counter(pool.map(hand.redrives, many.executions))
    return Recovered(
        executions=executions,
        seconds=round(seconds, 1),
        a_second=round(executions / seconds, 1),
        redrives=_sum(counted, "RedriveExecution"),
        reads=_sum(counted, "DescribeExecution", "GetExecutionHistory"),
        # Our own looks at the table are none of the product's.
        dynamodb=sum(n for name, n in counted.items() if name.startswith("DynamoDB")) - looked - 2,
        progress=progress,
        cards=len(edits) - progress,
        exact=redriven == {1: executions}
        and (tally.succeeded, tally.failed) == (executions - len(hopeless), len(hopeless)),
    )


def _sum(counted: dict[str, int], *operations: str) -> int:
    return sum(n for name, n in counted.items() if name.endswith(operations))


def _slack_calls(hand: Hand) -> list[dict[str, Any]]:
    calls: list[dict[str, Any]] = hand.world.slack.control("log")["calls"]
    return calls


def _quiet(hand: Hand) -> None:
    """Wait until Slack is no longer called."""
    known, since = -1, time.monotonic()
    while time.monotonic() - since < _QUIET_SECONDS:
        now = len(_slack_calls(hand))
        if now != known:
            known, since = now, time.monotonic()
        time.sleep(0.2)


def _until(ended: Callable[[], bool]) -> int:
    """How often it was asked."""
    deadline, asked = time.monotonic() + _PATIENCE_SECONDS, 1
    while not ended():
        if time.monotonic() > deadline:
            message = f"the recovery had not ended after {_PATIENCE_SECONDS} s"
            raise SystemExit(message)
        asked += 1
        time.sleep(0.5)
    return asked


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--most", type=int, default=5_000, help="executions of the largest")
    parser.add_argument("--rate", type=int, default=50, help="executions a second")
    given = parser.parse_args()
    sizes = [size for size in (100, 1_000, 5_000) if size <= given.most]
    found = []
    with World(
        aws_port=free_port(), slack_port=free_port(), directory=Path(tempfile.mkdtemp())
    ) as world:
        hand = Hand(world)
        print("executions  seconds  a second  redrives  reads  DynamoDB  progress  cards  exact")
        for size in sizes:
            one = recovery(hand, size, given.rate)
            found.append(one)
            print(
                f"{one.executions:10,} {one.seconds:8} {one.a_second:9} {one.redrives:9,} "
                f"{one.reads:6} {one.dynamodb:9,} {one.progress:9} {one.cards:6}  {one.exact}",
                flush=True,
            )
        hand.notes.close()
    ARTIFACT.parent.mkdir(exist_ok=True)
    ARTIFACT.write_text(json.dumps([asdict(one) for one in found], indent=2) + "\n")


if __name__ == "__main__":
    main()
