"""The function that a failed state called, and what leads to its logs and its trace."""

import re
from datetime import datetime

from msgspec import Struct

# AWS: name, name:qualifier, account:function:name[:qualifier], or the full ARN.
_FUNCTION = re.compile(
    r"(?:arn:aws[a-z-]*:lambda:(?P<region>[a-z0-9-]+):)?(?:(?P<account>\d{12}):)?(?:function:)?"
    r"(?P<name>[A-Za-z0-9_-]{1,140})(?::(?:\$LATEST(?:\.PUBLISHED)?|[A-Za-z0-9_-]+))?"
)
_SAMPLED_OUT = re.compile(r"(?:^|;)\s*Sampled=0\s*(?:;|$)")
_ROOT = re.compile(r"(?:^|;)\s*Root=(1-[0-9a-f]{8}-[0-9a-f]{24})\s*(?:;|$)")
#: AWS: Lambda's request ids are UUIDs.
_REQUEST_ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


class LambdaFunction(Struct, frozen=True, kw_only=True):
    """A function, whichever version or alias of it was called: they share one log group.

    Without ``region`` or ``account`` it is in those of whoever called it.
    """

    name: str
    region: str | None = None
    account: str | None = None

    @classmethod
    def read(cls, text: object) -> "LambdaFunction | None":
        """The function that *text* names; None when it names something else."""
        found = _FUNCTION.fullmatch(text) if isinstance(text, str) else None
        if found is None:
            return None
        return cls(name=found["name"], region=found["region"], account=found["account"])

    @property
    def log_group(self) -> str:
        """AWS: where a function logs unless its configuration names another group."""
        return f"/aws/lambda/{self.name}"


class Call(Struct, frozen=True, kw_only=True):
    """A state's call of a function that failed; ``at`` is when."""

    function: LambdaFunction
    at: datetime | None = None
    request_id: str | None = None


class LogLine(Struct, frozen=True):
    """One event of a function's log."""

    at: datetime
    text: str


def request_id(text: str | None) -> str | None:
    """*text* if it has the shape of an id that a function's log lines carry."""
    return text if text and _REQUEST_ID.fullmatch(text) else None


def trace_id(header: str | None) -> str | None:
    """The X-Ray trace that a trace header names, unless it says that none is kept."""
    if not header or _SAMPLED_OUT.search(header):
        return None
    found = _ROOT.search(header)
    return found[1] if found else None
