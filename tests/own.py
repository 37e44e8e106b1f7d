"""What the app's functions have, made for the test's world: for a look, or a doing, from inside."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from app import config
from app.deps import Deps
from app.function_logs import FunctionLogs
from app.step_functions import StepFunctions
from app.stores.alerts import Alerts
from app.stores.errands import Errands
from app.stores.heard import Heard
from app.stores.inputs import Inputs
from app.stores.mutes import Mutes
from app.stores.occurrences import Occurrences
from app.stores.tokens import Tokens
from app.stores.watches import Watches
from deploy.package import ROOT
from tests.hand import Hand, unique

TABLE = "sfn-alerts-local"


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


def deps(hand: Hand) -> Deps:
    settings = config.read((ROOT / "alerts.yml").read_text())
    key = hand.world.client("lambda").get_function_configuration(
        FunctionName="sfn-alerts-local-recover"
    )["Environment"]["Variables"]["HOLD_KEY_ID"]
    return Deps(
        alerts=Alerts(hand.dynamodb, TABLE, lambda: uuid.uuid4().hex),
        occurrences=Occurrences(hand.dynamodb, TABLE),
        mutes=Mutes(hand.dynamodb, TABLE),
        tokens=Tokens(hand.dynamodb, TABLE, lambda: hand.world.client("kms"), key),
        inputs=Inputs(hand.dynamodb, TABLE),
        watches=Watches(lambda: hand.sqs, hand.queue_url("watches")),
        errands=Errands(lambda: hand.world.client("lambda"), "sfn-alerts-local-answer"),
        heard=Heard(hand.dynamodb, TABLE),
        step_functions=StepFunctions(hand.stepfunctions),
        function_logs=FunctionLogs(
            lambda: hand.world.client("logs"), lambda: hand.world.client("lambda")
        ),
        rules=config.rules_of(settings),
        redactor=config.redactor_of(settings),
        now=lambda: datetime.now(UTC),
        new_id=lambda: uuid.uuid4().hex,
    )
