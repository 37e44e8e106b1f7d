"""The daily digest as one message. It calls nobody."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from app.domain.digest import Digest
from app.render.answer import Row, paged, weight
from app.render.mrkdwn import Block, code, context, counted, section
from app.render.rows import alert_row, mute_text

METADATA_EVENT = "sfn_digest"
#: Slack takes some 13,000 characters in all.
_WHOLE = 9_000
_MOST_OPEN, _MOST_MUTES, _MOST_SUPPRESSED = 10, 3, 5


def digest_message(digest: Digest, now: datetime) -> dict[str, Any]:
    said = _headline(digest)
    head, foot = [section(f"*{said}*")], [*_muted(digest), *_suppressed(digest), *_resolved(digest)]
    shown = paged(
        [alert_row(posted, now) for posted in digest.open],
        most=_MOST_OPEN,
        first_room=_WHOLE - weight([*head, *foot]),
        room=_WHOLE,
        first_blocks=_MOST_OPEN,
        blocks=_MOST_OPEN,
    )[0]
    return {
        "text": said,
        "blocks": [*head, *_open(digest, shown), *foot],
        "metadata": metadata(digest),
        "unfurl_links": False,
        "unfurl_media": False,
    }


def plain_digest(digest: Digest) -> dict[str, Any]:
    """The same without blocks, for when Slack will not take them."""
    return {"text": f"{_headline(digest)}. See `/sfn-status`.", "metadata": metadata(digest)}


def metadata(digest: Digest) -> dict[str, Any]:
    """By which the digest of a day is found again."""
    return {"event_type": METADATA_EVENT, "event_payload": {"day": digest.day.isoformat()}}


def _headline(digest: Digest) -> str:
    day = f"{digest.day:%a} {digest.day.day} {digest.day:%b}"
    if digest.all_well:
        return f":sunny: {day}: all is well. Nothing is open, muted or kept quiet"
    if not digest.open:
        return f":newspaper: {day}: no open alerts"
    more = "" if digest.whole else "more than "
    return f":newspaper: {day}: {more}{counted(len(digest.open), 'open alert')}"


def _open(digest: Digest, shown: list[Row]) -> Iterator[Block]:
    for row in shown:
        yield from row
    left = len(digest.open) - len(shown)
    if left:
        yield context(f"and {left:,} more: `/sfn-status`")


def _muted(digest: Digest) -> Iterator[Block]:
    if not digest.muted:
        return
    held = counted(digest.held_back, "failure")
    yield section(f"*{counted(len(digest.muted), 'mute')}*, {held} held back in the last 24 hours")
    for one in digest.muted[:_MOST_MUTES]:
        yield context(mute_text(one.mute, one.held_back))
    if len(digest.muted) > _MOST_MUTES:
        yield context(f"and {len(digest.muted) - _MOST_MUTES:,} more: `/sfn-status mutes`")


def _suppressed(digest: Digest) -> Iterator[Block]:
    found = digest.suppressed
    if not found:
        return
    failures = counted(sum(one.failures for one in found), "failure")
    yield section(f"*Not posted by rule*: {failures} in the last 24 hours")
    lines = [
        f":mute: {code(one.posted.alert.arn.machine, 60)} {code(one.posted.alert.error, 60)} "
        f"{counted(one.failures, 'failure')}"
        for one in found[:_MOST_SUPPRESSED]
    ]
    if len(found) > _MOST_SUPPRESSED:
        lines.append(f"and {counted(len(found) - _MOST_SUPPRESSED, 'more problem')}")
    yield context("\n".join(lines))


def _resolved(digest: Digest) -> Iterator[Block]:
    if digest.resolved:
        are = "is" if digest.resolved == 1 else "are"
        told = f"{counted(digest.resolved, 'alert')} of the last 24 hours {are} resolved"
        yield context(f":white_check_mark: {told}")
