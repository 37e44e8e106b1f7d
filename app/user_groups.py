"""Slack's user groups: a rule can name one by its handle, and keep a deed to its members.

A mention is no reason to wait with a card, and none to be without it: whatever keeps the
groups from being read is logged, and the handle stays unresolved.
"""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from aws_lambda_powertools import Logger
from msgspec import Struct
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from app.domain import mentions
from app.domain.authority import MembershipUnknownError

#: Handles change rarely.
_KEPT = timedelta(minutes=10)
#: Who has left a group must not go on acting for long.
_MEMBERS_KEPT = timedelta(minutes=5)
#: A storm of new alerts must not ask again for each of them.
_FAILURE_KEPT = timedelta(minutes=1)

logger = Logger(child=True)


class _Members(Struct, frozen=True):
    ids: frozenset[str]
    until: datetime


class UserGroups:
    """*slack* makes a client that tries once, and not for long."""

    def __init__(self, slack: Callable[[], WebClient], now: Callable[[], datetime]) -> None:
        self._slack = slack
        self._now = now
        self._ids: Mapping[str, str] = {}
        self._problem: str | None = None
        self._until: datetime | None = None
        self._members: dict[str, _Members] = {}

    def mention(self, handle: str) -> str | None:
        """The live mention of the group called *handle*; None when it is not to be had."""
        if self._until is None or self._now() >= self._until:
            self._read()
        group_id = self._ids.get(handle.removeprefix("@").lower())
        if group_id:
            return mentions.of_group(group_id)
        logger.warning(
            "mention stays plain text",
            handle=handle,
            reason=self._problem or "no user group has this handle",
        )
        return None

    def belongs(self, user_id: str, entry: str) -> bool:
        """Whether a person is in the group that *entry* (a mention or a handle) names.

        Raises MembershipUnknownError where Slack does not tell: then nobody is.
        """
        mention = self.mention(entry) if mentions.is_handle(entry) else entry
        group_id = mentions.group_id(mention or "")
        if group_id is None:
            if self._problem:
                raise MembershipUnknownError(self._problem)
            return False  # no group has this handle
        known = self._members.get(group_id)
        if known is None or self._now() >= known.until:
            known = self._members[group_id] = self._read_members(group_id)
        return user_id in known.ids

    def _read_members(self, group_id: str) -> "_Members":
        try:
            answer: Any = self._slack().usergroups_users_list(usergroup=group_id)
            ids = frozenset(answer["users"])
        except Exception as problem:
            # Whatever keeps the group from being read keeps everybody out of it.
            raise MembershipUnknownError(_reason(problem)) from problem
        return _Members(ids, self._now() + _MEMBERS_KEPT)

    def _read(self) -> None:
        try:
            # Slack: disabled groups are left out.
            answer: Any = self._slack().usergroups_list()
            self._ids = {
                one["handle"].lower(): one["id"]
                for one in answer["usergroups"]
                if one.get("handle")
            }
        except Exception as problem:  # noqa: BLE001  (any answer at all; a card is waiting)
            # What was known goes on being right, most likely.
            self._problem = _reason(problem)
            self._until = self._now() + _FAILURE_KEPT
        else:
            self._problem = None
            self._until = self._now() + _KEPT


def _reason(problem: Exception) -> str:
    """``missing_scope``, ``plan_upgrade_required``, ``ratelimited``; or what broke."""
    if isinstance(problem, SlackApiError):
        response: Any = problem.response
        error = str(response.get("error", "")) if hasattr(response, "get") else ""
        if error == "missing_scope":
            return "missing_scope: the app needs usergroups:read, see manifest.json"
        return (error or str(problem))[:200]
    return f"{type(problem).__name__}: {problem}"[:200]
