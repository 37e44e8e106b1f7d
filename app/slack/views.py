"""Modals, submitted."""

from collections.abc import Callable
from functools import partial
from typing import Any

from slack_bolt import Ack, App

from app.deps import Deps
from app.domain.lifecycle import NotAllowedError
from app.render import refusals
from app.render.modals import MUTE_MODAL, read_mute
from app.slack.people import OutsiderError, person
from app.use_cases import respond
from app.use_cases.respond import NoSuchAlertError


def register(app: App, deps: Callable[[], Deps]) -> None:
    app.view(MUTE_MODAL)(partial(_on_mute, deps))


def _on_mute(deps: Callable[[], Deps], ack: Ack, body: dict[str, Any]) -> None:
    """Mute as asked, or show beside the field what is wrong with it."""
    asked, errors = read_mute(body["view"])
    if asked is None:
        ack(response_action="errors", errors=errors)
        return
    try:
        by = person(body)
        respond.mute(
            deps(), asked.alert_id, by, scope=asked.scope, length=asked.length, reason=asked.reason
        )
    except NotAllowedError as refused:
        ack(response_action="errors", errors={"reason": refusals.plain_words(refused)})
    except NoSuchAlertError:
        ack(response_action="errors", errors={"reason": refusals.GONE})
    except OutsiderError:
        ack(response_action="errors", errors={"reason": refusals.OUTSIDER})
    else:
        ack()
