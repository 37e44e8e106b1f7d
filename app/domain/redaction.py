"""Keeps secrets out of what is stored and shown.

Two ways to know one: by the name that it stands behind, wherever in a text (in JSON inside JSON
strings too, in what was cut, in YAML, headers, command lines); and by the look of the value.
"""

import json
import re
from collections.abc import Iterable, Iterator
from typing import Any

from msgspec import Struct

from app.domain.secret_looks import LOOKS, REDACTED, Look, lines_of_a_key, masked, sought
from app.domain.secret_names import Names

__all__ = ["REDACTED", "Redactor"]

_DEEPEST = 40
#: As json.dumps does it, which would make an encoder for every text.
_json = json.JSONEncoder(ensure_ascii=False).encode
#: JSON may hide a letter behind such an escape, as ``\u0041`` and ``\/``: nothing is assumed then.
_HIDES = re.compile(r"\\[u/]")


#: One of these stands between a name and its value.
_SIGNS = ("=", ":", "->", "%3", "--", "</")


class _Hunt(Struct, frozen=True):
    """What has to be sought in a text: ``looks``, and whether secrets stand behind names."""

    looks: tuple[Look, ...]
    named: bool


_EVERYTHING = _Hunt(LOOKS, named=True)


class Redactor(Struct, frozen=True):
    """Replaces secrets in texts."""

    names: Names

    @classmethod
    def of(cls, names: Iterable[str] = ()) -> "Redactor":
        """A redactor of fields named like *names* (globs, in any case) and of the usual ones."""
        return cls(Names.of(names))

    def redact(self, text: str) -> str:
        """*text* without its secrets; JSON stays JSON."""
        hunt = self._hunt(text)
        return self._text(text, hunt, 0) if hunt.looks or hunt.named else text

    def redact_lines(self, lines: Iterable[str]) -> Iterator[str]:
        """The same of lines that belong together: a private key may go over many of them."""
        return map(self.redact, lines_of_a_key(lines))

    def _hunt(self, text: str) -> _Hunt:
        # Where case does not count, the long s is an s and the Kelvin sign a k: of texts with
        # letters like these nothing is assumed.
        if not text.isascii() or ("\\" in text and _HIDES.search(text)):
            return _EVERYTHING
        small = text.lower()
        return _Hunt(sought(small), self.names.may_be_in(small))

    def _text(self, text: str, hunt: _Hunt, depth: int) -> str:
        if depth < _DEEPEST and text.lstrip()[:1] in {"{", "["}:
            try:
                value = json.loads(text)
                # A number too long to parse, or nesting too deep, is left to the patterns.
                return _json(self._value(value, hunt, depth + 1))
            except (ValueError, RecursionError):
                pass
        for look in hunt.looks:
            text = masked(text, look)
        if not hunt.named or not any(sign in text for sign in _SIGNS):
            return text
        # Few texts need this, and its patterns take longer to compile than a cold start can spare.
        from app.domain.secret_places import after_names  # noqa: PLC0415

        return after_names(text, self.names)

    def _value(self, value: Any, hunt: _Hunt, depth: int) -> Any:
        if depth > _DEEPEST:
            return REDACTED
        if isinstance(value, str):
            return self._text(value, hunt, depth)
        if isinstance(value, list):
            return self._list(value, hunt, depth)
        if isinstance(value, dict):
            return self._dict(value, hunt, depth)
        return value

    def _list(self, value: list[Any], hunt: _Hunt, depth: int) -> list[Any]:
        """Behind ``"--password"``, as arguments are given, stands a secret."""
        found = []
        asks = False
        for item in value:
            found.append(REDACTED if asks else self._value(item, hunt, depth + 1))
            asks = isinstance(item, str) and item.startswith("-") and self.names.give_away(item)
        return found

    def _dict(self, value: dict[str, Any], hunt: _Hunt, depth: int) -> dict[str, Any]:
        found = {
            key: REDACTED
            if hunt.named and _tells(item) and self.names.give_away(key, item)
            else self._value(item, hunt, depth + 1)
            for key, item in value.items()
        }
        if hunt.named:
            self._redact_pairs(value, found)
        return found

    def _redact_pairs(self, value: dict[str, Any], found: dict[str, Any]) -> None:
        """``{"Name": "DB_PASSWORD", "Value": …}``, as containers take their environment, and
        ``{"OutputKey": "DbPassword", "OutputValue": …}``.
        """
        small = {key.lower(): key for key in value}
        for key, held in small.items():
            stem = key.removesuffix("value")
            name = value.get(small.get(f"{stem}name") or small.get(f"{stem}key") or "")
            if stem == key or not isinstance(name, str) or not _tells(value[held]):
                continue
            if self.names.give_away(name):
                found[held] = REDACTED


def _tells(item: object) -> bool:
    return item not in (None, "", True, False)
