"""What was asked for, carried out: the table's stream to Step Functions.

What came of it is looked after here too, where no event tells: a queue brings the execution
back after a moment.
"""

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any

from aws_lambda_powertools import Logger

from app import wiring
from app.deps import Deps
from app.stores import stream, watches
from app.stores.stream import AlertChanged, MuteChanged, ProgressMade
from app.stores.table import UnreadableError
from app.stores.watches import Drive
from app.use_cases import audited, outcome, quiet, recover, waves
from app.use_cases.describe import describe, wants_verdict

logger = Logger()

#: How long an invocation drives recoveries of many: well below the function's timeout.
DRIVES = timedelta(seconds=25)


@logger.inject_lambda_context
def handler(event: dict[str, Any], context: object) -> dict[str, Any]:  # noqa: ARG001
    deps = wiring.deps()
    records = event["Records"]
    if records and records[0]["eventSource"] == "aws:sqs":
        return _failures(_look(deps, records))
    failed, recovering = [], set()
    for record in records:
        try:
            change = stream.read(record)
            _carry_out(deps, change)
            if isinstance(change, AlertChanged) and waves.wants_driving(
                change.before, change.after
            ):
                recovering.add(change.after.id)
        except UnreadableError:
            # To bring it again would not help. The sweep tells of it.
            logger.exception("not understood")
        except Exception:
            # What can't be done now must not keep back the rest of the batch. The stream
            # brings it again; doing it twice is harmless.
            logger.exception("not carried out")
            failed.append(record["dynamodb"]["SequenceNumber"])
    for alert_id in sorted(recovering):
        # Not here: it takes its time, and the stream has other things to tell.
        waves.wake(deps, alert_id)
    return _failures(failed)


def _look(deps: Deps, messages: Iterable[Mapping[str, Any]]) -> list[str]:
    """Look at what the queue brings, the quick things first; what is to be brought again."""
    until, failed = deps.now() + DRIVES, []
    drives: dict[str, str] = {}
    for message in messages:
        try:
            watch = watches.read(message["body"])
            if isinstance(watch, Drive):
                drives[watch.recovering] = message["messageId"]
            else:
                outcome.look(deps, watch)
        except Exception:
            logger.exception("not looked at")
            failed.append(message["messageId"])
    for alert_id, message_id in drives.items():
        try:
            waves.drive(deps, alert_id, until=until)
        except Exception:
            logger.exception("not driven on", alert_id=alert_id)
            failed.append(message_id)
    return failed


def _failures(identifiers: Iterable[str]) -> dict[str, Any]:
    return {"batchItemFailures": [{"itemIdentifier": one} for one in identifiers]}


def _carry_out(deps: Deps, change: AlertChanged | MuteChanged | ProgressMade | None) -> None:
    if isinstance(change, MuteChanged):
        quiet.spread(deps, change.before, change.after)
    elif isinstance(change, AlertChanged):
        audited.follow(deps, change.before, change.after)
        if recover.wants_recovery(change.before, change.after):
            recover.carry_out(deps, change.after)
        if wants_verdict(change.before, change.after):
            describe(deps, change.after)
