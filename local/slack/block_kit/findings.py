"""What Slack finds wrong, and the checks that every kind of block and element share."""

from collections.abc import Mapping
from typing import Any

_TEXTS = frozenset({"plain_text", "mrkdwn"})
_TEXT_FIELDS = frozenset({"type", "text", "emoji", "verbatim"})


class Finding(str):
    """One thing Slack refuses, with a JSON pointer to it."""

    __slots__ = ()

    @classmethod
    def at(cls, pointer: str, said: str) -> "Finding":
        return cls(f"{said} [json-pointer:{pointer}]")


def fields(
    holder: Mapping[str, Any], allowed: frozenset[str], required: frozenset[str], here: str
) -> list[Finding]:
    """Fields that may not be there, and those that must."""
    unknown, missing = set(holder) - allowed - required, required - set(holder)
    return [
        *(Finding.at(f"{here}/{name}", f"invalid additional property: {name}") for name in unknown),
        *(Finding.at(f"{here}/{name}", f"missing required field: {name}") for name in missing),
    ]


def listed(holder: Mapping[str, Any], name: str, most: int, here: str) -> list[Finding]:
    """A list that holds something, but not too much."""
    given = holder.get(name)
    if not isinstance(given, list) or not given:
        return [Finding.at(f"{here}/{name}", "must have at least 1 item")]
    if len(given) > most:
        return [Finding.at(f"{here}/{name}", f"no more than {most} items allowed")]
    return []


def text(given: object, here: str, longest: int, *, plain: bool = False) -> list[Finding]:
    """A text object: its type, and its length in between."""
    if not isinstance(given, dict) or given.get("type") not in _TEXTS:
        return [Finding.at(here, "must be a text object")]
    if plain and given["type"] != "plain_text":
        return [Finding.at(f"{here}/type", "must be plain_text")]
    found = fields(given, _TEXT_FIELDS, frozenset({"text"}), here)
    return found + length(given.get("text"), f"{here}/text", longest, least=1)


def length(given: object, here: str, longest: int, *, least: int = 0) -> list[Finding]:
    """A string of a length in between; it may be missing where *least* is 0."""
    if given is None and least == 0:
        return []
    if not isinstance(given, str):
        return [Finding.at(here, "must be a string")]
    if len(given) < least:
        return [Finding.at(here, f"must be more than {least - 1} characters")]
    if len(given) > longest:
        return [Finding.at(here, f"must be less than {longest + 1} characters")]
    return []
