"""How long every form of /sfn-status takes with very much broken, and what it asks AWS.

``make bench-status``: 200 open alerts, 1,000 state machines. Ends with 1 when the board takes
longer than it may.
"""

import sys
import tempfile
import time
import uuid
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from msgspec.structs import replace

from app.answers import Answers
from app.catalogue import Catalogue
from app.deps import Deps
from app.domain.people import Person
from app.metrics import Metrics
from app.step_functions import StepFunctions
from app.stores.alerts import Alerts
from app.stores.errands import Errand, HomeOpened, Question
from app.stores.mutes import Mutes
from app.stores.occurrences import Occurrences
from app.use_cases.record import record
from local.world import World
from tests.asking import Asker
from tests.calls import counted
from tests.factories import failure
from tests.hand import ROLE, Hand, eventually, free_port
from tests.own import MACHINES_ARN, TABLE, deps

ALERTS, MACHINES = 200, 1_000
#: Within which the board is to stand in Slack.
MOST_SECONDS = 1.5
TRIES = 5
_TOLD_WITHIN = 300


@dataclass(frozen=True, slots=True)
class Measured:
    """Seconds until Slack had an answer at all, and until it had the whole; calls to AWS."""

    what: str
    acked: float
    answered: float
    calls: Counter[str]


def main() -> int:
    with tempfile.TemporaryDirectory() as directory:
        world = World(
            aws_port=free_port(), slack_port=free_port(), directory=Path(directory), say=_say
        )
        with world:
            hand = Hand(world)
            measured = [_measure(hand, what, words) for what, words in _questions(*_prepared(hand))]
            measured.append(_measure_home(hand))
            hand.notes.close()
    _say(_table(measured))
    board = measured[0].answered
    _say(f"\nThe board took {board:.2f} s, and may take {MOST_SECONDS} s.")
    return 0 if board <= MOST_SECONDS else 1


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def _prepared(hand: Hand) -> tuple[str, str]:
    """A world in which much is broken; a state machine in it that has failed, and how."""
    _say(f"Making {MACHINES:,} state machines")
    definition = hand.definition({"Fail": {"Type": "Fail", "Error": "Broken", "Cause": "it is"}})

    def make(number: int) -> str:
        made = hand.stepfunctions.create_state_machine(
            name=f"team-{number % 40}-flow-{number:04}", definition=definition, roleArn=ROLE
        )
        return str(made["stateMachineArn"])

    with ThreadPoolExecutor(4) as pool:
        machine = list(pool.map(make, range(MACHINES)))[7]
    executions = [hand.start(machine) for _ in range(30)]
    _say(f"Opening {ALERTS:,} alerts")
    now = datetime.now(UTC)
    failures = [
        failure(f"{uuid.uuid4()}", machine=f"team-{n % 40}-flow-{n:04}", error="Broken", cause=None)
        for n in range(ALERTS)
    ]
    record(deps(hand), [replace(one, stopped_at=now) for one in failures])
    eventually(lambda: _told(hand) > ALERTS, within=_TOLD_WITHIN)
    hand.drained("executions")
    return machine, executions[0]


def _told(hand: Hand) -> int:
    """How many alerts have a card, in the channel or folded into another's thread."""
    return sum(one.publication.message is not None for one in deps(hand).alerts.unresolved())


def _questions(machine: str, execution: str) -> list[tuple[str, str]]:
    name = machine.rpartition(":")[2]
    return [
        ("(the board)", ""),
        ("help", "help"),
        ("exact name", name),
        ("part of one name", name[-4:]),
        ("part of many names", "team-7"),
        ("state machine ARN", machine),
        ("execution ARN", execution),
        ("execution name", execution.rpartition(":")[2]),
        ("unknown execution", str(uuid.uuid4())),
        ("unknown name", "taem-7-folw"),
        ("mutes", "mutes"),
        ("missing (no metrics)", "missing"),
    ]


def _measure(hand: Hand, what: str, words: str) -> Measured:
    tries = 1 if words == "missing" else TRIES
    asker = Asker(hand, hand.ana)
    acked, answered = [], []
    for _ in range(tries):
        began = time.monotonic()
        hand.status(text=words)
        acked.append(time.monotonic() - began)
        began = time.monotonic()
        asker.ask(words)
        answered.append(time.monotonic() - began)
    question = Question(
        words=words, by=Person("U01ANA", "Ana"), response_url=hand.notes.url, replace=True
    )
    return Measured(what, _median(acked), _median(answered), _calls(hand, question))


def _measure_home(hand: Hand) -> Measured:
    asker, took = Asker(hand, hand.ana), []
    for _ in range(TRIES):
        began = time.monotonic()
        asker.home()
        took.append(time.monotonic() - began)
    calls = _calls(hand, HomeOpened(user_id=hand.ana["id"]))
    return Measured("App Home", 0.0, _median(took), calls)


def _calls(hand: Hand, errand: Errand) -> Counter[str]:
    """What answering it asks of AWS, counted by clients of this process."""
    here, asked = _counting(hand)
    Answers(here, lambda: hand.slack).run(errand)
    return Counter(asked())


def _counting(hand: Hand) -> tuple[Deps, Callable[[], list[str]]]:
    clients = {
        name: hand.world.client(name) for name in ("dynamodb", "stepfunctions", "cloudwatch")
    }
    asked = [counted(client) for client in clients.values()]
    table, here = clients["dynamodb"], deps(hand)
    functions = StepFunctions(lambda: clients["stepfunctions"])
    counting = replace(
        here,
        alerts=Alerts(table, TABLE, here.new_id),
        occurrences=Occurrences(table, TABLE),
        mutes=Mutes(table, TABLE),
        step_functions=functions,
        catalogue=Catalogue(functions.machines, here.now, MACHINES_ARN),
        metrics=Metrics(lambda: clients["cloudwatch"]),
    )
    return counting, lambda: [one for each in asked for one in each]


def _median(values: list[float]) -> float:
    return sorted(values)[len(values) // 2]


def _table(measured: list[Measured]) -> str:
    lines = [f"\n{'asked':22} {'acked':>7} {'answered':>9}  calls to AWS"]
    for one in measured:
        calls = ", ".join(f"{count} {name}" for name, count in sorted(one.calls.items()))
        acked = f"{one.acked:.2f} s" if one.acked else ""
        total = one.calls.total()
        lines.append(
            f"{one.what:22} {acked:>7} {one.answered:>7.2f} s  {total:>2}: {calls or 'none'}"
        )
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
