"""Every minute: what nobody told us."""

import time
from typing import Any

from aws_lambda_powertools import Logger

from app import wiring
from app.use_cases.look_out import look_out
from app.use_cases.sweep import sweep

logger = Logger()


@logger.inject_lambda_context
def handler(event: dict[str, Any], context: object) -> dict[str, Any]:  # noqa: ARG001
    behind, failed = sweep(wiring.deps()), []
    for alert_id in behind:
        try:
            wiring.publisher().publish(alert_id)
        except Exception:
            logger.exception("not published", alert_id=alert_id)
            failed.append(alert_id)
    # The last: it takes its time, and what it finds is told by the table's stream.
    looked = look_out(wiring.deps(), time.sleep)
    if looked:
        logger.info(
            "looked for failures that no event told of",
            recorded=looked.recorded,
            unrecorded=looked.unrecorded,
            partly=looked.partly,
        )
    if failed:
        # Raised at the end, so that the others were tried and the alarm on errors still sees it.
        message = f"{len(failed)} of {len(behind)} alerts could not be published"
        raise RuntimeError(message)
    return {"published": len(behind)}
