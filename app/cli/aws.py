"""AWS for whoever runs a command: region, clients, and in words why it can't be asked."""

import os
from typing import Any

import boto3
from botocore import exceptions as sdk
from botocore.config import Config

from app.cli.files import ProblemError

_CONFIG = Config(
    connect_timeout=5, read_timeout=15, retries={"mode": "standard", "max_attempts": 3}
)
_SIGN_IN = "sign in (`aws sso login`), or set AWS_PROFILE or AWS_ACCESS_KEY_ID"
_EXPIRED = frozenset({"ExpiredToken", "ExpiredTokenException", "RequestExpired"})
_NOT_TAKEN = frozenset(
    {
        "InvalidClientTokenId",
        "InvalidSignatureException",
        "SignatureDoesNotMatch",
        "UnrecognizedClientException",
    }
)
_DENIED = frozenset({"AccessDenied", "AccessDeniedException", "UnauthorizedOperation"})
#: Everything that the SDK raises of its own.
ERRORS = (sdk.BotoCoreError, sdk.ClientError)


class Clients:
    """Those of one region: the given one, or AWS_REGION's, AWS_DEFAULT_REGION's, the profile's.

    A client is made when it is first asked for. Raises ProblemError where no region is named, or
    where what the environment or the profile says is of no use.
    """

    def __init__(self, region: str | None) -> None:
        try:
            # boto3 itself knows all of these but AWS_REGION.
            session = boto3.Session(region_name=region or os.environ.get("AWS_REGION") or None)
            found = session.region_name
        except ERRORS as problem:
            raise ProblemError(why_not(problem)) from None
        if not found:
            message = (
                "in which region? Name it with --region or AWS_REGION, or in your profile "
                "(`aws configure`)"
            )
            raise ProblemError(message)
        self.region: str = found
        self._session: Any = session
        self._made: dict[str, Any] = {}

    def __call__(self, service: str) -> Any:
        if service not in self._made:
            try:
                self._made[service] = self._session.client(service, config=_CONFIG)
            except ValueError as problem:
                message = f"{problem}: look at AWS_ENDPOINT_URL, and at the profile's endpoint_url"
                raise ProblemError(message) from None
        return self._made[service]


def why_not(problem: Exception) -> str:
    """What keeps AWS from being asked, and the way out."""
    match problem:
        case sdk.NoCredentialsError():
            return f"AWS does not know who you are, for there are no credentials: {_SIGN_IN}"
        case sdk.PartialCredentialsError():
            return f"your AWS credentials are not whole: {problem}"
        case sdk.ProfileNotFound():
            return f"{problem}: `aws configure list-profiles` tells of those there are"
        case sdk.SSOError() | sdk.LoginError() | sdk.TokenRetrievalError():
            return f"your AWS session has ended: {_SIGN_IN}"
        case sdk.CredentialRetrievalError():
            return f"your AWS credentials can't be had: {problem}"
        case sdk.ConnectionError() | sdk.HTTPClientError():
            return f"AWS can't be reached: {problem}. Look at the network, and at the region's name"
        case sdk.ClientError():
            return _refused(problem)
        case _:
            return f"AWS can't be asked: {problem}"


def _refused(problem: sdk.ClientError) -> str:
    error = problem.response["Error"]
    code = error["Code"]
    if code in _EXPIRED:
        return f"your AWS credentials have expired: {_SIGN_IN}"
    if code in _NOT_TAKEN:
        return f"AWS does not take your credentials ({code}): {_SIGN_IN}"
    if code in _DENIED:
        return (
            f"your AWS credentials are not enough: {error.get('Message') or problem}. Have it "
            "allowed, or name others with AWS_PROFILE"
        )
    return str(problem)
