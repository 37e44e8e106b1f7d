"""How often each operation was called, for whoever measures: GET /_counts, DELETE to begin anew.

Counted at the door: what the emulator does for itself (polling a queue, delivering an event) is
not among it, as on AWS it would cost nobody a request of ours.
"""

import json
from collections import Counter
from typing import Any

from local.aws.executions import Json
from local.aws.seams import app, replace

PATH = "/_counts"
_counts: Counter[str] = Counter()
_ministack: dict[str, Json] = {}


async def _app(scope: Json, receive: Json, send: Json) -> None:
    if scope["type"] == "http":
        if scope["path"] == PATH:
            await _answer(scope["method"], send)
            return
        headers = dict(scope["headers"])
        target = headers.get(b"x-amz-target", b"").decode("latin-1")
        if target:
            # DynamoDB_20120810.GetItem, AWSStepFunctions.StartExecution
            service, _, operation = target.partition(".")
            _counts[f"{service.partition('_')[0]}.{operation}"] += 1
    await _ministack["app"](scope, receive, send)


async def _answer(method: str, send: Any) -> None:
    if method == "DELETE":
        _counts.clear()
    headers = [(b"content-type", b"application/json")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": json.dumps(_counts).encode()})


def install() -> None:
    _ministack["app"] = replace(app, "app", _app)
