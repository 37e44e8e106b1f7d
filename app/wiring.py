"""Puts the parts together. The only reader of the environment, the only maker of clients.

A cold start pays for what is imported and for every client that is made, so parts that only some
functions have are imported where they are made, and a client is made by the first call.
"""

import os
import time
import uuid
from datetime import UTC, datetime
from functools import cache, lru_cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import boto3
from botocore.config import Config as ClientConfig

from app import config
from app.catalogue import Catalogue
from app.deps import Deps
from app.domain.reach import Reach
from app.function_logs import FunctionLogs
from app.metrics import Metrics
from app.step_functions import StepFunctions
from app.stores.alerts import Alerts
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

if TYPE_CHECKING:
    from slack_sdk import WebClient
    from slack_sdk.http_retry import RetryHandler

    from app.answers import Answers
    from app.publisher import Publisher
    from app.publisher.digests import DigestPoster
    from app.publisher.messages import Messages
    from app.publisher.progress import Progress
    from app.roles import Credentials, Roles
    from app.user_groups import UserGroups

#: Written by packaging beside the code: alerts.yml, checked. A variable of that name, where there
#: is one, names another.
ALERTS_FILE = Path(__file__).parent.parent / "alerts.json"
#: The same of the digest's time zone, where there is a digest.
ZONE_FILE = ALERTS_FILE.with_name("timezone")
#: Secrets change rarely; a rotated one is taken up within this many seconds.
_SECRETS_SECONDS = 300
#: Slack wants an answer within 3 s, and a slow call must leave time to give one.
_ANSWER_SECONDS = 2
#: Two such calls may be needed to learn who is in a group.
_MEMBERS_SECONDS = 1
_PUBLISH_SECONDS = 10
_QUICK = ClientConfig(
    connect_timeout=2,
    read_timeout=5,
    retries={"mode": "standard", "max_attempts": 3},
    # It would take half of the SDK's time for a write. Types tell before, and AWS looks again.
    parameter_validation=False,
)


@cache
def deps() -> Deps:
    settings = _settings()
    dynamodb = aws("dynamodb")
    table = os.environ["TABLE_NAME"]
    rules = config.rules_of(settings)
    machines_arn = os.environ["MACHINES_ARN"]
    reach = Reach(machines_arn, rules.accounts)
    step_functions = StepFunctions(
        partial(aws, "stepfunctions"), reach, lambda *asked: _roles().client(*asked)
    )
    return Deps(
        alerts=Alerts(dynamodb, table, new_id),
        publications=Publications(dynamodb, table),
        audit=Audit(dynamodb, table),
        occurrences=Occurrences(dynamodb, table),
        recoveries=Recoveries(dynamodb, table, new_id),
        mutes=Mutes(dynamodb, table),
        tokens=Tokens(dynamodb, table, partial(aws, "kms"), os.environ.get("HOLD_KEY_ID", "")),
        inputs=Inputs(dynamodb, table),
        watches=Watches(partial(aws, "sqs"), os.environ.get("WATCHES_URL", "")),
        bursts=Bursts(dynamodb, table),
        redraws=Redraws(partial(aws, "sqs"), os.environ.get("REDRAWS_URL", "")),
        errands=Errands(partial(aws, "lambda"), os.environ.get("ANSWER_FUNCTION", "")),
        heard=Heard(dynamodb, table),
        turns=Turns(dynamodb, table),
        function_logs=FunctionLogs(partial(aws, "logs"), partial(aws, "lambda")),
        step_functions=step_functions,
        catalogue=Catalogue(step_functions.machines, now, machines_arn),
        metrics=Metrics(partial(aws, "cloudwatch")),
        rules=rules,
        reach=reach,
        belongs=_belongs,
        cards_a_minute=_cards_a_minute(),
        redactor=config.redactor_of(settings),
        now=now,
        new_id=new_id,
    )


@cache
def _roles() -> "Roles":
    from app.roles import Roles

    return Roles(partial(aws, "sts"), _under_a_role, now)


def _under_a_role(region: str, credentials: "Credentials") -> Any:
    make: Any = boto3.client
    return make(
        "stepfunctions",
        region_name=region,
        aws_access_key_id=credentials.key_id,
        aws_secret_access_key=credentials.secret,
        aws_session_token=credentials.token,
        config=_QUICK,
    )


@cache
def _settings() -> config.Config:
    return config.from_json(Path(os.environ.get("ALERTS_FILE") or ALERTS_FILE).read_bytes())


def digests() -> "DigestPoster | None":
    """None where alerts.yml wants no digest."""
    if _settings().digest is None:
        return None
    from zoneinfo import ZoneInfo

    from app.publisher.digests import DigestPoster
    from app.stores.digests import Digests

    with ZONE_FILE.open("rb") as file:
        plan = config.digest_of(_settings(), ZoneInfo.from_file(file))
    digests = Digests(aws("dynamodb"), os.environ["TABLE_NAME"])
    return DigestPoster(deps(), digests, _messages(), plan) if plan else None


def _belongs(user_id: str, entry: str) -> bool:
    """Asked before Slack is answered, and only where alerts.yml keeps something to a group."""
    return _groups_at_hand().belongs(user_id, entry)


@cache
def _groups_at_hand() -> "UserGroups":
    from app.user_groups import UserGroups

    return UserGroups(lambda: slack_client(bot_token(), _MEMBERS_SECONDS), now)


@cache
def publisher() -> "Publisher":
    from app.publisher import Publisher
    from app.user_groups import UserGroups

    return Publisher(deps(), _messages(), UserGroups(asking_client, now))


@cache
def progress() -> "Progress":
    from app.publisher.progress import Progress

    return Progress(deps(), _messages())


@cache
def _messages() -> "Messages":
    from app.publisher.messages import Messages
    from app.publisher.pace import Pace

    return Messages(publishing_client, Pace(_cards_a_minute(), time.monotonic, time.sleep))


@cache
def answers() -> "Answers":
    from app.answers import Answers

    return Answers(deps(), publishing_client)


def publishing_client() -> "WebClient":
    """For telling: waits out a rate limit, but never sends again after a dropped connection.

    The SDK's default does, and posts twice when only the answer was lost.
    """
    from slack_sdk.http_retry.builtin_handlers import RateLimitErrorRetryHandler

    patient = RateLimitErrorRetryHandler(max_retry_count=3)
    return slack_client(bot_token(), _PUBLISH_SECONDS, patient)


def asking_client() -> "WebClient":
    """For what a card can do without: one try, and a short one."""
    return slack_client(bot_token(), _ANSWER_SECONDS)


def answering_client() -> "WebClient":
    """For what must be done before Slack is answered: one try, and a short one.

    It has no token: Bolt gives each request's own to the copy it works with.
    """
    return slack_client(None, _ANSWER_SECONDS)


def give_back(receipt_handle: str) -> None:
    """Hand a message of the executions queue back at once, without its visibility timeout."""
    aws("sqs").change_message_visibility(
        QueueUrl=os.environ["QUEUE_URL"], ReceiptHandle=receipt_handle, VisibilityTimeout=0
    )


def _cards_a_minute() -> int:
    return int(os.environ.get("CARDS_A_MINUTE", "15"))


def signing_secret() -> str:
    return _secret("signing-secret")


def bot_token() -> str:
    return _secret("bot-token")


def now() -> datetime:
    return datetime.now(UTC)


def new_id() -> str:
    return uuid.uuid4().hex


@cache
def aws(service: str) -> Any:
    """The client of an AWS service, made when it is first asked for."""
    make: Any = boto3.client
    return make(service, config=_QUICK)


def slack_client(token: str | None, timeout: int, *handlers: "RetryHandler") -> "WebClient":
    from slack_sdk import WebClient

    return WebClient(
        token=token,
        base_url=os.environ.get("SLACK_API_URL") or WebClient.BASE_URL,
        timeout=timeout,
        retry_handlers=list(handlers),
    )


def _secret(name: str) -> str:
    """Read at run time and kept for a while, so that it is in no template and no environment."""
    return _read_secret(name, int(time.monotonic() / _SECRETS_SECONDS))


@lru_cache(maxsize=4)
def _read_secret(name: str, _while: int) -> str:
    path = os.environ["SLACK_SECRETS_PATH"].rstrip("/")
    answer = aws("ssm").get_parameter(Name=f"{path}/{name}", WithDecryption=True)
    return str(answer["Parameter"]["Value"])
