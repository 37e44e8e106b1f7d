"""The cause of a failure, taken apart."""

import json
import re
from collections.abc import Mapping
from typing import Any

from msgspec import Struct

_CUT_MESSAGE = re.compile(r'"errorMessage"\s*:\s*"((?:[^"\\]|\\.)*)')
_DEEPEST = 5


class Cause(Struct, frozen=True, kw_only=True):
    """What a cause says: ``message`` is the whole text where it has no parts.

    AWS: a failed Lambda function's cause is JSON with errorMessage, errorType, requestId and
    stackTrace; a failed child execution's is its description, with its own Error and Cause.
    """

    message: str = ""
    type: str | None = None
    request_id: str | None = None
    stack_trace: str = ""
    child_arn: str | None = None

    @classmethod
    def read(cls, text: str | None) -> "Cause":
        return _read(text or "", 0)


def _read(text: str, depth: int) -> Cause:
    said = _mapping(text)
    if said is None:
        cut = _CUT_MESSAGE.search(text) if text.startswith("{") else None
        return Cause(message=_unescaped(cut[1]) if cut else text)
    if isinstance(said.get("errorMessage"), str):
        return Cause(
            message=said["errorMessage"],
            type=_text(said, "errorType"),
            request_id=_text(said, "requestId"),
            stack_trace=_stack_trace(said.get("stackTrace") or said.get("trace")),
        )
    if depth < _DEEPEST and isinstance(said.get("Cause"), str):
        inner = _read(said["Cause"], depth + 1)
        return Cause(
            message=inner.message,
            type=inner.type or _text(said, "Error"),
            request_id=inner.request_id,
            stack_trace=inner.stack_trace,
            child_arn=inner.child_arn or _text(said, "ExecutionArn"),
        )
    return Cause(message=text)


def _mapping(text: str) -> Mapping[str, Any] | None:
    try:
        said = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return said if isinstance(said, dict) else None


def _text(said: Mapping[str, Any], name: str) -> str | None:
    value = said.get(name)
    return value if isinstance(value, str) and value else None


def _stack_trace(value: object) -> str:
    """Python sends lines, Node.js too; Java sends one line a frame; some send one text."""
    if isinstance(value, str):
        return value.strip("\n")
    if isinstance(value, list):
        return "\n".join(line.rstrip() for line in value if isinstance(line, str))
    return ""


def _unescaped(text: str) -> str:
    try:
        return str(json.loads(f'"{text}"'))
    except ValueError:
        return text
