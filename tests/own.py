"""What the app's functions have, made for the test's world: for a look, or a doing, from inside."""

import uuid
from datetime import UTC, datetime

from app import config
from app.deps import Deps
from app.step_functions import StepFunctions
from app.stores.alerts import Alerts
from app.stores.errands import Errands
from app.stores.inputs import Inputs
from app.stores.mutes import Mutes
from app.stores.occurrences import Occurrences
from app.stores.recoveries import Recoveries
from app.stores.tokens import Tokens
from app.stores.watches import Watches
from deploy.package import ROOT
from tests.hand import Hand

TABLE = "sfn-alerts-local"


def deps(hand: Hand) -> Deps:
    settings = config.read((ROOT / "alerts.yml").read_text())
    key = hand.world.client("lambda").get_function_configuration(
        FunctionName="sfn-alerts-local-recover"
    )["Environment"]["Variables"]["HOLD_KEY_ID"]
    return Deps(
        alerts=Alerts(hand.dynamodb, TABLE, lambda: uuid.uuid4().hex),
        occurrences=Occurrences(hand.dynamodb, TABLE),
        recoveries=Recoveries(hand.dynamodb, TABLE, lambda: uuid.uuid4().hex),
        mutes=Mutes(hand.dynamodb, TABLE),
        tokens=Tokens(hand.dynamodb, TABLE, lambda: hand.world.client("kms"), key),
        inputs=Inputs(hand.dynamodb, TABLE),
        watches=Watches(lambda: hand.sqs, hand.queue_url("watches")),
        errands=Errands(lambda: hand.world.client("lambda"), "sfn-alerts-local-answer"),
        step_functions=StepFunctions(hand.stepfunctions),
        rules=config.rules_of(settings),
        redactor=config.redactor_of(settings),
        now=lambda: datetime.now(UTC),
        new_id=lambda: uuid.uuid4().hex,
    )
