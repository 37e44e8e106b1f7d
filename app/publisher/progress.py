"""Shows the progress of a recovery of many: one message in the alert's thread, drawn anew.

When it is drawn is decided by whoever drives the recovery; here it is only made so.
"""

from app.deps import Deps
from app.domain.alert import Alert, BulkRecovery
from app.publisher.cards import NotPublishedError
from app.publisher.messages import Messages, Sent
from app.render.progress import plain_progress, progress
from app.stores.publications import MessageRef, Publication
from app.stores.recoveries import StoredCourse


class Progress:
    def __init__(self, deps: Deps, messages: Messages) -> None:
        self._deps = deps
        self._messages = messages

    def show(self, alert_id: str, recovery_id: str) -> None:
        """Bring the message up to how the recovery is now. Safe to repeat.

        Raises SlackApiError and NotPublishedError.
        """
        alert = self._deps.alerts.get(alert_id)
        stored = self._deps.recoveries.get(alert_id, recovery_id)
        if alert is None or stored is None or stored.shown >= stored.course.draws:
            return
        bulk, root = alert.alert.bulk, _thread(alert.publication)
        if bulk is None or bulk.id != recovery_id or root is None:
            return  # another has begun since, or nobody is to be told
        sent = self._sent(alert.alert, bulk, stored)
        message = stored.message or self._found(stored, root, sent)
        if message:
            self._messages.update(message, sent)
        else:
            message = self._posted(stored, root, sent)
        if message:
            self._deps.recoveries.shown(stored, message, stored.course.draws)

    def _sent(self, alert: Alert, bulk: BulkRecovery, stored: StoredCourse) -> Sent:
        now = self._deps.now()
        return Sent(
            progress(alert, bulk, stored.course, now),
            plain_progress(alert, bulk, stored.course, now),
        )

    def _found(self, stored: StoredCourse, root: MessageRef, sent: Sent) -> MessageRef | None:
        """The message that somebody posted who did not live to remember it."""
        if stored.claimed_by is None:
            return None
        return self._messages.find_reply(root, sent.message["metadata"])

    def _posted(self, stored: StoredCourse, root: MessageRef, sent: Sent) -> MessageRef | None:
        if not self._deps.recoveries.claim(stored, self._deps.new_id()):
            message = f"somebody else is posting the progress of {stored.course.recovery_id}"
            raise NotPublishedError(message)
        ts = self._messages.reply(root, sent)
        return MessageRef(root.channel, ts) if ts else None


def _thread(publication: Publication) -> MessageRef | None:
    """Where the alert's story is told: below its card, or below the list that it is folded in."""
    card = publication.message
    if card and publication.thread:
        return MessageRef(card.channel, publication.thread)
    return card
