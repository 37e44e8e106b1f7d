"""The text of alerts.yml: what is in it, and on which line each part of it stands."""

import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import yaml
from msgspec import Struct

from app.config.errors import ConfigError

#: The way to a part: ``("rules", 0, "when", "error")``.
Path = tuple[str | int, ...]


class Remark(NamedTuple):
    """Something to be said of one part of the file."""

    path: Path
    text: str


#: A value that YAML takes for a comment; a # with a space behind it is meant as one.
_BARE_HASH = re.compile(r"[:\[,-][ \t]+#(?=[^\s#])")
#: What YAML calls a problem, and what to do about it.
_WAYS_OUT = (
    ("mapping values are not allowed", "a value with a colon needs quotes; or mind the indent"),
    ("could not find expected ':'", "a key needs a colon and a space behind it"),
    ("unexpected end of stream", "a quote is not closed"),
    ("expected ',' or", "a { or [ is not closed"),
    ("another document", "the file must be one document: remove the line ---"),
    ("block end", "this line is indented otherwise than those it belongs to"),
    ("found unhashable key", "a key must be a text"),
)
_NEED_QUOTES = "@`*&!%"


class Source(Struct, frozen=True):
    """A file that is YAML. ``lines`` holds where each part begins, counted from 1."""

    name: str
    text: str
    content: Any
    lines: Mapping[Path, int]

    @classmethod
    def read(cls, text: str, name: str) -> "Source":
        """Raises ConfigError when *text* is not YAML, or has a key twice."""
        try:
            loader = yaml.SafeLoader(text)
            node = loader.get_single_node()
            lines = dict(_lines(node, (), name)) if node else {}
            content = loader.construct_document(node) if node else None
        except ConfigError:
            raise
        except yaml.YAMLError as problem:
            raise ConfigError(_not_yaml(problem, text, name)) from None
        except RecursionError:
            message = f"{name}: nested too deeply to be read"
            raise ConfigError(message) from None
        except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as problem:
            # A date that is none, or a value that is not what its tag says.
            message = f"{name}: holds a value that YAML can't read: {problem}"
            raise ConfigError(message) from None
        return cls(name, text, content, lines)

    def line(self, path: Path) -> int:
        """Where *path* begins; of what came by another way, where it was brought in."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)

    def place(self, path: Path) -> str:
        """``alerts.yml:7: rules[0].when.error``, in the form that editors take up."""
        return f"{self.name}:{self.line(path)}: {dotted(path)}" if path else f"{self.name}:1"

    def told(self, remark: Remark) -> str:
        return f"{self.place(remark.path)}: {remark.text}"

    def bare_hash(self, path: Path) -> str | None:
        """What follows a bare # on the line of *path*, which YAML takes for a comment."""
        written = self.text.splitlines()[self.line(path) - 1]
        found = re.search(rf"\b{re.escape(str(path[-1]))}\W*:[ \t]+(#[^\s#,}}\]]+)", written)
        return found[1] if found else None


def dotted(path: Path) -> str:
    parts = (f"[{part}]" if isinstance(part, int) else f".{one_line(part)}" for part in path)
    return "".join(parts).lstrip(".")


def one_line(text: str) -> str:
    """*text* from the file, in quotes when it would break the line of a message."""
    return text if text.isprintable() else repr(text)


def _lines(
    node: yaml.Node, path: Path, name: str, known: set[int] | None = None
) -> Iterator[tuple[Path, int]]:
    """Where each part begins. Raises ConfigError at a key that stands twice."""
    known = set() if known is None else known
    if id(node) in known:
        return  # brought in by an alias, maybe into itself
    known.add(id(node))
    if isinstance(node, yaml.MappingNode):
        first: dict[tuple[str, str], int] = {}
        for key, value in node.value:
            if not isinstance(key, yaml.ScalarNode):
                continue
            line, here = key.start_mark.line + 1, (*path, key.value)
            if (key.tag, key.value) in first:
                message = (
                    f"{name}:{line}: {dotted(here)}: the key stands twice, first in line "
                    f"{first[key.tag, key.value]}; YAML would drop one of them without a word"
                )
                raise ConfigError(message)
            first[key.tag, key.value] = line
            yield here, line
            yield from _lines(value, here, name, known)
    elif isinstance(node, yaml.SequenceNode):
        for number, one in enumerate(node.value):
            yield (*path, number), one.start_mark.line + 1
            yield from _lines(one, (*path, number), name, known)


def _not_yaml(problem: yaml.YAMLError, text: str, name: str) -> str:
    if isinstance(problem, yaml.reader.ReaderError):
        before = text[: problem.position]
        line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
        sign = problem.character
        code = sign if isinstance(sign, int) else ord(sign)
        return f"{name}:{line}:{column}: not YAML: it may not hold the character U+{code:04X}"
    if not isinstance(problem, yaml.MarkedYAMLError) or problem.problem_mark is None:
        return f"{name}: not YAML: {problem}"
    mark = problem.problem_mark
    if "alias" in (problem.context or "") and problem.context_mark:
        mark = problem.context_mark  # the * itself
    where = f"{name}:{mark.line + 1}:{mark.column + 1}"
    return f"{where}: not YAML: {_way_out(problem, mark, text)}"


def _way_out(problem: yaml.MarkedYAMLError, mark: yaml.Mark, text: str) -> str:
    lines = text.splitlines()
    said = str(problem.problem)
    sign = lines[mark.line][mark.column : mark.column + 1] if mark.line < len(lines) else ""
    if sign == "\t":
        return "a tab; indent with spaces"
    if sign and sign in _NEED_QUOTES:
        return f"a value that begins with {sign} needs quotes around it"
    if "flow" in (problem.context or ""):  # between { and }, where a comment hides the }
        for number, line in enumerate(lines[: mark.line + 1], start=1):
            if _BARE_HASH.search(line) and not line.lstrip().startswith("#"):
                return (
                    f"{said}; in line {number} it takes a bare # for the beginning of a comment: "
                    "put quotes around what begins with #"
                )
    ways = (way for part, way in _WAYS_OUT if part in said)
    return f"{said}; {next(ways, 'see the lines around it')}"
