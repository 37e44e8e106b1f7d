"""What takes longer than Slack waits: looked up or carried out, then said in Slack."""

from typing import Any

from aws_lambda_powertools import Logger

from app import wiring
from app.stores import errands

logger = Logger()


@logger.inject_lambda_context
def handler(event: dict[str, Any], context: object) -> None:  # noqa: ARG001
    wiring.answers().run(errands.read(event))
