"""Keeps secrets out of what is stored and shown.

Two ways to know one: by the name of its field, wherever in a JSON text it sits (JSON inside
JSON strings too), and by the look of the value itself.
"""

import fnmatch
import json
import re
from collections.abc import Iterable
from typing import Any

from msgspec import Struct

REDACTED = "[redacted]"

#: Names whose values are secrets in nearly every code base; a team adds its own.
ALWAYS = (
    "*password*",
    "*passwd*",
    "pwd",
    "*secret*",
    "*token*",
    "*api*key*",
    "*access*key*",
    "*private*key*",
    "*credential*",
    "authorization",
    "cookie",
    "set-cookie",
    "*session*id*",
)

#: What a secret looks like, each behind a part of it in small letters: what lacks that, as nearly
#: every text does, is passed over without trying the pattern.
_LOOKS_SECRET = tuple(
    (part, re.compile(pattern))
    for part, pattern in (
        (  # PEM
            "private key",
            r"-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|\Z)",
        ),
        ("akia", r"\bAKIA[A-Z0-9]{16}\b"),  # AWS access key and principal ids
        ("asia", r"\bASIA[A-Z0-9]{16}\b"),
        ("aroa", r"\bAROA[A-Z0-9]{16}\b"),
        ("aida", r"\bAIDA[A-Z0-9]{16}\b"),
        ("eyj", r"\beyJ[\w-]{8,}\.[\w-]{8,}(?:\.[\w-]*)?"),  # JSON Web Token
        ("xox", r"\bxox[abeoprs]-[\w-]{8,}"),  # Slack tokens
        ("xapp-", r"\bxapp-[\w-]{8,}"),
        ("gh", r"\bgh[opsur]_\w{20,}"),  # GitHub tokens
        ("bearer ", r"(?i)(?<=bearer )[\w~+/.=-]{8,}"),
        ("basic ", r"(?i)(?<=basic )[\w+/=-]{12,}"),
        ("://", r"(?<=://)[^/\s:@\"']*:[^/\s@\"']+(?=@)"),  # user:password in an address
        ("x-amz-signature=", r"(?i)(?<=x-amz-signature=)[0-9a-f]+"),
        ("x-amz-security-token=", r"(?i)(?<=x-amz-security-token=)[\w%+/=-]+"),
    )
)
_DEEPEST = 40
#: As json.dumps does it, which would make an encoder for every text.
_json = json.JSONEncoder(ensure_ascii=False).encode


class Redactor(Struct, frozen=True):
    """Replaces secrets in texts. ``names`` are globs over field names, in any case.

    ``parts`` are of ``assignments``, as above: one of them is in whatever these match.
    """

    names: re.Pattern[str]
    assignments: re.Pattern[str]
    parts: frozenset[str]

    @classmethod
    def of(cls, names: Iterable[str] = ()) -> "Redactor":
        """A redactor of fields named like *names*, besides those that always are."""
        globs = [*ALWAYS, *(name.lower() for name in names)]
        words = [re.escape(glob).replace(r"\*", r"[\w.-]*").replace(r"\?", ".") for glob in globs]
        return cls(
            names=re.compile("|".join(fnmatch.translate(glob) for glob in globs)),
            # name=value, name: value, "name": "value" and 'name': 'value' in free text, and in
            # JSON that was cut or escaped and so can't be parsed.
            assignments=re.compile(
                rf"""(?ix)
                (?<![\w.-]) ((?:{"|".join(words)}) \\*["']? \s*[:=]\s* )
                (?: (?P<quote>\\*["']) (?:(?!(?P=quote)).)* (?:(?P=quote)|\Z)
                  | (?:bearer\s+|basic\s+)? [^\s,;&"'\\}}\])]+ )
                """
            ),
            parts=frozenset(max(re.split(r"[*?]|[^ -~]", glob), key=len) for glob in globs),
        )

    def redact(self, text: str) -> str:
        """*text* without its secrets; JSON stays JSON."""
        return self._text(text, 0)

    def _text(self, text: str, depth: int) -> str:
        if depth < _DEEPEST and text.lstrip()[:1] in {"{", "["}:
            try:
                value = json.loads(text)
                # A number too long to parse, or nesting too deep, is left to the patterns.
                return _json(self._value(value, depth + 1))
            except (ValueError, RecursionError):
                pass
        # Where case does not count, the long s is an s and the Kelvin sign a k: of texts with
        # letters like these nothing is assumed.
        small = text.lower() if text.isascii() else None
        for part, looks_secret in _LOOKS_SECRET:
            if small is None or part in small:
                text = looks_secret.sub(REDACTED, text)
        for part in self.parts:
            if small is None or part in small:
                return self.assignments.sub(rf"\1{REDACTED}", text)
        return text

    def _value(self, value: Any, depth: int) -> Any:
        if depth > _DEEPEST:
            return REDACTED
        if isinstance(value, str):
            return self._text(value, depth)
        if isinstance(value, list):
            return [self._value(item, depth + 1) for item in value]
        if isinstance(value, dict):
            return {
                key: REDACTED
                if self.names.match(key.lower()) and item not in (None, "", True, False)
                else self._value(item, depth + 1)
                for key, item in value.items()
            }
        return value
