"""A long run of failures, clicks and faults, and every promise checked at its end.

``python -m bench.soak --minutes 30`` prints what happens and what held, and fails where a promise
did not. One thing goes wrong at a time: Slack refuses, is slow, or loses an answer, or a function's
process is killed in the middle of its work. None is killed in the last third of the time: there
their memory may grow, if it does.
"""

import argparse
import json
import os
import random
import signal
import sys
import tempfile
import threading
import time
import urllib.request
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

from app.domain.alert import Status
from app.domain.execution import Attempt
from app.stores.alerts import Stored
from app.use_cases.recover import client_token
from bench.processes import below, kilobytes
from local.world import World
from tests.hand import Hand, Json, free_port
from tests.many import Many
from tests.own import deps

_PROBLEMS = 12
_BURST = 60
_PATIENCE_SECONDS = 300
_ANSWERED_WITHIN = 3.0  # Slack's own limit
_GROWTH = 1.15
_LOOKS_SECONDS = 5.0
#: Of the run, in which nobody is killed, so that each process lives long enough to show a leak.
_SPARED = 1 / 3
_BUTTONS = ("redrive", "acknowledge", "resolve", "redrive", "recover_all")
_SLACK_FAULTS = ("rate_limit", "error", "server_error", "html", "drop_after_accept", "slow")
#: Put into every input. Nothing that the app keeps or says may hold it.
_SECRET = "correct-horse-battery"  # noqa: S105  (no secret: a word to look for)


@dataclass
class Story:
    """What was done, and what was seen meanwhile."""

    started: list[str] = field(default_factory=list)
    pressed: Counter[str] = field(default_factory=Counter)
    answered: list[float] = field(default_factory=list)
    refused: list[int] = field(default_factory=list)
    faults: Counter[str] = field(default_factory=Counter)
    memory: dict[tuple[str, int], list[int]] = field(default_factory=lambda: defaultdict(list))
    troubles: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Promise:
    """Whether it held, and what shows that."""

    text: str
    held: bool
    seen: str


class Soak:
    """Works on *hand*'s world from several threads, each with its own dice."""

    def __init__(self, hand: Hand, seed: int) -> None:
        self.hand, self.story = hand, Story()
        self._seed = seed
        self._over = threading.Event()
        self._killing_until = 0.0
        self._machines = [Many(hand) for _ in range(_PROBLEMS)]
        self._hopeless = [
            hand.machine({"Fail": {"Type": "Fail", "Error": "Soak", "Cause": f"in place {one}"}})
            for one in "abcdef"
        ]

    def run(self, seconds: float) -> None:
        self._killing_until = time.monotonic() + seconds * (1 - _SPARED)
        doings = (self._fail, self._click, self._click, self._go_wrong, self._repair)
        threads = [
            threading.Thread(target=self._repeatedly, args=(doing, random.Random(self._seed + n)))  # noqa: S311
            for n, doing in enumerate((*doings, self._watch))
        ]
        for thread in threads:
            thread.start()
        self._over.wait(seconds)
        self._over.set()
        for thread in threads:
            thread.join()
        self.hand.world.slack.clear_faults()

    def _repeatedly(self, doing: Callable[[random.Random], float], dice: random.Random) -> None:
        while not self._over.wait(0):
            try:
                pause = doing(dice)
            except Exception as trouble:  # noqa: BLE001  (a click may meet a card that is gone)
                self.story.troubles.append(f"{doing.__name__}: {trouble!r}"[:200])
                pause = 1.0
            self._over.wait(pause)

    def _fail(self, dice: random.Random) -> float:
        times = _BURST if dice.random() < 0.02 else 1  # noqa: PLR2004
        given = {"password": _SECRET, "note": f"token={_SECRET}"}
        many = dice.choice(self._machines)
        for _ in range(times):
            if dice.random() < 0.3:  # noqa: PLR2004
                machine, asked = dice.choice(self._hopeless), given
            else:
                machine, asked = many.machine, {"wanted": many.wanted, **given}
            self.story.started.append(self.hand.start(machine, asked))
        return dice.uniform(0.2, 1.5)

    def _repair(self, dice: random.Random) -> float:
        """What they want comes and goes, so that some redrives succeed and others fail again."""
        many = dice.choice(self._machines)
        many.repair()
        self._over.wait(dice.uniform(3, 12))
        self.hand.ssm.delete_parameter(Name=many.wanted)
        return dice.uniform(1, 3)

    def _click(self, dice: random.Random) -> float:
        cards = [card for card in self.hand.cards("alert_id") if self._buttons(card)]
        if not cards:
            return 1.0
        card = dice.choice(cards[-40:])
        button = dice.choice(self._buttons(card))
        people = [self.hand.ana, self.hand.ben] if dice.random() < 0.3 else [self.hand.ana]  # noqa: PLR2004
        self.hand.at_once(*(lambda one=one: self._press(card, button, one) for one in people))
        return dice.uniform(0.3, 2)

    def _buttons(self, card: Json) -> list[str]:
        return [one for one in _BUTTONS if card.get("attachments") and self.hand.button(card, one)]

    def _press(self, card: Json, button: str, user: Json) -> None:
        began = time.monotonic()
        if button == "recover_all":
            view = self.hand.modal(card, button, user)
            began = time.monotonic()
            self._machines[0].submit(view, user)  # whichever alert the view is of
            status = 200
        else:
            status = self.hand.press(card, button, user)
        self.story.answered.append(time.monotonic() - began)
        self.story.pressed[button] += 1
        if status != 200:  # noqa: PLR2004
            self.story.refused.append(status)

    def _go_wrong(self, dice: random.Random) -> float:
        kinds = [*_SLACK_FAULTS]
        if time.monotonic() < self._killing_until:
            kinds += ["kill"] * 3
        kind = dice.choice(kinds)
        self.story.faults[kind] += 1
        if kind == "kill":
            workers = [pid for pid, name in functions() if not name.endswith("-slack")]
            if workers:
                os.kill(dice.choice(workers), signal.SIGKILL)
        else:
            fault = {"method": "*", "mode": kind, "times": dice.randint(1, 6)}
            self.hand.world.slack.control("faults", fault)
            self._over.wait(dice.uniform(2, 6))
            self.hand.world.slack.clear_faults()
        return dice.uniform(4, 12)

    def _watch(self, _: random.Random) -> float:
        for pid, name in functions():
            if size := kilobytes(pid):
                self.story.memory[name, pid].append(size)
        return _LOOKS_SECONDS


def settle(hand: Hand, started: Iterable[str]) -> bool:
    """Wait until nothing is under way any more: the sweep takes up what was dropped."""
    own, deadline = deps(hand), time.monotonic() + _PATIENCE_SECONDS
    arns = list(started)
    while time.monotonic() < deadline:
        alerts = own.alerts.unresolved()
        quiet = all(one.alert.status is not Status.RECOVERING for one in alerts)
        shown = all(_is_shown(one) for one in alerts)
        states = {arn: hand.describe(arn)["status"] for arn in arns}
        failed = {arn for arn, state in states.items() if state == "FAILED"}
        recorded = failed <= set(own.occurrences.all(failed))
        if quiet and shown and recorded and "RUNNING" not in states.values():
            return True
        time.sleep(3)
    return False


def _is_shown(one: Stored) -> bool:
    return one.publication.message is not None and one.publication.drawn >= one.version


def promises(soak: Soak, settled: bool) -> Iterator[Promise]:  # noqa: FBT001
    hand, story = soak.hand, soak.story
    own = deps(hand)
    failed = [arn for arn in story.started if hand.describe(arn)["status"] == "FAILED"]
    known = own.occurrences.all(story.started)
    told = {one["metadata"]["event_payload"]["alert_id"] for one in _cards(hand)}
    silent = [arn for arn in failed if not told & set(known[arn].alert_ids if arn in known else ())]
    yield Promise("everything that was dropped was taken up", settled, "nothing is under way")
    yield Promise(
        "no failure is lost",
        not silent and not set(failed) - set(known),
        f"{len(failed):,} of {len(story.started):,} executions are failed, {len(silent)} untold",
    )
    cards = Counter(one["metadata"]["event_payload"]["alert_id"] for one in _cards(hand))
    twice = [one for one, times in cards.items() if times > 1]
    yield Promise("no card twice", not twice, f"{len(cards)} alerts, {len(twice)} with two cards")
    yield _redriven_once(hand, story)
    slowest = max(story.answered, default=0.0)
    yield Promise(
        "Slack is answered within 3 seconds",
        slowest < _ANSWERED_WITHIN and not story.refused,
        f"{len(story.answered):,} presses, the slowest {slowest:.2f} s, refused {story.refused}",
    )
    leaks = [place for place, text in _everything(hand) if _SECRET in text]
    yield Promise("no secret is kept or shown", not leaks, f"looked everywhere, found in {leaks}")
    yield from _flat(story.memory)


def _flat(memory: dict[tuple[str, int], list[int]]) -> Iterator[Promise]:
    """Of each function the process that lived longest: a leak needs time to show."""
    longest: dict[str, list[int]] = {}
    for (name, _), sizes in memory.items():
        longest[name] = max(longest.get(name, []), sizes, key=len)
    for name, sizes in sorted(longest.items()):
        third = len(sizes) // 3
        if not third:
            yield Promise(f"memory of {name} is flat", held=False, seen="never seen for long")
            continue
        middle, last = median(sizes[third : 2 * third]), median(sizes[2 * third :])
        yield Promise(
            f"memory of {name} is flat",
            last <= middle * _GROWTH,
            f"{middle / 1000:.0f} MB, at the end {last / 1000:.0f} MB,"
            f" over {len(sizes) * _LOOKS_SECONDS / 60:.0f} minutes",
        )


def _redriven_once(hand: Hand, story: Story) -> Promise:
    """Whether every redrive was asked for with the token of the very attempt it went on from.

    One that was asked for again, after the attempt had failed anew, would have an older token.
    """
    asked = set(redrives_asked(hand))
    unasked = total = 0
    for arn in story.started:
        times = hand.redrives(arn)
        total += times
        unasked += sum((arn, client_token(Attempt(arn, n))) not in asked for n in range(times))
    return Promise("no redrive twice", not unasked, f"{total} redrives, {unasked} of them unasked")


def redrives_asked(hand: Hand) -> Iterator[tuple[str, str]]:
    """Executions with the tokens that Step Functions was asked with, as CloudTrail has it."""
    known: set[str] = set()
    until: float | None = None
    while found := [one for one in _trail(hand, until) if one["EventId"] not in known]:
        for one in found:
            known.add(one["EventId"])
            said = json.loads(one["CloudTrailEvent"])["requestParameters"]
            yield said["executionArn"], said.get("clientToken", "")
        until = found[-1]["EventTime"]


def _trail(hand: Hand, until: float | None) -> list[Json]:
    """The last 50 redrives that were asked for *until* then (seconds since the epoch).

    The emulator has no pages, and the SDK cuts times to whole seconds.
    """
    wanted: Json = {"AttributeKey": "EventName", "AttributeValue": "RedriveExecution"}
    asked = {"LookupAttributes": [wanted], **({"EndTime": until} if until else {})}
    request = urllib.request.Request(
        hand.facts.aws_endpoint_url,
        json.dumps(asked).encode(),
        {
            "Content-Type": "application/x-amz-json-1.1",
            "X-Amz-Target": "com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101.LookupEvents",
            "Authorization": "AWS4-HMAC-SHA256 "
            f"Credential=test/20260101/{hand.facts.region}/cloudtrail/aws4_request",
        },
    )
    with urllib.request.urlopen(request, timeout=60) as answer:
        events: list[Json] = json.load(answer)["Events"]
    return events


def _cards(hand: Hand) -> list[Json]:
    return [
        one
        for one in hand.cards("alert_id")
        if (one.get("metadata") or {}).get("event_payload", {}).get("alert_id")
    ]


def _everything(hand: Hand) -> Iterator[tuple[str, str]]:
    """What is kept, shown and logged, with the name of its place."""
    for page in hand.dynamodb.get_paginator("scan").paginate(TableName="sfn-alerts-local"):
        yield "table", json.dumps(page["Items"], default=str)
    for card in hand.cards(""):
        yield "channel", json.dumps(card)
        yield "thread", json.dumps(hand.replies(card))
    logs: Any = hand.world.client("logs")
    for name in ("executions", "publish", "recover", "answer", "slack", "sweep"):
        group = f"/aws/lambda/sfn-alerts-local-{name}"
        for page in logs.get_paginator("filter_log_events").paginate(logGroupName=group):
            yield group, json.dumps([one["message"] for one in page["events"]])


def functions() -> Iterator[tuple[int, str]]:
    """The processes of our functions below this one, by id and name."""
    for pid in below():
        try:
            entries = Path(f"/proc/{pid}/environ").read_bytes().split(b"\0")
        except OSError:
            continue  # it has ended meanwhile
        for entry in entries:
            if entry.startswith(b"AWS_LAMBDA_FUNCTION_NAME=sfn-alerts-"):
                yield pid, entry.decode().partition("=")[2]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=30)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    with World(
        aws_port=free_port(),
        slack_port=free_port(),
        directory=Path(tempfile.mkdtemp(prefix="soak-")),
        cards_a_minute=1_000,
        trail=True,
    ) as world:
        hand = Hand(world)
        soak = Soak(hand, given.seed)
        print(f"failures, clicks and faults for {given.minutes:g} minutes", flush=True)
        soak.run(given.minutes * 60)
        settled = settle(hand, soak.story.started)
        found = list(promises(soak, settled))
        hand.notes.close()
    story = soak.story
    calls = ", ".join(f"{times} {name}" for name, times in story.pressed.most_common())
    print(f"{len(story.started):,} executions started; pressed: {calls}")
    print("went wrong:", ", ".join(f"{times} {name}" for name, times in story.faults.most_common()))
    for one in found:
        print(f"  {'held  ' if one.held else 'BROKEN'}  {one.text}: {one.seen}")
    for trouble, times in Counter(story.troubles).most_common(5):
        print(f"  {times} times {trouble}")
    sys.exit(not all(one.held for one in found))


if __name__ == "__main__":
    main()
