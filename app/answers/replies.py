"""An answer through the response URL of whatever asked."""

from typing import Any

from aws_lambda_powertools import Logger
from slack_sdk.webhook import WebhookClient

from app.stores.errands import Question

logger = Logger(child=True)
_SECONDS = 10
_OK = 200


def reply(question: Question, message: dict[str, Any]) -> None:
    """Say it to whoever asked, in the place of what was pressed; or to everybody, when shared.

    Slack: a response URL works five times, for half an hour. Where Slack does not take the
    blocks the text alone is better than nothing.
    """
    where: dict[str, Any] = {
        "response_type": "in_channel" if question.share else "ephemeral",
        "replace_original": question.replace and not question.share,
    }
    url = WebhookClient(question.response_url, timeout=_SECONDS, retry_handlers=[])
    answer = url.send_dict(message | where)
    if answer.status_code == _OK:
        return
    logger.warning("answer refused", status=answer.status_code, said=answer.body[:300])
    if "blocks" in message:
        url.send_dict({"text": message["text"], **where})
