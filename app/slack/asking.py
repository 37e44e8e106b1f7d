"""Buttons of answers and of the home: another page, something named, to share, to unmute."""

import re
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from slack_bolt import Ack, App
from slack_sdk import WebClient

from app.deps import Deps
from app.domain.authority import NotPermittedError
from app.domain.people import Person
from app.domain.transitions import NotAllowedError
from app.render import asking, refusals
from app.render.asking import Ask
from app.slack.notes import say
from app.slack.people import OutsiderError, asker, person
from app.slack.refused import keep_outsider
from app.stores.errands import HomeOpened, Question
from app.use_cases import respond
from app.use_cases.audited import NoSuchMuteError

_ANY_ASK = re.compile(rf"{asking.ASK}(\..+)?")
_ANY_HOME = re.compile(rf"{asking.HOME}\..+")


def register(app: App, deps: Callable[[], Deps]) -> None:
    app.action(_ANY_ASK)(partial(_on_ask, deps))
    app.action(asking.SHARE)(partial(_on_ask, deps))
    app.action(asking.END_MUTE)(partial(_on_end_mute, deps))
    app.action(_ANY_HOME)(partial(_on_home, deps))


def _on_ask(deps: Callable[[], Deps], ack: Ack, body: dict[str, Any], client: WebClient) -> None:
    """Ask anew; the answer takes the place of this one, or is for everybody."""
    ack()
    try:
        by, action = person(body), body["actions"][0]
        asked = Ask.read(action["value"])
    except OutsiderError:
        keep_outsider(deps, body)
        say(body, client, refusals.OUTSIDER_READS)
    except (KeyError, IndexError, ValueError):
        say(body, client, asking.OUTDATED)
    else:
        share = action["action_id"] == asking.SHARE
        deps().errands.send(_question(body, by, asked, share=share))


def _question(body: Mapping[str, Any], by: Person, asked: Ask, *, share: bool = False) -> Question:
    return Question(
        words=asked.words,
        by=by,
        response_url=body["response_url"],
        page=asked.page,
        share=share,
        replace=not share,
    )


def _on_end_mute(
    deps: Callable[[], Deps], ack: Ack, body: dict[str, Any], client: WebClient
) -> None:
    """End it, and show which are left. The home is drawn anew whatever is pressed there."""
    ack()
    try:
        by, key = asker(body), body["actions"][0]["value"]
    except OutsiderError:
        keep_outsider(deps, body)
        say(body, client, refusals.OUTSIDER)
        return
    except (KeyError, IndexError):
        say(body, client, asking.OUTDATED)
        return
    try:
        respond.end_mute(deps(), key, by)
    except NoSuchMuteError:
        say(body, client, asking.MUTE_ENDED)
    except NotAllowedError as refused:
        say(body, client, refusals.words(refused))
    except NotPermittedError as lacking:
        say(body, client, refusals.lacking_words(lacking))
    if body.get("response_url"):
        deps().errands.send(_question(body, by.person, Ask("mutes")))


def _on_home(deps: Callable[[], Deps], ack: Ack, body: dict[str, Any], client: WebClient) -> None:
    ack()
    try:
        by, page = person(body), int(body["actions"][0]["value"])
    except OutsiderError:
        keep_outsider(deps, body)
        say(body, client, refusals.OUTSIDER_READS)
    except (KeyError, IndexError, ValueError):
        say(body, client, asking.OUTDATED)
    else:
        deps().errands.send(HomeOpened(user_id=by.id, page=max(0, page)))
