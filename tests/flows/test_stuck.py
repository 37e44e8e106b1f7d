"""A recovery that was dropped on its way, at either end, is finished by the sweep alone."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from msgspec.structs import replace

from app.deps import Deps
from app.domain.alert import Alert, RecoveryStage, Status
from app.domain.changes import RecoveryRequested
from app.domain.lifecycle import apply
from app.domain.people import Person
from app.use_cases.outcome import as_ended
from app.use_cases.record import record
from app.use_cases.sweep import sweep
from tests.hand import Hand
from tests.many import Many
from tests.own import deps, table_apart

pytestmark = pytest.mark.xdist_group("world")

ANA = Person("U01ANA", "Ana")


@pytest.fixture
def own(hand: Hand) -> Iterator[Deps]:
    """Of a table to which nobody listens: what is asked for is dropped, and so is what comes."""
    with table_apart(hand) as table:
        yield deps(hand, table=table)


def test_a_dropped_redrive_is_carried_out_once_and_its_lost_outcome_found(
    hand: Hand, own: Deps
) -> None:
    many = Many(hand)
    [execution] = many.started([many.wanted])
    hand.ended(execution, "FAILED")
    [alert_id] = record(own, [as_ended(own, execution, own.step_functions.describe(execution))])
    asked_at = own.now()

    def swept(seconds: int) -> Alert:
        sweep(replace(own, now=lambda: asked_at + timedelta(seconds=seconds)))
        stored = own.alerts.get(alert_id)
        assert stored is not None
        return stored.alert

    own.alerts.swap(
        alert_id, lambda alert: apply(alert, RecoveryRequested(alert.focus.attempt, ANA, asked_at))
    )
    many.repair()
    swept(30)
    assert hand.redrives(execution) == 0, "it may be on its way"
    recovery = swept(61).recovery
    assert recovery is not None
    assert recovery.stage is RecoveryStage.STARTED
    hand.ended(execution, "SUCCEEDED")
    assert swept(90).status is Status.RECOVERING, "so may its outcome be"
    assert swept(130).status is Status.RESOLVED
    assert hand.redrives(execution) == 1
