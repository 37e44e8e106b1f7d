"""``sfn-alerts audit``: who did what, or was refused it, and what came of it.

It reads the deployment's table, with the caller's credentials; it takes ``dynamodb:Query``.
"""

import argparse
import os
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta

from botocore.exceptions import ClientError
from msgspec.structs import replace

from app.cli import aws
from app.cli.audit_formats import FORMATS, short_id
from app.cli.files import ProblemError
from app.domain.people import Person
from app.ingest.texts import clean
from app.stores.audit import KEPT_FOR, Audit, Kept
from app.stores.table import UnreadableError

_MOST_NAMES = 20
_UNITS = {"m": "minutes", "h": "hours", "d": "days"}
#: What people say of themselves behind their name, as ``gil (guest)``.
_BRACKETS = re.compile(r"\s+\([^()]*\)$")
_LENGTH = re.compile(r"(\d{1,5})([mhd])")


def audit(given: argparse.Namespace) -> int:
    """Raises ProblemError."""
    now = datetime.now(UTC)
    since = _since(given.since, now)
    clients = aws.Clients(given.region)
    table = given.table or os.environ.get("TABLE_NAME") or f"sfn-alerts-{given.stage}"
    try:
        kept = Audit(clients("dynamodb"), table)
        found = _found(kept.between(since, now), given.by, given.alert)
        if not found and (given.by or given.alert):
            _expect_known(list(kept.between(now - KEPT_FOR, now)), given.by, given.alert)
    except aws.ERRORS as problem:
        raise ProblemError(_why_not(problem, table, clients.region)) from None
    except UnreadableError as problem:
        message = f"{table} has entries of a later version of sfn-alerts, use that: {problem}"
        raise ProblemError(message) from None
    print(FORMATS[given.format](found), end="")
    return 0


def _found(kept: Iterable[Kept], by: str | None, alert: str | None) -> list[Kept]:
    """What is wanted of *kept*, with the state machines of alerts where another entry has them.

    Outsiders are turned away before their alert is looked at.
    """
    machines: dict[str, str] = {}
    found = []
    for one in kept:
        if one.entry.alert_id and one.entry.machine_arn:
            machines[one.entry.alert_id] = one.entry.machine_arn
        if _is_wanted(one, by, alert):
            found.append(one)
    return [_with_machine(one, machines) for one in found]


def _with_machine(kept: Kept, machines: Mapping[str, str]) -> Kept:
    entry = kept.entry
    machine = machines.get(entry.alert_id or "")
    if entry.machine_arn or machine is None:
        return kept
    return replace(kept, entry=replace(entry, machine_arn=machine))


def _since(said: str, now: datetime) -> datetime:
    """The moment that *said* means, no longer ago than anything is kept."""
    length = _LENGTH.fullmatch(said)
    try:
        if length:
            number, unit = length.groups()
            since = now - timedelta(**{_UNITS[unit]: int(number)})
        else:
            since = datetime.fromisoformat(said)
            since = since if since.tzinfo else since.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        raise ProblemError(_no_time(said)) from None
    if since == now:  # 0d
        raise ProblemError(_no_time(said))
    if since > now:
        message = f"--since {said!r} is still to come"
        raise ProblemError(message)
    return max(since, now - KEPT_FOR)


def _no_time(said: str) -> str:
    return (
        f"--since {said!r} names no time: say how long ago, as 45m, 12h or 7d, or since which day, "
        "as 2026-03-01"
    )


def _is_wanted(kept: Kept, by: str | None, alert: str | None) -> bool:
    entry = kept.entry
    if alert and (entry.alert_id is None or alert not in _ids(entry.alert_id)):
        return False
    return by is None or _is(entry.by, by)


def _ids(alert_id: str) -> set[str]:
    """In full, and as the table shows it."""
    return {alert_id, short_id(alert_id)}


def _is(person: Person, named: str) -> bool:
    wanted, name = named.removeprefix("@").casefold(), person.name.casefold()
    return wanted in {person.id.casefold(), name, _BRACKETS.sub("", name)}


def _expect_known(kept: Sequence[Kept], by: str | None, alert: str | None) -> None:
    """Raises ProblemError where in all that is kept there is no such person or alert."""
    if by and not any(_is(one.entry.by, by) for one in kept):
        people = sorted({one.entry.by.name for one in kept})
        more = ", …" if len(people) > _MOST_NAMES else ""
        names = clean(", ".join(people[:_MOST_NAMES]))
        known = f"the audit knows {names}{more}" if people else "the audit is empty"
        message = f"--by {by!r} names nobody who has done anything: {known}"
        raise ProblemError(message)
    if alert and not any(_is_wanted(one, None, alert) for one in kept):
        ids = [one.entry.alert_id for one in kept if one.entry.alert_id]
        like = f", as {short_id(ids[-1])}" if ids else ""
        message = (
            f"--alert {alert!r} names no alert about which anything was done: the audit shows "
            f"their ids{like}"
        )
        raise ProblemError(message)


def _why_not(problem: Exception, table: str, region: str) -> str:
    """What is not right, and the way out."""
    missing = "ResourceNotFoundException"
    if isinstance(problem, ClientError) and problem.response["Error"]["Code"] == missing:
        return (
            f"there is no table {table} in {region} of this account: name another with --stage, "
            "--table or --region"
        )
    return aws.why_not(problem)
