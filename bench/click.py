"""A click: from the request that Slack sends until the app has answered 200.

The floor is a function that does nothing, deployed from the same artifact behind a URL of the
same embedded AWS.
"""

import io
import time
import urllib.request
import zipfile
from collections.abc import Callable, Iterator, Sequence
from http import HTTPStatus
from statistics import median, quantiles

from bench.figures import Figure, Line
from bench.places import Places
from deploy.package import package
from tests.hand import ROLE, Hand, unique

ABOUT = "a press of a button until HTTP 200, against a function that does nothing"
#: Of what the same request takes without us.
GOAL_WARM = 2
#: Slack gives up after 3 s, its network and its own time among them.
GOAL_WORST_MS, GOAL_COLD_MS = 300, 1000
_CLICKS, _COLD_STARTS = 100, 5
#: What follows a change, in Slack and elsewhere, is over by then.
_FOLLOWS_SECONDS = 1.5
_SLACK = "sfn-alerts-local-slack"
_NOTHING = "nothing"
_HANDLER = "def handler(event, context):\n    return {'statusCode': 200}\n"

#: What is done, and what is done and takes so many milliseconds.
Doing = Callable[[], object]
Timed = Callable[[], float]


def measure(places: Places) -> Iterator[Line]:
    hand = places.hand
    (mute, press), nothing = _clicks(hand), _nothing(hand)
    warm = [(mute(), press(), nothing())[1:] for _ in range(_CLICKS)]
    own, floor = zip(*warm, strict=True)
    yield Figure(
        name="median of warm clicks",
        measured=median(own),
        floor=median(floor),
        unit="ms",
        goal=GOAL_WARM,
    )
    yield Figure(
        name="99th percentile of warm clicks",
        measured=_worst(own),
        floor=_worst(floor),
        unit="ms",
        goal=GOAL_WORST_MS,
        of="itself",
    )
    cold = []
    for _ in range(_COLD_STARTS):
        mute()
        time.sleep(_FOLLOWS_SECONDS)
        for function in (_SLACK, _NOTHING):
            _end_process(hand, function)
        cold.append((press(), nothing()))
    own, floor = zip(*cold, strict=True)
    yield Figure(
        name="first click of a cold process",
        measured=median(own),
        floor=median(floor),
        unit="ms",
        goal=GOAL_COLD_MS,
        of="itself",
    )


def _worst(took: Sequence[float]) -> float:
    """All but one in a hundred are no slower."""
    return quantiles(took, n=100)[-1]


def _clicks(hand: Hand) -> tuple[Doing, Timed]:
    """How to mute an alert, and then to unmute it by a press: each press changes it."""
    error = unique("E")
    hand.start(hand.machine({"Fail": {"Type": "Fail", "Error": error}}))
    card = hand.settled_card(error)
    pressed = hand.button(card, "acknowledge") or {}
    unmute = pressed | {"action_id": "unmute", "value": pressed["value"]}

    def press() -> float:
        began = time.perf_counter()
        status = hand.press(card, "acknowledge", actions=[unmute])
        took = time.perf_counter() - began
        assert status == HTTPStatus.OK, f"a click was answered {status}"
        return took * 1000

    return lambda: hand.mute(card), press


def _nothing(hand: Hand) -> Timed:
    """Calls a function that does nothing, from the same artifact."""
    archive = io.BytesIO(package("local").read_bytes())
    with zipfile.ZipFile(archive, "a") as files:
        files.writestr("nothing.py", _HANDLER)
    lambda_ = hand.world.client("lambda")
    lambda_.create_function(
        FunctionName=_NOTHING,
        Runtime="python3.13",
        Handler="nothing.handler",
        Role=ROLE,
        Code={"ZipFile": archive.getvalue()},
    )
    url = lambda_.create_function_url_config(FunctionName=_NOTHING, AuthType="NONE")["FunctionUrl"]
    request = urllib.request.Request(url, b"nothing")

    def call() -> float:
        began = time.perf_counter()
        with urllib.request.urlopen(request, timeout=10) as answer:
            answer.read()
        return (time.perf_counter() - began) * 1000

    call()
    return call


def _end_process(hand: Hand, function: str) -> None:
    """The next request finds no process of *function*: AWS makes new ones for what is changed."""
    lambda_ = hand.world.client("lambda")
    lambda_.update_function_configuration(FunctionName=function, Timeout=15)
    waiter = lambda_.get_waiter("function_updated_v2")
    waiter.wait(FunctionName=function, WaiterConfig={"Delay": 1})
