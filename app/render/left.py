"""How many failures a problem had, and what of it is still to be done."""

from app.domain.alert import Alert, Status
from app.render.mrkdwn import counted, date


def count(alert: Alert) -> str:
    """On the card: ``3 failures, the last at …; 2 executions still to recover``."""
    failures = counted(alert.count, "failure")
    if alert.count == 1:
        return failures
    told = f"{failures}, the last at {date(alert.last_failure_at, '{time_secs}')}"
    if alert.status is Status.RESOLVED or alert.failing_count in {0, alert.count}:
        return told
    executions = counted(alert.failing_count, "execution")
    return f"{told}; {executions} still {_waiting(alert) or 'to recover'}"


def left(alert: Alert) -> str:
    """In the thread, after what succeeded: a sentence."""
    number = alert.failing_count
    if not number:
        return "Nothing is left: resolved."
    executions = counted(number, "execution")
    if waiting := _waiting(alert):
        return f"{executions} still {waiting}."
    return f"{executions} {'is' if number == 1 else 'are'} still to be recovered."


def _waiting(alert: Alert) -> str:
    """``waits for an answer``, where nothing else is left."""
    number = alert.failing_count
    if sum(attempt.hold > 0 for attempt in alert.failing) != number:
        return ""
    return f"{'waits' if number == 1 else 'wait'} for an answer"
