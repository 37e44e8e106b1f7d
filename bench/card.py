"""Drawing a card: how long it takes, and that it takes no longer the more has failed.

The peer is json.dumps of the same message, which is how it leaves for Slack.
"""

import json
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from statistics import median
from timeit import timeit

from msgspec.structs import replace

from app.domain.alert import Alert, Route
from app.domain.changes import Failed
from app.domain.execution import Failure
from app.domain.fingerprint import fingerprint
from app.domain.lifecycle import apply, opened
from app.domain.redaction import Redactor
from app.ingest import parse
from app.render.card import card
from app.render.mrkdwn import counted
from bench.figures import Figure, Line
from bench.places import Places

ABOUT = "drawing a card, against json.dumps of the same message"
GOAL = 10
#: How much longer than a card of one failure it may take.
GOAL_GROWTH = 1.25
FAILURES = (1, 10, 1_000, 100_000)
_TIMES, _ROUNDS = 200, 21
_EVENT = Path(__file__).parents[1] / "tests" / "events" / "failed_lambda.json"


def measure(_: Places) -> Iterator[Line]:
    first = parse(json.loads(_EVENT.read_text()), Redactor.of())
    assert isinstance(first, Failure)
    drawn: dict[int, Callable[[], object]] = {}
    dumped: dict[int, Callable[[], object]] = {}
    for failures, alert, now in _alerts(first):
        drawn[failures] = partial(card, alert, now)
        dumped[failures] = partial(json.dumps, card(alert, now))
    own, floor = _microseconds(drawn), _microseconds(dumped)
    for failures in FAILURES:
        yield Figure(
            name=counted(failures, "failure"),
            measured=own[failures],
            floor=floor[failures],
            unit="µs",
            goal=GOAL,
        )
    yield Figure(
        name=f"{FAILURES[-1]:,} failures against {FAILURES[0]}",
        measured=own[FAILURES[-1]],
        floor=own[FAILURES[0]],
        unit="µs",
        goal=GOAL_GROWTH,
    )


def _alerts(first: Failure) -> Iterator[tuple[int, Alert, datetime]]:
    """The alert when it has failed so often, one failure after the other, and the time then."""
    at = first.stopped_at
    assert at is not None
    alert = opened(first, fingerprint=fingerprint(first), generation=1, route=Route(), at=at)
    for number in range(1, FAILURES[-1] + 1):
        if number > 1:
            at += timedelta(seconds=1)
            failure = replace(first, execution_arn=f"{first.execution_arn}{number}", stopped_at=at)
            alert = apply(alert, Failed(failure, at))
        if number in FAILURES:
            yield number, alert, at


def _microseconds(doings: dict[int, Callable[[], object]]) -> dict[int, float]:
    """What each takes, in rounds over all of them, so that a busy moment is everybody's."""
    rounds = [
        {name: timeit(doing, number=_TIMES) / _TIMES * 1_000_000 for name, doing in doings.items()}
        for _ in range(_ROUNDS)
    ]
    return {name: median(one[name] for one in rounds) for name in doings}
