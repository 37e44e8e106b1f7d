"""How the audit is printed: as a table to read, as JSON or as CSV to work with."""

import csv
import io
import json
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime

from app.domain.alert import BulkTerms
from app.domain.audit import Action, Entry
from app.domain.mutes import Mute
from app.ingest.texts import clean
from app.stores.audit import Kept

#: A spreadsheet takes what begins so for a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
#: What is too long for a column is told by the other formats.
_WIDEST = 60
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
    rows = [
        ("WHEN (UTC)", "WHO", "DID", "ABOUT", "FROM", "OUTCOME"),
        *(_row(one) for one in found),
    ]
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]) - 1)]
    return "".join(
        "  ".join([*(f"{cell:{width}}" for cell, width in zip(row, widths, strict=False)), row[-1]])
        + "\n"
        for row in rows
    )


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
    place = entry.place
    where = f"{place.surface} {place.channel} {place.ts}" if place.ts else place.surface.value
    did = f"{entry.action.replace('_', ' ')}{' (edited input)' if entry.edited else ''}"
    cells = (
        f"{entry.at.astimezone(UTC):%Y-%m-%d %H:%M:%S}",
        f"{entry.by.name} ({entry.by.id})",
        did,
        _about(entry),
        where,
        _in_words(kept),
    )
    return tuple(_one_line(cell) for cell in cells)


def _about(entry: Entry) -> str:
    machine = entry.machine_arn.rpartition(":")[2] if entry.machine_arn else None
    parts = [machine, entry.alert_id or entry.scope]
    if entry.attempt:
        parts.append(_short(entry.attempt.execution_arn.rpartition(":")[2]))
    return " ".join(part for part in parts if part)


def _in_words(kept: Kept) -> str:
    entry = kept.entry
    if entry.refused:
        rule = f" ({entry.refused.rule})" if entry.refused.rule else ""
        return f"refused: {entry.refused.why.replace('_', ' ')}{rule}"
    if kept.came:
        return ", ".join(
            f"{one.stage.replace('_', ' ')} {_clock(one.at, entry.at)}"
            + (f" ({_short(one.detail)})" if one.detail else "")
            for one in kept.came
        )
    began = entry.mute if entry.action is Action.MUTE else None
    return f"done{_mute_words(began)}" if began else _outcome(kept)


def _mute_words(mute: Mute) -> str:
    return f", until {mute.until.astimezone(UTC):%Y-%m-%d %H:%M}: {_short(mute.reason)}"


def _clock(at: datetime, began: datetime) -> str:
    """The time of day, and the day where it is another than it began on."""
    day, first = at.astimezone(UTC), began.astimezone(UTC)
    return f"{day:%H:%M:%S}" if day.date() == first.date() else f"{day:%Y-%m-%d %H:%M:%S}"


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


def _short(text: str) -> str:
    return text if len(text) <= _WIDEST else text[: _WIDEST - 1] + "…"


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
    "from": lambda kept: kept.entry.place.surface,
    "channel": lambda kept: kept.entry.place.channel,
    "ts": lambda kept: kept.entry.place.ts,
    "later": lambda kept: [
        {"stage": one.stage, "at": _moment(one.at), "detail": one.detail} for one in kept.came
    ],
}
