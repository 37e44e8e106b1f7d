"""What people type after /sfn-status, made into what they ask for."""

import re
from urllib.parse import unquote

from msgspec import Struct

from app.domain.execution import ExecutionArn

#: Whatever was typed beyond this names nothing. AWS: an ARN has at most 256 characters.
LONGEST = 300
_ARN = re.compile(r"arn:[a-z-]+:states:[^\s?#&|<>]+")
#: A version, an alias or a Map state's label may follow.
_MACHINE = re.compile(
    r"(arn:[a-z-]+:states:[a-z0-9-]+:\d{12}:stateMachine:[^:/]+)(?:[:/].*)?",
)
_QUOTES = "`\"' "
_LINKED = re.compile(r"<([^|>]*)(?:\|[^>]*)?>")


class Board(Struct, frozen=True):
    """What is broken right now."""

    words: str = ""


class Help(Struct, frozen=True):
    words: str = "help"


class MutesInForce(Struct, frozen=True):
    words: str = "mutes"


class Missing(Struct, frozen=True):
    """Failures that Step Functions knows of and no alert does."""

    words: str = "missing"


class OfMachine(Struct, frozen=True):
    arn: str

    @property
    def words(self) -> str:
        return self.arn


class OfExecution(Struct, frozen=True):
    arn: ExecutionArn

    @property
    def words(self) -> str:
        return self.arn.text


class Named(Struct, frozen=True):
    """A name, or part of one: of a state machine, perhaps of an execution."""

    words: str


#: ``words`` are those that ask for the same again.
Asked = Board | Help | MutesInForce | Missing | OfMachine | OfExecution | Named

COMMANDS = ("help", "mutes", "missing")
_COMMANDS: dict[str, Asked] = {
    "": Board(),
    "help": Help(),
    "?": Help(),
    "mutes": MutesInForce(),
    "muted": MutesInForce(),
    "mute": MutesInForce(),
    "missing": Missing(),
}


def parse(words: str) -> Asked:
    """What *words* ask for. They may be an ARN, or a link to the console that holds one.

    Slack: an address stands between angle brackets, and three characters are escaped.
    """
    said = " ".join(_plain(words).split()).strip(_QUOTES)
    command = _COMMANDS.get(said.lower())
    if command:
        return command
    found = _ARN.search(_decoded(said))
    if found:
        return _of_arn(found[0])
    return Named(said[:LONGEST])


def _plain(words: str) -> str:
    bare = _LINKED.sub(lambda found: found[1], words)
    return bare.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def _decoded(said: str) -> str:
    """AWS: the console's addresses hold ARNs percent-encoded, some of them twice."""
    return unquote(unquote(said)) if "%" in said else said


def _of_arn(arn: str) -> Asked:
    arn = arn.rstrip(f"{_QUOTES}.,;)/")[:LONGEST]
    machine = _MACHINE.fullmatch(arn)
    if machine:
        return OfMachine(machine[1])
    try:
        return OfExecution(ExecutionArn.parse(arn))
    except ValueError:
        return Named(arn)
