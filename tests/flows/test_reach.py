"""Where we can't act: nobody is asked, nothing is done, and it is said why."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from app.deps import Deps
from app.domain.alert import Alert, RecoveryKind, RecoveryStage
from app.domain.changes import Described, RecoveryRequested
from app.domain.lifecycle import apply
from app.domain.notices import Notice, Reason
from app.domain.reach import Account, Reach
from app.domain.transitions import NotAllowedError, WhyNot
from app.domain.verdict import out_of_reach
from app.render import refusals
from app.render.card import card
from app.render.thread import line
from app.roles import Roles
from app.step_functions import StepFunctions, StepFunctionsBusyError
from app.use_cases import recover, respond
from app.use_cases.describe import describe
from app.use_cases.record import record
from app.use_cases.sweep import sweep
from tests.factories import ANA, asker, failure
from tests.hand import Hand, eventually, unique
from tests.own import apart, deps
from tests.test_roles import Sts

pytestmark = pytest.mark.xdist_group("second world")

HOME = "arn:aws:states:us-east-1:000000000000:stateMachine"
#: Of what the factories make.
LISTED = Account(id="123456789012", role="arn:aws:iam::123456789012:role/sfn-alerts")
LISTING = Reach(HOME, (LISTED,))


@pytest.fixture(name="apart")
def _apart(hand: Hand) -> Iterator[Deps]:
    with apart(hand) as own:
        yield own


@pytest.fixture
def sts() -> Iterator[Sts]:
    one = Sts()
    yield one
    one.close()


def listing(own: Deps, sts: Sts) -> Deps:
    """The same where the factories' account is listed."""

    def never(*_: object) -> Any:
        pytest.fail("nobody was let in, and yet a client was made")

    functions = StepFunctions(never, LISTING, Roles(lambda: sts.client, never, own.now).client)
    return replace(own, reach=LISTING, step_functions=functions)


def failed(own: Deps) -> Alert:
    [alert_id] = record(own, [failure(unique("e"), error=unique("E"))])
    return stored(own, alert_id)


def stored(own: Deps, alert_id: str) -> Alert:
    found = own.alerts.get(alert_id)
    assert found is not None
    return found.alert


def requested(own: Deps, alert: Alert) -> Alert:
    """A redrive asked for in the table itself, whoever may ask."""
    asked = RecoveryRequested(alert.focus.attempt, ANA, own.now(), RecoveryKind.REDRIVE)
    swapped = own.alerts.swap(alert.id, lambda one: apply(one, asked))
    assert swapped is not None
    return swapped[1]


@pytest.mark.parametrize("kind", RecoveryKind)
def test_nothing_can_be_asked_for_even_before_there_is_a_verdict(
    apart: Deps, kind: RecoveryKind
) -> None:
    alert = failed(apart)
    assert alert.verdict is None
    if kind in {RecoveryKind.REDRIVE, RecoveryKind.RESTART}:
        with pytest.raises(NotAllowedError) as refused:
            respond.recover(apart, alert.id, alert.focus.attempt, asker(), kind)
        assert refused.value.why is WhyNot.OUT_OF_REACH
        assert "alerts.yml does not list it" in refusals.words(refused.value)
        assert "alerts.yml does not list it" in refusals.plain_words(refused.value)
    with pytest.raises(NotAllowedError):
        respond.recover_latest(apart, alert.id, asker(), kind)
    assert stored(apart, alert.id).recovery is None


def test_what_was_asked_for_all_the_same_is_refused_and_asked_of_nobody(apart: Deps) -> None:
    alert = requested(apart, failed(apart))
    recover.carry_out(apart, alert)
    recovery = stored(apart, alert.id).recovery
    assert recovery is not None
    assert recovery.stage is RecoveryStage.REFUSED
    assert recovery.reason == "alerts.yml does not list account 123456789012 with region eu-west-1"


def test_a_refused_role_is_named_on_the_card_and_in_the_thread(apart: Deps, sts: Sts) -> None:
    own = listing(apart, sts)
    sts.error = "AccessDenied"
    alert = requested(own, failed(own))
    recover.carry_out(own, alert)
    assert [one["RoleSessionName"] for one in sts.asked] == ["U01ANA-Ana"]
    after = stored(own, alert.id)
    said = f"AWS does not let sfn-alerts assume the role {LISTED.role}: no way"
    assert said in json.dumps(card(after, own.now()))
    assert said in json.dumps(line(Notice(Reason.RECOVERY_REFUSED, after)))


def test_a_verdict_that_a_role_keeps_from_us_names_it(apart: Deps, sts: Sts) -> None:
    own = listing(apart, sts)
    sts.error = "AccessDenied"
    alert = failed(own)
    describe(own, alert)
    assert [one["RoleSessionName"] for one in sts.asked] == ["sfn-alerts"]
    after = stored(own, alert.id)
    assert f"assume the role {LISTED.role}: no way" in json.dumps(card(after, own.now()))
    assert after.verdict is not None
    assert not after.verdict.ask_again, "every minute would be too often"


def test_a_busy_sts_leaves_it_to_be_carried_out_later(apart: Deps, sts: Sts) -> None:
    own = listing(apart, sts)
    sts.error = "Throttling"
    alert = requested(own, failed(own))
    with pytest.raises(StepFunctionsBusyError):
        recover.carry_out(own, alert)
    assert stored(own, alert.id).recovery == alert.recovery


def test_an_account_that_is_listed_since_gets_its_verdict_from_the_sweep(hand: Hand) -> None:
    error, own = unique("E"), deps(hand)
    hand.start(hand.machine({"Fail": {"Type": "Fail", "Error": error}}))
    card = hand.settled_card(error)
    alert_id = card["metadata"]["event_payload"]["alert_id"]
    own.alerts.swap(alert_id, lambda one: apply(one, Described(out_of_reach(one.focus.attempt))))
    eventually(lambda: "alerts.yml does not list it" in json.dumps(hand.card(error)))
    assert hand.button(hand.card(error), "redrive") is None
    sweep(replace(own, now=lambda: datetime.now(UTC) + timedelta(minutes=2)))
    eventually(lambda: "A redrive can't help" in json.dumps(hand.card(error)))
    assert hand.button(hand.card(error), "redrive")
