"""Tokens of steps that wait for an answer: keys to executions, encrypted, apart from alerts."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from app.domain.execution import Attempt
from app.stores.table import SCHEMA, Item, number, text

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_kms import KMSClient
else:
    DynamoDBClient = KMSClient = Any

#: AWS: a task waits at most a year.
_LONGEST = timedelta(days=366)


class Tokens:
    """An execution's latest token. ``kms`` makes the client when the first step waits."""

    def __init__(
        self, client: "DynamoDBClient", table: str, kms: Callable[[], "KMSClient"], key_id: str
    ) -> None:
        self._client = client
        self._table = table
        self._kms = kms
        self._key_id = key_id

    def keep(self, attempt: Attempt, token: str, now: datetime) -> None:
        """Keep the token of the step that began to wait with *attempt*."""
        # AWS: KMS encrypts up to 4,096 bytes by itself; a token has at most 2,048 characters.
        sealed = self._kms().encrypt(
            KeyId=self._key_id, Plaintext=token.encode(), EncryptionContext=_context(attempt)
        )["CiphertextBlob"]
        self._client.put_item(
            TableName=self._table,
            Item=_key(attempt)
            | {
                "token": {"B": sealed},
                "hold": number(attempt.hold),
                "schema": number(SCHEMA),
                "expires_at": number(int((now + _LONGEST).timestamp())),
            },
        )

    def of(self, attempt: Attempt) -> str | None:
        """The token of this very wait; None when it is over, or another has begun."""
        item = self._client.get_item(
            TableName=self._table, Key=_key(attempt), ConsistentRead=True
        ).get("Item")
        if item is None or int(item["hold"]["N"]) != attempt.hold:
            return None
        opened = self._kms().decrypt(
            CiphertextBlob=item["token"]["B"], EncryptionContext=_context(attempt)
        )
        return opened["Plaintext"].decode()


def _key(attempt: Attempt) -> Item:
    return {"pk": text(f"execution#{attempt.execution_arn}"), "sk": text("token")}


def _context(attempt: Attempt) -> dict[str, str]:
    """AWS: what was encrypted with a context opens with that alone, and the log names it."""
    return {"execution": attempt.execution_arn}
