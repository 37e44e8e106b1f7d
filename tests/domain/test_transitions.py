"""Why a person may not ask for something now, and that a button shows exactly when they may."""

from datetime import timedelta

import pytest
from msgspec.structs import replace

from app.domain.alert import Alert, BulkTerms, RecoveryKind, StopReason
from app.domain.changes import (
    Acknowledged,
    AskedAgain,
    BulkRequested,
    BulkResumed,
    BulkStopped,
    Closed,
    Failed,
    Muted,
    RecoveryRequested,
    Unmuted,
)
from app.domain.lifecycle import apply
from app.domain.mutes import Mute
from app.domain.transitions import Asked, WhyNot, allows, refusal
from app.domain.verdict import Help, Verdict
from tests.factories import ANA, NOW, alert, failure, held

REDRIVE, RESTART = RecoveryKind.REDRIVE, RecoveryKind.RESTART
RETRY, GIVE_UP = RecoveryKind.RETRY, RecoveryKind.GIVE_UP


def judged(help: Help, *, out_of_reach: bool = False) -> Alert:  # noqa: A002
    one = alert()
    verdict = Verdict(attempt=one.focus.attempt, help=help, out_of_reach=out_of_reach)
    return replace(one, verdict=verdict)


OPEN = alert()
SEEN = apply(OPEN, Acknowledged(ANA, NOW))
RUNNING = apply(OPEN, RecoveryRequested(OPEN.focus.attempt, ANA, NOW))
OVER = apply(OPEN, Closed(ANA, NOW))
HELD = alert(held())
UNENDED = alert(failure(status="RUNNING"))
EXPRESS = alert(
    replace(
        failure(),
        execution_arn="arn:aws:states:eu-west-1:123456789012:express:orders:e1:uuid",
    )
)
TWO = apply(OPEN, Failed(failure("e2"), NOW))
STOPPED = apply(
    apply(TWO, BulkRequested("r1", ANA, NOW, BulkTerms())),
    BulkStopped("r1", StopReason.ASKED, NOW, ANA),
)
MUTED = apply(
    OPEN,
    Muted(
        Mute(
            machine_arn=None,
            error=OPEN.error,
            by=ANA,
            reason="known",
            since=NOW,
            until=NOW + timedelta(hours=1),
        )
    ),
)
FAR = judged(Help.UNKNOWN, out_of_reach=True)


@pytest.mark.parametrize(
    ("one", "asked", "why"),
    [
        pytest.param(SEEN, Acknowledged, WhyNot.ACKNOWLEDGED, id="seen already"),
        pytest.param(RUNNING, Acknowledged, WhyNot.RECOVERING, id="in hand already"),
        pytest.param(OVER, Acknowledged, WhyNot.RESOLVED, id="nothing is left to see"),
        pytest.param(RUNNING, Closed, WhyNot.RECOVERING, id="closed in the middle of a redrive"),
        pytest.param(OVER, Closed, WhyNot.RESOLVED, id="closed already"),
        pytest.param(OVER, AskedAgain, WhyNot.RESOLVED, id="no question is left"),
        pytest.param(RUNNING, REDRIVE, WhyNot.RECOVERING, id="redriven already"),
        pytest.param(OVER, RESTART, WhyNot.RESOLVED, id="nothing is left to start again"),
        pytest.param(FAR, REDRIVE, WhyNot.OUT_OF_REACH, id="no role to redrive with"),
        pytest.param(FAR, RESTART, WhyNot.OUT_OF_REACH, id="no role to restart with"),
        pytest.param(FAR, RETRY, WhyNot.OUT_OF_REACH, id="no role to answer with"),
        pytest.param(OPEN, RETRY, WhyNot.NOT_WAITING, id="no step waits to be tried again"),
        pytest.param(OPEN, GIVE_UP, WhyNot.NOT_WAITING, id="no step waits to be given up"),
        pytest.param(HELD, REDRIVE, WhyNot.WAITING, id="it waits for an answer instead"),
        pytest.param(HELD, RESTART, WhyNot.WAITING, id="it waits, and would run twice"),
        pytest.param(UNENDED, REDRIVE, WhyNot.STILL_RUNNING, id="redriven while it runs"),
        pytest.param(UNENDED, RESTART, WhyNot.STILL_RUNNING, id="restarted while it runs"),
        pytest.param(EXPRESS, REDRIVE, WhyNot.NOT_REDRIVABLE, id="AWS redrives no Express one"),
        pytest.param(EXPRESS, RESTART, WhyNot.NO_RESTART, id="an Express input is not known"),
        pytest.param(
            judged(Help.NOT_REDRIVABLE), REDRIVE, WhyNot.NOT_REDRIVABLE, id="Step Functions refuses"
        ),
        pytest.param(OPEN, BulkRequested, WhyNot.ONLY_ONE, id="one is not all"),
        pytest.param(HELD, BulkRequested, WhyNot.WAITING, id="all of one that waits"),
        pytest.param(TWO, BulkStopped, WhyNot.NOT_RUNNING, id="nothing to stop"),
        pytest.param(TWO, BulkResumed, WhyNot.NOT_STOPPED, id="nothing to go on with"),
        pytest.param(
            apply(STOPPED, Closed(ANA, NOW)), BulkResumed, WhyNot.RESOLVED, id="gone on after all"
        ),
        pytest.param(
            replace(STOPPED, verdict=FAR.verdict), BulkResumed, WhyNot.OUT_OF_REACH, id="role gone"
        ),
        pytest.param(MUTED, Muted, WhyNot.ALREADY_MUTED, id="muted already"),
        pytest.param(OPEN, Unmuted, WhyNot.NOT_MUTED, id="not muted"),
    ],
)
def test_whoever_may_not_ask_now_is_told_why(one: Alert, asked: Asked, why: WhyNot) -> None:
    assert refusal(one, asked) is why
    assert not allows(one, asked)


@pytest.mark.parametrize(
    ("one", "asked"),
    [
        (OPEN, Acknowledged),
        (OPEN, Closed),
        (SEEN, Closed),
        (SEEN, AskedAgain),
        (OPEN, REDRIVE),
        (SEEN, RESTART),
        (judged(Help.NOT_REDRIVABLE), RESTART),
        (judged(Help.REENTERS_FAIL), REDRIVE),
        (HELD, RETRY),
        (HELD, GIVE_UP),
        (TWO, BulkRequested),
        (STOPPED, BulkResumed),
        (OPEN, Muted),
        (MUTED, Unmuted),
    ],
)
def test_whoever_may_ask_is_refused_nothing(one: Alert, asked: Asked) -> None:
    assert refusal(one, asked) is None
    assert allows(one, asked)
