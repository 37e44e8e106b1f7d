"""Every minute: what nobody told us."""

import time
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from aws_lambda_powertools import Logger

from app import wiring
from app.use_cases.look_out import look_out
from app.use_cases.sweep import sweep

logger = Logger()


@logger.inject_lambda_context
def handler(event: dict[str, Any], context: object) -> dict[str, Any]:  # noqa: ARG001
    swept = sweep(wiring.deps())
    failed = [what for what, do in _to_do(swept.behind) if not _done(what, do)]
    if failed:
        # Raised at the end, so that the others were tried and the alarm on errors still sees it.
        message = f"not done: {', '.join(failed)}"
        raise RuntimeError(message)
    if swept.unreadable:
        raise swept.unreadable[0]
    return {"published": len(swept.behind)}


def _to_do(behind: list[str]) -> Iterator[tuple[str, Callable[[], object]]]:
    for alert_id in behind:
        yield f"publish {alert_id}", partial(_publish, alert_id)
    yield "digest", _digest
    # The last: it takes its time, and what it finds is told by the table's stream.
    yield "look out", _look_out


def _done(what: str, do: Callable[[], object]) -> bool:
    try:
        do()
    except Exception:
        logger.exception("not done", what=what)
        return False
    return True


def _publish(alert_id: str) -> None:
    wiring.publisher().publish(alert_id)


def _digest() -> None:
    digests = wiring.digests()
    if digests and digests.post():
        logger.info("digest posted")


def _look_out() -> None:
    looked = look_out(wiring.deps(), time.sleep)
    if looked:
        logger.info(
            "looked for failures that no event told of",
            recorded=looked.recorded,
            unrecorded=looked.unrecorded,
            partly=looked.partly,
        )
