"""``sfn-alerts audit``: who did what, or was refused it, and what came of it.

It reads the deployment's table, with the caller's credentials; it takes ``dynamodb:Query``.
"""

import argparse
import os
import re
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    NoCredentialsError,
    PartialCredentialsError,
)

from app.cli.audit_formats import FORMATS
from app.cli.files import ProblemError
from app.domain.people import Person
from app.stores.audit import KEPT_FOR, Audit, Kept
from app.stores.table import UnreadableError

#: As serverless.yml has it.
_REGION = "eu-west-1"
_PATIENT = Config(connect_timeout=5, read_timeout=10, retries={"mode": "standard"})
_UNITS = {"m": "minutes", "h": "hours", "d": "days"}
_LENGTH = re.compile(r"(\d{1,5})([mhd])")


def audit(given: argparse.Namespace) -> int:
    """Raises ProblemError."""
    now = datetime.now(UTC)
    since = _since(given.since, now)
    region = given.region or os.environ.get("AWS_REGION") or _REGION
    table = given.table or os.environ.get("TABLE_NAME") or f"sfn-alerts-{given.stage}"
    try:
        session: Any = boto3.Session(region_name=region)
        client = session.client("dynamodb", config=_PATIENT)
        found = [
            kept
            for kept in Audit(client, table).between(since, now)
            if _is_wanted(kept, given.by, given.alert)
        ]
    except (BotoCoreError, ClientError) as problem:
        message = _why_not(problem, table, region)
        raise ProblemError(message) from None
    except UnreadableError as problem:
        message = f"{table} has entries of a later version of sfn-alerts, use that: {problem}"
        raise ProblemError(message) from None
    print(FORMATS[given.format](found), end="")
    return 0


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
        message = f"--since {said!r}: no length like 45m, 12h or 7d, and no day like 2026-03-01"
        raise ProblemError(message) from None
    if since > now:
        message = f"--since {said!r} is still to come"
        raise ProblemError(message)
    return max(since, now - KEPT_FOR)


def _is_wanted(kept: Kept, by: str | None, alert_id: str | None) -> bool:
    entry = kept.entry
    if alert_id and entry.alert_id != alert_id:
        return False
    return by is None or _is(entry.by, by)


def _is(person: Person, named: str) -> bool:
    wanted = named.removeprefix("@").casefold()
    return wanted in {person.id.casefold(), person.name.casefold()}


def _why_not(problem: BotoCoreError | ClientError, table: str, region: str) -> str:
    """What is not right, and the way out."""
    if isinstance(problem, (NoCredentialsError, PartialCredentialsError)):
        return "no AWS credentials: log in, or name a profile that is with AWS_PROFILE"
    code = problem.response["Error"]["Code"] if isinstance(problem, ClientError) else ""
    if code == "ResourceNotFoundException":
        return (
            f"there is no table {table} in {region} of this account: name another with --stage, "
            "--table or --region"
        )
    if code in {"AccessDeniedException", "AccessDenied"}:
        return f"these AWS credentials may not read {table}: it takes dynamodb:Query"
    if code in {
        "ExpiredTokenException",
        "UnrecognizedClientException",
        "InvalidSignatureException",
    }:
        return f"AWS does not take these credentials: log in once more ({code})"
    return f"{table} in {region} could not be read: {problem}"
