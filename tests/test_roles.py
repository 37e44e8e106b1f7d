"""Sessions of roles: one a person, kept as long as it holds; and what STS may answer instead."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qsl

import boto3
import pytest
from botocore.config import Config

from app.domain.reach import Account, Reach
from app.roles import Credentials, Roles
from app.step_functions import (
    OutOfReachError,
    RoleRefusedError,
    StepFunctions,
    StepFunctionsBusyError,
)
from tests.factories import ANA, BEN, NOW
from tests.hand import free_port

ORDERS = Account(id="222222222222", role="arn:aws:iam::222222222222:role/sfn-alerts")
BILLING = Account(
    id="333333333333", role="arn:aws:iam::333333333333:role/acting", external_id="of-billing"
)
Asked = dict[str, str]


class Sts:
    """STS on the wire: gives every session a key of its own, or answers with an error."""

    def __init__(self) -> None:
        asked: list[Asked] = []
        sts = self

        class Receiver(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                asked.append(dict(parse_qsl(body)))
                code = sts.error
                said = _refusal(code) if code else _session(len(asked))
                self.send_response(403 if code else 200)
                self.send_header("Content-Length", str(len(said)))
                self.end_headers()
                self.wfile.write(said.encode())

            def log_message(self, *_: object) -> None:
                pass

        self.error: str | None = None
        self.asked = asked
        self._server = HTTPServer(("127.0.0.1", 0), Receiver)
        Thread(target=self._server.serve_forever, daemon=True).start()
        self.client = client_at(self._server.server_port)

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


def client_at(port: int) -> Any:
    make: Any = boto3.client
    return make(
        "sts",
        region_name="eu-west-1",
        endpoint_url=f"http://127.0.0.1:{port}",
        aws_access_key_id="none",
        aws_secret_access_key="none",
        config=Config(retries={"total_max_attempts": 1}, connect_timeout=2),
    )


def _session(number: int) -> str:
    until = (NOW + timedelta(minutes=15)).isoformat()
    return (
        '<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult>'
        f"<Credentials><AccessKeyId>ASIA{number}</AccessKeyId><SecretAccessKey>s</SecretAccessKey>"
        f"<SessionToken>t</SessionToken><Expiration>{until}</Expiration></Credentials>"
        "</AssumeRoleResult></AssumeRoleResponse>"
    )


def _refusal(code: str) -> str:
    error = f"<Error><Code>{code}</Code><Message>no way</Message></Error>"
    return f"<ErrorResponse>{error}</ErrorResponse>"


@pytest.fixture
def sts() -> Iterator[Sts]:
    one = Sts()
    yield one
    one.close()


def roles(sts: Sts, now: Callable[[], datetime] = lambda: NOW) -> Roles:
    """Roles whose clients are named, as ``eu-west-1 by ASIA1``, in the place of real ones."""

    def make(region: str, credentials: Credentials) -> Any:
        return f"{region} by {credentials.key_id}"

    return Roles(lambda: sts.client, make, now)


def test_everybody_has_a_session_of_their_own_in_their_name(sts: Sts) -> None:
    under = roles(sts)
    clients: list[Any] = [under.client(ORDERS, "eu-west-1", by) for by in (ANA, BEN, None)]
    assert clients == ["eu-west-1 by ASIA1", "eu-west-1 by ASIA2", "eu-west-1 by ASIA3"]
    names = [one["RoleSessionName"] for one in sts.asked]
    assert names == ["U01ANA-Ana", "U02BEN-Ben", "sfn-alerts"]
    assert {one["RoleArn"] for one in sts.asked} == {ORDERS.role}
    assert not any("ExternalId" in one for one in sts.asked)


def test_a_session_serves_all_regions_until_shortly_before_it_runs_out(sts: Sts) -> None:
    moment = [NOW]
    under = roles(sts, lambda: moment[0])
    clients: list[Any] = [under.client(ORDERS, one, ANA) for one in ("eu-west-1", "us-east-1")]
    for minutes in (12.9, 13):
        moment[0] = NOW + timedelta(minutes=minutes)
        clients.append(under.client(ORDERS, "eu-west-1", ANA))
    assert clients == [
        "eu-west-1 by ASIA1",
        "us-east-1 by ASIA1",
        "eu-west-1 by ASIA1",
        "eu-west-1 by ASIA2",
    ]


def test_each_account_has_its_own_role_and_external_id(sts: Sts) -> None:
    under = roles(sts)
    under.client(ORDERS, "eu-west-1", ANA)
    under.client(BILLING, "eu-west-1", ANA)
    assert [one.get("ExternalId") for one in sts.asked] == [None, "of-billing"]
    assert sts.asked[1]["RoleArn"] == BILLING.role


def test_a_refusal_names_the_role_and_what_aws_says(sts: Sts) -> None:
    sts.error = "AccessDenied"
    with pytest.raises(RoleRefusedError, match=f"{ORDERS.role}: no way"):
        roles(sts).client(ORDERS, "eu-west-1", ANA)


def test_a_refusal_is_not_remembered(sts: Sts) -> None:
    under = roles(sts)
    sts.error = "AccessDenied"
    with pytest.raises(RoleRefusedError):
        under.client(ORDERS, "eu-west-1", ANA)
    sts.error = None
    under.client(ORDERS, "eu-west-1", ANA)


@pytest.mark.parametrize("code", ["Throttling", "ServiceUnavailable", "InternalFailure"])
def test_an_sts_that_is_busy_may_be_asked_again(sts: Sts, code: str) -> None:
    sts.error = code
    with pytest.raises(StepFunctionsBusyError, match=code):
        roles(sts).client(ORDERS, "eu-west-1", ANA)


def test_an_sts_that_can_not_be_reached_may_be_asked_again() -> None:
    nobody = client_at(free_port())
    under = Roles(lambda: nobody, lambda *_: None, lambda: datetime.now(UTC))  # type: ignore[arg-type]
    with pytest.raises(StepFunctionsBusyError):
        under.client(ORDERS, "eu-west-1", ANA)


def test_a_mistake_of_ours_is_not_taken_for_a_busy_sts() -> None:
    broken: Any = None
    under = Roles(lambda: broken, broken, lambda: datetime.now(UTC))
    with pytest.raises(AttributeError):
        under.client(ORDERS, "eu-west-1", ANA)


REACH = Reach("arn:aws:states:eu-west-1:111111111111:stateMachine", (ORDERS,))


def arn(account: str, region: str = "eu-west-1") -> str:
    return f"arn:aws:states:{region}:{account}:execution:orders:e1"


@pytest.mark.parametrize("ask", ["describe", "history", "definition", "latest_events"])
def test_what_is_out_of_reach_is_asked_of_nobody(ask: str) -> None:
    def client(*_: object) -> Any:
        pytest.fail("it was asked")

    functions = StepFunctions(client, REACH, client)
    with pytest.raises(OutOfReachError, match="account 999999999999 with region eu-west-1"):
        getattr(functions, ask)(arn("999999999999"))
    with pytest.raises(OutOfReachError, match="with region us-east-1"):
        getattr(functions, ask)(arn("111111111111", "us-east-1"))


def test_an_answer_goes_to_the_account_of_its_execution_for_whoever_gives_it() -> None:
    asked: list[tuple[object, ...]] = []

    class Client:
        def send_task_success(self, **_: str) -> None: ...

    def through(*given: object) -> Any:
        asked.append(given)
        return Client()

    functions = StepFunctions(lambda: pytest.fail("ours was asked"), REACH, through)
    functions.acting_for(ANA).answer(arn(ORDERS.id), "token", "{}")
    assert asked == [(ORDERS, "eu-west-1", ANA)]
