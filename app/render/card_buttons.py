"""Which buttons a card has, in which order, and what each asks before it is done.

A button shows exactly when the life cycle allows what it does.
"""

from collections.abc import Iterator
from typing import Any

from app.domain.alert import Alert, RecoveryKind, Status
from app.domain.changes import Acknowledged, AskedAgain, BulkRequested, Closed, Muted, Unmuted
from app.domain.history import Rerun
from app.domain.transitions import allows
from app.domain.verdict import Help
from app.render import links
from app.render.bulk_buttons import bulk_buttons
from app.render.buttons import (
    ACKNOWLEDGE,
    ASK_AGAIN,
    GIVE_UP,
    MORE,
    MUTE,
    OPEN_EXECUTION,
    RECOVER_ALL,
    REDRIVE,
    RESOLVE,
    RESTART,
    RETRY,
    RETRY_EDITED,
    UNMUTE,
    Chosen,
    button,
    confirmation,
    overflow,
    pressed,
)
from app.render.mrkdwn import counted, cut


def buttons_of(alert: Alert) -> list[dict[str, Any]]:
    return [*_recoveries(alert), *_others(alert)]


def _recoveries(alert: Alert) -> Iterator[dict[str, Any]]:
    """What can be done about the failure, what helps most first."""
    value = pressed(alert)
    if allows(alert, RecoveryKind.RETRY):
        yield button(RETRY, "Retry step", value, style="primary", confirm=_confirm_retry(alert))
        yield button(RETRY_EDITED, "Retry with edited input…", value)
    if allows(alert, RecoveryKind.GIVE_UP):
        yield button(GIVE_UP, "Give up", value, style="danger", confirm=_confirm_give_up(alert))
    offered = []
    verdict = alert.verdict
    helps = verdict is None or not (verdict.vain or verdict.help is Help.NOT_REDRIVABLE)
    if allows(alert, RecoveryKind.REDRIVE):
        style = "primary" if helps else None
        confirm = _confirm_redrive(alert)
        offered.append(button(REDRIVE, "Redrive", value, style=style, confirm=confirm))
    if allows(alert, RecoveryKind.RESTART):
        style = None if helps else "primary"
        offered.append(button(RESTART, "Restart…", value, style=style))
    yield from offered if helps else reversed(offered)
    if allows(alert, BulkRequested):
        yield button(RECOVER_ALL, "Recover all…", value)
    yield from bulk_buttons(alert)


def _others(alert: Alert) -> Iterator[dict[str, Any]]:
    value = pressed(alert)
    if allows(alert, Acknowledged):
        yield button(ACKNOWLEDGE, "Acknowledge", value)
    if allows(alert, Muted) and alert.status is not Status.RESOLVED:
        yield button(MUTE, "Mute…", value)
    if allows(alert, Unmuted):
        yield button(UNMUTE, "Unmute", value)
    url = links.execution(alert.arn, alert.focus.started_at)
    if url:
        yield button(OPEN_EXECUTION, "Open execution", value, url=url)
    more = list(_more(alert))
    if more:
        yield overflow(MORE, [(text, Chosen(what, alert.id).value) for what, text in more])


def _more(alert: Alert) -> Iterator[tuple[str, str]]:
    if allows(alert, AskedAgain) and alert.verdict:
        yield ASK_AGAIN, "Check again what a redrive would do"
    if allows(alert, Closed):
        yield RESOLVE, "Resolve: nothing more to do"


def _confirm_redrive(alert: Alert) -> dict[str, Any]:
    verdict, name = alert.verdict, cut(alert.arn.name, 80)
    if verdict and verdict.help is Help.REENTERS_FAIL:
        text = f"{name} would fail again: its error was caught, and it would enter the Fail state."
    elif verdict and verdict.vain:
        text = f"{name} would fail again: its input was at fault, and that stays as it is."
    elif verdict and verdict.help is Help.RESUMES and verdict.state:
        new = " and starts a new child execution" if verdict.rerun is Rerun.NEW_CHILD else ""
        text = f"{name} goes on from {cut(verdict.state, 80)}{new}."
    else:
        text = f"{name} goes on from the state that failed."
    return confirmation("Redrive this execution?", cut(text + _others_stay(alert), 300), "Redrive")


def _confirm_retry(alert: Alert) -> dict[str, Any]:
    state = _failed_state(alert)
    text = f"{cut(alert.arn.name, 80)} tries {state} again with the input it had."
    return confirmation("Retry the step?", cut(text + _others_stay(alert), 300), "Retry")


def _confirm_give_up(alert: Alert) -> dict[str, Any]:
    text = f"{cut(alert.arn.name, 80)} stops waiting and ends as its state machine says."
    return confirmation(
        "Give up on this execution?",
        cut(text + _others_stay(alert), 300),
        "Give up",
        style="danger",
    )


def _failed_state(alert: Alert) -> str:
    caught = alert.verdict.caught_from if alert.verdict else None
    return cut(caught, 80) if caught else "the state that failed"


def _others_stay(alert: Alert) -> str:
    others = alert.failing_count - 1
    return (
        f" {counted(others, 'other execution')} of this alert will not be touched."
        if others
        else ""
    )
