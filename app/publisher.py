"""Makes Slack agree with an alert: posts its card, redraws it, tells its thread.

Slack has no idempotency key, so a card is claimed in the table before it is posted, and
carries the alert's id as metadata. A claim that stands without a message means that somebody
died in between: then the channel is searched before anything is posted again.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from aws_lambda_powertools import Logger
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from app.deps import Deps
from app.domain.alert import Alert, Status
from app.domain.mentions import is_handle
from app.domain.notices import Notice, Reason, decide
from app.render.card import METADATA_EVENT, Message, card, plain_card
from app.render.thread import details, line
from app.stores.alerts import MessageRef, Publication, Stored
from app.user_groups import UserGroups

_BLOCKS_REFUSED = frozenset({"invalid_blocks", "msg_blocks_too_long", "invalid_attachments"})
_CHANNEL_REFUSED = frozenset(
    {"channel_not_found", "not_in_channel", "is_archived", "restricted_action"}
)
_MESSAGE_GONE = frozenset({"message_not_found", "thread_not_found"})
#: Enough to find a card that was posted between a claim and now.
_SEARCHED = 200
#: The first version of an alert is told by its card and the details below it.
_DETAILS = 1

logger = Logger(child=True)


class NotPublishedError(Exception):
    """Slack could not be made to agree; trying again later is safe."""


@dataclass(frozen=True, slots=True)
class Seen:
    """One change of an alert, as the table's stream tells it. ``version`` is that of ``after``."""

    before: Alert | None
    after: Alert
    version: int


class Publisher:
    def __init__(self, deps: Deps, slack: Callable[[], WebClient], groups: UserGroups) -> None:
        """*slack* makes the client when it is first needed: its token is a call away."""
        self._deps = deps
        self._slack = slack
        self._groups = groups

    def publish(self, alert_id: str, seen: Sequence[Seen] = ()) -> None:
        """Bring Slack up to the alert as it is now, and tell its thread of what was *seen*.

        Safe to repeat: what was drawn and told already is not drawn and told again. Raises
        SlackApiError and NotPublishedError.
        """
        stored = self._deps.alerts.get(alert_id)
        if stored is None:
            return
        publication = self._shown(stored)
        if publication.message is None:
            return  # nobody is to be told, for now
        link = publication.permalink or self._address(publication.message)
        self._tell(stored.alert, publication.message, publication.told, seen)
        told = max([publication.told, _DETAILS, *(one.version for one in seen)])
        after = replace(publication, permalink=link, told=told, drawn=stored.version)
        if after != stored.publication:
            self._deps.alerts.published(alert_id, after)

    def _shown(self, stored: Stored) -> Publication:
        """The card as it should be: posted, redrawn, or left alone."""
        publication, alert = stored.publication, stored.alert
        if publication.message is None:
            return self._posted(stored) if _wanted(alert, self._deps) else publication
        if publication.drawn < stored.version:
            self._redraw(alert, publication.message, publication.mention)
        return publication

    def _posted(self, stored: Stored) -> Publication:
        alert, publication = stored.alert, stored.publication
        found = self._search(alert) if publication.claimed_by else None
        if found:
            # It shows the alert as it was when it was posted.
            self._redraw(alert, found, publication.mention)
            return replace(publication, message=found)
        mention = self._mention(alert.route.mention)
        claim, at = self._deps.new_id(), self._deps.now().isoformat()
        if not self._deps.alerts.claim(alert.id, claim, at, publication, mention):
            message = f"somebody else is posting alert {alert.id}"
            raise NotPublishedError(message)
        posted = replace(publication, message=self._post(alert, mention), mention=mention)
        # Saved before anything else is said: from here on nobody posts this card again.
        self._deps.alerts.published(alert.id, replace(posted, drawn=stored.version))
        if posted.message:
            self._deps.alerts.posted(alert.id, posted.message, self._deps.now())
        return posted

    def _mention(self, said: str | None) -> str | None:
        """Whom the card is to call: a handle becomes its group, where that is to be had."""
        if said is None or not is_handle(said):
            return said
        return self._groups.mention(said) or said

    def _post(self, alert: Alert, mention: str | None) -> MessageRef:
        """Post the card, in steps down from what we would like."""
        whole, channel = card(alert, self._deps.now(), mention), alert.route.channel
        try:
            return self._send(channel, whole)
        except SlackApiError as problem:
            error = _error(problem)
            logger.warning("card refused", alert_id=alert.id, error=error, channel=channel)
            if error in _BLOCKS_REFUSED:
                return self._send(channel, plain_card(alert, mention))
            if error not in _CHANNEL_REFUSED or channel == self._deps.rules.channel:
                raise
        return self._send(self._deps.rules.channel, whole)

    def _send(self, channel: str, message: Message) -> MessageRef:
        answer: Any = self._slack().chat_postMessage(channel=channel, **message)
        return MessageRef(answer["channel"], answer["ts"])

    def _search(self, alert: Alert) -> MessageRef | None:
        """The card in the channel's history, should it be there."""
        slack = self._slack()
        for channel in dict.fromkeys((alert.route.channel, self._deps.rules.channel)):
            channel_id = self._channel_id(channel)
            if channel_id is None:
                continue
            answer: Any = slack.conversations_history(
                channel=channel_id,
                include_all_metadata=True,
                limit=_SEARCHED,
                oldest=str(alert.opened_at.timestamp() - 60),
            )
            for message in answer["messages"]:
                metadata = message.get("metadata") or {}
                payload = metadata.get("event_payload") or {}
                if metadata.get("event_type") == METADATA_EVENT and (
                    payload.get("alert_id") == alert.id
                ):
                    return MessageRef(channel_id, message["ts"])
        return None

    def _channel_id(self, name: str) -> str | None:
        """Slack: history wants a channel's id, while a message may be sent by name."""
        if not name.startswith("#"):
            return name
        cursor = None
        while True:
            answer: Any = self._slack().conversations_list(
                limit=1000,
                cursor=cursor,
                exclude_archived=True,
                types="public_channel,private_channel",
            )
            for channel in answer["channels"]:
                if channel["name"] == name.removeprefix("#"):
                    return str(channel["id"])
            cursor = (answer.get("response_metadata") or {}).get("next_cursor")
            if not cursor:
                return None

    def _redraw(self, alert: Alert, ref: MessageRef, mention: str | None) -> None:
        message = card(alert, self._deps.now(), mention)
        place: Any = {"channel": ref.channel, "ts": ref.ts}
        try:
            self._slack().chat_update(**place, **_for_update(message))
        except SlackApiError as problem:
            if _error(problem) in _BLOCKS_REFUSED:
                self._slack().chat_update(**place, **_for_update(plain_card(alert, mention)))
            elif _error(problem) in _MESSAGE_GONE:
                logger.warning("card was deleted", alert_id=alert.id)
            else:
                raise

    def _tell(self, alert: Alert, ref: MessageRef, told: int, seen: Sequence[Seen]) -> None:
        if told < _DETAILS:
            self._reply(ref, details(alert))
        for notice in _notices(seen, told, self._deps):
            self._reply(ref, line(notice, self._permalink(notice)))

    def _reply(self, ref: MessageRef, message: Message) -> None:
        try:
            self._slack().chat_postMessage(channel=ref.channel, thread_ts=ref.ts, **message)
        except SlackApiError as problem:
            if _error(problem) not in _MESSAGE_GONE:
                raise
            logger.warning("thread was deleted", ts=ref.ts)

    def _permalink(self, notice: Notice) -> str | None:
        """Where the other alert is told, should this notice speak of one."""
        speaks = notice.reason in {Reason.FAILED_OTHERWISE, Reason.BULK_ENDED}
        if not speaks or notice.alert.also is None:
            return None
        other = self._deps.alerts.get(notice.alert.also)
        return other.publication.permalink if other else None

    def _address(self, ref: MessageRef) -> str | None:
        """The card's own address; to be without it is no reason to be without the card."""
        try:
            answer: Any = self._slack().chat_getPermalink(channel=ref.channel, message_ts=ref.ts)
        except SlackApiError as problem:
            logger.warning("no permalink", error=_error(problem))
            return None
        return str(answer["permalink"])


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


def _for_update(message: Message) -> Message:
    return {name: part for name, part in message.items() if not name.startswith("unfurl")}


def _error(problem: SlackApiError) -> str:
    response: Any = problem.response
    return str(response.get("error", "")) if hasattr(response, "get") else ""
