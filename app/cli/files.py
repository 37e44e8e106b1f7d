"""Files that people name, read with words for whatever is wrong with them."""

import json
import sys
from pathlib import Path
from typing import Any

from app.cli.commands import COMMANDS
from app.domain.json_mistakes import in_words

STANDARD_INPUT = "-"
#: The project's own files, with the option that names another.
_OF_THE_PROJECT = {
    option.file: option.name for command in COMMANDS for option in command.options if option.file
}


class ProblemError(Exception):
    """Something given is not right; the message says what, where, and the way out."""


def read_text(path: str) -> str:
    """The file's text, or what comes on standard input for ``-``. Raises ProblemError."""
    try:
        if path == STANDARD_INPUT:
            return sys.stdin.read()
        return Path(path).read_text(encoding="utf-8")
    except IsADirectoryError:
        message = f"{path} is a directory; name a file in it"
        raise ProblemError(message) from None
    except FileNotFoundError as problem:
        raise ProblemError(_missing(path, problem)) from None
    except OSError as problem:
        message = f"{named(path)}: {problem.strerror}"
        raise ProblemError(message) from None
    except UnicodeDecodeError as problem:
        message = f"{named(path)} is not text in UTF-8: see its byte {problem.start + 1}"
        raise ProblemError(message) from None
    except ValueError:  # a path that holds NUL
        message = f"{path!r} is no path"
        raise ProblemError(message) from None


def read_json(path: str) -> Any:
    """Raises ProblemError, with line and column of what is not JSON. Its text is not told."""
    text = read_text(path)
    if not text.strip():
        message = f"{named(path)} is empty: it should hold JSON"
        raise ProblemError(message)
    try:
        return json.loads(text)
    except json.JSONDecodeError as problem:
        where = f"{named(path)}:{problem.lineno}:{problem.colno}"
        message = f"{where}: not JSON: {in_words(problem)}"
        raise ProblemError(message) from None
    except (RecursionError, ValueError):
        message = f"{named(path)} is not JSON that can be read: too deep, or a number too long"
        raise ProblemError(message) from None


def is_of_the_project(path: str) -> bool:
    return path in _OF_THE_PROJECT


def _missing(path: str, problem: FileNotFoundError) -> str:
    if not is_of_the_project(path):
        return f"{path}: {problem.strerror}"
    option = _OF_THE_PROJECT[path]
    return f"{path} is not here: run this in the project's folder, or name another with {option}"


def named(path: str) -> str:
    return "standard input" if path == STANDARD_INPUT else path
