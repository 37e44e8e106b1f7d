"""A failure until its card, with the verdict, is in Slack: all the way through the embedded world.

The floor is the second for which AWS lets failures wait for company in a batch.
"""

import time
from collections.abc import Iterator
from statistics import median

from bench import template
from bench.figures import Figure, Line
from bench.places import Places
from tests.hand import Hand, unique

ABOUT = "a failure until Slack has its card with the verdict, against AWS's batching window"
#: Besides waiting for company, half as long again.
GOAL = 1.5
_TIMES = 12


def measure(places: Places) -> Iterator[Line]:
    took = [_took(places.hand) for _ in range(_TIMES)]
    yield Figure(name="median", measured=median(took), floor=_window(), unit="s", goal=GOAL)


def _took(hand: Hand) -> float:
    """Seconds from the end of an execution until Slack was last called about its card."""
    error = unique("E")
    execution = hand.start(hand.machine({"Fail": {"Type": "Fail", "Error": error}}))
    card = hand.settled_card(error)
    time.sleep(0.2)  # what is called is written down once it is answered
    drawn = [
        call["at"]
        for call in hand.world.slack.control("log")["calls"]
        if call["ts"] == card["ts"] and call["method"] in {"chat.postMessage", "chat.update"}
    ]
    failed: float = hand.describe(execution)["stopDate"].timestamp()
    return float(max(drawn)) - failed


def _window() -> float:
    """``maximumBatchingWindow`` of the executions queue, in seconds."""
    [event] = template.read("serverless.yml")["functions"]["executions"]["events"]
    return float(event["sqs"]["maximumBatchingWindow"])
