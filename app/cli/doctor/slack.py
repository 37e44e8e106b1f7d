"""The app in its workspace: its token, its scopes, its channels."""

from collections.abc import Iterator
from typing import Any

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.http_retry.builtin_handlers import RateLimitErrorRetryHandler

from app.cli import manifest
from app.cli.doctor import secrets
from app.cli.doctor.deployment import Deployment
from app.cli.doctor.findings import Finding, unchecked, well, wrong
from app.cli.doctor.places import Places

_SECONDS = 10
_REINSTALL = "api.slack.com/apps > OAuth & Permissions > Reinstall to Workspace"
#: Slack: the token itself is not, or no longer, good.
_REFUSED = frozenset(
    {"account_inactive", "invalid_auth", "not_authed", "token_expired", "token_revoked"}
)


def look(deployment: Deployment, places: Places) -> Iterator[Finding]:
    token = secrets.value(deployment, secrets.TOKEN)
    if not token:
        yield unchecked("what Slack says, for want of the token")
        return
    slack = WebClient(
        token=token,
        # Where the functions send to.
        base_url=deployment.environment("slack").get("SLACK_API_URL") or WebClient.BASE_URL,
        timeout=_SECONDS,
        retry_handlers=[RateLimitErrorRetryHandler(max_retry_count=2)],
    )
    try:
        answer: Any = slack.auth_test()
        yield well(f"the token is that of {answer['user']} in the workspace {answer['team']}")
        yield from _scopes(answer, places)
        yield from _channels(slack, str(answer["user"]), places)
    except SlackApiError as problem:
        error = str(problem.response.get("error", ""))
        if error in _REFUSED:
            yield wrong(
                f"Slack refuses the token: {error}", f"{_REINSTALL}, then put the new one into SSM"
            )
        else:
            yield unchecked(f"Slack answers {error or problem}")
    except OSError as problem:
        yield unchecked(f"Slack can't be reached from here: {problem}")


def _scopes(answer: Any, places: Places) -> Iterator[Finding]:
    """Slack: every answer of the Web API tells the token's scopes in a header."""
    headers = {name.lower(): text for name, text in answer.headers.items()}
    if "x-oauth-scopes" not in headers:
        yield unchecked("the token's scopes: Slack does not tell them")
        return
    wanted = manifest.scopes(places.app)
    missing = wanted - {scope.strip() for scope in headers["x-oauth-scopes"].split(",")}
    for scope in sorted(missing):
        yield wrong(
            f"the token lacks the scope {scope}: {manifest.without(scope)}",
            f"add it at api.slack.com/apps > OAuth & Permissions > Scopes, then {_REINSTALL}",
        )
    if not missing:
        yield well(f"it has the {len(wanted)} scopes of {places.manifest}")


def _channels(slack: WebClient, name: str, places: Places) -> Iterator[Finding]:
    rules = places.rules
    named = [rules.channel, *(rule.channel for rule in rules.rules if rule.channel)]
    known = _listed(slack)
    for channel in dict.fromkeys(named):
        found = known.get(channel)
        if found is None:
            yield wrong(
                f"{places.alerts} names {channel}, which is not there, or private without the app",
                f"mend the name, or say /invite @{name} in it",
            )
        elif found["is_archived"]:
            yield wrong(
                f"{channel} is archived: its alerts go to {rules.channel}",
                f"unarchive it, or name another in {places.alerts}",
            )
        elif not found["is_member"]:
            yield wrong(
                f"the app is not in {channel}: it can't find there what it has posted",
                f"say /invite @{name} in it",
            )
        else:
            yield well(f"the app is in {channel}")


def _listed(slack: WebClient) -> dict[str, Any]:
    """Every channel the app can see, by its name with # and by its id."""
    known: dict[str, Any] = {}
    cursor = None
    while True:
        answer: Any = slack.conversations_list(
            limit=1000, cursor=cursor, types="public_channel,private_channel"
        )
        for one in answer["channels"]:
            known[one["id"]] = one
            if not one["is_archived"] or f"#{one['name']}" not in known:
                known[f"#{one['name']}"] = one
        cursor = (answer.get("response_metadata") or {}).get("next_cursor")
        if not cursor:
            return known
