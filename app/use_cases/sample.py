"""Looks at what a mute keeps quiet: should the problem have become another, it is told again."""

from datetime import timedelta

from app.deps import Deps
from app.domain.alert import Alert
from app.domain.changes import Sampled
from app.domain.lifecycle import apply
from app.domain.verdict import Verdict
from app.step_functions import StepFunctionsError
from app.use_cases.describe import judged

#: How often a later failure of a muted alert is described: Step Functions' quotas are shared.
_EVERY = timedelta(minutes=10)


def sample(deps: Deps, alert: Alert) -> int:
    """Compare a muted alert with what was muted; how many times Step Functions was asked."""
    mute, now = alert.mute, deps.now()
    if mute is None or not mute.breaks or not alert.held_back:
        return 0
    due = alert.baseline is None or now - (alert.sampled_at or mute.since) >= _EVERY
    verdict = _latest(deps, alert) if due else None
    swapped = deps.alerts.swap(alert.id, lambda one: apply(one, Sampled(verdict, now)))
    broken = swapped is not None and swapped[0].mute is not None and swapped[1].mute is None
    if broken and mute.machine_arn and mute.error:
        deps.mutes.end(mute)  # it covers this problem alone
    return 1 if due else 0


def _latest(deps: Deps, alert: Alert) -> Verdict | None:
    """The verdict on the latest failure; None when it can't be had now."""
    if not alert.failing:
        return None
    attempt = alert.failing[-1]
    try:
        told = deps.step_functions.describe(attempt.execution_arn)
        if told.redrive_count != attempt.redrive_count or told.status == "RUNNING":
            return None
        return judged(deps, attempt, told)
    except StepFunctionsError:
        return None
