"""Why a failure is told as it is: which rule answered, and why those before it did not."""

from dataclasses import dataclass

from app.domain.execution import Failure
from app.domain.fingerprint import fingerprint
from app.domain.rules import Classification, Rules, classify


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """What ``sfn-alerts explain`` says of one failure."""

    failure: Failure
    classification: Classification
    fingerprint: str


def explain(rules: Rules, failure: Failure) -> Explanation:
    return Explanation(
        failure=failure,
        classification=classify(rules, failure),
        fingerprint=fingerprint(failure),
    )


def in_words(explanation: Explanation) -> str:
    """Several lines of plain text, for a terminal."""
    failure, classification = explanation.failure, explanation.classification
    route = classification.route
    lines = [
        f"{failure.arn.machine} {failure.status}: {failure.error_name}",
        "",
        *(
            f"rules[{place}] does not answer: {why}"
            for place, why in enumerate(classification.passed_over)
        ),
        "no rule answers, the defaults do"
        if classification.rule is None
        else f"rules[{classification.rule}] answers",
        "",
        f"severity     {route.severity.value}",
        f"posted       {'yes' if route.notify else 'no: recorded and counted only'}",
        f"channel      {route.channel}",
        f"mention      {route.mention or 'none'}",
    ]
    if route.runbook:
        lines.append(f"runbook      {route.runbook}")
    lines.append(f"fingerprint  {explanation.fingerprint}")
    return "\n".join(lines)
