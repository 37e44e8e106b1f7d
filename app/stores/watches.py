"""What is to be looked at again in a moment.

An execution whose end is told by no event, or a recovery of many that is to go on.
"""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from msgspec import Struct
from msgspec.structs import asdict

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient
else:
    SQSClient = Any


class Watch(Struct, frozen=True):
    """``looks``: how often it has been looked at."""

    execution_arn: str
    looks: int = 0


class Drive(Struct, frozen=True):
    """The recovery of many of this alert is to go on."""

    recovering: str


class Watches:
    """A queue whose messages come back after a while. ``sqs`` makes its client when needed."""

    def __init__(self, sqs: Callable[[], "SQSClient"], queue_url: str) -> None:
        self._sqs = sqs
        self._queue_url = queue_url

    def later(self, watch: Watch | Drive, after: timedelta) -> None:
        """AWS: a message is delayed by at most 15 minutes."""
        self._sqs().send_message(
            QueueUrl=self._queue_url,
            MessageBody=json.dumps(asdict(watch)),
            DelaySeconds=int(after.total_seconds()),
        )


def read(body: str) -> Watch | Drive:
    told = json.loads(body)
    return Drive(**told) if "recovering" in told else Watch(**told)
