"""How many failures a problem had, and what of it is still to be done."""

from app.domain.alert import Alert, Status
from app.render.mrkdwn import counted, date


def count(alert: Alert) -> str:
    """On the card: ``3 failures, the last at …; 2 executions still to recover``."""
    failures = counted(alert.count, "failure")
    if alert.count == 1:
        return failures
    told = f"{failures}, the last at {date(alert.last_failure_at, '{time_secs}')}"
    if alert.status is Status.RESOLVED or alert.failing_count == alert.count:
        return told
    return f"{told}; {counted(alert.failing_count, 'execution')} still to recover"


def left(alert: Alert) -> str:
    """In the thread, after what succeeded: a sentence."""
    number = alert.failing_count
    if not number:
        return "Nothing is left: resolved."
    executions = counted(number, "execution")
    if sum(attempt.hold > 0 for attempt in alert.failing) == number:
        return f"{executions} still {'waits' if number == 1 else 'wait'} for an answer."
    return f"{executions} {'is' if number == 1 else 'are'} still to be recovered."
