"""What the app's functions have, made for the test's world: for a look, or a doing, from inside."""

import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

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

    return Deps(
        alerts=Alerts(dynamodb, table, new_id),
        occurrences=Occurrences(dynamodb, table),
        recoveries=Recoveries(dynamodb, table, new_id),
        mutes=Mutes(dynamodb, table),
        tokens=Tokens(dynamodb, table, lambda: make("kms"), key),
        inputs=Inputs(dynamodb, table),
        watches=Watches(lambda: make("sqs"), hand.queue_url("watches")),
        errands=Errands(lambda: make("lambda"), "sfn-alerts-local-answer"),
        step_functions=StepFunctions(make("stepfunctions") if client else hand.stepfunctions),
        rules=config.rules_of(settings),
        redactor=config.redactor_of(settings),
        now=now,
        new_id=new_id,
    )
