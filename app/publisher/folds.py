"""Alerts that a channel can't take one by one: their list, and their cards in its thread."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from aws_lambda_powertools import Logger
from msgspec.structs import replace
from slack_sdk.errors import SlackApiError

from app.deps import Deps
from app.domain.alert import Alert, Severity
from app.domain.bursts import Burst, Fold, Placement, place, to_be_drawn
from app.publisher.messages import Messages, Sent
from app.render.fold import fold_card, plain_fold, worst_first
from app.stores.alerts import Stored
from app.stores.publications import MessageRef
from app.stores.redraws import Unfold

#: Cards posted into the thread at a time: one a second, and others wait for the function too.
_AT_A_TIME = 10
_SOON = timedelta(seconds=1)

logger = Logger(child=True)

#: Posts a folded alert's card in the thread of its list.
Unfolding = Callable[[Stored, MessageRef], bool]


class Folds:
    def __init__(self, deps: Deps, messages: Messages) -> None:
        self._deps = deps
        self._messages = messages

    def fold(self, alert: Alert) -> str | None:
        """The id of the list that the new *alert* goes to; None: it gets a card of its own."""
        now, new_id = self._deps.now(), self._deps.new_id()
        channel, severity = alert.route.channel, alert.route.severity
        folded = False

        def placed(burst: Burst) -> Burst:
            nonlocal folded
            after, placement = place(burst, severity, now, new_id, limit=self._deps.cards_a_minute)
            folded = placement is Placement.FOLDED
            return to_be_drawn(after, now) if folded else after

        before, after = self._deps.bursts.swap(channel, placed)
        if not folded or after.fold is None:
            return None
        self._see_to_it(channel, before, after, now)
        return after.fold.id

    def due(self, alert: Alert, fold_id: str) -> bool:
        """See to it that the list is drawn; False when the channel has another list by now."""
        now, channel = self._deps.now(), alert.route.channel
        before, after = self._deps.bursts.swap(channel, lambda burst: to_be_drawn(burst, now))
        if after.fold is None or after.fold.id != fold_id:
            return False
        self._see_to_it(channel, before, after, now)
        return True

    def _see_to_it(self, channel: str, before: Burst, after: Burst, now: datetime) -> None:
        due = after.fold.due_at if after.fold else None
        if due is not None and due != (before.fold.due_at if before.fold else None):
            self._deps.redraws.later(Unfold(channel), due - now)

    def draw(self, channel: str, unfold: Unfolding) -> None:
        """Show the channel's list as it is now, and post some of its cards in its thread.

        Safe to repeat. Raises SlackApiError.
        """
        fold = self._deps.bursts.get(channel).fold
        if fold is None:
            return
        folded = self._folded(fold)
        if not folded:
            return
        waiting = [one for one in folded if one.publication.message is None]
        root = self._shown(channel, fold, folded, len(waiting))
        posted = 0
        for one in waiting[:_AT_A_TIME]:
            try:
                posted += unfold(one, root)
            except SlackApiError:
                raise
            except Exception:
                # Somebody else is at it, or the next try will do.
                logger.exception("not unfolded", alert_id=one.alert.id)
        if posted:
            # What was folded meanwhile, and how many are left. Where nothing can be posted, since
            # the list was deleted, the sweep comes back to it, once a minute.
            self._deps.redraws.later(Unfold(channel), _SOON)

    def _folded(self, fold: Fold) -> list[Stored]:
        folded = [one for one in self._deps.alerts.unresolved() if one.publication.fold == fold.id]
        return sorted(folded, key=lambda one: worst_first(one.alert))

    def _shown(
        self, channel: str, fold: Fold, folded: Sequence[Stored], waiting: int
    ) -> MessageRef:
        alerts = [one.alert for one in folded]
        mention = next(
            (one.route.mention for one in alerts if one.route.severity is Severity.HIGH), None
        )
        sent = Sent(
            fold_card(alerts, fold.id, waiting=waiting, mention=mention),
            plain_fold(alerts, fold.id, mention=mention),
        )
        if fold.channel and fold.ts:
            root = MessageRef(fold.channel, fold.ts)
            self._messages.update(root, sent)
            return root
        root = self._posted(channel, fold, sent, min(one.opened_at for one in alerts))
        self._remember(channel, fold.id, channel_id=root.channel, ts=root.ts)
        return root

    def _posted(self, channel: str, fold: Fold, sent: Sent, since: datetime) -> MessageRef:
        instead = self._deps.rules.channel
        if fold.claimed:
            found = self._messages.find((channel, instead), sent.message["metadata"], since)
            if found:
                return found
        self._remember(channel, fold.id)
        return self._messages.post(channel, sent, instead=instead)

    def _remember(
        self, channel: str, fold_id: str, *, channel_id: str | None = None, ts: str | None = None
    ) -> None:
        """That somebody has begun to post the list, or where it stands."""

        def remembered(burst: Burst) -> Burst:
            fold = burst.fold
            if fold is None or fold.id != fold_id:
                return burst
            return replace(
                burst,
                fold=replace(
                    fold, claimed=True, channel=channel_id or fold.channel, ts=ts or fold.ts
                ),
            )

        self._deps.bursts.swap(channel, remembered)
