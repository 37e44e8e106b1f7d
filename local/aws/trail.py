"""CloudTrail tells under which role's session a call was made.

It records only where the server's environment has CLOUDTRAIL_RECORDING=1.
"""

import json

from local.aws.executions import Json
from local.aws.seams import cloudtrail, replace, sts

_ministack: dict[str, Json] = {}


def _record_event(  # noqa: PLR0917 - as ministack calls it
    service: str,
    event_name: str,
    username: str,
    access_key_id: str,
    resources: Json,
    region: str,
    request_id: str,
    user_agent: str,
    request_params: Json,
    method: str,
) -> None:
    _ministack["record_event"](
        service,
        # Services that are asked by a form, as STS, name the operation in it.
        request_params.get("Action") or event_name,
        username,
        access_key_id,
        resources,
        region,
        request_id,
        user_agent,
        request_params,
        method,
    )
    session = sts._sessions.get(access_key_id)
    if session:
        recorded = cloudtrail._get_event_queue()[-1]
        event = json.loads(recorded["CloudTrailEvent"])
        event["userIdentity"] = {
            "type": "AssumedRole",
            "principalId": session["UserId"],
            "arn": session["Arn"],
            "accountId": session["Arn"].split(":")[4],
            "accessKeyId": access_key_id,
        }
        # AWS: the user name of such a call is the session's.
        recorded["Username"] = session["UserId"].partition(":")[2]
        recorded["CloudTrailEvent"] = json.dumps(event)


def install() -> None:
    _ministack["record_event"] = replace(cloudtrail, "record_event", _record_event)
