"""Answers what people ask for in words: carries it out or looks it up, and says it in Slack."""

from collections.abc import Callable
from typing import assert_never

from slack_sdk import WebClient

from app.answers import home, questions
from app.answers.talk import Conversation
from app.deps import Deps
from app.members import Members
from app.stores.errands import Errand, HomeOpened, Question, Reacted, Talk, Wanted


class Answers:
    """*slack* makes the client when it is first needed: its token is a call away."""

    def __init__(self, deps: Deps, slack: Callable[[], WebClient]) -> None:
        self._deps = deps
        self._slack = slack
        self._members = Members(slack)
        self._conversation = Conversation(deps, slack, self._members)

    def run(self, errand: Errand) -> None:
        match errand:
            case Talk():
                self._conversation.talk(errand)
            case Reacted():
                self._conversation.reacted(errand)
            case Wanted():
                self._conversation.wanted(errand)
            case Question():
                questions.answer(self._deps, errand)
            case HomeOpened():
                home.publish_home(self._deps, self._slack, self._members, errand)
            case _:
                assert_never(errand)
