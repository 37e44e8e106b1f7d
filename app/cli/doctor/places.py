"""What is on this machine, to hold a deployment against."""

from msgspec import Struct


class Places(Struct, frozen=True, kw_only=True):
    """Paths of files, and the address Slack sends to where it is not the slack function's own."""

    alerts: str
    manifest: str
    request_url: str | None = None
