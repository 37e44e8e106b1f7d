"""What takes longer than Slack waits for an answer: handed to the answer function."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Literal

import msgspec

from app.domain.people import Person

if TYPE_CHECKING:
    from mypy_boto3_lambda import LambdaClient
else:
    LambdaClient = Any


class Question(msgspec.Struct, tag=True, frozen=True, kw_only=True):
    """``/sfn-status words``: answered through the response URL, on the page that was asked for.

    ``share`` answers for everybody in the channel, ``replace`` in the place of the answer whose
    button was pressed.
    """

    words: str
    by: Person
    response_url: str
    page: int = 0
    share: bool = False
    replace: bool = False


class Talk(msgspec.Struct, tag=True, frozen=True, kw_only=True):
    """Somebody spoke to the bot. ``thread_ts`` None: not in a thread; ``ts`` of the message."""

    user_id: str
    channel: str
    ts: str
    text: str
    thread_ts: str | None = None


class Reacted(msgspec.Struct, tag=True, frozen=True, kw_only=True):
    """Somebody put ``reaction`` on the message ``ts``. ``event_ts`` says when."""

    user_id: str
    channel: str
    ts: str
    reaction: str
    event_ts: str


class HomeOpened(msgspec.Struct, tag=True, frozen=True, kw_only=True):
    """Somebody opened the app's home, or did something there."""

    user_id: str
    page: int = 0


#: What can be wanted as a file: the whole cause, the whole input, the story of the thread.
What = Literal["cause", "input", "story"]


class Wanted(msgspec.Struct, tag=True, frozen=True, kw_only=True):
    """A text too long for a message is wanted in the alert's thread: ``what``."""

    what: What
    alert_id: str
    by: Person
    channel: str
    thread_ts: str


Errand = Question | Talk | Reacted | HomeOpened | Wanted


class Errands:
    """``lambda_`` makes the client when it is first needed."""

    def __init__(self, lambda_: Callable[[], "LambdaClient"], function: str) -> None:
        self._lambda = lambda_
        self._function = function

    def send(self, errand: Errand) -> None:
        """Hand it over. AWS: it is run at least once, and twice more when it raises."""
        self._lambda().invoke(
            FunctionName=self._function,
            InvocationType="Event",
            Payload=msgspec.json.encode(errand),
        )


def read(event: dict[str, Any]) -> Errand:
    """The errand that the function was invoked with."""
    errand: Errand = msgspec.convert(event, Errand)
    return errand
