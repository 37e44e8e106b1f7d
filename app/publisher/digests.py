"""Posts the daily digest: once, whoever dies on the way and however many try."""

from datetime import timedelta

from app.deps import Deps
from app.domain.digest import DigestPlan, digest, due
from app.publisher.messages import Messages, Sent
from app.render.digest import digest_message, metadata, plain_digest
from app.stores.digests import Digests
from app.use_cases.status import overview

#: By then whoever claimed it has posted it, or died: a sweep may run for a minute.
_POSTING = timedelta(minutes=2)


class DigestPoster:
    def __init__(self, deps: Deps, digests: Digests, messages: Messages, plan: DigestPlan) -> None:
        self._deps = deps
        self._digests = digests
        self._messages = messages
        self._plan = plan

    def post(self) -> bool:
        """Post the digest that is due, if there is one that nobody has posted; whether it did.

        Safe to repeat. Raises SlackApiError.
        """
        now = self._deps.now()
        day = due(self._plan, now)
        if day is None:
            return False
        seen = self._digests.get(day)
        if seen and (seen.posted or now - seen.at < _POSTING):
            return False
        found = digest(day, overview(self._deps))
        channels = (self._plan.channel, self._deps.rules.channel)
        if seen:
            # Somebody has died at it: it may be there.
            ref = self._messages.find(channels, metadata(found), seen.at)
            if ref:
                self._digests.posted(day, ref.ts)
                return False
        if not self._digests.claim(day, self._deps.new_id(), now, seen):
            return False
        sent = Sent(digest_message(found, now), plain_digest(found))
        ref = self._messages.post(self._plan.channel, sent, instead=self._deps.rules.channel)
        self._digests.posted(day, ref.ts)
        return True
