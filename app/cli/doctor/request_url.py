"""Where Slack sends to: the slack function's address, and whether Slack was told it."""

import hashlib
import hmac
import http.client
import json
import socket
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from http import HTTPStatus
from typing import Any

from botocore.exceptions import ClientError

from app.cli import manifest
from app.cli.doctor import secrets
from app.cli.doctor.deployment import Deployment
from app.cli.doctor.findings import Finding, unchecked, well, wrong
from app.cli.doctor.places import Places

_SECONDS = 15
_CHALLENGE = "sfn-alerts-doctor"
_IN_SLACK = "api.slack.com/apps > App Manifest"


def look(deployment: Deployment, places: Places) -> Iterator[Finding]:
    url = places.request_url or _own(deployment)
    deploy = f"deploy it again: {deployment.deploy}"
    if url is None:
        yield wrong("the slack function has no address that Slack could send to", deploy)
        return
    yield from _answers(deployment, url, deploy)
    yield from _told_to_slack(url, places)


def _own(deployment: Deployment) -> str | None:
    try:
        told = deployment.client("lambda").get_function_url_config(
            FunctionName=f"{deployment.stack}-slack"
        )
    except ClientError as problem:
        if problem.response["Error"]["Code"] != "ResourceNotFoundException":
            raise
        return None
    return f"{told['FunctionUrl'].rstrip('/')}{manifest.PATH}"


def _answers(deployment: Deployment, url: str, deploy: str) -> Iterator[Finding]:
    body = json.dumps({"type": "url_verification", "challenge": _CHALLENGE}).encode()
    tail = deployment.aws(f"logs tail /aws/lambda/{deployment.stack}-slack --since 5m")
    log = f"look at its log: {tail}"
    try:
        status, _ = _send(url, body, {})
        if status == HTTPStatus.FORBIDDEN:
            yield wrong(f"AWS lets nobody call {url}", deploy)
            return
        if status != HTTPStatus.UNAUTHORIZED:
            yield wrong(f"{url} answers {status} to an unsigned request, not 401", log)
            return
        yield well("its address refuses what Slack has not signed")
        secret = secrets.value(deployment, secrets.SIGNING_SECRET)
        if secret is None:
            yield unchecked("whether its address takes what Slack signs, for want of the secret")
            return
        status, said = _send(url, body, _signature(secret, body))
    except (OSError, http.client.HTTPException) as problem:
        yield wrong(
            f"{url} can't be reached: {_why_not(problem)}",
            "where Slack sends to another address, name that with --request-url",
        )
        return
    if status == HTTPStatus.UNAUTHORIZED:
        yield wrong(
            "its address refuses what is signed with the secret in SSM",
            "was that just changed? It is taken up within five minutes; else look at its log",
        )
    elif status != HTTPStatus.OK or _CHALLENGE not in said:
        yield wrong(f"its address answers {status} to what Slack signs", log)
    else:
        yield well("its address takes what is signed with the secret in SSM")


def _told_to_slack(url: str, places: Places) -> Iterator[Finding]:
    """A bot's token can't read the app's own settings: the manifest here stands for them."""
    urls = {said for _, said in manifest.urls(places.app)}
    if any(isinstance(said, str) and "REPLACE-ME" in said for said in urls):
        yield unchecked(
            f"whether Slack was told the address, for {places.manifest} does not have it. "
            f"It is {url}"
        )
    elif urls == {url}:
        yield well(f"{places.manifest} has its address")
    else:
        yield wrong(
            f"{places.manifest} has another address than {url}",
            f"put it there, and at {_IN_SLACK}",
        )


def _why_not(problem: Exception) -> str:
    reason = getattr(problem, "reason", problem)
    # Its own words name neither the name nor what a name is for.
    return "its name is not known here" if isinstance(reason, socket.gaierror) else str(reason)


def _signature(secret: str, body: bytes) -> dict[str, str]:
    timestamp = str(int(time.time()))
    base = b"v0:" + timestamp.encode() + b":" + body
    digest = hmac.new(secret.encode(), base, hashlib.sha256).hexdigest()
    return {"X-Slack-Request-Timestamp": timestamp, "X-Slack-Signature": f"v0={digest}"}


def _send(url: str, body: bytes, headers: dict[str, str]) -> tuple[int, str]:
    """The status and what was said. Raises OSError and HTTPException."""
    typed = {"Content-Type": "application/json", **headers}
    if not url.startswith(("https://", "http://")):
        message = "it is no address"
        raise OSError(message)
    request: Any = urllib.request.Request(url, body, typed)  # noqa: S310
    try:
        with urllib.request.urlopen(request, timeout=_SECONDS) as answer:  # noqa: S310
            return int(answer.status), answer.read().decode(errors="replace")
    except urllib.error.HTTPError as problem:
        with problem:
            return problem.code, problem.read().decode(errors="replace")
