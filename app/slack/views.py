"""Modals, submitted."""

from collections.abc import Callable
from functools import partial
from typing import Any

from slack_bolt import Ack, App

from app.deps import Deps
from app.domain.alert import RecoveryKind
from app.domain.edited_input import NotAnObjectError, NotJsonError, SecretMisplacedError
from app.domain.transitions import NotAllowedError
from app.render import refusals
from app.render.input_modal import INPUT, MODALS, read_input
from app.render.modals import MUTE_MODAL, read_mute, words_modal
from app.render.recover_modal import RECOVER_MODAL, read_recover
from app.slack.people import OutsiderError, asker
from app.slack.refused import keep_outsider
from app.use_cases import respond
from app.use_cases.audited import NoSuchAlertError


def register(app: App, deps: Callable[[], Deps]) -> None:
    app.view(MUTE_MODAL)(partial(_on_mute, deps))
    for callback_id, kind in MODALS.items():
        app.view(callback_id)(partial(_on_input, deps, kind))
    app.view(RECOVER_MODAL)(partial(_on_recover_all, deps))


def _on_mute(deps: Callable[[], Deps], ack: Ack, body: dict[str, Any]) -> None:
    """Mute as asked, or show beside the field what is wrong with it."""
    asked, errors = read_mute(body["view"])
    if asked is None:
        ack(response_action="errors", errors=errors)
        return
    try:
        by = asker(body)
        respond.mute(
            deps(),
            asked.alert_id,
            by,
            scope=asked.scope,
            length=asked.length,
            reason=asked.reason,
            breaks=asked.breaks,
        )
    except NotAllowedError as refused:
        ack(response_action="errors", errors={"reason": refusals.plain_words(refused)})
    except NoSuchAlertError:
        ack(response_action="errors", errors={"reason": refusals.GONE})
    except OutsiderError:
        keep_outsider(deps, body)
        ack(response_action="errors", errors={"reason": refusals.OUTSIDER})
    else:
        ack()


def _on_input(deps: Callable[[], Deps], kind: RecoveryKind, ack: Ack, body: dict[str, Any]) -> None:
    """Restart or retry with the input as it was left, or show what is wrong with it."""
    try:
        by = asker(body)
        about, text = read_input(body["view"])
        if text is None:
            respond.recover(deps(), about.alert_id, about.attempt, by, kind)
        else:
            respond.recover_with(deps(), about.alert_id, about.attempt, by, kind=kind, edited=text)
    except (NotJsonError, NotAnObjectError) as problem:
        ack(response_action="errors", errors={INPUT: str(problem)})
    except SecretMisplacedError as problem:
        ack(response_action="errors", errors={INPUT: refusals.misplaced(problem)})
    except NotAllowedError as refused:
        ack(**_instead(body, refusals.plain_words(refused)))
    except NoSuchAlertError:
        ack(**_instead(body, refusals.GONE))
    except OutsiderError:
        keep_outsider(deps, body)
        ack(**_instead(body, refusals.OUTSIDER))
    except ValueError:
        ack(**_instead(body, refusals.NOT_UNDERSTOOD))
    else:
        ack()


def _on_recover_all(deps: Callable[[], Deps], ack: Ack, body: dict[str, Any]) -> None:
    """Begin, or say in the modal's place why not: no field of it is at fault."""
    try:
        by = asker(body)
        alert_id, terms = read_recover(body["view"], deps().now())
        respond.recover_all(deps(), alert_id, by, terms)
    except NotAllowedError as refused:
        ack(**_instead(body, refusals.plain_words(refused)))
    except NoSuchAlertError:
        ack(**_instead(body, refusals.GONE))
    except OutsiderError:
        keep_outsider(deps, body)
        ack(**_instead(body, refusals.OUTSIDER))
    except ValueError:
        ack(**_instead(body, refusals.NOT_UNDERSTOOD))
    else:
        ack()


def _instead(body: dict[str, Any], words: str) -> dict[str, Any]:
    """Slack shows errors beside a field; a modal that has none gives way to the words."""
    if any(block.get("block_id") == INPUT for block in body["view"].get("blocks", [])):
        return {"response_action": "errors", "errors": {INPUT: words}}
    return {"response_action": "update", "view": words_modal(words)}
