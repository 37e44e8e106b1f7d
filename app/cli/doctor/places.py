"""What is on this machine, to hold a deployment against."""

from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from app import config
from app.cli import manifest
from app.cli.files import ProblemError, read_json, read_text
from app.config import Config


class Places(Struct, frozen=True, kw_only=True):
    """Two files by their paths, with what stands in them; and the address Slack sends to, where it
    is not the slack function's own.
    """

    alerts: str
    manifest: str
    rules: Config
    app: Mapping[str, Any]
    request_url: str | None = None


def read(alerts: str, manifest_path: str, request_url: str | None = None) -> Places:
    """Raises ProblemError and ConfigError of what can't be used."""
    app = read_json(manifest_path)
    if not manifest.scopes(app):
        message = (
            f"{manifest_path} is no Slack app's manifest, for it names no scopes of a bot: name "
            "another with --manifest"
        )
        raise ProblemError(message)
    return Places(
        alerts=alerts,
        manifest=manifest_path,
        rules=config.read(read_text(alerts), alerts),
        app=app,
        request_url=request_url,
    )
