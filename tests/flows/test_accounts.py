"""Executions of other accounts and regions: told here, and acted on there by who asked."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from app.domain.people import Person
from app.domain.session import OURSELVES, session_name
from deploy.package import ROOT
from local.world import World
from tests.hand import ROLE, Hand, Json, eventually, free_port, unique

pytestmark = pytest.mark.xdist_group("second world")

HOME = "000000000000"
LISTED = "222222222222"
UNLISTED = "333333333333"
THERE = "eu-west-1"
RULES = f"""
channel: "#sfn-alerts"
accounts:
  - id: "{LISTED}"
    name: production
    regions: [{THERE}]
    role: arn:aws:iam::{LISTED}:role/sfn-alerts
    external_id: of-production
"""


@pytest.fixture(scope="module")
def hand(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hand]:
    """A hand in a world whose alerts.yml lists an account."""
    directory = tmp_path_factory.mktemp("accounts")
    rules = directory / "alerts.yml"
    rules.write_text(RULES)
    with World(
        aws_port=free_port(),
        slack_port=free_port(),
        directory=directory,
        cards_a_minute=1000,
        rules=rules,
        trail=True,
    ) as world:
        one = Hand(world)
        yield one
        one.notes.close()


class Abroad:
    """An account and region with deploy/member-account.yml, and what happens in it."""

    def __init__(self, hand: Hand, account: str, region: str = THERE) -> None:
        self.account, self.region = account, region
        self._world = hand.world
        self.stepfunctions = self.client("stepfunctions")
        stack = "sfn-alerts-member"
        given = {
            "AppAccount": HOME,
            "AppRegion": hand.facts.region,
            "AppStage": "local",
            "Role": "yes" if region == THERE else "no",
        }
        formation = self.client("cloudformation")
        formation.create_stack(
            StackName=stack,
            TemplateBody=Path(ROOT / "deploy" / "member-account.yml").read_text(),
            Capabilities=["CAPABILITY_NAMED_IAM"],
            Parameters=[
                {"ParameterKey": key, "ParameterValue": value} for key, value in given.items()
            ],
        )

        def made() -> bool:
            [told] = formation.describe_stacks(StackName=stack)["Stacks"]
            assert "FAILED" not in told["StackStatus"], told
            return bool(told["StackStatus"] == "CREATE_COMPLETE")

        eventually(made)

    def client(self, service: str) -> Any:
        return self._world.client(service, account=self.account, region=self.region)

    def fails(self, error: str, machine: str | None = None) -> str:
        """Start an execution that fails with *error*; its ARN."""
        started = self.stepfunctions.start_execution(
            stateMachineArn=machine or self.machine(error), input='{"order": 7}'
        )
        return str(started["executionArn"])

    def machine(self, error: str) -> str:
        states = {"Fail": {"Type": "Fail", "Error": error, "Cause": "no stock"}}
        definition = json.dumps({"StartAt": "Fail", "States": states})
        made = self.stepfunctions.create_state_machine(
            name=unique("m"), definition=definition, roleArn=ROLE
        )
        return str(made["stateMachineArn"])

    def trail(self, operation: str, what: str) -> list[Json]:
        """What CloudTrail has there of an operation in whose request *what* stands."""
        lookup = [{"AttributeKey": "EventName", "AttributeValue": operation}]
        found = self.client("cloudtrail").lookup_events(LookupAttributes=lookup)["Events"]
        events = [json.loads(one["CloudTrailEvent"]) for one in reversed(found)]
        return [one for one in events if what in json.dumps(one["requestParameters"])]

    def who(self, operation: str, what: str) -> list[str]:
        return [one["userIdentity"]["arn"] for one in self.trail(operation, what)]


@pytest.fixture(scope="module")
def production(hand: Hand) -> Abroad:
    return Abroad(hand, LISTED)


@pytest.fixture(scope="module")
def stranger(hand: Hand) -> Abroad:
    """An account that forwards its events, and that alerts.yml does not list."""
    hand.world.client("events").put_permission(
        EventBusName="sfn-alerts-local",
        Action="events:PutEvents",
        Principal=UNLISTED,
        StatementId="by-hand",
    )
    return Abroad(hand, UNLISTED)


def session(name: str) -> str:
    return f"arn:aws:sts::{LISTED}:assumed-role/sfn-alerts/{name}"


def session_of(user: Json) -> str:
    return session(session_name(Person(user["id"], user["name"])))


def redriven(hand: Hand, production: Abroad, user: Json) -> Json:
    """What CloudTrail has of a redrive that *user* presses for."""
    execution = production.fails(error := unique("E"))
    card = hand.settled_card(error)
    assert hand.press(card, "redrive", user) == 200
    [event] = eventually(lambda: production.trail("RedriveExecution", execution))
    return dict(event)


def test_each_redrive_elsewhere_is_made_in_the_session_of_who_pressed(
    hand: Hand, production: Abroad
) -> None:
    anas = redriven(hand, production, hand.ana)["userIdentity"]
    bens = redriven(hand, production, hand.ben)["userIdentity"]
    assert anas["arn"] == session_of(hand.ana)
    assert bens["arn"] == session_of(hand.ben)
    assert anas["accessKeyId"] != bens["accessKeyId"]


def test_the_card_names_the_account_and_its_verdict_was_asked_for_by_nobody(
    hand: Hand, production: Abroad
) -> None:
    execution = production.fails(error := unique("E"))
    card = hand.settled_card(error)
    assert f"`production` `{LISTED}` `{THERE}`" in json.dumps(card)
    assert "A redrive can't help" in json.dumps(card)
    assert set(production.who("GetExecutionHistory", execution)) == {session(OURSELVES)}


def test_a_role_is_assumed_with_its_external_id_and_less_often_than_it_is_used(
    hand: Hand, production: Abroad
) -> None:
    for _ in range(2):
        redriven(hand, production, hand.ana)
    calls = sum(
        production.who(one, LISTED).count(session_of(hand.ana))
        for one in ("DescribeExecution", "RedriveExecution")
    )
    trail = hand.world.client("cloudtrail").lookup_events(
        LookupAttributes=[{"AttributeKey": "EventName", "AttributeValue": "AssumeRole"}]
    )
    asked = [json.loads(one["CloudTrailEvent"])["requestParameters"] for one in trail["Events"]]
    assert {one["ExternalId"] for one in asked} == {"of-production"}
    assert {one["RoleArn"] for one in asked} == {f"arn:aws:iam::{LISTED}:role/sfn-alerts"}
    ana = session_name(Person(hand.ana["id"], hand.ana["name"]))
    assert 1 <= [one["RoleSessionName"] for one in asked].count(ana) <= calls / 2


def test_a_restart_elsewhere_is_of_the_person_too(hand: Hand, production: Abroad) -> None:
    error = unique("E")
    machine = production.machine(error)
    production.fails(error, machine)
    card = hand.settled_card(error)
    view = hand.modal(card, "restart", hand.ben)
    hand.send_input(view, '{"order": 8}', hand.ben)
    [made] = eventually(lambda: started_by_role(production, machine))
    assert made["userIdentity"]["arn"] == session_of(hand.ben)
    assert json.loads(made["requestParameters"]["input"]) == {"order": 8}


def test_recovering_all_elsewhere_is_of_the_person_too(hand: Hand, production: Abroad) -> None:
    error = unique("E")
    machine = production.machine(error)
    for _ in range(2):
        production.fails(error, machine)
    card = hand.settled_card(error)
    eventually(lambda: "2 failures" in json.dumps(hand.card(error)))
    hand.say("@bot recover all", card, hand.ben)
    made = eventually(lambda: started_by_role(production, machine))
    assert {one["userIdentity"]["arn"] for one in made} == {session_of(hand.ben)}


def started_by_role(production: Abroad, machine: str) -> list[Json]:
    return [
        one
        for one in production.trail("StartExecution", machine)
        if one["userIdentity"]["type"] == "AssumedRole"
    ]


def test_of_an_unlisted_account_the_card_says_why_there_is_nothing_to_press(
    hand: Hand, stranger: Abroad
) -> None:
    execution = stranger.fails(error := unique("E"))
    card = hand.settled_card(error)
    said = json.dumps(card)
    assert f"I can't act in account {UNLISTED}, region {THERE}" in said
    assert "alerts.yml does not list it" in said
    for action_id in ("redrive", "restart", "recover_all"):
        assert hand.button(card, action_id) is None, action_id
    hand.say("@bot redrive", card)
    assert hand.whispered(f"I can't act in account {UNLISTED}")
    hand.say("@bot history", card)
    eventually(lambda: sum(UNLISTED in one for one in hand.whispers()) >= 2)
    assert not stranger.trail("GetExecutionHistory", execution)
    assert not stranger.trail("DescribeExecution", execution)


def test_an_unlisted_account_can_be_acknowledged_and_muted(hand: Hand, stranger: Abroad) -> None:
    stranger.fails(error := unique("E"))
    card = hand.settled_card(error)
    assert hand.button(card, "open_execution")
    assert hand.press(card, "acknowledge") == 200
    assert hand.told(card, "acknowledged")
    hand.mute(hand.card(error))
    assert eventually(lambda: "Muted by" in json.dumps(hand.card(error)))


@pytest.mark.parametrize("action_id", ["redrive", "restart", "recover_all"])
def test_a_button_that_an_unlisted_account_never_had_comes_to_nothing(
    hand: Hand, stranger: Abroad, action_id: str
) -> None:
    execution = stranger.fails(error := unique("E"))
    card = hand.settled_card(error)
    genuine = hand.button(card, "acknowledge")
    assert genuine is not None
    forged = {**genuine, "action_id": action_id, "action_ts": "1.0"}
    hand.notes.said.clear()
    assert hand.press(card, "acknowledge", actions=[forged]) == 200
    [note] = eventually(lambda: hand.notes.said)
    assert f"I can't act in account {UNLISTED}" in note
    assert not stranger.trail("RedriveExecution", execution)


def test_a_region_that_is_not_listed_is_told_and_no_more(hand: Hand) -> None:
    elsewhere = Abroad(hand, LISTED, "us-west-2")
    elsewhere.fails(error := unique("E"))
    card = hand.settled_card(error)
    assert f"I can't act in account {LISTED}, region us-west-2" in json.dumps(card)
    assert hand.button(card, "redrive") is None


def test_events_of_an_account_that_is_not_let_in_stay_out(hand: Hand, production: Abroad) -> None:
    nobody = Abroad(hand, "555555555555")
    nobody.fails(error := unique("E"))
    production.fails(later := unique("E"))
    assert hand.card(later)
    assert not hand.cards(error)


def test_a_status_of_elsewhere_is_asked_for_by_the_person_or_says_why_not(
    hand: Hand, production: Abroad, stranger: Abroad
) -> None:
    mine, theirs = production.fails(unique("E")), stranger.machine(unique("E"))
    hand.status(hand.ben, mine)
    eventually(lambda: session_of(hand.ben) in production.who("DescribeExecution", mine))
    hand.notes.said.clear()
    hand.status(hand.ben, theirs)
    eventually(lambda: [one for one in hand.notes.said if f"act in account {UNLISTED}" in one])
    assert not stranger.trail("DescribeStateMachine", theirs)
