"""The frame of an answer: its pages, its buttons, and the same for everybody."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from msgspec import Struct

from app.domain.people import Person
from app.render.asking import AGAIN, NEXT, PREVIOUS, SHARE, Ask
from app.render.buttons import button
from app.render.mrkdwn import Block, bold_name, context, date

#: Slack takes some 13,000 characters of text in all, and 50 blocks; the frame needs a few.
_WHOLE = 9_500
_BLOCKS = 46
_FRAME = 300

#: Blocks that are shown together or not at all.
Row = Sequence[Block]


class Answer(Struct, frozen=True, kw_only=True):
    """What there is to say, before it is known to whom.

    ``text`` is all of it in one line, for notifications. ``head`` and ``foot`` stand on the
    first page, ``rows`` fill it and those that follow. ``words`` and ``page`` ask for it again,
    where another answer may come (``changes``); ``more`` are buttons of its own.
    """

    text: str
    words: str
    now: datetime
    head: Sequence[Block]
    rows: Sequence[Row] = ()
    foot: Sequence[Block] = ()
    page: int = 0
    more: Sequence[dict[str, Any]] = ()
    rows_at_once: int = 10
    changes: bool = True


def message(answer: Answer, shared_by: Person | None = None) -> dict[str, Any]:
    """Text and blocks of a message; for everybody, when somebody has shared it.

    What is shared has no buttons: nobody draws it anew once they were pressed. It has links to
    the cards, which do.
    """
    pages = paged(
        answer.rows,
        most=answer.rows_at_once,
        first_room=_WHOLE - _FRAME - weight([*answer.head, *answer.foot]),
        room=_WHOLE - _FRAME,
        first_blocks=_BLOCKS - len(answer.head) - len(answer.foot),
        blocks=_BLOCKS,
    )
    page = min(answer.page, len(pages) - 1) if answer.rows else answer.page
    shown = [block for row in pages[page if answer.rows else 0] for block in row]
    if page == 0 or not answer.rows:
        shown = [*answer.head, *shown, *answer.foot]
    numbered = [f"Page {page + 1} of {len(pages)}"] if len(pages) > 1 else []
    when = date(answer.now, "{time_secs}")
    if shared_by:
        told = [*numbered, f"Shared by {bold_name(shared_by.name)} at {when}"]
        blocks = [*without_buttons(shown), context(" · ".join(told))]
    else:
        told = [*numbered, f"As of {when}"]
        blocks = [*shown, context(" · ".join(told)), _actions(answer, page, len(pages))]
    return {"text": answer.text, "blocks": blocks}


def paged(
    rows: Sequence[Row],
    *,
    most: int,
    first_room: int,
    room: int,
    first_blocks: int,
    blocks: int,
) -> list[list[Row]]:
    """*rows* in pages of at most *most*, that many characters and blocks; one page at least.

    A row longer than a page has one to itself.
    """
    pages: list[list[Row]] = [[]]
    room_left, blocks_left = first_room, first_blocks
    for row in rows:
        needed = weight(row)
        full = needed > room_left or len(row) > blocks_left or len(pages[-1]) >= most
        if full and (pages[-1] or len(pages) == 1):
            pages.append([])
            room_left, blocks_left = room, blocks
        pages[-1].append(row)
        room_left -= needed
        blocks_left -= len(row)
    return pages


def weight(part: object) -> int:
    """How much text blocks hold in all, buttons and dialogs included."""
    if isinstance(part, dict):
        own = len(part["text"]) if isinstance(part.get("text"), str) else 0
        return own + sum(weight(value) for value in part.values())
    if isinstance(part, list | tuple):
        return sum(weight(one) for one in part)
    return 0


def without_buttons(blocks: Iterable[Block]) -> list[Block]:
    return [
        {name: part for name, part in block.items() if name != "accessory"}
        for block in blocks
        if block["type"] != "actions"
    ]


def _actions(answer: Answer, page: int, pages: int) -> Block:
    def turned(by: int) -> str:
        return Ask(answer.words, page + by).value

    buttons = list(answer.more)
    if page > 0 and answer.rows:
        buttons.append(button(PREVIOUS, "Previous", turned(-1)))
    if page + 1 < pages:
        buttons.append(button(NEXT, "Next", turned(1)))
    if answer.changes:
        buttons.append(button(AGAIN, "Refresh", turned(0)))
    buttons.append(button(SHARE, "Share", turned(0)))
    return {"type": "actions", "elements": buttons}
