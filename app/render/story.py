"""The story of an alert's thread as a text: who said what when, the bot too."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from app.domain.alert import Alert
from app.render.plain import mentioned, moment, plain_message

_BOT = "sfn-alerts"


def story_text(
    alert: Alert,
    messages: Sequence[Mapping[str, Any]],
    names: Mapping[str, str],
    *,
    cut: bool = False,
) -> str:
    """*messages* as Slack's API has them, oldest first; *names* by the ids of people.

    *cut*: there were more than these.
    """
    told = [f"{alert.arn.machine}: {alert.error}", alert.arn.text, ""]
    told += [_said(message, names) for message in messages]
    if cut:
        told += ["… and more, which is left out here."]
    return "\n".join(told) + "\n"


def speakers(messages: Iterable[Mapping[str, Any]]) -> list[str]:
    """The ids of the people who said something, or of whom something was said."""
    found: dict[str, None] = {}
    for message in messages:
        if not message.get("bot_id") and message.get("user"):
            found[message["user"]] = None
        found |= dict.fromkeys(mentioned(str(message.get("text"))))
    return list(found)


def _said(message: Mapping[str, Any], names: Mapping[str, str]) -> str:
    who = _who(message, names)
    # What goes over several lines stands under its first.
    lines = (plain_message(message, names) or "(nothing)").splitlines()
    first, *rest = lines
    when = _when(str(message["ts"]))
    return "\n".join([f"{when}  {who}: {first}", *(f"    {line}" for line in rest)])


def _who(message: Mapping[str, Any], names: Mapping[str, str]) -> str:
    if message.get("bot_id"):
        profile = message.get("bot_profile") or {}
        return str(profile.get("name") or message.get("username") or _BOT)
    user = str(message.get("user") or "")
    return names.get(user) or user or "someone"


def _when(ts: str) -> str:
    return moment(datetime.fromtimestamp(float(ts), UTC), seconds=True)
