"""``sfn-alerts doctor``: whether what is deployed would work, and how to mend what would not.

It only looks. What the caller may not look at, or AWS does not tell, is told as not checked.
"""

from collections.abc import Callable, Iterator
from itertools import chain

from botocore.exceptions import ClientError

from app.cli import aws
from app.cli.doctor import (
    accounts,
    alarms,
    functions,
    messages,
    permissions,
    request_url,
    secrets,
    slack,
    table,
)
from app.cli.doctor.deployment import Deployment, find
from app.cli.doctor.findings import Finding, Outcome
from app.cli.doctor.places import Places
from app.cli.files import ProblemError

Check = Callable[[Deployment, Places], Iterator[Finding]]

_GROUPS: tuple[tuple[str, tuple[Check, ...]], ...] = (
    ("Slack", (secrets.look, slack.look, request_url.look)),
    ("Functions", (functions.look, functions.look_at_mappings, permissions.look, accounts.look)),
    ("Table", (table.look, table.look_at_key)),
    ("Events and queues", (messages.look_at_rules, messages.look_at_queues)),
    ("Alarms", (alarms.look,)),
)
_SIGNS = {Outcome.WELL: "✓", Outcome.WRONG: "✗", Outcome.UNCHECKED: "?"}


def doctor(stage: str, region: str | None, places: Places) -> int:
    """1 when something is wrong. Raises ProblemError where nothing can be looked at."""
    try:
        deployment = find(stage, region)
        print(f"{deployment.stack} in {deployment.region}, account {deployment.account}")
        found = [
            _told(name, chain.from_iterable(_safe(check, deployment, places) for check in checks))
            for name, checks in _GROUPS
        ]
    except aws.ERRORS as problem:
        raise ProblemError(aws.why_not(problem)) from None
    print(f"\n{_summary([outcome for outcomes in found for outcome in outcomes])}")
    return 1 if any(Outcome.WRONG in outcomes for outcomes in found) else 0


def _told(name: str, findings: Iterator[Finding]) -> list[Outcome]:
    print(f"\n{name}")
    outcomes = []
    for one in findings:
        outcomes.append(one.outcome)
        unchecked = "not checked: " if one.outcome is Outcome.UNCHECKED else ""
        print(f"  {_SIGNS[one.outcome]} {unchecked}{one.what}", flush=True)
        for line in (one.mend or "").splitlines():
            print(f"      {line}")
    return outcomes


def _safe(check: Check, deployment: Deployment, places: Places) -> Iterator[Finding]:
    """What *check* finds; what it is refused is not checked, and keeps nothing else back."""
    try:
        yield from check(deployment, places)
    except ClientError as problem:
        error = problem.response["Error"]
        said = error.get("Message") or error["Code"]
        yield Finding(Outcome.UNCHECKED, f"{problem.operation_name}: {said}")


def _summary(outcomes: list[Outcome]) -> str:
    wrong, unchecked = outcomes.count(Outcome.WRONG), outcomes.count(Outcome.UNCHECKED)
    parts = []
    if wrong:
        parts.append("1 thing is wrong" if wrong == 1 else f"{wrong} things are wrong")
    if unchecked:
        parts.append(f"{unchecked} {'was' if unchecked == 1 else 'were'} not checked")
    if not wrong:
        parts.insert(0, "All is well" if not unchecked else "All that was checked is well")
    return ", ".join(parts) + "."
