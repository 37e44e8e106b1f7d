"""What the app's functions have, made for the test's world: for a look, or a doing, from inside."""

import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from msgspec.structs import replace

from app import config
from app.catalogue import Catalogue
from app.deps import Deps
from app.domain.reach import Reach
from app.function_logs import FunctionLogs
from app.metrics import Metrics
from app.publisher import Publisher
from app.publisher.messages import Messages
from app.publisher.pace import Pace
from app.step_functions import StepFunctions
from app.stores.alerts import Alerts, Stored
from app.stores.audit import Audit
from app.stores.bursts import Bursts
from app.stores.errands import Errands
from app.stores.heard import Heard
from app.stores.inputs import Inputs
from app.stores.mutes import Mutes
from app.stores.occurrences import Occurrences
from app.stores.publications import Publications
from app.stores.recoveries import Recoveries
from app.stores.redraws import Redraws
from app.stores.tokens import Tokens
from app.stores.turns import Turns
from app.stores.watches import Watches
from app.user_groups import UserGroups
from deploy.package import ROOT
from tests.hand import Hand, eventually, unique

TABLE = "sfn-alerts-local"
MACHINES_ARN = "arn:aws:states:us-east-1:000000000000:stateMachine"


@contextmanager
def alerts_apart(hand: Hand) -> Iterator[Alerts]:
    """Alerts in a table without a stream: nobody else publishes what is recorded there."""
    table = unique("t")
    keys = {"pk": "HASH", "sk": "RANGE"}
    hand.dynamodb.create_table(
        TableName=table,
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": key, "AttributeType": "S"} for key in keys],
        KeySchema=[{"AttributeName": key, "KeyType": kind} for key, kind in keys.items()],
    )
    yield Alerts(hand.dynamodb, table, lambda: uuid.uuid4().hex)
    hand.dynamodb.delete_table(TableName=table)


@contextmanager
def apart(hand: Hand) -> Iterator[Deps]:
    """What the app's functions have, with alerts and all of theirs that none of them sees."""
    with alerts_apart(hand) as alerts:
        yield replace(
            deps(hand),
            alerts=alerts,
            publications=Publications(hand.dynamodb, alerts._table),
            occurrences=Occurrences(hand.dynamodb, alerts._table),
        )


def own_table(hand: Hand) -> str:
    """A table as the app's own, without a stream: nobody acts upon what is written there."""
    table = unique("own")
    described = hand.dynamodb.describe_table(TableName=TABLE)["Table"]
    indexes = [
        {name: index[name] for name in ("IndexName", "KeySchema", "Projection")}
        for index in described["GlobalSecondaryIndexes"]
    ]
    hand.dynamodb.create_table(
        TableName=table,
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=described["AttributeDefinitions"],
        KeySchema=described["KeySchema"],
        GlobalSecondaryIndexes=indexes,
    )
    return table


@contextmanager
def table_apart(hand: Hand) -> Iterator[str]:
    """The same for a while; its name."""
    table = own_table(hand)
    yield table
    hand.dynamodb.delete_table(TableName=table)


def deps(
    hand: Hand,
    *,
    table: str = TABLE,
    client: Callable[[str], Any] | None = None,
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> Deps:
    """Those of the app's own table, or of another; *client* makes other clients than the hand's."""
    settings = config.read((ROOT / "alerts.yml").read_text())
    make = client or hand.world.client
    key = hand.world.client("lambda").get_function_configuration(
        FunctionName="sfn-alerts-local-recover"
    )["Environment"]["Variables"]["HOLD_KEY_ID"]
    dynamodb = make("dynamodb") if client else hand.dynamodb

    def new_id() -> str:
        return uuid.uuid4().hex

    rules = config.rules_of(settings)
    reach = Reach(MACHINES_ARN, rules.accounts)
    step_functions = StepFunctions(
        lambda: make("stepfunctions") if client else hand.stepfunctions, reach
    )
    return Deps(
        alerts=Alerts(dynamodb, table, new_id),
        publications=Publications(dynamodb, table),
        audit=Audit(dynamodb, table),
        occurrences=Occurrences(dynamodb, table),
        recoveries=Recoveries(dynamodb, table, new_id),
        mutes=Mutes(dynamodb, table),
        tokens=Tokens(dynamodb, table, lambda: make("kms"), key),
        inputs=Inputs(dynamodb, table),
        watches=Watches(lambda: make("sqs"), hand.queue_url("watches")),
        bursts=Bursts(dynamodb, table),
        redraws=Redraws(lambda: make("sqs"), hand.queue_url("redraws")),
        errands=Errands(lambda: make("lambda"), "sfn-alerts-local-answer"),
        heard=Heard(dynamodb, table),
        turns=Turns(dynamodb, table),
        function_logs=FunctionLogs(lambda: make("logs"), lambda: make("lambda")),
        step_functions=step_functions,
        catalogue=Catalogue(step_functions.machines, now, MACHINES_ARN),
        metrics=Metrics(lambda: make("cloudwatch")),
        rules=rules,
        reach=reach,
        belongs=UserGroups(lambda: hand.slack, now).belongs,
        cards_a_minute=1000,
        redactor=config.redactor_of(settings),
        now=now,
        new_id=new_id,
    )


def own_publisher(
    hand: Hand, own: Deps | None = None, groups: UserGroups | None = None
) -> Publisher:
    """A publisher of the test's own, which alone meets the faults that the test makes."""
    mine = own or deps(hand)
    messages = Messages(lambda: hand.slack, Pace(mine.cards_a_minute, time.monotonic, time.sleep))
    return Publisher(mine, messages, groups or UserGroups(lambda: hand.slack, mine.now))


def recorded(hand: Hand, error: str) -> Stored:
    """The alert about *error*, once it is in the app's own table."""
    stored: Stored = eventually(
        lambda: next(
            (one for one in deps(hand).alerts.unresolved() if one.alert.error == error), None
        )
    )
    return stored
