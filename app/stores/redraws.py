"""What Slack is to be shown in a moment, together with what happens until then."""

from collections.abc import Callable
from datetime import timedelta
from math import ceil
from typing import TYPE_CHECKING, Any

import msgspec

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient
else:
    SQSClient = Any


class Redraw(msgspec.Struct, tag=True, frozen=True):
    """The alert's card, as it is then."""

    alert_id: str


class Unfold(msgspec.Struct, tag=True, frozen=True):
    """The channel's folded alerts: their list, and their cards in its thread."""

    channel: str


class FailedElsewhere(msgspec.Struct, tag=True, frozen=True):
    """The line in the alert's thread that leads to the *other* alert, whose card is still to come.

    ``looks``: how often it was looked for in vain.
    """

    alert_id: str
    other_id: str
    looks: int = 0


Due = Redraw | Unfold | FailedElsewhere
_DUE: msgspec.json.Decoder[Due] = msgspec.json.Decoder(Due)


class Redraws:
    """A queue whose messages come back after a while. ``sqs`` makes its client when needed."""

    def __init__(self, sqs: Callable[[], "SQSClient"], queue_url: str) -> None:
        self._sqs = sqs
        self._queue_url = queue_url

    def later(self, due: Due, after: timedelta) -> None:
        """AWS: a delay is of whole seconds, at most 15 minutes."""
        self._sqs().send_message(
            QueueUrl=self._queue_url,
            MessageBody=msgspec.json.encode(due).decode(),
            DelaySeconds=ceil(after.total_seconds()),
        )


def read(body: str) -> Due:
    return _DUE.decode(body)
