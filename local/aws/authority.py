"""A function may do what its role allows, and nothing else; everybody else may do everything.

ministack can hold everybody to their policies, or nobody. Here it is those requests that come
with a function's own credentials, so that the app is refused what AWS would refuse it, while any
tool drives this AWS with whatever keys it has.

GET /_authority tells of every role what it was used for and what it was refused, by its name:
``{"…-SlackRole-…": {"used": ["dynamodb:GetItem", …], "refused": ["kms:Decrypt arn:…", …]}}``.
"""

import contextvars
import json
import re
from typing import Any

from local.aws.executions import Json
from local.aws.seams import (
    UnknownMinistackError,
    app,
    iam,
    iam_evaluator,
    lambda_runtime,
    lambda_service,
    replace,
)

PATH = "/_authority"
_KEY = re.compile(r"Credential=(?P<key>[A-Z0-9]+)/")

_ministack: dict[str, Json] = {}
_held = contextvars.ContextVar("held to its policies", default=False)
#: The roles, by the keys of the functions that have them.
_roles: dict[str, str] = {}
_used: dict[str, set[str]] = {}
_refused: dict[str, set[str]] = {}


class _WhereHeld:
    """What ministack asks before it looks at policies.

    For this request, where it is a function's; for *everybody*, where ministack was told so.
    """

    def __init__(self, *, everybody: bool) -> None:
        self._everybody = everybody

    def __bool__(self) -> bool:
        return self._everybody or _held.get()


async def _app(scope: Json, receive: Json, send: Json) -> None:
    if scope["type"] == "http":
        if scope["path"] == PATH:
            await _answer(send)
            return
        signed = dict(scope["headers"]).get(b"authorization", b"").decode("latin-1")
        found = _KEY.search(signed)
        _held.set(found is not None and found["key"] in _roles)
    await _ministack["app"](scope, receive, send)


async def _answer(send: Any) -> None:
    told = {
        role: {"used": sorted(_used.get(role, ())), "refused": sorted(_refused.get(role, ()))}
        for role in set(_roles.values())
    }
    headers = [(b"content-type", b"application/json")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": json.dumps(told).encode()})


def _execution_credentials(config: Json) -> Json:
    """AWS: a function has its role's temporary credentials.

    Whose role is not there has those of the account, as ministack gives them: a tool's own
    functions need no roles here.
    """
    role = str(config.get("Role", "")).rpartition("/")[2]
    if role not in iam._roles:
        return _ministack["credentials"](config)
    held = _held.set(True)
    try:
        credentials = _ministack["credentials"](config)
    finally:
        _held.reset(held)
    _roles[credentials["AWS_ACCESS_KEY_ID"]] = role
    return credentials


def _enforce(  # noqa: PLR0917  (ministack's own)
    access_key_id: str,
    iam_action: str,
    service: str,
    region: str,
    resource_arn: str = "*",
    service_context: Json = None,
) -> Json:
    """None where it is allowed. Either is remembered with the role."""
    denied = _ministack["enforce"](
        access_key_id, iam_action, service, region, resource_arn, service_context
    )
    role = _roles.get(access_key_id)
    if role and denied is None:
        _used.setdefault(role, set()).add(iam_action)
    elif role:
        _refused.setdefault(role, set()).add(f"{iam_action} {resource_arn}")
    return denied


def install() -> None:
    if not isinstance(getattr(app, "AUTH", None), bool):
        raise UnknownMinistackError("no switch AUTH")
    app.AUTH = _WhereHeld(everybody=app.AUTH)
    _ministack["app"] = replace(app, "app", _app)
    _ministack["enforce"] = replace(iam_evaluator, "enforce", _enforce)
    _ministack["credentials"] = replace(
        lambda_runtime, "execution_credentials", _execution_credentials
    )
    replace(lambda_service, "execution_credentials", _execution_credentials)
