"""How the bot speaks: to one person alone, into a thread, or with a file."""

from collections.abc import Callable, Mapping
from typing import Any

from aws_lambda_powertools import Logger
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from app.stores.publications import MessageRef

#: Slack: these come back the same however often it is tried.
_UNHEARD = frozenset(
    {
        "user_not_in_channel",
        "not_in_channel",
        "channel_not_found",
        "is_archived",
        "restricted_action",
        "thread_not_found",
    }
)

logger = Logger(child=True)


class Voice:
    """*slack* makes the client when it is first needed. All of it may raise SlackApiError."""

    def __init__(self, slack: Callable[[], WebClient]) -> None:
        self._slack = slack

    def whisper(self, user_id: str, channel: str, thread_ts: str | None, text: str) -> None:
        """Say it to one person alone. Whoever can't be told there is not told."""
        try:
            self._slack().chat_postEphemeral(
                channel=channel, user=user_id, thread_ts=thread_ts, text=text
            )
        except SlackApiError as problem:
            _let_go(problem, channel)

    def reply(self, ref: MessageRef, message: Mapping[str, Any]) -> None:
        """Say it in the thread of *ref*, for everybody."""
        try:
            self._slack().chat_postMessage(channel=ref.channel, thread_ts=ref.ts, **message)
        except SlackApiError as problem:
            _let_go(problem, ref.channel)

    def file(self, ref: MessageRef, *, name: str, content: str, comment: str) -> None:
        """Share *content* as a file called *name* in the thread of *ref*."""
        try:
            self._slack().files_upload_v2(
                channel=ref.channel,
                thread_ts=ref.ts,
                filename=name,
                title=name,
                content=content,
                initial_comment=comment,
            )
        except SlackApiError as problem:
            _let_go(problem, ref.channel)


def _let_go(problem: SlackApiError, channel: str) -> None:
    """Log what no further try would mend; raise the rest."""
    response: Any = problem.response
    error = str(response.get("error", "")) if hasattr(response, "get") else ""
    if error not in _UNHEARD:
        raise problem
    logger.warning("nobody to tell", error=error, channel=channel)
