"""The table and the key beside it."""

from collections.abc import Iterator

from botocore.exceptions import ClientError

from app.cli.doctor.deployment import Deployment
from app.cli.doctor.findings import Finding, well, wrong
from app.cli.doctor.places import Places

_STREAM = "NEW_AND_OLD_IMAGES"
_EXPIRY = "expires_at"


def look(deployment: Deployment, _: Places) -> Iterator[Finding]:
    dynamodb = deployment.client("dynamodb")
    for table in deployment.of_kind("AWS::DynamoDB::Table"):
        try:
            told = dynamodb.describe_table(TableName=table.id)["Table"]
        except ClientError as problem:
            if problem.response["Error"]["Code"] != "ResourceNotFoundException":
                raise
            yield wrong(
                f"the table {table.id} was deleted",
                "`aws dynamodb restore-table-to-point-in-time` brings it back; where nothing is to "
                "be kept, remove the stack and deploy it",
            )
            continue
        if told["TableStatus"] not in {"ACTIVE", "UPDATING"}:
            yield wrong(f"the table is {told['TableStatus'].lower()}", "look at it in the console")
        stream = told.get("StreamSpecification", {})
        if stream.get("StreamEnabled") and stream.get("StreamViewType") == _STREAM:
            yield well(f"the table {table.id} has its stream")
        else:
            yield wrong(
                f"the table's stream does not tell {_STREAM}: nothing is posted or redriven",
                deployment.deploy_anew,
            )
        expiry = dynamodb.describe_time_to_live(TableName=table.id)["TimeToLiveDescription"]
        if (
            expiry["TimeToLiveStatus"] in {"ENABLED", "ENABLING"}
            and expiry.get("AttributeName", _EXPIRY) == _EXPIRY
        ):
            yield well("items are deleted when they have expired")
        else:
            yield wrong(
                "items are kept for ever: time to live is off",
                deployment.aws(
                    f"dynamodb update-time-to-live --table-name {table.id} --time-to-live-"
                    f"specification Enabled=true,AttributeName={_EXPIRY}"
                ),
            )
        backups = dynamodb.describe_continuous_backups(TableName=table.id)[
            "ContinuousBackupsDescription"
        ]
        recovery = backups.get("PointInTimeRecoveryDescription", {})
        if recovery.get("PointInTimeRecoveryStatus") == "ENABLED":
            yield well("it can be recovered to a point in time")
        else:
            yield wrong(
                "it can't be recovered: point-in-time recovery is off",
                deployment.aws(
                    f"dynamodb update-continuous-backups --table-name {table.id} --point-in-time-"
                    "recovery-specification PointInTimeRecoveryEnabled=true"
                ),
            )


def look_at_key(deployment: Deployment, _: Places) -> Iterator[Finding]:
    for key in deployment.of_kind("AWS::KMS::Key"):
        told = deployment.client("kms").describe_key(KeyId=key.id)["KeyMetadata"]
        if told["KeyState"] == "Enabled":
            yield well("the key for tokens of waiting steps is enabled")
        else:
            state = told["KeyState"]
            way = "cancel-key-deletion" if state == "PendingDeletion" else "enable-key"
            yield wrong(
                f"the key for tokens of waiting steps is {state}: no step can be answered",
                deployment.aws(f"kms {way} --key-id {key.id}"),
            )
