"""Who people are: members of the workspace may act, guests of others and bots may not.

Whom somebody is does not change from one errand to the next, so it is asked once a process.
"""

from collections.abc import Callable, Iterable
from typing import Any

from aws_lambda_powertools import Logger
from msgspec import Struct
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from app.domain.people import Person

#: A process that lives long must not know everybody for ever.
_MOST = 1_000

logger = Logger(child=True)


class Bot(Struct, frozen=True):
    """The app's own user, and the workspace it is installed in."""

    user_id: str
    team_id: str


class _Known(Struct, frozen=True):
    name: str
    may_act: bool


class Members:
    """*slack* makes the client when it is first needed."""

    def __init__(self, slack: Callable[[], WebClient]) -> None:
        self._slack = slack
        self._bot: Bot | None = None
        self._known: dict[str, _Known] = {}

    def bot(self) -> Bot:
        """Raises SlackApiError."""
        if self._bot is None:
            answer: Any = self._slack().auth_test()
            self._bot = Bot(str(answer["user_id"]), str(answer["team_id"]))
        return self._bot

    def acting(self, user_id: str) -> Person | None:
        """Who that is; None when they may not act here. Raises SlackApiError."""
        known = self._ask(user_id)
        return Person(user_id, known.name) if known.may_act else None

    def names(self, user_ids: Iterable[str]) -> dict[str, str]:
        """Their names by their ids; of whom Slack tells nothing, none."""
        names = {}
        for user_id in user_ids:
            try:
                names[user_id] = self._ask(user_id).name
            except (SlackApiError, OSError) as problem:
                logger.warning("name not known", user_id=user_id, reason=str(problem)[:200])
        return names

    def _ask(self, user_id: str) -> _Known:
        if user_id not in self._known:
            answer: Any = self._slack().users_info(user=user_id)
            if len(self._known) >= _MOST:
                self._known.clear()
            self._known[user_id] = _read(answer["user"], self.bot().team_id)
        return self._known[user_id]


def _read(user: dict[str, Any], team_id: str) -> _Known:
    """Slack: in an organisation a user's own team may be another than the workspace's; a guest of
    another workspace is a stranger until some channel is shared with them.
    """
    teams = {user.get("team_id"), *((user.get("enterprise_user") or {}).get("teams") or ())}
    outside = user.get("is_stranger") or team_id not in teams
    return _Known(
        # Slack: a click tells no other name than this, and nobody is to have two.
        name=str(user.get("name") or "someone"),
        may_act=not (outside or user.get("is_bot") or user.get("deleted")),
    )
