"""Makes Slack agree with an alert: posts its card, redraws it, tells its thread.

Slack has no idempotency key, so a card is claimed in the table before it is posted, and
carries the alert's id as metadata. A claim that stands without a message means that somebody
died in between: then the channel is searched before anything is posted again.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import assert_never

from aws_lambda_powertools import Logger
from msgspec import Struct
from msgspec.structs import replace
from slack_sdk.errors import SlackApiError

from app.deps import Deps
from app.discussion import by_person
from app.discussion import messages as thread_of
from app.domain.alert import SAME_MOMENT, Alert, Former, Status, former_id
from app.domain.mentions import is_handle
from app.domain.notices import Notice, Reason, decide
from app.domain.overview import Posted
from app.domain.redraws import can_wait
from app.members import Members
from app.publisher.folds import Folds
from app.publisher.messages import Messages, Sent
from app.render.card import card, plain_card
from app.render.details import details, plain_details
from app.render.mrkdwn import escape
from app.render.summary import NAMED, Discussion
from app.render.thread import line
from app.stores.alerts import Stored
from app.stores.publications import MessageRef, Publication
from app.stores.redraws import Due, FailedElsewhere, Redraw, Unfold
from app.user_groups import UserGroups

#: By then whoever claimed a card has posted it, or died.
_POSTING = timedelta(seconds=30)
#: Of a discussion, for its summary.
_READ = 1_000
#: After which time to look for the card that a line is to lead to. Then it is told without.
_LOOKS = tuple(timedelta(seconds=seconds) for seconds in (1, 2, 4, 8))
#: The first version of an alert is told by its card and the details below it.
_DETAILS = 1

logger = Logger(child=True)


class NotPublishedError(Exception):
    """Slack could not be made to agree; trying again later is safe."""


class Seen(Struct, frozen=True):
    """One change of an alert, as the table's stream tells it. ``version`` is that of ``after``.

    ``publication`` is what Slack had been shown when it was written.
    """

    before: Alert | None
    after: Alert
    version: int
    publication: Publication


class Publisher:
    def __init__(self, deps: Deps, messages: Messages, groups: UserGroups) -> None:
        self._deps = deps
        self._messages = messages
        self._groups = groups
        self._members = Members(messages.slack)
        self.folds = Folds(deps, messages)

    def publish(self, alert_id: str, seen: Sequence[Seen] = ()) -> None:
        """Bring Slack up to the alert as it is now, and tell its thread of what was *seen*.

        Safe to repeat: what was drawn and told already is not drawn and told again. Raises
        SlackApiError and NotPublishedError.
        """
        # Most of a storm ends here: a redraw is on its way, and shows these failures too.
        if seen and self._wait(seen[-1].publication, seen) and _is_due(seen[-1], self._deps):
            return
        stored = self._deps.alerts.get(alert_id)
        if stored is None or self._waits(stored, seen):
            return
        publication = self._shown(stored)
        if publication.message is None:
            return  # nobody is to be told, for now
        ref, told = publication.message, publication.told
        publication = replace(
            self._detailed(stored, publication, ref),
            permalink=publication.permalink or self._messages.address(ref),
        )
        for notice in _notices(seen, told, self._deps):
            self._tell_once_it_leads_there(notice, publication, ref)
        told = max([told, _DETAILS, *(one.version for one in seen)])
        after = replace(publication, told=told, drawn=stored.version)
        if after != stored.publication:
            self._deps.publications.published(alert_id, after)

    def draw(self, due: Due) -> None:
        """Show what was put off. Raises as publish does."""
        match due:
            case Redraw():
                self.publish(due.alert_id)
            case Unfold():
                self.folds.draw(due.channel, self.unfold)
            case FailedElsewhere():
                self._tell_of_other(due)
            case _:
                assert_never(due)

    def _waits(self, stored: Stored, seen: Sequence[Seen]) -> bool:
        """Whether the redraw is left to a later one, which is seen to here."""
        publication, now = stored.publication, self._deps.now()
        wait = self._wait(publication, seen)
        if wait is None:
            return False
        if publication.redraw_at is None or publication.redraw_at <= now:
            # Remembered only when it is sure to come.
            self._deps.redraws.later(Redraw(stored.alert.id), wait)
            due = replace(publication, redraw_at=now + wait)
            self._deps.publications.published(stored.alert.id, due)
        return True

    def _wait(self, publication: Publication, seen: Sequence[Seen]) -> timedelta | None:
        """How long the card can stay as it is; None when it can't."""
        if publication.message is None or not seen:
            return None
        changes = [(one.before, one.after) for one in seen if one.version > publication.told]
        return can_wait(changes, publication.drawn_at, self._deps.now())

    def _shown(self, stored: Stored) -> Publication:
        """The card as it should be: posted, redrawn, folded, or left alone."""
        publication, alert = stored.publication, stored.alert
        if publication.message is None:
            return self._placed(stored) if _wanted(alert, self._deps) else publication
        if publication.drawn < stored.version:
            self._redraw(alert, publication, publication.message)
            return replace(publication, drawn_at=self._deps.now())
        return publication

    def _placed(self, stored: Stored) -> Publication:
        """The card in the channel, or folded where that has more than it can take."""
        alert, publication = stored.alert, stored.publication
        if publication.fold is None and publication.claimed_by is None:
            fold_id = self.folds.fold(alert)
            if fold_id is not None:
                publication = replace(publication, fold=fold_id)
                self._deps.publications.published(alert.id, publication)
        elif publication.fold is not None and not self.folds.due(alert, publication.fold):
            return self._posted(stored, None)  # its list has given way to another
        if publication.fold is not None:
            return publication  # its list is drawn in a moment, and its card posted from there
        return self._posted(stored, None)

    def unfold(self, stored: Stored, root: MessageRef) -> bool:
        """Post a folded alert's card in the thread of its list; whether to come back to the list.

        Lists are drawn by several at once: what another has just begun to post is left to them.
        Raises as publish does.
        """
        fresh = self._deps.alerts.get(stored.alert.id)
        if fresh is None or fresh.publication.message:
            return True
        stored, claimed_at = fresh, fresh.publication.claimed_at
        now = self._deps.now()
        if claimed_at and now - datetime.fromisoformat(claimed_at) < _POSTING:
            return True
        publication = self._posted(stored, root)
        if publication.message is not None:
            after = replace(publication, told=max(publication.told, _DETAILS))
            self._deps.publications.published(stored.alert.id, replace(after, drawn=stored.version))
        return publication.message is not None

    def _posted(self, stored: Stored, root: MessageRef | None) -> Publication:
        alert, publication = stored.alert, stored.publication
        found = self._search(alert, root) if publication.claimed_by else None
        publication = replace(
            publication, former=self._former(alert), thread=root.ts if root else None
        )
        if found:
            # It shows the alert as it was when it was posted.
            self._redraw(alert, publication, found)
            self._deps.publications.posted(alert.id, found, self._deps.now())
            return replace(publication, message=found)
        mention = None if root else self._mention(alert.route.mention)
        claim, at = self._deps.new_id(), self._deps.now().isoformat()
        if not self._deps.publications.claim(alert.id, claim, at, stored.publication, mention):
            message = f"somebody else is posting alert {alert.id}"
            raise NotPublishedError(message)
        publication = replace(publication, mention=mention, drawn_at=self._deps.now())
        posted = replace(publication, message=self._post(alert, publication, root))
        # Saved before anything else is said: from here on nobody posts this card again.
        self._deps.publications.published(alert.id, replace(posted, drawn=stored.version))
        if posted.message:
            self._deps.publications.posted(alert.id, posted.message, self._deps.now())
        return posted

    def _mention(self, said: str | None) -> str | None:
        """Whom the card is to call: a handle becomes its group, where that is to be had."""
        if said is None or not is_handle(said):
            return said
        return self._groups.mention(said) or said

    def _former(self, alert: Alert) -> Former | None:
        """The alert of the same problem before this one, if that is still known."""
        before = former_id(alert)
        stored = self._deps.alerts.get(before) if before else None
        if stored is None or stored.alert.lasted is None:
            return None
        return Former(permalink=stored.publication.permalink, lasted=stored.alert.lasted)

    def _post(
        self, alert: Alert, publication: Publication, root: MessageRef | None
    ) -> MessageRef | None:
        sent = self._card(alert, publication)
        if root:
            ts = self._messages.reply(root, sent)
            return MessageRef(root.channel, ts) if ts else None
        return self._messages.post(alert.route.channel, sent, instead=self._deps.rules.channel)

    def _search(self, alert: Alert, root: MessageRef | None) -> MessageRef | None:
        """The card where it was to be posted, should it be there."""
        metadata = card(alert, self._deps.now())["metadata"]
        if root:
            return self._messages.find_reply(root, metadata)
        channels = (alert.route.channel, self._deps.rules.channel)
        return self._messages.find(channels, metadata, alert.opened_at)

    def _card(self, alert: Alert, publication: Publication) -> Sent:
        # Those of a list are called once, by the list.
        mention = "" if publication.thread else publication.mention
        whole = card(alert, self._deps.now(), mention, publication.former)
        return Sent(whole, plain_card(alert, mention))

    def _redraw(self, alert: Alert, publication: Publication, ref: MessageRef) -> None:
        self._messages.update(ref, self._card(alert, publication))

    def _detailed(self, stored: Stored, publication: Publication, ref: MessageRef) -> Publication:
        """The first reply as it should be: posted, or redrawn when there is more to tell."""
        alert = stored.alert
        message = details(alert)
        print_ = hashlib.sha256(json.dumps(message).encode()).hexdigest()[:16]
        if publication.told < _DETAILS:
            ts = self._messages.reply(ref, Sent(message, plain_details(alert)))
            posted = replace(publication, details=ts, details_print=print_, told=_DETAILS)
            # As with the card: from here on nobody posts it again.
            self._deps.publications.published(alert.id, replace(posted, drawn=stored.version))
            return posted
        if publication.details is None or publication.details_print == print_:
            return publication
        place = MessageRef(ref.channel, publication.details)
        self._messages.update(place, Sent(message, plain_details(alert)))
        return replace(publication, details_print=print_)

    def _tell_of_other(self, due: FailedElsewhere) -> None:
        stored = self._deps.alerts.get(due.alert_id)
        if stored is None or stored.publication.message is None:
            return
        notice = Notice(Reason.FAILED_OTHERWISE, replace(stored.alert, also=due.other_id))
        ref = stored.publication.message
        self._tell_once_it_leads_there(notice, stored.publication, ref, due.looks)

    def _tell_once_it_leads_there(
        self, notice: Notice, publication: Publication, ref: MessageRef, looks: int = 0
    ) -> None:
        """Tell it, or see to it that it is told in a moment, once the other alert has its card.

        That card is made of the same write, by another run perhaps: neither waits for the other.
        """
        other = self._other(notice)
        if other and looks < len(_LOOKS) and self._card_is_to_come(notice, other):
            due = FailedElsewhere(notice.alert.id, other.alert.id, looks + 1)
            self._deps.redraws.later(due, _LOOKS[looks])
        else:
            self._tell(notice, other, publication, ref)

    def _card_is_to_come(self, notice: Notice, other: Posted) -> bool:
        led_there = notice.reason is Reason.FAILED_OTHERWISE
        return led_there and other.permalink is None and _wanted(other.alert, self._deps)

    def _tell(
        self, notice: Notice, other: Posted | None, publication: Publication, ref: MessageRef
    ) -> None:
        message = line(
            notice,
            other,
            mention=publication.mention,
            discussion=self._discussion(notice, ref),
        )
        root = MessageRef(ref.channel, publication.thread) if publication.thread else ref
        if publication.thread:
            # Many alerts share that thread: each line says which it is about.
            about = f"*{escape(notice.alert.arn.machine)}*  {message['text']}"
            message = {name: part for name, part in message.items() if name != "blocks"}
            message |= {"text": about}
        self._messages.reply(root, Sent(message, {"text": message["text"]}))

    def _discussion(self, notice: Notice, ref: MessageRef) -> Discussion | None:
        """What people said of it, for its summary; to be without it is no reason for silence."""
        if notice.reason is not Reason.RESOLVED:
            return None
        try:
            found = thread_of(self._messages.slack(), ref, most=_READ)
        except (SlackApiError, OSError) as problem:
            logger.warning("discussion not read", reason=str(problem)[:200])
            return None
        begun = (notice.alert.begun_at - SAME_MOMENT).timestamp()
        said = Counter(
            who for one in found if float(one["ts"]) >= begun and (who := by_person(one))
        )
        named = [who for who, _ in said.most_common(NAMED)]
        known = self._members.names(named)
        return Discussion(
            names=[known.get(who, "someone") for who in named],
            others=len(said) - len(named),
            messages=said.total(),
            at_least=len(found) >= _READ,
        )

    def _other(self, notice: Notice) -> Posted | None:
        """The other alert, should this notice speak of one, and where it is told."""
        speaks = notice.reason in {Reason.FAILED_OTHERWISE, Reason.BULK_ENDED}
        if not speaks or notice.alert.also is None:
            return None
        other = self._deps.alerts.get(notice.alert.also)
        return Posted(other.alert, other.publication.permalink) if other else None


def _is_due(seen: Seen, deps: Deps) -> bool:
    redraw_at = seen.publication.redraw_at
    return redraw_at is not None and redraw_at > deps.now()


def _wanted(alert: Alert, deps: Deps) -> bool:
    """Whether an alert without a card should get one now."""
    return (
        alert.route.notify and alert.status is not Status.RESOLVED and not alert.muted(deps.now())
    )


def _notices(seen: Iterable[Seen], told: int, deps: Deps) -> list[Notice]:
    return [
        notice
        for one in seen
        if one.version > told
        for notice in decide(one.before, one.after, deps.now())
    ]
