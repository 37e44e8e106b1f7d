"""Of a table in a template also its time to live and point-in-time recovery are taken up.

ministack's CloudFormation passes these over, though its DynamoDB knows both.
"""

from local.aws.executions import Json
from local.aws.seams import dynamodb, provisioners, replace

_TABLE = "AWS::DynamoDB::Table"
_ministack: dict[str, Json] = {}


def _ddb_create(logical_id: str, props: Json, stack_name: str) -> tuple[str, Json]:
    name, attributes = _ministack["create"](logical_id, props, stack_name)
    _take_up(name, props)
    return name, attributes


def _ddb_update(
    physical_id: str, old_props: Json, new_props: Json, stack_name: str, logical_id: Json = None
) -> Json:
    made = _ministack["update"](physical_id, old_props, new_props, stack_name, logical_id)
    _take_up(made[0], new_props)
    return made


def _take_up(name: str, props: Json) -> None:
    """Only what the template says: it leaves alone what it is silent about."""
    expiry = props.get("TimeToLiveSpecification")
    if expiry:
        dynamodb._update_ttl({"TableName": name, "TimeToLiveSpecification": expiry})
    recovery = props.get("PointInTimeRecoverySpecification")
    if recovery:
        dynamodb._update_continuous_backups(
            {"TableName": name, "PointInTimeRecoverySpecification": recovery}
        )


def install() -> None:
    _ministack["create"] = replace(provisioners, "_ddb_create", _ddb_create)
    _ministack["update"] = replace(provisioners, "_ddb_update", _ddb_update)
    # The table of handlers still has the originals.
    provisioners._RESOURCE_HANDLERS[_TABLE] |= {"create": _ddb_create, "update": _ddb_update}
