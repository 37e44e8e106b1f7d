"""manifest.json against what the code asks of Slack."""

from collections.abc import Iterator, Mapping
from typing import Any

from app.cli.files import ProblemError

#: Slack: the scopes of each Web API method that the code calls, by its name in the SDK.
SCOPES: Mapping[str, tuple[str, ...]] = {
    "auth_test": (),
    "chat_postEphemeral": ("chat:write",),
    "chat_postMessage": ("chat:write", "chat:write.public"),
    "chat_update": ("chat:write",),
    "chat_getPermalink": (),
    "conversations_history": ("channels:history", "groups:history"),
    "conversations_replies": ("channels:history", "groups:history"),
    "conversations_list": ("channels:read", "groups:read"),
    "files_upload_v2": ("files:write",),
    "usergroups_list": ("usergroups:read",),
    "usergroups_users_list": ("usergroups:read",),
    "users_info": ("users:read",),
    "views_open": (),
    "views_publish": (),
}
#: What stays away without a scope, in the words of whoever will miss it.
_WITHOUT = {
    "chat:write": "no alert can be posted",
    "chat:write.public": "the app must be invited into every channel first",
    "channels:history": "a card whose answer was lost is posted a second time",
    "groups:history": "a card whose answer was lost is posted a second time in private channels",
    "channels:read": "a channel can't be found by its name",
    "groups:read": "a private channel can't be found by its name",
    "usergroups:read": "a mention by handle stays plain text",
    "files:write": "no long text can be had in a thread",
    "users:read": "nobody can talk to it in a thread, and nobody's home can be shown",
    "commands": "there is no /sfn-status",
}
#: Slack: these events come only to an app with this scope.
_EVENT_SCOPES = {
    "app_mention": "app_mentions:read",
    "message.channels": "channels:history",
    "message.groups": "groups:history",
    "reaction_added": "reactions:read",
    "reaction_removed": "reactions:read",
}
#: What the slack function listens at.
PATH = "/slack/events"


def check(content: Any, path: str) -> list[str]:
    """Warnings. Raises ProblemError with every mistake."""
    mistakes = list(_mistakes(content))
    if mistakes:
        raise ProblemError("\n".join(f"{path}: {mistake}" for mistake in mistakes))
    return [f"{path}: warning: {warning}" for warning in _warnings(content)]


def needed_scopes(content: Any) -> set[str]:
    """What the code needs, and the events that the manifest itself subscribes to."""
    events = {_EVENT_SCOPES[one] for one in _events(content) if one in _EVENT_SCOPES}
    return {"commands", *events, *(scope for scopes in SCOPES.values() for scope in scopes)}


def without(scope: str) -> str:
    """What stays away without the scope."""
    return _WITHOUT.get(scope, "the events it subscribes to do not come")


def _mistakes(content: Any) -> Iterator[str]:
    from app.slack.commands import STATUS  # noqa: PLC0415  (Bolt takes longest to import)

    if not isinstance(content, dict):
        yield "a manifest is a JSON object; export the app's own at api.slack.com/apps"
        return
    commands = [one.get("command") for one in _objects(content, "features", "slash_commands")]
    if STATUS not in commands:
        yield f"features.slash_commands must have {STATUS}, the command the app answers"
    if _at(content, "settings", "interactivity", "is_enabled") is not True:
        yield "settings.interactivity.is_enabled must be true, or no button works"
    for scope in sorted(needed_scopes(content) - scopes(content)):
        yield f"oauth_config.scopes.bot must have {scope}, or {without(scope)}"
    if _at(content, "settings", "socket_mode_enabled") is True:
        yield "settings.socket_mode_enabled must be false, or Slack never calls the function's URL"
    if _at(content, "settings", "token_rotation_enabled") is True:
        yield "settings.token_rotation_enabled must be false, since nobody renews the token"
    for place, url in urls(content):
        if not isinstance(url, str) or not url.startswith("https://") or not url.endswith(PATH):
            yield f"{place} must be the address of the slack function and then {PATH}"


def _warnings(content: Any) -> Iterator[str]:
    from app.slack.commands import STATUS  # noqa: PLC0415  (as above)

    for one in _objects(content, "features", "slash_commands"):
        if one.get("command") != STATUS:
            yield f"nothing answers the command {one.get('command')}"
    for scope in sorted(scopes(content) - needed_scopes(content)):
        yield f"nothing uses the scope {scope}; leave out what is not needed"
    if len({url for _, url in urls(content)}) > 1:
        yield "its request URLs differ, while one function answers them all"


def urls(content: Any) -> Iterator[tuple[str, Any]]:
    """Every address that Slack is told to send to, with its place."""
    for number, one in enumerate(_objects(content, "features", "slash_commands")):
        yield f"features.slash_commands[{number}].url", one.get("url")
    if _at(content, "settings", "interactivity", "is_enabled") is True:
        url = _at(content, "settings", "interactivity", "request_url")
        yield "settings.interactivity.request_url", url
    if _events(content):
        url = _at(content, "settings", "event_subscriptions", "request_url")
        yield "settings.event_subscriptions.request_url", url


def _events(content: Any) -> list[str]:
    said = _at(content, "settings", "event_subscriptions", "bot_events")
    return [one for one in said if isinstance(one, str)] if isinstance(said, list) else []


def scopes(content: Any) -> set[str]:
    """The bot's, that the manifest asks for."""
    said = _at(content, "oauth_config", "scopes", "bot")
    return {one for one in said if isinstance(one, str)} if isinstance(said, list) else set()


def _objects(content: Any, *keys: str) -> list[dict[str, Any]]:
    said = _at(content, *keys)
    return [one for one in said if isinstance(one, dict)] if isinstance(said, list) else []


def _at(content: Any, *keys: str) -> Any:
    """What stands at the end of *keys*; None where the way there is another than it should be."""
    for key in keys:
        content = content.get(key) if isinstance(content, dict) else None
    return content
