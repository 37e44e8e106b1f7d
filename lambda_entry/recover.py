"""What was asked for, carried out: the table's stream to Step Functions.

What came of it is looked after here too, where no event tells: a queue brings the execution
back after a moment.
"""

from typing import Any

from aws_lambda_powertools import Logger

from app import wiring
from app.deps import Deps
from app.stores import stream, watches
from app.stores.stream import AlertChanged, MuteChanged
from app.use_cases import outcome, quiet, recover
from app.use_cases.describe import describe, wants_verdict

logger = Logger()


@logger.inject_lambda_context
def handler(event: dict[str, Any], context: object) -> dict[str, Any]:  # noqa: ARG001
    deps = wiring.deps()
    failed = []
    for record in event["Records"]:
        try:
            if record["eventSource"] == "aws:sqs":
                outcome.look(deps, watches.read(record["body"]))
            else:
                _carry_out(deps, stream.read(record))
        except Exception:
            # What can't be done now must not keep back the rest of the batch. The stream
            # brings it again; doing it twice is harmless.
            logger.exception("not carried out")
            failed.append(record.get("messageId") or record["dynamodb"]["SequenceNumber"])
    return {"batchItemFailures": [{"itemIdentifier": sequence} for sequence in failed]}


def _carry_out(deps: Deps, change: AlertChanged | MuteChanged | None) -> None:
    if isinstance(change, MuteChanged):
        quiet.spread(deps, change.before, change.after)
    elif isinstance(change, AlertChanged):
        if recover.wants_recovery(change.before, change.after):
            recover.carry_out(deps, change.after)
        if wants_verdict(change.before, change.after):
            describe(deps, change.after)
