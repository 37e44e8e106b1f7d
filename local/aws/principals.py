"""The condition key aws:PrincipalArn, as policies meet it."""

from local.aws.executions import Json
from local.aws.seams import iam_evaluator, replace

_ministack: dict[str, Json] = {}


def _resolve_condition_key(key: str, ctx: Json) -> Json:
    """AWS: of a role's session it is the role's ARN, not the session's."""
    found = _ministack["resolve"](key, ctx)
    if key.lower() == "aws:principalarn" and ":assumed-role/" in str(found):
        account, role = found.split(":")[4], found.split("/")[1]
        return f"arn:aws:iam::{account}:role/{role}"
    return found


def install() -> None:
    _ministack["resolve"] = replace(iam_evaluator, "_resolve_condition_key", _resolve_condition_key)
