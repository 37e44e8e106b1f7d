"""Slash commands.

What the table alone can tell is answered in the response itself. Whatever asks Step Functions
is handed over, and its answer follows: nothing is said before, for Slack would let it stand.
"""

from collections.abc import Callable
from functools import partial
from typing import Any

from aws_lambda_powertools import Logger
from slack_bolt import Ack, App
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from app.deps import Deps
from app.ingest.question import Board, Help, parse
from app.render import refusals
from app.render.answer import message
from app.render.status import board
from app.slack.people import OutsiderError, OwnTeam
from app.slack.refused import keep_outsider
from app.stores.errands import Question
from app.use_cases.status import overview

logger = Logger(child=True)

STATUS = "/sfn-status"


def register(app: App, deps: Callable[[], Deps]) -> None:
    app.command(STATUS)(partial(_on_status, deps, OwnTeam()))


def _on_status(
    deps: Callable[[], Deps], own: OwnTeam, ack: Ack, body: dict[str, Any], client: WebClient
) -> None:
    try:
        by = own.member(client, body)
    except OutsiderError:
        keep_outsider(deps, body)
        ack(response_type="ephemeral", text=refusals.OUTSIDER_READS)
        return
    except (SlackApiError, OSError):
        logger.exception("own workspace not known")
        ack(response_type="ephemeral", text=refusals.NOT_KNOWN_WHO)
        return
    asked = parse(body.get("text") or "")
    if isinstance(asked, Board):
        ack(response_type="ephemeral", **message(board(overview(deps()))))
    elif isinstance(asked, Help):
        # It comes with all that can be found: too much for the first click of a cold process.
        from app.render.found import help_answer  # noqa: PLC0415

        ack(response_type="ephemeral", **message(help_answer(deps().now())))
    else:
        deps().errands.send(Question(words=asked.words, by=by, response_url=body["response_url"]))
        ack()
