"""What EventBridge never told the sweep finds, and asks Step Functions only where it must."""

import base64
import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta

import pytest
from msgspec.structs import replace

from app.deps import Deps
from app.metrics import Metrics
from app.step_functions import StepFunctions
from app.stores.turns import Turns
from app.use_cases import look_out
from app.use_cases.reconcile import Looked
from tests.calls import counted
from tests.flows.test_missing import failed_unheard, failing, metrics_tell
from tests.hand import Hand, eventually, unique
from tests.own import MACHINES_ARN, TABLE, alerts_apart, deps

pytestmark = pytest.mark.xdist_group("second world")

LATER = timedelta(minutes=7)
HOUR = timedelta(hours=1)


class Among(Metrics):
    """The metrics of these state machines alone: others of the world may have failed unheard."""

    def __init__(self, hand: Hand, *machines: str) -> None:
        super().__init__(lambda: hand.world.client("cloudwatch"))
        self.machines = machines

    def lately(
        self, since: datetime, until: datetime
    ) -> Mapping[str, Mapping[int, Mapping[str, int]]]:
        told = super().lately(since, until)
        return {one: told[one] for one in self.machines if one in told}


@pytest.fixture
def error() -> str:
    return unique("E")


@pytest.fixture
def turns(hand: Hand) -> Iterator[Turns]:
    """Turns that the world's own sweep does not take, where nobody has taken one yet."""
    with alerts_apart(hand) as apart:
        yield Turns(hand.dynamodb, apart._table)


@pytest.fixture
def own(hand: Hand, turns: Turns) -> Deps:
    """Those of a sweep seven minutes later, of an app that was installed an hour ago."""
    here = deps(hand)
    turns.take(look_out.TURN, here.now() - HOUR, look_out.EVERY)
    return replace(here, turns=turns, now=lambda: here.now() + LATER)


def looked(own: Deps) -> Looked | None:
    return look_out.look_out(own, lambda _: None)


def test_a_failure_that_no_event_told_of_becomes_a_card_that_says_so(
    hand: Hand, own: Deps, error: str
) -> None:
    machine = failing(hand, error)
    failed_unheard(hand, machine)
    metrics_tell(hand, machine, 1)
    assert hand.cards(error) == []
    looked(replace(own, metrics=Among(hand, machine)))
    card = json.dumps(hand.settled_card(error))
    assert "Found late: no event told of this failure. It was found 7 min" in card
    assert "1 failure" in card


def test_one_more_of_a_problem_that_is_known_is_told_in_its_thread(
    hand: Hand, own: Deps, error: str
) -> None:
    machine = failing(hand, error)
    hand.start(machine)
    card = hand.settled_card(error)
    failed_unheard(hand, machine)
    metrics_tell(hand, machine, 2)
    assert "Found late" not in json.dumps(card), "the first one's event came"
    looked(replace(own, metrics=Among(hand, machine)))
    hand.told(card, "Found late: no event told of one of these failures.")
    eventually(lambda: "2 failures" in json.dumps(hand.card(error)))


def test_what_failed_a_few_minutes_ago_is_left_to_its_event(
    hand: Hand, own: Deps, error: str
) -> None:
    machine = failing(hand, error)
    [execution] = failed_unheard(hand, machine)
    metrics_tell(hand, machine, 1)
    here = replace(own, metrics=Among(hand, machine))
    looked(replace(here, now=lambda: own.now() - timedelta(minutes=3)))
    assert own.occurrences.all([execution]) == {}
    looked(replace(here, now=lambda: own.now() + look_out.EVERY))
    assert execution in own.occurrences.all([execution])


def test_an_event_that_comes_after_all_counts_no_second_time(
    hand: Hand, own: Deps, error: str
) -> None:
    machine = failing(hand, error)
    [execution] = failed_unheard(hand, machine)
    metrics_tell(hand, machine, 1)
    looked(replace(own, metrics=Among(hand, machine)))
    hand.settled_card(error)
    told = hand.describe(execution)
    detail = {key: told[key] for key in ("executionArn", "stateMachineArn", "name", "status")}
    detail |= {"stopDate": int(told["stopDate"].timestamp() * 1000), "error": error}
    hand.queue("executions", json.dumps({"source": "aws.states", "detail": detail}))
    hand.drained("executions")
    [alert_id] = own.occurrences.all([execution])[execution].alert_ids
    stored = own.alerts.get(alert_id)
    assert stored is not None
    assert stored.alert.count == 1


def test_where_metrics_and_records_agree_step_functions_is_not_asked(
    hand: Hand, own: Deps, error: str
) -> None:
    machine = failing(hand, error)
    hand.start(machine)
    hand.settled_card(error)
    metrics_tell(hand, machine, 1)
    client = hand.world.client("stepfunctions")
    asked = counted(client)
    here = replace(own, metrics=Among(hand, machine), step_functions=StepFunctions(lambda: client))
    assert looked(here) is None
    assert asked == []
    metrics_tell(hand, machine, 1)
    assert looked(replace(here, now=lambda: own.now() + look_out.EVERY))
    assert asked == ["ListExecutions"]


def test_an_installation_begins_quietly(hand: Hand, turns: Turns, error: str) -> None:
    machine = failing(hand, error)
    [execution] = failed_unheard(hand, machine)
    metrics_tell(hand, machine, 1)
    here = deps(hand)
    own = replace(here, turns=turns, metrics=Among(hand, machine), now=lambda: here.now() + LATER)
    found = looked(own)
    assert found is not None
    assert found.fates == {}
    assert own.occurrences.all([execution]) == {}, "it failed before anybody was to tell"


def test_sweeps_at_the_same_time_look_once(hand: Hand, own: Deps, error: str) -> None:
    machine = failing(hand, error)
    failed_unheard(hand, machine)
    metrics_tell(hand, machine, 1)
    here = replace(own, metrics=Among(hand, machine))
    found = hand.at_once(*[lambda: looked(here)] * 4)
    assert sum(one is not None for one in found) == 1


def test_many_state_machines_are_gone_through_over_several_turns(hand: Hand, own: Deps) -> None:
    gone = sorted(f"{MACHINES_ARN}:{unique('gone')}" for _ in range(look_out.AT_ONCE + 3))
    for one in gone:
        metrics_tell(hand, one, 1)
    client, asked = hand.world.client("stepfunctions"), list[str]()
    client.meta.events.register(
        "provide-client-params.stepfunctions.ListExecutions",
        lambda params, **_: asked.append(params["stateMachineArn"]),
    )
    here = replace(own, metrics=Among(hand, *gone), step_functions=StepFunctions(lambda: client))
    for turn in range(3):
        looked(replace(here, now=lambda: own.now() + turn * look_out.EVERY))  # noqa: B023
    assert asked == [*gone, *gone[: look_out.AT_ONCE]]


def test_express_state_machines_are_not_asked_for(hand: Hand, own: Deps) -> None:
    """AWS: their executions are counted all the same, and can't be listed."""
    made = hand.stepfunctions.create_state_machine(
        name=unique("m"),
        type="EXPRESS",
        definition=hand.definition({"Fail": {"Type": "Fail"}}),
        roleArn="arn:aws:iam::000000000000:role/any",
    )
    metrics_tell(hand, made["stateMachineArn"], 1)
    assert looked(replace(own, metrics=Among(hand, made["stateMachineArn"]))) is None


@pytest.mark.usefixtures("no_schedule")
def test_the_deployed_sweep_takes_its_turn_and_looks_where_metrics_disagree(
    hand: Hand, error: str
) -> None:
    machine = failing(hand, error)
    failed_unheard(hand, machine)
    metrics_tell(hand, machine, 1)
    key = {"pk": {"S": "turn"}, "sk": {"S": look_out.TURN}}
    hand.dynamodb.delete_item(TableName=TABLE, Key=key)
    turns = Turns(hand.dynamodb, TABLE)
    turns.take(look_out.TURN, datetime.now(UTC) - 2 * HOUR, look_out.EVERY)
    turns.leave_off(look_out.TURN, machine.removesuffix(machine[-1]))
    answer = hand.world.client("lambda").invoke(
        FunctionName="sfn-alerts-local-sweep", Payload="{}", LogType="Tail"
    )
    assert "FunctionError" not in answer, answer["Payload"].read()
    said = base64.b64decode(answer["LogResult"]).decode()
    lines = [json.loads(line) for line in said.splitlines() if line.startswith("{")]
    [told] = [one for one in lines if "no event told of" in one["message"]]
    assert machine not in told["partly"], "it may list them"
    assert turns.take(look_out.TURN, datetime.now(UTC), look_out.EVERY) is None
