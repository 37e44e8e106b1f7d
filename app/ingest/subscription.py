"""What a subscription of CloudWatch Logs hands over: log events, packed together.

AWS: ``{"awslogs": {"data": …}}`` holds JSON, compressed with gzip, as base64; in it are
``messageType`` and ``logEvents`` with a ``message`` each. A CONTROL_MESSAGE only tries the way.
"""

import base64
import gzip
import json
import zlib
from collections.abc import Mapping
from typing import Any

from app.ingest.errors import NotUnderstoodError


def messages(event: Mapping[str, Any]) -> list[str]:
    """The log events' texts. Raises NotUnderstoodError."""
    try:
        packed = base64.b64decode(event["awslogs"]["data"], validate=True)
        told = json.loads(gzip.decompress(packed))
        if told["messageType"] == "CONTROL_MESSAGE":
            return []
        return [str(one["message"]) for one in told["logEvents"]]
    except (LookupError, TypeError, ValueError, OSError, EOFError, zlib.error) as problem:
        message = f"awslogs.data is not what a subscription sends: {problem}"
        raise NotUnderstoodError(message) from None
