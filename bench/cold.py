"""Cold starts: a fresh process from the artifact alone, until a function's first answer.

The floor is the same interpreter that imports the AWS SDK and makes the clients which that
answer needs. Nothing is called: whatever a first invocation builds is built, and the clients
that only a call would make are made. What counts is the processor's time: a busy neighbour on
the same machine is nobody's doing.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from statistics import median

from bench.alone import Alone
from bench.figures import Figure, Line, Parts
from bench.places import Places

ABOUT = "a function's import and first invocation, against the SDK and the clients it needs"
#: AWS: it is what a person who presses a button waits for, and a batch of failures too.
GOAL = 1.25
_TIMES, _LOOKS = 7, 3

_CONTEXT = """
from types import SimpleNamespace
context = SimpleNamespace(function_name="bench", memory_limit_in_mb=512, aws_request_id="1",
                          invoked_function_arn="arn:aws:lambda:eu-west-1:123456789012:function:b")
"""
#: An execution that is said to run: read, redacted, and no news.
_RUNS = """
import json
arn = "arn:aws:states:eu-west-1:123456789012:execution:orders:e1"
event = {"source": "aws.states", "detail": {"executionArn": arn, "status": "RUNNING"}}
message = {"eventSource": "aws:sqs", "messageId": "1", "receiptHandle": "1",
           "body": json.dumps(event)}
"""
#: A press of the button that only opens an address: signed, dispatched, acknowledged.
_PRESSED = """
import hashlib, hmac, json, time, urllib.parse
pressed = {"type": "block_actions", "team": {"id": "T1"}, "user": {"id": "U1", "team_id": "T1"},
           "actions": [{"type": "button", "action_id": "open_execution", "block_id": "b"}]}
body = urllib.parse.urlencode({"payload": json.dumps(pressed)})
now = str(int(time.time()))
signature = hmac.new(b"s", f"v0:{now}:{body}".encode(), hashlib.sha256).hexdigest()
headers = {"content-type": "application/x-www-form-urlencoded",
           "x-slack-request-timestamp": now, "x-slack-signature": f"v0={signature}"}
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """A function's cold start: what it does, and the clients that its first answer needs."""

    does: str
    clients: tuple[str, ...]

    @property
    def program(self) -> str:
        made = "".join(f"wiring.aws({name!r})\n" for name in self.clients)
        return f"{self.does}\nfrom app import wiring\n{made}"

    @property
    def floor(self) -> str:
        return "import boto3\n" + "".join(f"boto3.client({name!r})\n" for name in self.clients)


STARTS = {
    "executions": Start(
        does="from lambda_entry.executions import handler\n"
        + _CONTEXT
        + _RUNS
        + "assert handler({'Records': [message]}, context) == {'batchItemFailures': []}",
        clients=("dynamodb",),
    ),
    "slack": Start(
        does="from lambda_entry.slack import handler, endpoint, wiring\n"
        + _PRESSED
        # As the handler makes it, but for its secrets.
        + "own = endpoint(deps=wiring.deps, client=wiring.answering_client(), now=time.time,\n"
        "               bot_token=lambda: 'xoxb-none', signing_secret=lambda: 's')\n"
        "assert own.handle({'headers': headers, 'body': body})['statusCode'] == 200\n"
        "wiring.deps()",
        clients=("ssm", "dynamodb"),
    ),
    "publish": Start(
        does="from lambda_entry.publish import handler\n"
        + _CONTEXT
        + "handler({'Records': []}, context)\n"
        "from app import wiring\nwiring.publisher()\nwiring.slack_client('xoxb-none', 1)",
        clients=("dynamodb", "ssm"),
    ),
    "recover": Start(
        does="from lambda_entry.recover import handler\n"
        + _CONTEXT
        + "handler({'Records': []}, context)",
        clients=("dynamodb", "stepfunctions"),
    ),
    "answer": Start(
        does="from lambda_entry.answer import handler\n"
        "from app import wiring\nwiring.answers()\nwiring.slack_client('xoxb-none', 1)",
        clients=("dynamodb", "ssm"),
    ),
    "sweep": Start(
        does="from lambda_entry.sweep import handler\nfrom app import wiring\nwiring.deps()",
        clients=("dynamodb",),
    ),
}


def measure(places: Places) -> Iterator[Line]:
    alone = places.alone
    for name, start in STARTS.items():
        own, floor = [], []
        for _ in range(_TIMES):  # in turn, so that a busy moment is both's
            own.append(alone.seconds(start.program) * 1000)
            floor.append(alone.seconds(start.floor) * 1000)
        yield Figure(name=name, measured=median(own), floor=median(floor), unit="ms", goal=GOAL)
        yield Parts.largest("modules the floor has not", "ms", _above(alone, start))


def _above(alone: Alone, start: Start) -> dict[str, float]:
    """What each module that the floor does not import takes by itself, in milliseconds."""
    theirs = alone.imports(start.floor)
    runs = [alone.imports(start.program) for _ in range(_LOOKS)]
    return {one: min(run[one] for run in runs) / 1000 for one in runs[0] if one not in theirs}
