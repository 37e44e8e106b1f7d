"""What the page is told: the workspace as everybody sees it, and as one person does."""

from dataclasses import asdict

from local.slack.manifest import Manifest
from local.slack.people import APP, APP_NAME, BOT, CHANNELS, DMS, GROUPS, TEAM, USERS, dm_with
from local.slack.workspace import Json, Workspace

_SEEN_LATELY = 500  # messages of a conversation the page is sent


def by_everybody(manifest: Manifest) -> Json:
    return {
        "team": TEAM,
        "app_id": APP,
        "bot": {"id": BOT, "name": APP_NAME},
        "users": {user.id: user.name for user in USERS.values()},
        "groups": {group.id: group.handle for group in GROUPS.values()},
        "group_members": {group.id: list(group.members) for group in GROUPS.values()},
        "channels": {
            one.id: {"name": one.name, "purpose": one.purpose, "archived": one.archived}
            for one in CHANNELS.values()
        },
        "commands": [asdict(one) for one in manifest.commands],
        "shortcuts": [asdict(one) for one in manifest.shortcuts],
        "has_home": manifest.has_home,
        "takes_messages": manifest.takes_messages,
    }


def by_one(workspace: Workspace, manifest: Manifest, user: str) -> Json:
    """Everything *user* sees. To be called under the workspace's lock."""
    stack = workspace.modals.get(user) or []
    dm = dm_with(user)
    conversations = [*CHANNELS, *([dm] if dm in DMS else [])]
    return {
        **by_everybody(manifest),
        "dm": dm if dm in DMS else None,
        "messages": {
            one: [
                message
                for message in workspace.messages[one]
                if message.get("ephemeral_to") in {None, user}
            ][-_SEEN_LATELY:]
            for one in conversations
        },
        "modal": workspace.views[stack[-1]] if stack else None,
        "modals_below": max(0, len(stack) - 1),
        "home": workspace.homes.get(user),
    }
