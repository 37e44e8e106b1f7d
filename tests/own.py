"""What the app's functions have, made for the test's world: for a look, or a doing, from inside."""

import time
import uuid
from datetime import UTC, datetime

from app import config
from app.catalogue import Catalogue
from app.deps import Deps
from app.function_logs import FunctionLogs
from app.metrics import Metrics
from app.publisher import Publisher
from app.publisher.messages import Messages
from app.publisher.pace import Pace
from app.step_functions import StepFunctions
from app.stores.alerts import Alerts
from app.stores.bursts import Bursts
from app.stores.errands import Errands
from app.stores.heard import Heard
from app.stores.inputs import Inputs
from app.stores.mutes import Mutes
from app.stores.occurrences import Occurrences
from app.stores.redraws import Redraws
from app.stores.tokens import Tokens
from app.stores.watches import Watches
from app.user_groups import UserGroups
from deploy.package import ROOT
from tests.hand import Hand

TABLE = "sfn-alerts-local"
MACHINES_ARN = "arn:aws:states:us-east-1:000000000000:stateMachine"


def deps(hand: Hand) -> Deps:
    settings = config.read((ROOT / "alerts.yml").read_text())
    key = hand.world.client("lambda").get_function_configuration(
        FunctionName="sfn-alerts-local-recover"
    )["Environment"]["Variables"]["HOLD_KEY_ID"]
    step_functions = StepFunctions(hand.stepfunctions)
    return Deps(
        alerts=Alerts(hand.dynamodb, TABLE, lambda: uuid.uuid4().hex),
        occurrences=Occurrences(hand.dynamodb, TABLE),
        mutes=Mutes(hand.dynamodb, TABLE),
        tokens=Tokens(hand.dynamodb, TABLE, lambda: hand.world.client("kms"), key),
        inputs=Inputs(hand.dynamodb, TABLE),
        watches=Watches(lambda: hand.sqs, hand.queue_url("watches")),
        bursts=Bursts(hand.dynamodb, TABLE),
        redraws=Redraws(lambda: hand.sqs, hand.queue_url("redraws")),
        errands=Errands(lambda: hand.world.client("lambda"), "sfn-alerts-local-answer"),
        heard=Heard(hand.dynamodb, TABLE),
        function_logs=FunctionLogs(
            lambda: hand.world.client("logs"), lambda: hand.world.client("lambda")
        ),
        step_functions=step_functions,
        catalogue=Catalogue(step_functions.machines, lambda: datetime.now(UTC), MACHINES_ARN),
        metrics=Metrics(lambda: hand.world.client("cloudwatch")),
        rules=config.rules_of(settings),
        cards_a_minute=1000,
        redactor=config.redactor_of(settings),
        now=lambda: datetime.now(UTC),
        new_id=lambda: uuid.uuid4().hex,
    )


def own_publisher(
    hand: Hand, own: Deps | None = None, groups: UserGroups | None = None
) -> Publisher:
    """A publisher of the test's own, which alone meets the faults that the test makes."""
    mine = own or deps(hand)
    messages = Messages(lambda: hand.slack, Pace(mine.cards_a_minute, time.monotonic, time.sleep))
    return Publisher(mine, messages, groups or UserGroups(lambda: hand.slack, mine.now))
