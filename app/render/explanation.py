"""Why a failure is told as it is: which rule answered, and why the others did not."""

from collections.abc import Iterator, Sequence
from datetime import timedelta

from msgspec import Struct

from app.domain.alert import Route
from app.domain.execution import Failure
from app.domain.fingerprint import fingerprint
from app.domain.mentions import is_handle
from app.domain.rules import Classification, Rules, classify
from app.render.mrkdwn import span


class Explanation(Struct, frozen=True, kw_only=True):
    """What ``sfn-alerts explain`` says of one failure. ``rules`` counts those there are."""

    failure: Failure
    classification: Classification
    rules: int
    fingerprint: str


def explain(rules: Rules, failure: Failure) -> Explanation:
    return Explanation(
        failure=failure,
        classification=classify(rules, failure),
        rules=len(rules.rules),
        fingerprint=fingerprint(failure),
    )


def in_words(explanation: Explanation, places: Sequence[str]) -> str:
    """Several lines of plain text, for a terminal. *places* says where each rule stands."""
    failure = explanation.failure
    facts = _facts(explanation.classification.route) | {"fingerprint": explanation.fingerprint}
    return "\n".join(
        [
            f"{failure.arn.machine} {_told_as(failure)}: {failure.error_name}",
            "",
            *_answers(explanation, places),
            "",
            *(f"{name:13} {said}" for name, said in facts.items()),
        ]
    )


def _told_as(failure: Failure) -> str:
    return failure.status if failure.ended else "is about to fail, as a step of its own tells"


def _answers(explanation: Explanation, places: Sequence[str]) -> Iterator[str]:
    passed_over, answered = explanation.classification.passed_over, explanation.classification.rule
    for number, why in enumerate(passed_over):
        yield f"{places[number]} does not answer: {why}"
    if answered is None:
        yield "no rule answers, the defaults do"
        return
    yield f"{places[answered]} answers"
    for number in range(answered + 1, explanation.rules):
        yield f"{places[number]} was not asked: the first rule that matches answers"


def _facts(route: Route) -> dict[str, str]:
    return {
        "severity": route.severity.value,
        "posted": "yes" if route.notify else "no: recorded and counted only",
        "channel": route.channel,
        "mention": _mention(route.mention),
        "remind_after": _length(route.remind_after),
        "runbook": route.runbook or "none",
    }


def _mention(mention: str | None) -> str:
    if mention is None:
        return "none"
    return f"{mention}, the user group of that name" if is_handle(mention) else mention


def _length(length: timedelta | None) -> str:
    return span(length) if length else "never"
