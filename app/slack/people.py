"""Who sent it, and where: a member of the workspace, or somebody who may not act."""

from collections.abc import Mapping
from typing import Any

from slack_sdk import WebClient

from app.domain.audit import Asker, Place, Surface
from app.domain.people import Person


class OutsiderError(Exception):
    """A guest of another workspace (Slack Connect), or a bot."""


def person(body: Mapping[str, Any]) -> Person:
    """Who pressed, typed or submitted. Raises OutsiderError.

    Slack: interactions carry ``user`` with the team they belong to, commands ``user_id``.
    """
    user = body.get("user") or {}
    team = (body.get("team") or {}).get("id")
    if user.get("is_bot") or (team and user and user.get("team_id") not in {None, team}):
        raise OutsiderError(user.get("id"))
    return _named(body)


def asker(body: Mapping[str, Any]) -> Asker:
    """The same who wants to act, and where. Raises OutsiderError."""
    return Asker(person(body), _place(body))


def outsider(body: Mapping[str, Any]) -> Asker:
    """Who may not act but wanted to, and where."""
    return Asker(_named(body), _place(body))


def _named(body: Mapping[str, Any]) -> Person:
    user = body.get("user") or {}
    if user:
        return Person(user["id"], user.get("name") or user.get("username") or "someone")
    return Person(body["user_id"], body.get("user_name") or "someone")


def _place(body: Mapping[str, Any]) -> Place:
    """Slack: what a modal submits does not tell of the message where it was opened."""
    if body.get("type") == "view_submission":
        return Place(Surface.MODAL)
    if body.get("command"):
        return Place(Surface.COMMAND, body.get("channel_id"))
    container = body.get("container") or {}
    if container.get("type") == "view":
        return Place(Surface.HOME)
    channel = (body.get("channel") or {}).get("id") or container.get("channel_id")
    # Only what commands are answered with is for one person's eyes.
    surface = Surface.COMMAND if container.get("is_ephemeral") else Surface.MESSAGE
    # Slack: a shortcut on a message has no container.
    return Place(surface, channel, container.get("message_ts") or body.get("message_ts"))


class OwnTeam:
    """The workspace that the app is installed in, asked of Slack when it is first needed."""

    def __init__(self) -> None:
        self._id: str | None = None

    def member(self, client: WebClient, body: Mapping[str, Any]) -> Person:
        """Who typed a command. Raises OutsiderError, and SlackApiError.

        Slack: of whoever types only their own team is told.
        """
        if self._id is None:
            answer: Any = client.auth_test()
            self._id = str(answer["team_id"])
        if body.get("team_id") != self._id:
            raise OutsiderError(body.get("user_id"))
        return person(body)
