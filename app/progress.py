"""Shows the progress of a recovery of many: one message in the alert's thread, drawn anew.

When it is drawn is decided by whoever drives the recovery; here it is only made so.
"""

from collections.abc import Callable
from typing import Any

from aws_lambda_powertools import Logger
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from app.deps import Deps
from app.domain.alert import Alert, BulkRecovery
from app.render.progress import METADATA_EVENT, plain_progress, progress
from app.stores.alerts import MessageRef
from app.stores.recoveries import StoredCourse

_BLOCKS_REFUSED = frozenset({"invalid_blocks", "msg_blocks_too_long"})
_MESSAGE_GONE = frozenset({"message_not_found", "thread_not_found"})
#: Enough to find the message among what people said since it was posted.
_SEARCHED = 200

logger = Logger(child=True)


class ProgressNotShownError(Exception):
    """Somebody else is posting the message; trying again later is safe."""


class Progress:
    """*slack* makes the client when it is first needed: its token is a call away."""

    def __init__(self, deps: Deps, slack: Callable[[], WebClient]) -> None:
        self._deps = deps
        self._slack = slack

    def show(self, alert_id: str, recovery_id: str) -> None:
        """Bring the message up to how the recovery is now. Safe to repeat.

        Raises SlackApiError and ProgressNotShownError.
        """
        alert = self._deps.alerts.get(alert_id)
        stored = self._deps.recoveries.get(alert_id, recovery_id)
        if alert is None or stored is None or stored.shown >= stored.course.draws:
            return
        bulk, card = alert.alert.bulk, alert.publication.message
        if bulk is None or bulk.id != recovery_id or card is None:
            return  # another has begun since, or nobody is to be told
        if stored.message:
            self._redraw(alert.alert, bulk, stored, stored.message)
            message = stored.message
        else:
            message = self._posted(alert.alert, bulk, stored, card)
        self._deps.recoveries.shown(stored, message, stored.course.draws)

    def _posted(
        self, alert: Alert, bulk: BulkRecovery, stored: StoredCourse, card: MessageRef
    ) -> MessageRef:
        """The message, new in the thread; or the one whose answer somebody did not live to see."""
        found = self._search(bulk, card) if stored.claimed_by else None
        if found:
            self._redraw(alert, bulk, stored, found)
            return found
        if not self._deps.recoveries.claim(stored, self._deps.new_id()):
            message = f"somebody else is posting the progress of {bulk.id}"
            raise ProgressNotShownError(message)
        slack, now = self._slack(), self._deps.now()
        place: Any = {"channel": card.channel, "thread_ts": card.ts}
        try:
            answer: Any = slack.chat_postMessage(
                **place, **progress(alert, bulk, stored.course, now)
            )
        except SlackApiError as problem:
            if _error(problem) not in _BLOCKS_REFUSED:
                raise
            answer = slack.chat_postMessage(
                **place, **plain_progress(alert, bulk, stored.course, now)
            )
        return MessageRef(answer["channel"], answer["ts"])

    def _search(self, bulk: BulkRecovery, card: MessageRef) -> MessageRef | None:
        answer: Any = self._slack().conversations_replies(
            channel=card.channel,
            ts=card.ts,
            include_all_metadata=True,
            limit=_SEARCHED,
            oldest=str(bulk.at.timestamp()),
        )
        for message in answer["messages"]:
            metadata = message.get("metadata") or {}
            payload = metadata.get("event_payload") or {}
            if metadata.get("event_type") == METADATA_EVENT and (
                payload.get("recovery_id") == bulk.id
            ):
                return MessageRef(card.channel, message["ts"])
        return None

    def _redraw(
        self, alert: Alert, bulk: BulkRecovery, stored: StoredCourse, ref: MessageRef
    ) -> None:
        slack, now = self._slack(), self._deps.now()
        place: Any = {"channel": ref.channel, "ts": ref.ts}
        try:
            slack.chat_update(**place, **_for_update(progress(alert, bulk, stored.course, now)))
        except SlackApiError as problem:
            if _error(problem) in _BLOCKS_REFUSED:
                plain = plain_progress(alert, bulk, stored.course, now)
                slack.chat_update(**place, **_for_update(plain))
            elif _error(problem) in _MESSAGE_GONE:
                logger.warning("progress was deleted", recovery_id=bulk.id)
            else:
                raise


def _for_update(message: dict[str, Any]) -> dict[str, Any]:
    return {name: part for name, part in message.items() if not name.startswith("unfurl")}


def _error(problem: SlackApiError) -> str:
    response: Any = problem.response
    return str(response.get("error", "")) if hasattr(response, "get") else ""
