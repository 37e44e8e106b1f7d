"""A quiet word to whoever pressed, that nobody else sees."""

from collections.abc import Mapping
from typing import Any

from aws_lambda_powertools import Logger
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.webhook import WebhookClient

from app.render.modals import words_modal

logger = Logger(child=True)
_SECONDS = 2


def say(body: Mapping[str, Any], client: WebClient, text: str) -> None:
    """Say *text* where it was pressed. Slack: in a home nothing can be whispered."""
    if (body.get("container") or {}).get("type") != "view":
        whisper(body, text)
        return
    try:
        client.views_open(trigger_id=body["trigger_id"], view=words_modal(text))
    except (SlackApiError, OSError) as problem:
        logger.warning("note not shown", reason=str(problem))


def whisper(body: Mapping[str, Any], text: str) -> None:
    """Say *text* through the interaction's response URL.

    What was asked for has been decided by now: a note that doesn't arrive changes nothing.
    """
    url = body.get("response_url")
    if not url:
        return
    try:
        answer = WebhookClient(url, timeout=_SECONDS, retry_handlers=[]).send(
            text=text, response_type="ephemeral", replace_original=False
        )
    except OSError as problem:
        logger.warning("note not delivered", reason=str(problem))
        return
    if answer.status_code != 200:  # noqa: PLR2004
        logger.warning("note not delivered", status=answer.status_code)
