"""Who may act: members of the workspace, and nobody else."""

from typing import Any

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from app.domain.people import Person
from app.members import Members

USER = {"id": "U1", "team_id": "T1", "name": "ana.b", "profile": {"display_name": "Ana"}}


class Slack(WebClient):
    """Knows the users it was given, and counts what it is asked."""

    def __init__(self, **users: dict[str, Any]) -> None:
        super().__init__()
        self.users = users
        self.asked: list[str] = []

    def auth_test(self, **_: Any) -> Any:
        self.asked.append("auth.test")
        return {"user_id": "UBOT", "team_id": "T1"}

    def users_info(self, *, user: str, **_: Any) -> Any:
        self.asked.append(user)
        if user not in self.users:
            raise SlackApiError("no", {"error": "user_not_found"})  # type: ignore[no-untyped-call]
        return {"user": self.users[user]}


def test_a_member_may_act_and_is_asked_for_once() -> None:
    slack = Slack(U1=USER)
    members = Members(lambda: slack)
    for _ in range(3):
        assert members.acting("U1") == Person("U1", "ana.b")
    assert sorted(slack.asked) == ["U1", "auth.test"]


@pytest.mark.parametrize(
    ("more", "may"),
    [
        ({}, True),
        ({"is_bot": True}, False),
        ({"deleted": True}, False),
        ({"is_stranger": True}, False),
        ({"team_id": "T2"}, False),
        # Slack: a guest of a channel that is shared is no stranger, and yet of another team.
        ({"team_id": "T2", "is_stranger": False}, False),
        ({"team_id": "T2", "enterprise_user": {"teams": ["T1", "T2"]}}, True),
        ({"team_id": "T2", "enterprise_user": {"teams": ["T2"]}}, False),
    ],
)
def test_only_members_of_this_workspace_may_act(more: dict[str, Any], may: bool) -> None:  # noqa: FBT001
    slack = Slack(U1=USER | more)
    assert (Members(lambda: slack).acting("U1") is not None) is may


@pytest.mark.parametrize(
    ("user", "name"),
    [
        (USER, "ana.b"),
        ({"id": "U1", "team_id": "T1"}, "someone"),
    ],
)
def test_a_name_is_the_one_that_clicks_tell_too(user: dict[str, Any], name: str) -> None:
    slack = Slack(U1=user)
    assert Members(lambda: slack).names(["U1", "UGONE"]) == {"U1": name}
