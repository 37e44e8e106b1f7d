"""Step Functions of other accounts and regions, by clients that act under an assumed role.

The session bears the name of the person who asked, so that CloudTrail shows who it was.
"""

import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError
from msgspec import Struct, field

from app.domain.people import Person
from app.domain.reach import Account
from app.domain.session import session_name
from app.step_functions import UNANSWERED, RoleRefusedError, StepFunctionsBusyError

if TYPE_CHECKING:
    from mypy_boto3_stepfunctions import SFNClient
    from mypy_boto3_sts import STSClient
else:
    SFNClient = STSClient = Any

#: AWS: the shortest session there is.
_SESSION_SECONDS = 900
#: So long before it runs out another is begun: longer than any call with its retries takes.
_BEFORE_THE_END = timedelta(minutes=2)
_BUSY = frozenset(
    {
        "Throttling",
        "ThrottlingException",
        "RequestLimitExceeded",
        "ServiceUnavailable",
        "InternalFailure",
        "InternalError",
    }
)


class Credentials(Struct, frozen=True, kw_only=True):
    key_id: str
    secret: str
    token: str


class _Session(Struct, frozen=True):
    """One person under one role; the clients by region."""

    credentials: Credentials
    until: datetime
    clients: dict[str, SFNClient] = field(default_factory=dict)


#: Makes a client of Step Functions in a region.
Make = Callable[[str, Credentials], SFNClient]


class Roles:
    """Sessions are kept until shortly before they run out. *sts* makes its client when needed."""

    def __init__(
        self, sts: Callable[[], STSClient], make: Make, now: Callable[[], datetime]
    ) -> None:
        self._sts = sts
        self._make = make
        self._now = now
        self._sessions: dict[tuple[str, str], _Session] = {}
        # A recovery of many asks from several threads, and boto3 makes one client at a time.
        self._alone = threading.Lock()

    def client(self, account: Account, region: str, by: Person | None) -> SFNClient:
        """Raises RoleRefusedError, and StepFunctionsBusyError when STS may do it later."""
        name = session_name(by)
        with self._alone:
            session = self._session(account, name)
            if region not in session.clients:
                session.clients[region] = self._make(region, session.credentials)
            return session.clients[region]

    def _session(self, account: Account, name: str) -> _Session:
        now = self._now()
        self._sessions = {key: one for key, one in self._sessions.items() if one.until > now}
        key = (account.role, name)
        if key not in self._sessions:
            self._sessions[key] = self._assumed(account, name)
        return self._sessions[key]

    def _assumed(self, account: Account, name: str) -> _Session:
        more: Any = {"ExternalId": account.external_id} if account.external_id else {}
        try:
            told = self._sts().assume_role(
                RoleArn=account.role,
                RoleSessionName=name,
                DurationSeconds=_SESSION_SECONDS,
                **more,
            )["Credentials"]
        except UNANSWERED as problem:
            raise StepFunctionsBusyError(f"{type(problem).__name__}: {problem}") from problem
        except ClientError as problem:
            error = problem.response.get("Error", {})
            code, said = error.get("Code", "no code"), error.get("Message", str(problem))
            if code in _BUSY:
                raise StepFunctionsBusyError(f"{code}: {said}") from problem
            raise RoleRefusedError(account.role, said) from problem
        return _Session(
            credentials=Credentials(
                key_id=told["AccessKeyId"],
                secret=told["SecretAccessKey"],
                token=told["SessionToken"],
            ),
            until=told["Expiration"] - _BEFORE_THE_END,
        )
