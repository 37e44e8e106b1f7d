"""Which failures are the same problem.

The version is part of the fingerprint: when the words below change, new failures group
anew and the alerts that stand keep theirs.
"""

import hashlib
import json
import re
from functools import lru_cache

from app.domain.cause import Cause
from app.domain.execution import ExecutionArn, Failure

VERSION = 1

# What differs from one failure to the next while the problem is the same. Order matters:
# the long forms go before the digits they contain.
_PARTICULARS = tuple(
    (re.compile(pattern), stand_in)
    for pattern, stand_in in (
        (r"arn:[\w-]+:[^\s\"',)]+", "<arn>"),
        (r"https?://[^\s\"',)]+", "<url>"),
        (r"[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}", "<id>"),
        (r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)?", "<time>"),
        (r"\b(?=[A-Za-z]*\d)[0-9a-fA-F]{7,}\b", "<id>"),
        (r"\d+(?:\.\d+)?", "<n>"),
    )
)
_LONGEST = 500
#: Failures in the largest batch: each is asked for when it is sorted, looked up and folded.
_A_BATCH = 1_000


def fingerprint(failure: Failure) -> str:
    """A short stable name of the problem: state machine, error, and the message's shape.

    The failing state is not part of it: telling it needs the execution's history, and those
    calls must not be made for every failure of a storm.
    """
    return _fingerprint(failure)


@lru_cache(maxsize=_A_BATCH)
def _fingerprint(failure: Failure) -> str:
    arn = ExecutionArn.parse(failure.execution_arn)
    parts = (VERSION, arn.machine_arn, failure.error_name, shape(Cause.read(failure.cause).message))
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:24]


def shape(message: str) -> str:
    """*message* with ids, numbers, times and addresses replaced by what they are."""
    return _shape(message[:_LONGEST])


@lru_cache(maxsize=100)  # in a storm, nearly all say the same
def _shape(text: str) -> str:
    for pattern, stand_in in _PARTICULARS:
        text = pattern.sub(stand_in, text)
    return text
