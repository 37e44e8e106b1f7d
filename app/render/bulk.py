"""A recovery of many, in words: for the card, the thread and refusals."""

from collections.abc import Iterable
from typing import Any

from app.domain.alert import (
    Alert,
    BulkRecovery,
    BulkStage,
    RecoveryKind,
    Refusal,
    Report,
    Stop,
    StopReason,
)
from app.domain.execution import ExecutionArn
from app.domain.notices import Notice, Reason
from app.render import links
from app.render.left import left
from app.render.mrkdwn import (
    Block,
    bold_name,
    context,
    counted,
    cut,
    date,
    link,
    section,
    span,
)
from app.render.verdict import in_words

#: The notices that are told here.
TOLD = frozenset({Reason.BULK_STOPPED, Reason.BULK_RESUMED, Reason.BULK_ENDED})

#: Slack: a section holds 3,000 characters, and a message some 13,000 in all.
_SECTION, _NAMES = 2_900, 7_000
#: As many reasons as a line can hold, each of so many characters at most.
_REASONS, _REASON = 3, 100
_NOUNS = {RecoveryKind.REDRIVE: "redrive", RecoveryKind.RESTART: "restart"}
_WHY = {
    StopReason.CANARY: "the canary failed again",
    StopReason.FAILED_AGAIN: "more than a fifth of its wave failed again",
    StopReason.REFUSED: "too many of its wave were refused",
}


def noun(bulk: BulkRecovery) -> str:
    return _NOUNS.get(bulk.terms.kind, "recovery")


def on_card(bulk: BulkRecovery) -> str:
    """One line: who did what, and how far it has come."""
    who, succeeded = bold_name(bulk.by.name), f"{bulk.tally.succeeded:,} succeeded"
    match bulk.stage:
        case BulkStage.RUNNING:
            so_far = f"{succeeded} so far, " if bulk.tally.succeeded else ""
            return (
                f":arrows_counterclockwise: Recovery of all by {who} since {date(bulk.at)}: "
                f"{so_far}see the thread"
            )
        case BulkStage.STOPPED:
            how = stop(bulk.stopped) if bulk.stopped else "stopped"
            return f":black_square_for_stop: The recovery of all by {who} {how}: {succeeded}"
        case BulkStage.ENDED:
            when = date(bulk.ended_at or bulk.at)
            return f":checkered_flag: Recovery of all by {who} ended {when}: {outcomes(bulk)}"


def stop(stopped: Stop) -> str:
    """``was stopped by …`` or ``stopped, because …``."""
    if stopped.by:
        return f"was stopped by {bold_name(stopped.by.name)}"
    return f"stopped, because {_WHY[stopped.why]}"


def outcomes(bulk: BulkRecovery) -> str:
    """How many succeeded, and how many did not."""
    refused = sum(refusal.count for refusal in (bulk.report or Report()).refused)
    told = [f"{bulk.tally.succeeded:,} succeeded"]
    told += [f"{bulk.failed:,} failed again"] if bulk.failed else []
    told += [f"{refused:,} refused"] if refused else []
    return ", ".join(told)


def line(notice: Notice, permalink: str | None) -> dict[str, Any]:
    """One step of the story. *permalink* leads to the alert of those that failed otherwise."""
    said_ = said(notice.alert)
    message: dict[str, Any] = {"text": said_, "unfurl_links": False, "unfurl_media": False}
    bulk = notice.alert.bulk
    if bulk is None or notice.reason is not Reason.BULK_ENDED:
        return message
    more = [*_failed(bulk, permalink), *_unasked(bulk.report or Report())]
    return message | ({"blocks": [section(said_), *more]} if more else {})


def said(alert: Alert) -> str:
    bulk = alert.bulk
    assert bulk is not None
    if bulk.stage is BulkStage.RUNNING:
        by = bulk.resumed.by.name if bulk.resumed else bulk.by.name
        return f":arrow_forward: {bold_name(by)} resumed the recovery."
    if bulk.stage is BulkStage.ENDED:
        took = span((bulk.ended_at or bulk.at) - bulk.at)
        asked = f"asked for by {bold_name(bulk.by.name)}"
        return (
            f":checkered_flag: The recovery of all ended after {took}, {asked}: "
            f"{outcomes(bulk)}. {left(alert)}"
        )
    stopped = bulk.stopped
    if stopped and stopped.by:
        told = f":black_square_for_stop: {bold_name(stopped.by.name)} stopped the recovery."
        return f"{told} {left(alert)} What runs already goes on."
    why = _WHY[stopped.why] if stopped else "it had to"
    return (
        f":black_square_for_stop: The recovery stopped, because {why}. {left(alert)} "
        "Repair the cause, then resume it."
    )


def refusals(refused: Iterable[Refusal]) -> str:
    """How many were refused for which reason, the most frequent ones first."""
    by_count = sorted(refused, key=lambda refusal: -refusal.count)
    told = [
        f"{refusal.count:,}: {in_words(cut(refusal.reason, _REASON))}"
        for refusal in by_count[:_REASONS]
    ]
    rest = sum(refusal.count for refusal in by_count[_REASONS:])
    return "; ".join([*told, *([f"{rest:,}: other reasons"] if rest else [])])


def _failed(bulk: BulkRecovery, permalink: str | None) -> list[Block]:
    """Those that failed again, by name as far as they are known and fit."""
    failed = bulk.failed
    if not failed:
        return []
    lines, length = ["*Failed again*"], 0
    for name in bulk.tally.names[:failed]:
        arn = ExecutionArn.parse(name)
        told = f"• {link(links.execution(arn), cut(arn.name, 80))}"
        length += len(told) + 1
        if length > _NAMES:
            break
        lines.append(told)
    if failed > len(lines) - 1:
        lines.append(f"and {counted(failed - len(lines) + 1, 'more execution')}")
    blocks = [section(part) for part in _parts(lines)]
    other = bulk.tally.failed_otherwise
    if other:
        where = link(permalink, "another alert") if permalink else "another alert"
        blocks.append(context(f"{other:,} of them with another error: see {where}"))
    return blocks


def _parts(lines: Iterable[str]) -> list[str]:
    """*lines* in as few texts as hold them."""
    parts = [""]
    for one in lines:
        if len(parts[-1]) + len(one) > _SECTION:
            parts.append("")
        parts[-1] += one + "\n"
    return parts


def _unasked(report: Report) -> list[Block]:
    told = []
    if report.refused:
        told.append(context(f":no_entry: Refused: {refusals(report.refused)}"))
    if report.too_old:
        are = "is" if report.too_old == 1 else "are"
        told.append(
            context(
                f":hourglass: {counted(report.too_old, 'execution')} {are} too old: AWS redrives "
                "for 14 days. A restart is still possible"
            )
        )
    return told
