"""Answers about names: several may be meant, none is known; and what one can ask at all."""

from datetime import datetime

from app.domain.reports import NothingFound, Several
from app.render.answer import Answer
from app.render.asking import ASK, Ask
from app.render.buttons import button
from app.render.mrkdwn import Block, code, context, counted, cut, section

_HELP = """\
*What you can ask*
`/sfn-status`  what is broken right now
`/sfn-status orders-import`  a state machine, by its name, a part of it, or its ARN
`/sfn-status arn:aws:states:…:execution:…`  an execution, by its ARN, its name, or a link to \
the AWS console
`/sfn-status mutes`  what is kept quiet, by whom and why, and until when
`/sfn-status missing`  failures of the last 24 hours that no event told of
`/sfn-status help`  this

Only you see the answer, until you share it. The same as on this board, with buttons, is in the \
app's Home."""


#: A way on for whoever found nothing, and nothing that is called nearly so.
_ASKED = [
    button(f"{ASK}.board", "What is broken right now", Ask("").value),
    button(f"{ASK}.help", "What one can ask", Ask("help").value),
]


def help_answer(now: datetime) -> Answer:
    return Answer(
        text="What you can ask", words="help", now=now, head=[section(_HELP)], changes=False
    )


def several_answer(found: Several, now: datetime, page: int = 0) -> Answer:
    said = f"{counted(len(found.machines), 'state machine')} may be meant by"
    head: list[Block] = [section(f"*{said}* {code(found.words)}")]
    if not found.whole:
        head.append(context("This account has very many: not all of them were looked at."))
    return Answer(
        text=f"{said} {code(found.words, 200)}",
        words=found.words,
        now=now,
        head=head,
        rows=[[_choice(one.name, one.arn)] for one in found.machines],
        page=page,
        rows_at_once=12,
    )


def nothing_answer(found: NothingFound, now: datetime) -> Answer:
    """In a friendly way, with what is called nearly so."""
    said = f":mag: I found no state machine and no execution called {code(found.words, 200)}."
    head: list[Block] = [section(said)]
    if found.near:
        near = [
            button(f"{ASK}.near{place}", cut(name, 75), Ask(name).value)
            for place, name in enumerate(found.near)
        ]
        head += [section("Did you mean one of these?"), {"type": "actions", "elements": near}]
    else:
        head += [section("What would you like to know?"), {"type": "actions", "elements": _ASKED}]
    if not found.by_arn:  # then no execution was looked for
        head.append(context(_looked_where(found)))
    text = f"Nothing found called {code(found.words, 200)}"
    return Answer(text=text, words=found.words, now=now, head=head)


def _choice(name: str, arn: str) -> Block:
    """A row that asks for what it names."""
    return section(code(name)) | {"accessory": button(ASK, "Show", Ask(arn).value)}


def _looked_where(found: NothingFound) -> str:
    directly = "By its ARN, or a link to it, I find any execution."
    if not found.failed_lately:
        return directly
    if found.failed_lately == 1:
        where = "the one state machine that has failed"
    elif found.looked_in == found.failed_lately:
        where = f"the {found.failed_lately:,} state machines that have failed"
    else:
        where = (
            f"the last {found.looked_in:,} of {found.failed_lately:,} state machines that failed"
        )
    return f"For an execution I looked in {where} within 7 days. {directly}"
