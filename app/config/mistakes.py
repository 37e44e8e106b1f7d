"""Walks a file level by level and tells every mistake in it, each with the way out."""

from collections.abc import Iterator
from typing import Any, get_args, get_origin

import msgspec

from app.config import values
from app.config.schema import (
    LEVELS,
    AccountFile,
    Config,
    DigestFile,
    MayFile,
    RuleFile,
    SeveritiesFile,
    SeverityFile,
    WhenFile,
)
from app.config.source import Path, Remark, Source

Level = type[msgspec.Struct]

#: Where a level's keys belong, for one that was written elsewhere.
_WHERE: dict[Level, str] = {
    Config: "at the top of the file",
    SeveritiesFile: "under `severities`",
    SeverityFile: "in one of the `severities`",
    RuleFile: "in a rule",
    WhenFile: "under `when`",
    MayFile: "under `may`",
    AccountFile: "in one of the `accounts`",
    DigestFile: "under `digest`",
}
_MISSING = {
    "channel": "`channel` is missing: where alerts go unless a rule says otherwise; "
    'write channel: "#sfn-alerts"',
    "when": "`when` is missing: which failures the rule answers for; a last rule that answers for "
    "all the rest has when: {}",
    "id": "`id` is missing: the account's 12 digits, in quotes",
    "role": "`role` is missing: which one to assume in the account; write its ARN, as "
    "arn:aws:iam::111122223333:role/sfn-alerts",
    "at": '`at` is missing: when the digest is posted, each day; write at: "09:00"',
}


def mistakes(source: Source) -> Iterator[Remark]:
    if source.content is None:
        yield Remark((), f"the file is empty; {_MISSING['channel']}")
    else:
        yield from _level(source, source.content, Config, ())
        yield from _among_accounts(source.content)


def _level(source: Source, content: Any, level: Level, path: Path) -> Iterator[Remark]:
    """What is wrong with a mapping and all that is in it."""
    if not isinstance(content, dict):
        keys = ", ".join(level.__struct_fields__)
        yield Remark(path, f"{values.kind(content)}, where a mapping belongs, with the keys {keys}")
        return
    known = {one.name: one for one in msgspec.structs.fields(level)}
    meant = set()
    for key, value in content.items():
        here = (*path, key) if isinstance(key, str) else path
        if key not in known:
            near = values.nearest(str(key), tuple(known))
            meant.add(near)
            yield Remark(here, _unknown(key, near, level))
        elif value is None:
            yield Remark(here, _without_value(source, here, _without_none(known[key].type)))
        else:
            yield from _value(source, value, _without_none(known[key].type), here)
    for name, field in known.items():
        if field.required and name not in content and name not in meant:
            yield Remark(path, _MISSING[name])


def _value(source: Source, value: Any, kind: Any, path: Path) -> Iterator[Remark]:
    one = _in_list(kind)
    if _is_level(kind):
        yield from _level(source, value, kind, path)
    elif one is None:
        for within, text in values.wrong(str(path[-1]), value):
            yield Remark((*path, *within), text)
    elif isinstance(value, list):
        for number, content in enumerate(value):
            yield from _level(source, content, one, (*path, number))
    else:
        yield Remark(path, f"{values.kind(value)}, where a list belongs; each item begins with -")


def _among_accounts(content: Any) -> Iterator[Remark]:
    """What is wrong with accounts that are right each for itself."""
    listed = content.get("accounts") if isinstance(content, dict) else None
    seen: dict[str, list[tuple[int, set[str]]]] = {}
    for number, one in enumerate(listed if isinstance(listed, list) else ()):
        account = one.get("id") if isinstance(one, dict) else None
        role = one.get("role") if isinstance(one, dict) else None
        if not isinstance(account, str):
            continue
        if values.account_of_role(role) not in {None, account}:
            yield Remark(
                ("accounts", number, "role"),
                f"{values.shown(role)} is of another account than {account}; to act in an account "
                "takes a role of its own",
            )
        said = one.get("regions")
        regions = {str(region) for region in said} if isinstance(said, list) else set()
        for earlier, others in seen.setdefault(account, []):
            if not regions or not others or regions & others:
                yield Remark(
                    ("accounts", number, "id"),
                    f"accounts[{earlier}] lists {account} already, with some of these regions; "
                    "list each account and region once",
                )
                break
        seen[account].append((number, regions))


def _unknown(key: Any, near: str | None, level: Level) -> str:
    keys = ", ".join(level.__struct_fields__)
    if not isinstance(key, str):
        return (
            f"YAML takes the key {values.shown(key)} for {values.kind(key)}; keys here are {keys}"
        )
    if near:
        return f"unknown key, did you mean `{near}`? Keys here are {keys}"
    others = [other for other in LEVELS if key in other.__struct_fields__]
    if others:
        places = " or ".join(_WHERE[other] for other in others)
        return f"the key does not belong here, but {places}; keys here are {keys}"
    return f"unknown key; keys here are {keys}"


def _without_value(source: Source, path: Path, kind: Any) -> str:
    hidden = source.bare_hash(path)
    if hidden:
        return f'no value, since YAML takes a bare # for a comment; write {path[-1]}: "{hidden}"'
    if _is_level(kind) and not any(one.required for one in msgspec.structs.fields(kind)):
        return "no value; write {} if there is nothing to say"
    if _in_list(kind):
        return "no value; write [] if there is nothing to list"
    return "no value; give it one, or leave the key out"


def _without_none(kind: Any) -> Any:
    """What a field holds that may be left out."""
    (held, *others) = [one for one in get_args(kind) or (kind,) if one is not type(None)]
    return kind if others or get_origin(kind) is list else held


def _is_level(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, msgspec.Struct)


def _in_list(kind: Any) -> Level | None:
    """The level of which *kind* is a list."""
    if get_origin(kind) is not list:
        return None
    (one,) = get_args(kind)
    return one if _is_level(one) else None
