"""People talk to the bot in an alert's thread, react to its card, and want texts as files.

The time of whatever they ask for is that of their message: the same message delivered twice
asks for the same.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime

from msgspec.structs import replace
from slack_sdk import WebClient

from app.answers import texts
from app.answers.speaking import Voice
from app.answers.story import story
from app.answers.texts import Found, Look, Looked, Nothing
from app.deps import Deps
from app.domain.alert import Alert, RecoveryKind
from app.domain.audit import Action, Asker, Place, Surface
from app.domain.people import Person
from app.domain.talk import Heard, MuteSaid, Said, Word
from app.domain.transitions import NotAllowedError
from app.ingest.talk import parse
from app.ingest.texts import clean
from app.members import Members
from app.render import readout, refusals
from app.render import talk as words
from app.render.mrkdwn import bold_name, code, cut
from app.render.plain import mentioned, plain
from app.stores.alerts import Stored
from app.stores.errands import Reacted, Talk, Wanted
from app.stores.publications import MessageRef
from app.stores.table import UnreadableError
from app.use_cases import respond
from app.use_cases.audited import NoSuchAlertError, turned_away

#: As much of a mute's reason as the dialog takes.
_LONGEST_REASON = 300

Do = Callable[[Deps, str, Asker], object]


def _recover(kind: RecoveryKind) -> Do:
    return lambda deps, alert_id, by: respond.recover_latest(deps, alert_id, by, kind)


#: Words that make one change. The thread's own story tells what came of it.
_DOINGS: Mapping[Word, tuple[Action, Do]] = {
    Word.REDRIVE: (Action.REDRIVE, _recover(RecoveryKind.REDRIVE)),
    Word.RESTART: (Action.RESTART, _recover(RecoveryKind.RESTART)),
    Word.RETRY: (Action.RETRY, _recover(RecoveryKind.RETRY)),
    Word.GIVE_UP: (Action.GIVE_UP, _recover(RecoveryKind.GIVE_UP)),
    Word.RECOVER_ALL: (Action.RECOVER_ALL, respond.recover_all),
    Word.ACK: (Action.ACKNOWLEDGE, respond.acknowledge),
    Word.UNMUTE: (Action.UNMUTE, respond.unmute),
    Word.RESOLVE: (Action.RESOLVE, respond.close),
}
#: Words that ask for something to read.
_LOOKS: Mapping[Word, Look] = {
    Word.INPUT: texts.whole_input,
    Word.LOGS: texts.logs,
    Word.HISTORY: texts.history,
}


class Conversation:
    def __init__(self, deps: Deps, slack: Callable[[], WebClient], members: Members) -> None:
        self._deps = deps
        self._slack = slack
        self._members = members
        self._voice = Voice(slack)

    def talk(self, talk: Talk) -> None:
        """Answer what was said, once, however often it is delivered."""
        message, now = MessageRef(talk.channel, talk.ts), self._deps.now
        if not self._deps.heard.take(message, now()):
            return
        try:
            said = self._answer(talk)
            if said:
                self._voice.whisper(talk.user_id, talk.channel, talk.thread_ts, said)
        except BaseException:
            self._deps.heard.give_back(message)
            raise
        self._deps.heard.answered(message, now())

    def reacted(self, reacted: Reacted) -> None:
        """Eyes on an open card acknowledge it; whatever else comes to nothing, and is not told."""
        alert_id = self._deps.publications.of_message(MessageRef(reacted.channel, reacted.ts))
        if alert_id is None:
            return
        place = Place(Surface.REACTION, reacted.channel, reacted.ts)
        at, by = self._at(reacted.event_ts), self._members.acting(reacted.user_id)
        if by is None:
            turned_away(at, Action.ACKNOWLEDGE, self._outsider(reacted.user_id, place), alert_id)
            return
        try:
            respond.acknowledge(at, alert_id, Asker(by, place))
        except (NotAllowedError, NoSuchAlertError):
            return

    def wanted(self, wanted: Wanted) -> None:
        """Share what is wanted in the alert's thread."""
        stored = self._deps.alerts.get(wanted.alert_id)
        where = MessageRef(wanted.channel, wanted.thread_ts)
        if stored is None:
            self._voice.whisper(wanted.by.id, where.channel, where.ts, refusals.GONE)
            return
        found = self._text(wanted, stored.alert, where)
        if isinstance(found, Nothing):
            self._voice.whisper(wanted.by.id, where.channel, where.ts, found.why)
            return
        title = _titled(found, wanted.by)
        self._voice.file(where, name=found.name, content=found.text, comment=title)

    def _text(self, wanted: Wanted, alert: Alert, where: MessageRef) -> Looked:
        deps = self._deps.acting_for(wanted.by)
        match wanted.what:
            case "cause":
                return texts.whole_cause(deps, alert)
            case "input":
                return texts.whole_input(deps, alert)
            case "story":
                told = story(self._slack(), self._members, alert, where)
                return Found(
                    title=f":book: *Story* of {code(alert.arn.machine, 80)}",
                    name="story.txt",
                    text=self._deps.redactor.redact(told),
                )

    def _answer(self, talk: Talk) -> str | None:
        """Do what was asked for; what is to be said to whoever asked alone."""
        by = self._members.acting(talk.user_id)
        heard = parse(talk.text, self._members.bot().user_id)
        if by is None:
            action = _action(heard)
            self._turn_away(talk, action)
            return refusals.OUTSIDER_READS if action is Action.READ else refusals.OUTSIDER
        if heard == Said(Word.HELP):
            return words.HELP
        try:
            stored = self._spoken_of(talk)
            if stored is None:
                return words.ELSEWHERE
            return words.not_done(heard) or self._done(talk, heard, by, stored.alert)
        except NotAllowedError as refused:
            return refusals.words(refused)
        except NoSuchAlertError:
            return refusals.GONE
        except UnreadableError:
            return refusals.UNREADABLE

    def _turn_away(self, talk: Talk, action: Action | None) -> None:
        """Keep what somebody who is no member wanted to do, or to read."""
        stored = self._spoken_of(talk)
        if action and stored:
            who = self._outsider(talk.user_id, Place(Surface.TALK, talk.channel, talk.ts))
            alert = stored.alert
            turned_away(self._at(talk.ts), action, who, alert.id, alert.arn.machine_arn)

    def _outsider(self, user_id: str, place: Place) -> Asker:
        name = self._members.names([user_id]).get(user_id, "someone")
        return Asker(Person(user_id, name), place)

    def _spoken_of(self, talk: Talk) -> Stored | None:
        """The alert under whose card it was said."""
        if talk.thread_ts is None:
            return None
        alert_id = self._deps.publications.of_message(MessageRef(talk.channel, talk.thread_ts))
        return self._deps.alerts.get(alert_id) if alert_id else None

    def _done(self, talk: Talk, heard: Heard, by: Person, alert: Alert) -> str | None:
        at = self._at(talk.ts)
        asker = Asker(by, Place(Surface.TALK, talk.channel, talk.ts))
        if isinstance(heard, MuteSaid):
            reason = plain(heard.reason, self._members.names(mentioned(heard.reason)))
            respond.mute(
                at,
                alert.id,
                asker,
                scope=heard.scope,
                length=heard.length,
                reason=cut(clean(reason), _LONGEST_REASON),
            )
        elif isinstance(heard, Said) and heard.word in _DOINGS:
            _, do = _DOINGS[heard.word]
            do(at, alert.id, asker)
        elif isinstance(heard, Said):
            found = _LOOKS[heard.word](self._deps.acting_for(by), alert)
            if isinstance(found, Nothing):
                return found.why
            self._share(found, MessageRef(talk.channel, talk.thread_ts or talk.ts), by)
        return None

    def _share(self, found: Found, where: MessageRef, by: Person) -> None:
        """A short text as it is, a long one as a file."""
        title = _titled(found, by)
        if readout.is_short(found.text):
            self._voice.reply(where, readout.shown(title, found.text))
        else:
            self._voice.file(where, name=found.name, content=found.text, comment=title)

    def _at(self, ts: str) -> Deps:
        """The same at the time of a message."""
        at = datetime.fromtimestamp(float(ts), UTC)
        return replace(self._deps, now=lambda: at)


def _action(heard: Heard) -> Action | None:
    """What was to be done, or read; None where nothing of ours was meant."""
    if isinstance(heard, MuteSaid):
        return Action.MUTE
    if isinstance(heard, Said) and heard.word in _DOINGS:
        return _DOINGS[heard.word][0]
    return Action.READ if isinstance(heard, Said) and heard.word in _LOOKS else None


def _titled(found: Found, by: Person) -> str:
    return f"{found.title}, for {bold_name(by.name)}"
