"""Names whose values are secrets."""

import fnmatch
import re
from collections.abc import Iterable

from msgspec import Struct

#: In nearly every code base; a team adds its own.
ALWAYS = (
    "*password*",
    "*passwd*",
    "*passphrase*",
    "*passcode*",
    "pass",
    "*[-_]pass",
    "*pwd*",
    "*secret*",
    "*token*",
    "*api*key*",
    "*access*key*",
    "*private*key*",
    "*account*key*",
    "*auth*key*",
    "*encryption*key*",
    "*signing*key*",
    "*shared*key*",
    "*master*key*",
    "*credential*",
    "*authorization",
    "*cookie",
    "cookies",
    "*jwt*",
    "*session*id*",
)
_NO_LETTERS = re.compile(r"\[.*?\]|[*?]|[^ -~]")
#: How many are left of a budget is no secret.
_COUNTS = re.compile(r"tokens|_token_count", re.IGNORECASE)
#: Many fields have few names.
_REMEMBERED = 2_000


class Names(Struct, frozen=True):
    """``pieces`` are in small letters: all of one row are in every name that gives a secret away.

    ``known`` remembers what was asked.
    """

    globs: tuple[str, ...]
    pieces: tuple[tuple[str, ...], ...]
    known: dict[str, bool]

    @classmethod
    def of(cls, more: Iterable[str] = ()) -> "Names":
        """Those that always are, and *more* globs."""
        globs = (*ALWAYS, *(glob.lower() for glob in more))
        pieces = {tuple(filter(None, reversed(_NO_LETTERS.split(glob)))) for glob in globs}
        return cls(globs, tuple(pieces), {})

    def may_be_in(self, small: str) -> bool:
        """Whether a text, given in small letters, may hold a name that gives a secret away."""
        seen: dict[str, bool] = {}
        for row in self.pieces:
            for piece in row:
                if piece not in seen:
                    seen[piece] = piece in small
                if not seen[piece]:
                    break
            else:
                return True
        return False

    def give_away(self, name: str, value: object = None) -> bool:
        """Whether what is called *name* is a secret, or would be unless *value* is a number."""
        known = self.known.get(name)
        if known is None:
            if len(self.known) > _REMEMBERED:
                self.known.clear()
            known = self.known[name] = self._give_away(name)
        counted = isinstance(value, int | float) and _COUNTS.search(name)
        return known and not counted

    def _give_away(self, name: str) -> bool:
        bare = name.strip("-.")
        last = bare.rpartition(".")[2]  # spring.datasource.pwd
        # Compiled when first needed, then remembered by re.
        pattern = re.compile("|".join(map(fnmatch.translate, self.globs)), re.IGNORECASE)
        return any(pattern.match(one) for one in {name, bare, last})
