"""``auth.test``, ``users.*``, ``usergroups.*``: who there is."""

from collections.abc import Mapping

from local.slack.methods.arguments import Arguments, Method, SlackError, page, true
from local.slack.people import (
    APP,
    APP_NAME,
    BOT,
    BOT_ID,
    GROUPS,
    TEAM,
    TEAM_DOMAIN,
    TIME_ZONE,
    USERS,
    Group,
    User,
)
from local.slack.workspace import Json


class Directory:
    def methods(self) -> Mapping[str, Method]:
        return {
            "api.test": lambda _: {},
            "auth.test": lambda _: _auth(),
            "usergroups.list": _groups,
            "usergroups.users.list": _members,
            "users.info": _user,
            "users.list": _users,
        }


def _auth() -> Json:
    return {
        "url": f"https://{TEAM_DOMAIN}.slack.com/",
        "team": "Acme",
        "team_id": TEAM,
        "user": APP_NAME,
        "user_id": BOT,
        "bot_id": BOT_ID,
        "is_enterprise_install": False,
    }


def _user(arguments: Arguments) -> Json:
    if arguments.get("user") == BOT:
        return {"user": _the_bot()}
    user = USERS.get(str(arguments.get("user")))
    if user is None:
        raise SlackError("user_not_found")
    return {"user": _about(user)}


def _users(arguments: Arguments) -> Json:
    everybody = [*(_about(one) for one in USERS.values()), _the_bot()]
    users, following = page(everybody, arguments, "id")
    return {"members": users, "response_metadata": {"next_cursor": following}}


def _about(user: User) -> Json:
    """Slack: of a guest's time zone and address nothing is told."""
    known: Json = {
        "id": user.id,
        "team_id": user.team,
        "name": user.username,
        "real_name": user.name,
        "deleted": False,
        "is_bot": False,
        "is_app_user": False,
        "is_stranger": user.team != TEAM,
        "profile": {"display_name": user.name, "real_name": user.name, "team": user.team},
    }
    if user.team == TEAM:
        known |= {"tz": TIME_ZONE, "is_admin": False, "is_owner": False, "is_restricted": False}
    return known


def _the_bot() -> Json:
    return {
        "id": BOT,
        "team_id": TEAM,
        "name": APP_NAME,
        "real_name": APP_NAME,
        "deleted": False,
        "is_bot": True,
        "is_app_user": False,
        "profile": {"real_name": APP_NAME, "bot_id": BOT_ID, "api_app_id": APP, "team": TEAM},
    }


def _groups(arguments: Arguments) -> Json:
    with_users = true(arguments.get("include_users"))
    with_count = true(arguments.get("include_count"))
    return {"usergroups": [_group(one, with_users, with_count) for one in GROUPS.values()]}


def _group(group: Group, with_users: bool, with_count: bool) -> Json:  # noqa: FBT001
    about: Json = {
        "id": group.id,
        "team_id": TEAM,
        "is_usergroup": True,
        "name": group.handle,
        "handle": group.handle,
        "is_external": False,
        "date_delete": 0,
    }
    if with_users:
        about["users"] = list(group.members)
    if with_users or with_count:
        about["user_count"] = len(group.members)
    return about


def _members(arguments: Arguments) -> Json:
    group = GROUPS.get(str(arguments.get("usergroup")))
    if group is None:
        raise SlackError("no_such_subteam")
    return {"users": list(group.members)}
