"""Slack in: clicks, modals, commands, through the function URL."""

import time
from functools import cache
from typing import Any

from app import wiring
from app.slack.bolt import Endpoint, endpoint


def handler(event: dict[str, Any], context: object) -> dict[str, Any]:  # noqa: ARG001
    return _endpoint().handle(event)


@cache
def _endpoint() -> Endpoint:
    return endpoint(
        deps=wiring.deps,
        client=wiring.answering_client(),
        bot_token=wiring.bot_token,
        signing_secret=wiring.signing_secret,
        now=time.time,
    )
