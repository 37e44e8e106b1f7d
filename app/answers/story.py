"""The story of an alert's thread, as a file in it."""

from slack_sdk import WebClient

from app.discussion import messages
from app.domain.alert import Alert
from app.members import Members
from app.render.story import speakers, story_text
from app.stores.publications import MessageRef

#: Of a thread, in five requests.
_MOST = 1_000
#: People whose names are asked for, with a request each.
_NAMES = 100


def story(slack: WebClient, members: Members, alert: Alert, ref: MessageRef) -> str:
    """Who said what when, the bot too. Raises SlackApiError."""
    found = messages(slack, ref, most=_MOST)
    names = members.names(speakers(found)[:_NAMES])
    return story_text(alert, found, names, cut=len(found) >= _MOST)
