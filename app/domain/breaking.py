"""Mutes that break themselves: what was muted is no longer what fails.

A mute is a promise about a known problem. When the same error comes from another state, from
another definition, or ten times as often, nobody has agreed to be kept from hearing of it.
"""

from datetime import datetime

from app.domain.alert import Alert, Baseline
from app.domain.hours import an_hour_before, hour_of
from app.domain.mutes import Break, Broken
from app.domain.verdict import Help, Verdict

#: By how much more often it must fail.
TENFOLD = 10


def baseline(alert: Alert, verdict: Verdict | None, now: datetime) -> Baseline:
    """The problem as it is when it is muted."""
    return Baseline(
        state=failed_state(verdict),
        revision=verdict.revision if verdict else None,
        an_hour=max(1, an_hour_before(alert.hours, now)),
    )


def why_broken(alert: Alert, sample: Verdict | None, now: datetime) -> Break | None:
    """Why the mute over *alert* ends by itself; None while the problem is the one it was.

    *sample* is the verdict on one of the latest failures, None when none was looked at.
    """
    was, mute = alert.baseline, alert.mute
    if mute is None or was is None or not mute.breaks:
        return None
    failed = sum(hour.failures for hour in alert.hours if hour.start == hour_of(now))
    if failed >= TENFOLD * was.an_hour:
        return Break(Broken.RATE, str(was.an_hour), str(failed))
    if sample is None or sample.help is Help.UNKNOWN:
        return None
    state = failed_state(sample)
    if was.state and state and state != was.state:
        return Break(Broken.STATE, was.state, state)
    if was.revision and sample.revision and sample.revision != was.revision:
        return Break(Broken.DEFINITION, was.revision, sample.revision)
    return None


def failed_state(verdict: Verdict | None) -> str | None:
    """Where an error was caught, that state is what failed, not the Fail state it led to."""
    return (verdict.caught_from or verdict.state) if verdict else None
