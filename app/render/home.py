"""The app's home: the board for one person, with the buttons of every alert."""

from collections.abc import Iterator, Sequence
from typing import Any

from app.domain.alert import Alert, Status
from app.domain.overview import Overview, Posted, days, for_person, held_back_by, owner_id
from app.domain.people import Person
from app.render.answer import Row, paged, weight
from app.render.asking import HOME_AGAIN, HOME_NEXT, HOME_PREVIOUS
from app.render.buttons import button
from app.render.mrkdwn import Block, context, counted, date, plain_text, section
from app.render.rows import alert_row_with_buttons, mute_row
from app.render.status import failures_an_hour, headline, kept_quiet

#: Slack: a home holds 100 blocks, and 250,000 bytes in all, of which text is the smaller part.
_BLOCKS = 94
_AT_ONCE = 20
_WHOLE = 20_000
_MOST_MUTES = 5

View = dict[str, Any]


def home(overview: Overview, person: Person, page: int = 0) -> View:
    head: list[Block] = [
        {"type": "header", "text": plain_text(headline(overview))},
        *kept_quiet(overview),
    ]
    foot = [*_mutes(overview), *failures_an_hour(days(overview), overview.now)]
    pages = paged(
        list(_rows(for_person(overview.alerts, person.id), overview, person)),
        most=_AT_ONCE,
        first_room=_WHOLE - weight([*head, *foot]),
        room=_WHOLE,
        first_blocks=_BLOCKS - len(head) - len(foot),
        blocks=_BLOCKS,
    )
    page = min(page, len(pages) - 1)
    shown = [block for row in pages[page] for block in row]
    if page == 0:
        shown = [*head, *shown, *foot]
    told = [f"Page {page + 1} of {len(pages)}"] if len(pages) > 1 else []
    told += [
        f"As of {date(overview.now, '{time_secs}')}",
        "`/sfn-status help` says what more I know",
    ]
    return {
        "type": "home",
        "private_metadata": str(page),
        "blocks": [*shown, context(" · ".join(told)), _turning(page, len(pages))],
    }


def words_home(words: str) -> View:
    """Something to read, for whom there is nothing else."""
    return {"type": "home", "private_metadata": "0", "blocks": [section(words)]}


def _rows(alerts: Sequence[Posted], overview: Overview, person: Person) -> Iterator[Row]:
    """A heading goes with the first row that it is above."""
    above = None
    for posted in alerts:
        heading = _heading(posted.alert, person)
        blocks: list[Block] = []
        if heading != above:
            blocks = [{"type": "divider"}, section(f"*{heading}*")]
            above = heading
        yield [*blocks, *alert_row_with_buttons(posted, overview.now)]


def _heading(alert: Alert, person: Person) -> str:
    if owner_id(alert) == person.id:
        return "Yours"
    if alert.status is Status.RECOVERING:
        return "Recoveries under way"
    if alert.status is Status.ACKNOWLEDGED:
        return "Taken by others"
    return "Nobody's yet"


def _mutes(overview: Overview) -> Iterator[Block]:
    mutes = overview.mutes
    if not mutes:
        return
    yield {"type": "divider"}
    yield section(f"*{counted(len(mutes), 'mute')} in force*")
    for mute in mutes[:_MOST_MUTES]:
        yield from mute_row(mute, held_back_by(mute, (*overview.alerts, *overview.lately)))
    if len(mutes) > _MOST_MUTES:
        yield context(f"and {len(mutes) - _MOST_MUTES:,} more: `/sfn-status mutes`")


def _turning(page: int, pages: int) -> Block:
    buttons = []
    if page > 0:
        buttons.append(button(HOME_PREVIOUS, "Previous", str(page - 1)))
    if page + 1 < pages:
        buttons.append(button(HOME_NEXT, "Next", str(page + 1)))
    buttons.append(button(HOME_AGAIN, "Refresh", str(page)))
    return {"type": "actions", "elements": buttons}
