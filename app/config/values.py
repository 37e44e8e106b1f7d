"""What each field of alerts.yml may hold, and what is said of anything else.

A field means the same on every level, so its name is enough to check it by.
"""

import difflib
import fnmatch
import re
import zoneinfo
from collections.abc import Callable, Iterator
from typing import Any

from app.config.source import Remark
from app.domain import mentions
from app.domain.alert import Severity
from app.domain.authority import Act

SEVERITIES = tuple(severity.value for severity in Severity)
#: AWS: how an execution can end that is to be told.
STATUSES = ("FAILED", "TIMED_OUT", "ABORTED")
_GLOBS = ("state_machine", "error", "cause", "account", "region", "status")
_ACTS = tuple(act.value for act in Act)
_LONGEST_SHOWN = 60
_LONGEST_NAME = 40
#: AWS: a role's name may stand behind a path.
_ROLE = r"arn:aws[a-z-]*:iam::(?P<account>\d{12}):role/[\w+=,.@/-]{1,512}"
_DAY_MINUTES = 24 * 60


def wrong(name: str, value: Any) -> Iterator[Remark]:
    """What is wrong with *value* in the field *name*; paths are within the value."""
    if name in _GLOBS:
        yield from _wrong_globs(name, value, or_list=True)
    elif name == "redact":
        yield from _wrong_globs(name, value, or_list=False)
    elif name == "regions":
        yield from _wrong_regions(value)
    elif name in _ACTS:
        yield from _wrong_people(value)
    else:
        said = _CHECKS[name](value)
        if said:
            yield Remark((), said)


def kind(value: Any) -> str:
    """What YAML has made of a value."""
    if isinstance(value, dict):
        return "a mapping"
    if isinstance(value, list):
        return "a list"
    if isinstance(value, bool):
        return "true or false"
    if isinstance(value, int | float):
        return "a number"
    return "a text" if isinstance(value, str) else f"a {type(value).__name__}"


def nearest(word: str, known: tuple[str, ...]) -> str | None:
    """What may have been meant by *word*."""
    found = difflib.get_close_matches(word, known, n=1)
    return found[0] if found else None


def _meant(near: str | None) -> str:
    return f" (did you mean {near}?)" if near else ""


def shown(value: Any) -> str:
    """*value* as it would be written, not at length."""
    text = str(value).lower() if isinstance(value, bool) else repr(value)
    return text if len(text) <= _LONGEST_SHOWN else text[: _LONGEST_SHOWN - 1] + "…"


def _no_text(value: Any) -> str | None:
    """Why *value* is no text, if it is none."""
    if isinstance(value, str):
        return None
    if isinstance(value, dict | list):
        return f"{kind(value)}, where a text belongs"
    return f"YAML takes this for {kind(value)}; put it in quotes"


def _severity(value: Any) -> str | None:
    if value in SEVERITIES:
        return None
    meant = _meant(nearest(str(value).lower(), SEVERITIES))
    return f"{shown(value)} is no severity{meant}; severities are {', '.join(SEVERITIES)}"


def _channel(value: Any) -> str | None:
    if isinstance(value, str) and re.fullmatch(r"#[^\s#@A-Z]+|[CG][A-Z0-9]{5,}", value):
        return None
    bare = str(value).strip().lstrip("#@").lower() if isinstance(value, str) else ""
    name = bare if re.fullmatch(r"[^\s#@]+", bare) else "sfn-alerts"
    return (
        f"{shown(value)} is no channel; write its name with a #, in quotes and small letters: "
        f'"#{name}", or its id, as C012AB3CD'
    )


def _mention(value: Any) -> str | None:
    if isinstance(value, str) and mentions.normal(value):
        return None
    near = f"@{value.strip().lstrip('@').lower()}" if isinstance(value, str) else ""
    meant = _meant(f'"{near}"' if mentions.normal(near) else None)
    return f"{shown(value)} is no mention{meant}; write {mentions.FORMS}"


def _wrong_people(value: Any) -> Iterator[Remark]:
    people = value if isinstance(value, list) else [value]
    if not people:
        yield Remark((), "an empty list lets nobody; leave the key out to let every member")
    for number, one in enumerate(people):
        said = _mention(one)
        if said is None and mentions.is_everyone(mentions.normal(one) or ""):
            said = f"{shown(one)} names everybody; leave the key out to let every member"
        if said:
            place = (number,) if isinstance(value, list) else ()
            yield Remark(place, said.replace("is no mention", "is nobody"))


def _notify(value: Any) -> str | None:
    return None if isinstance(value, bool) else f"{shown(value)} must be true or false"


def _runbook(value: Any) -> str | None:
    said = _no_text(value)
    if said or re.fullmatch(r"https?://[^\s<>|\"]+", value):
        return said
    return f"{shown(value)} is no address; write one that begins with https:// or http://"


def _remind_after(value: Any) -> str | None:
    if isinstance(value, str) and re.fullmatch(r"[1-9]\d{0,3}[mhd]", value):
        return None
    return (
        f"{shown(value)} is no length of time; write minutes as 15m, hours as 4h or days as 2d, "
        "at least 1m"
    )


def _id(value: Any) -> str | None:
    if isinstance(value, str) and re.fullmatch(r"\d{12}", value):
        return None
    said = _no_text(value)
    return said or f"{shown(value)} is no account; an account has 12 digits"


def account_of_role(value: Any) -> str | None:
    """The account of a role's ARN; None when it is none."""
    found = re.fullmatch(_ROLE, value, re.ASCII) if isinstance(value, str) else None
    return found["account"] if found else None


def _role(value: Any) -> str | None:
    if account_of_role(value):
        return None
    return f"{shown(value)} is no role; write its ARN, as arn:aws:iam::111122223333:role/sfn-alerts"


def _name(value: Any) -> str | None:
    said = _no_text(value)
    if said or 0 < len(value.strip()) <= _LONGEST_NAME:
        return said
    return f"{shown(value)} is no name; write one of 1 to {_LONGEST_NAME} characters"


def _external_id(value: Any) -> str | None:
    said = _no_text(value)
    # AWS: what an external id is made of.
    if said or re.fullmatch(r"[\w+=,.@:/-]{2,1224}", value, re.ASCII):
        return said
    return f"{shown(value)} is no external id; AWS takes letters, digits and _+=,.@:/-, at least 2"


def _wrong_regions(value: Any) -> Iterator[Remark]:
    if not isinstance(value, list):
        yield Remark((), f"{kind(value)}, where a list belongs: [eu-west-1, us-east-1]")
        return
    if not value:
        yield Remark((), "an empty list is no region; leave the key out for all of them")
    for number, one in enumerate(value):
        if not (isinstance(one, str) and re.fullmatch(r"[a-z]{2}(-[a-z]+)+-\d+", one)):
            yield Remark((number,), f"{shown(one)} is no region; write one as eu-west-1")


def _at(value: Any) -> str | None:
    if isinstance(value, str) and re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", value):
        return None
    if isinstance(value, int) and 0 <= value < _DAY_MINUTES:
        near = f"{value // 60:02}:{value % 60:02}"  # what YAML makes of it without quotes
    else:
        near = "09:00"
    return f'{shown(value)} is no time of day; write hours and minutes in quotes: "{near}"'


def _timezone(value: Any) -> str | None:
    said = _no_text(value)
    if said:
        return said
    known = zoneinfo.available_timezones()
    if value in known and value != "localtime":
        return None
    meant = _meant(nearest(value, tuple(sorted(known))))
    return f"{shown(value)} is no time zone{meant}; write one as Europe/Berlin or UTC"


_CHECKS: dict[str, Callable[[Any], str | None]] = {
    "channel": _channel,
    "default": _severity,
    "severity": _severity,
    "mention": _mention,
    "notify": _notify,
    "runbook": _runbook,
    "remind_after": _remind_after,
    "id": _id,
    "role": _role,
    "name": _name,
    "external_id": _external_id,
    "at": _at,
    "timezone": _timezone,
}


def _wrong_globs(name: str, value: Any, *, or_list: bool) -> Iterator[Remark]:
    if isinstance(value, list):
        if not value and or_list:
            yield Remark((), "an empty list matches nothing; leave the field out to match all")
        for number, one in enumerate(value):
            said = _wrong_glob(name, one)
            if said:
                yield Remark((number,), said)
        return
    if not or_list:
        yield Remark((), f"{kind(value)}, where a list belongs: [iban, card_number]")
        return
    said = _wrong_glob(name, value)
    if said:
        yield Remark((), said)


def _wrong_glob(name: str, glob: Any) -> str | None:
    """A glob that can't match what its writer meant."""
    said = _no_text(glob)
    if said:
        return said
    if not glob.strip():
        return "an empty glob matches nothing; leave the field out to match all"
    if _open_bracket(glob):
        return (
            f"the glob {shown(glob)} has a bracket without its other half; [ab] stands for one of "
            "the letters, and [[] for the bracket itself"
        )
    if name != "cause":
        # A cause may hold any of these; a name never does.
        if re.search(r"\{.*,.*\}|\||, ", glob):
            return f"the glob {shown(glob)} means several; write them as a list: [a, b]"
        if re.search(r"^\^|\$$", glob):
            return (
                f"{shown(glob)} is a regular expression, and this takes globs; * stands for "
                "anything, and the whole must match"
            )
    if name == "account" and not _any_wildcard(glob) and not re.fullmatch(r"\d{12}", glob):
        return f"{shown(glob)} is no account; an account has 12 digits"
    if name == "status" and not any(fnmatch.fnmatchcase(one, glob) for one in STATUSES):
        meant = _meant(nearest(glob.upper(), STATUSES))
        return f"no failure has the status {shown(glob)}{meant}; there are {', '.join(STATUSES)}"
    return None


def _any_wildcard(glob: str) -> bool:
    return any(sign in glob for sign in "*?[")


def _open_bracket(glob: str) -> bool:
    """Whether a bracket stands alone. fnmatch: a ] right at the beginning belongs to the set."""
    rest = re.sub(r"\[!?\]?[^\]]*\]", "", glob)
    return "[" in rest or "]" in rest
