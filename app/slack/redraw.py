"""What was pressed away from its card: the home or the answer where it stands is drawn anew.

A card is redrawn by the table's stream, whoever has done something. A home and an answer are
one person's own, and nobody else can tell that they are looked at.
"""

from collections.abc import Callable, Mapping
from typing import Any

from app.deps import Deps
from app.domain.execution import ExecutionArn
from app.render.asking import HOME, OF_EXECUTION, answer_of
from app.render.buttons import Chosen, Pressed, PressedBulk
from app.slack.people import OutsiderError, person
from app.stores.errands import HomeOpened, Question
from app.stores.table import UnreadableError

#: Ends the private metadata of a modal that was opened in the home, before the home's page.
_IN_HOME = "\nin home "


def opened_in(body: Mapping[str, Any], modal: dict[str, Any]) -> dict[str, Any]:
    """*modal*, which remembers the home should it have been opened there.

    Slack: nothing else that a modal submits tells where it was opened.
    """
    page = _home_page(body)
    if page is None:
        return modal
    return modal | {"private_metadata": f"{modal.get('private_metadata', '')}{_IN_HOME}{page}"}


def take_out_home(body: dict[str, Any]) -> int | None:
    """The page of the home that this modal was opened in, taken out of what it submits."""
    if body.get("type") != "view_submission":
        return None
    view = body["view"]
    metadata, mark, page = str(view.get("private_metadata") or "").partition(_IN_HOME)
    if not mark:
        return None
    view["private_metadata"] = metadata
    return _number(page)


def redraw(deps: Callable[[], Deps], body: Mapping[str, Any], home_page: int | None) -> None:
    """Draw anew where something was done. *home_page* is that of a modal opened in the home."""
    if _turns_a_page(body):
        return
    page = _home_page(body) if home_page is None else home_page
    answer = _answer(body)
    if page is None and answer is None:
        return
    try:
        by = person(body)
    except OutsiderError:
        return
    if page is not None:
        deps().errands.send(HomeOpened(user_id=by.id, page=page))
        return
    arn = _execution(deps, body["actions"][0])
    if arn:
        words = arn.text if answer == OF_EXECUTION else arn.machine_arn
        asked = Question(words=words, by=by, response_url=body["response_url"], replace=True)
        deps().errands.send(asked)


def _turns_a_page(body: Mapping[str, Any]) -> bool:
    """Whether something was pressed that does nothing but show something."""
    action = (body.get("actions") or [{}])[0]
    return bool(action.get("url")) or str(action.get("action_id")).startswith(f"{HOME}.")


def _home_page(body: Mapping[str, Any]) -> int | None:
    """Of the home in which something was pressed, should it be one."""
    view = body.get("view") or {}
    if body.get("type") != "block_actions" or view.get("type") != "home":
        return None
    return _number(view.get("private_metadata"))


def _number(text: object) -> int:
    return int(text) if isinstance(text, str) and text.isdecimal() else 0


def _answer(body: Mapping[str, Any]) -> str | None:
    """The answer in which a card's button was pressed, should it be in one.

    What is shared has no buttons, so it is an answer that only this person sees.
    """
    if body.get("type") != "block_actions" or not body.get("response_url"):
        return None
    return answer_of((body.get("actions") or [{}])[0].get("block_id"))


def _execution(deps: Callable[[], Deps], action: Mapping[str, Any]) -> ExecutionArn | None:
    """The execution that was acted on: the one the button names, or its alert's."""
    chosen = (action.get("selected_option") or {}).get("value")
    value = str(chosen or action.get("value"))
    try:
        if chosen:
            alert_id = Chosen.read(value).alert_id
        elif value.count(" ") == 1:
            alert_id = PressedBulk.read(value).alert_id
        else:
            return ExecutionArn.parse(Pressed.read(value).attempt.execution_arn)
        stored = deps().alerts.get(alert_id)
    except (ValueError, UnreadableError):
        return None
    return stored.alert.arn if stored else None
