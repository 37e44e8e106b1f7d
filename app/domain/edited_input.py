"""An input that somebody edited, with the secrets that they were not shown put back.

People see an input with its secrets redacted. What they leave as they saw it means the
recorded value; it must never come to stand where another one stood.
"""

import json
from collections.abc import Iterator

from app.domain.alert import Alert, RecoveryKind
from app.domain.json_mistakes import in_words, where
from app.domain.redaction import REDACTED

Json = object


class NotJsonError(ValueError):
    """The text is no JSON; the message says where and why, in words for a person."""


class NotAnObjectError(ValueError):
    """The input was an object and is to be something else; the message says so to a person.

    Whoever wants that has most often left out the braces, and nothing that reads a field of it
    would work.
    """


class SecretMisplacedError(ValueError):
    """A redacted value stands where nobody can tell which secret was meant: ``place``."""

    def __init__(self, place: str) -> None:
        super().__init__(place)
        self.place = place


def shown_input(alert: Alert, kind: RecoveryKind) -> str | None:
    """The input that a recovery of this kind would use, as people are shown it."""
    if kind is RecoveryKind.RETRY:
        return alert.focus.hold.input if alert.focus.hold else None
    return alert.focus.input


def changes_input(shown: str | None, edited: str) -> bool:
    """Whether *edited* differs from what was *shown* (JSON texts), and can be used.

    Raises NotJsonError, NotAnObjectError, and SecretMisplacedError where a redacted value was
    moved about.
    """
    try:
        value = json.loads(edited, parse_constant=_refuse_constant)
    except json.JSONDecodeError as problem:
        message = f"This is not JSON ({where(problem)}): {in_words(problem)}."
        raise NotJsonError(message) from None
    except RecursionError:
        raise NotJsonError("This is nested too deeply to be read.") from None
    seen = json.loads(shown) if shown else None
    if _same(value, seen):
        return False
    if isinstance(seen, dict) and not isinstance(value, dict):
        message = (
            f"The input was an object, and this is {_called(value)}: "
            'write names and values in braces, as {"name": "value"}.'
        )
        raise NotAnObjectError(message)
    restored(value, seen, seen)
    return True


def _called(value: Json) -> str:
    """What a value that is no object is called."""
    match value:
        case None | bool():
            return json.dumps(value)
        case str():
            return "a text"
        case list():
            return "a list"
        case _:
            return "a number"


def restored(edited: Json, shown: Json, recorded: Json, place: str = "$") -> Json:
    """*edited* with the values of *recorded* wherever it still says what *shown* did.

    *shown* is *recorded* with its secrets redacted. Raises SecretMisplacedError.
    """
    if _same(edited, shown):
        return recorded
    if isinstance(edited, dict) and isinstance(shown, dict) and isinstance(recorded, dict):
        return {
            name: restored(value, shown.get(name), recorded.get(name), f"{place}.{name}")
            for name, value in edited.items()
        }
    if isinstance(edited, list) and isinstance(shown, list) and isinstance(recorded, list):
        return list(_restored_items(edited, shown, recorded, place))
    if _holds_secret(edited):
        raise SecretMisplacedError(place)
    return edited


def _restored_items(
    edited: list[Json], shown: list[Json], recorded: list[Json], place: str
) -> Iterator[Json]:
    """Items may be taken out, added or moved; only one may be edited around its secret.

    With more than one it could not be told which secret belongs to which.
    """
    before, after = [_print(item) for item in shown], [_print(item) for item in edited]
    gone = [at for at, item in enumerate(shown) if _holds_secret(item) and before[at] not in after]
    changed = [
        at for at, item in enumerate(edited) if _holds_secret(item) and after[at] not in before
    ]
    for at, item in enumerate(edited):
        here = f"{place}[{at}]"
        alike = [other for other, one in enumerate(before) if one == after[at]]
        if not _holds_secret(item):
            yield item
        elif len(alike) == 1:
            yield recorded[alike[0]]
        elif alike and len(alike) == after.count(after[at]):
            yield recorded[alike[after[:at].count(after[at])]]
        elif len(changed) == len(gone) == 1 and not alike:
            yield restored(item, shown[gone[0]], recorded[gone[0]], here)
        else:
            raise SecretMisplacedError(here)


def _same(one: Json, other: Json) -> bool:
    return _print(one) == _print(other)


def _print(value: Json) -> str:
    """Python takes 1, 1.0 and true for equal; JSON does not."""
    return json.dumps(value, sort_keys=True)


def _refuse_constant(name: str) -> None:
    message = f"JSON has no {name}: write a number or null instead."
    raise NotJsonError(message)


def _holds_secret(value: Json) -> bool:
    if isinstance(value, str):
        return REDACTED in value
    if isinstance(value, dict):
        return any(_holds_secret(item) for item in value.values())
    return isinstance(value, list) and any(_holds_secret(item) for item in value)
