"""How the audit is printed: as a table to read, as JSON or as CSV to work with."""

import csv
import io
import json
import re
import textwrap
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from itertools import zip_longest

from app.domain.alert import BulkTerms, parse_alert_id
from app.domain.audit import Action, Entry, Surface
from app.domain.mutes import Mute
from app.ingest.texts import clean
from app.stores.audit import Kept

#: A spreadsheet takes what begins so for a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
#: What is longer is told by the other formats.
_LONGEST = 60
#: So wide the table gets at most, and some of its columns; the last has what is left, no less
#: than this.
_WIDTH, _LEAST = 100, 24
_COLUMNS = ("WHEN (UTC)", "WHO", "DID", "ABOUT", "FROM", "OUTCOME")
_WHO, _DID, _ABOUT = 1, 2, 3
_WIDEST = {_WHO: 14, _DID: 12}
_BETWEEN = "  "
#: Of an alert's fingerprint so much tells it from others.
_PRINT = 8
_MUTED = re.compile(r"machine=(.*?)\|error=(.*)", re.DOTALL)
#: In the words that the docs have for them.
_SURFACES = {
    Surface.MESSAGE: "message",
    Surface.MODAL: "dialog",
    Surface.COMMAND: "command",
    Surface.HOME: "home",
    Surface.REACTION: "reaction",
    Surface.TALK: "thread",
}
#: What came of these is told later.
_TAKES_ITS_TIME = frozenset(
    {
        Action.REDRIVE,
        Action.RESTART,
        Action.RETRY,
        Action.GIVE_UP,
        Action.RECOVER_ALL,
        Action.RESUME_RECOVERY,
    }
)


def as_table(found: Sequence[Kept]) -> str:
    if not found:
        return "Nothing was done in that time.\n"
    rows = [_COLUMNS, *(_row(one) for one in found)]
    widths = _widths(rows)
    return "".join(f"{line}\n" for row in rows for line in _lines(row, widths))


def _widths(rows: Sequence[Sequence[str]]) -> list[int]:
    *widths, _ = (max(map(len, column)) for column in zip(*rows, strict=True))
    for column, widest in _WIDEST.items():
        widths[column] = min(widths[column], widest)
    left = _WIDTH - sum(widths) - len(widths) * len(_BETWEEN)
    if left < _LEAST:
        widths[_ABOUT] -= _LEAST - left
    return [*widths, max(left, _LEAST)]


def _lines(row: Sequence[str], widths: Sequence[int]) -> Iterator[str]:
    """The row, each cell as many lines high as it needs."""
    cells = [textwrap.wrap(cell, width) for cell, width in zip(row, widths, strict=True)]
    for parts in zip_longest(*cells, fillvalue=""):
        padded = (f"{part:{width}}" for part, width in zip(parts, widths, strict=True))
        yield _BETWEEN.join(padded).rstrip()


def as_json(found: Sequence[Kept]) -> str:
    facts = [{name: _clean(fact(one)) for name, fact in _FACTS.items()} for one in found]
    return json.dumps(facts, indent=2, ensure_ascii=False) + "\n"


def as_csv(found: Sequence[Kept]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(_FACTS)
    writer.writerows([_cell(fact(one)) for fact in _FACTS.values()] for one in found)
    return text.getvalue()


def _row(kept: Kept) -> tuple[str, ...]:
    entry = kept.entry
    cells = (
        f"{entry.at.astimezone(UTC):%Y-%m-%d %H:%M}",
        entry.by.name,
        f"{entry.action.replace('_', ' ')}{', edited input' if entry.edited else ''}",
        _about(entry),
        _SURFACES[entry.place.surface],
        _in_words(kept),
    )
    return tuple(_one_line(cell) for cell in cells)


def _about(entry: Entry) -> str:
    """What it was about, by names; of an alert's id what tells it from others."""
    if mute := entry.mute.key if entry.mute else entry.scope:
        return _muted(mute)
    parts = []
    if entry.machine_arn:
        parts.append(_name(entry.machine_arn))
    if entry.alert_id:
        parts.append(short_id(entry.alert_id))
    if entry.attempt:
        parts.append(_name(entry.attempt.execution_arn))
    return " ".join(parts)


def short_id(alert_id: str) -> str:
    try:
        fingerprint, generation = parse_alert_id(alert_id)
    except ValueError:
        return alert_id
    return f"{fingerprint[:_PRINT]}.{generation}"


def _muted(key: str) -> str:
    found = _MUTED.fullmatch(key)
    if found is None:
        return key
    machine, error = found.groups()
    where = "all state machines" if machine == "*" else _name(machine)
    return f"{where}, {'all errors' if error == '*' else error}"


def _name(arn: str) -> str:
    """The last part of an ARN: a name."""
    return arn.rpartition(":")[2]


def _in_words(kept: Kept) -> str:
    entry = kept.entry
    if entry.refused:
        rule = f" ({entry.refused.rule})" if entry.refused.rule else ""
        return f"refused: {entry.refused.why.replace('_', ' ')}{rule}"
    if kept.came:
        return ", ".join(
            f"{one.stage.replace('_', ' ')} {_clock(one.at, entry.at)}"
            + (f" ({_cut(_named(one.detail))})" if one.detail else "")
            for one in kept.came
        )
    began = entry.mute if entry.action is Action.MUTE else None
    return f"done{_mute_words(began)}" if began else _outcome(kept)


def _mute_words(mute: Mute) -> str:
    return f", until {mute.until.astimezone(UTC):%Y-%m-%d %H:%M}: {_cut(mute.reason)}"


def _named(detail: str) -> str:
    """A new execution by its name, all else as it is."""
    return detail.rpartition(":")[2] if detail.startswith("arn:") else detail


def _clock(at: datetime, began: datetime) -> str:
    """The time of day, and the day where it is another than it began on."""
    day, first = at.astimezone(UTC), began.astimezone(UTC)
    return f"{day:%H:%M}" if day.date() == first.date() else f"{day:%m-%d %H:%M}"


def _outcome(kept: Kept) -> str:
    """In one word: how far it has come by now."""
    if kept.entry.refused:
        return "refused"
    if kept.came:
        return kept.came[-1].stage
    return "asked" if kept.entry.action in _TAKES_ITS_TIME else "done"


def _terms(terms: BulkTerms) -> str:
    canary = ", a canary first" if terms.canary else ""
    since = f", failed since {_moment(terms.since)}" if terms.since else ""
    return f"{terms.kind}, {terms.rate} a second{canary}{since}"


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _clean(fact: object) -> object:
    if isinstance(fact, list):
        return [{name: _clean(part) for name, part in one.items()} for one in fact]
    return clean(fact) if isinstance(fact, str) else fact


def _cell(fact: object) -> object:
    """As it stands in one cell; a quote before it makes a text of what would be a formula."""
    if isinstance(fact, list):
        fact = "; ".join(" ".join(str(part) for part in one.values() if part) for one in fact)
    if not isinstance(fact, str):
        return fact
    return f"'{clean(fact)}" if fact.startswith(_FORMULA) else clean(fact)


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"


def _one_line(text: str) -> str:
    return clean(" ".join(text.split()))


FORMATS: Mapping[str, Callable[[Sequence[Kept]], str]] = {
    "table": as_table,
    "json": as_json,
    "csv": as_csv,
}

#: An entry and what came of it, by the names that JSON and CSV have for it.
_FACTS: Mapping[str, Callable[[Kept], object]] = {
    "at": lambda kept: _moment(kept.entry.at),
    "user_id": lambda kept: kept.entry.by.id,
    "user": lambda kept: kept.entry.by.name,
    "action": lambda kept: kept.entry.action,
    "outcome": _outcome,
    "refused": lambda kept: kept.entry.refused and kept.entry.refused.why,
    "rule": lambda kept: kept.entry.refused and kept.entry.refused.rule,
    "alert": lambda kept: kept.entry.alert_id,
    "state_machine": lambda kept: kept.entry.machine_arn,
    "execution": lambda kept: kept.entry.attempt and kept.entry.attempt.execution_arn,
    "redrive_count": lambda kept: kept.entry.attempt and kept.entry.attempt.redrive_count,
    "edited_input": lambda kept: kept.entry.edited,
    "mute": lambda kept: kept.entry.mute.key if kept.entry.mute else kept.entry.scope,
    "mute_until": lambda kept: kept.entry.mute and _moment(kept.entry.mute.until),
    "mute_reason": lambda kept: kept.entry.mute and kept.entry.mute.reason,
    "terms": lambda kept: kept.entry.terms and _terms(kept.entry.terms),
    "from": lambda kept: _SURFACES[kept.entry.place.surface],
    "channel": lambda kept: kept.entry.place.channel,
    "ts": lambda kept: kept.entry.place.ts,
    "later": lambda kept: [
        {"stage": one.stage, "at": _moment(one.at), "detail": one.detail} for one in kept.came
    ],
}
