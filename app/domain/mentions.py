"""Whom an alert calls: a mention in Slack's own form, or the handle of a user group.

Slack: only its own form is live, and names people and groups by id. A handle says nothing to
Slack until somebody has looked up whose it is.
"""

import re

_EVERYONE = re.compile(r"<!(here|channel|everyone)(?:\|[^<>|]*)?>|@(here|channel|everyone)")
_PERSON = re.compile(r"<@([UW][A-Z0-9]+)(?:\|[^<>|]*)?>|([UW][A-Z0-9]{5,})")
_GROUP = re.compile(r"<!subteam\^(S[A-Z0-9]+)(?:\|[^<>|]*)?>|(S[A-Z0-9]{5,})")
_HANDLE = re.compile(r"@[\w.-]{1,80}")

#: What may be written, for whoever wrote something else.
FORMS = (
    '"@here", "@channel" or "@everyone" (or <!here> and so on); a person by id, as U012AB3CD or '
    '<@U012AB3CD>; a user group by handle, as "@billing-oncall", or by id, as S012AB3CD or '
    "<!subteam^S012AB3CD>"
)


def normal(said: str) -> str | None:
    """*said* in Slack's form; a handle stays a handle; None when it is no mention."""
    text = said.strip()
    for pattern, live in ((_EVERYONE, "<!{}>"), (_PERSON, "<@{}>"), (_GROUP, "<!subteam^{}>")):
        found = pattern.fullmatch(text)
        if found:
            return live.format(found[1] or found[2])
    # Slack: handles have no capitals, so what has some was meant otherwise.
    return text if _HANDLE.fullmatch(text) and text == text.lower() else None


def is_handle(mention: str) -> bool:
    return mention.startswith("@")


def is_person(mention: str) -> bool:
    return mention.startswith("<@")


def is_everyone(mention: str) -> bool:
    return mention.startswith("<!") and not mention.startswith("<!subteam")


def of_person(user_id: str) -> str:
    return f"<@{user_id}>"


def group_id(mention: str) -> str | None:
    """The id of the user group that is mentioned; None for a handle, or anybody else."""
    found = _GROUP.fullmatch(mention)
    return (found[1] or found[2]) if found else None


def of_group(group_id: str) -> str:
    """The mention of a user group."""
    return f"<!subteam^{group_id}>"
