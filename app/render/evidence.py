"""Where to look for what went wrong: the child execution, the logs, the trace, the runbook."""

from app.domain.alert import Alert
from app.domain.calls import request_id
from app.domain.cause import Cause
from app.domain.execution import ExecutionArn
from app.render import links
from app.render.mrkdwn import code, link


def evidence(alert: Alert) -> list[str]:
    """A link to each of them that there is."""
    cause, verdict = Cause.read(alert.focus.cause), alert.verdict
    found = [
        (_child(cause), "Child execution"),
        _logs(alert, cause),
        (verdict and verdict.trace_id and links.trace(alert.arn, verdict.trace_id), "X-Ray trace"),
    ]
    told = [link(url, name) for url, name in found if url]
    if alert.route.runbook:
        address = links.runbook(alert.route.runbook)
        told.append(
            link(address, "Runbook") if address else f"Runbook: {code(alert.route.runbook)}"
        )
    return told


def _child(cause: Cause) -> str | None:
    """The page of the execution that the cause names, should it be one."""
    try:
        return links.execution(ExecutionArn.parse(cause.child_arn or ""))
    except ValueError:
        return None


def _logs(alert: Alert, cause: Cause) -> tuple[str | None, str]:
    call = alert.verdict.call if alert.verdict else None
    if call is None:
        return None, ""
    at = call.at or alert.focus.stopped_at or alert.last_failure_at
    asked = call.request_id or request_id(cause.request_id)
    return links.logs(alert.arn, call.function, at, asked), f"Logs of {call.function.name}"
