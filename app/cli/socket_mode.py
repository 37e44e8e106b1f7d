"""``sfn-alerts socket``: the slack function on this machine, for whoever changes it.

Slack sends what people do through a WebSocket instead of to the function's address. Everything
else, the table and what follows from it, is that of the deployed stage.
"""

import os
import signal
import tempfile
import threading
import time
from pathlib import Path

from slack_bolt import BoltRequest
from slack_bolt.adapter.socket_mode import SocketModeHandler
from slack_bolt.adapter.socket_mode.internals import build_headers, send_response
from slack_sdk.errors import SlackApiError
from slack_sdk.socket_mode.builtin import SocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest

from app import config, wiring
from app.cli import aws
from app.cli.doctor.deployment import find
from app.cli.files import ProblemError, read_text
from app.slack.bolt import Endpoint, endpoint

TOKEN = "SLACK_APP_TOKEN"  # noqa: S105  (the variable's name)


class Handler(SocketModeHandler):
    """Bolt's own, but for what the endpoint does besides the app."""

    def __init__(self, endpoint_: Endpoint, app_token: str) -> None:
        super().__init__(endpoint_.app, app_token)
        self._endpoint = endpoint_

    def handle(self, client: SocketModeClient, req: SocketModeRequest) -> None:  # type: ignore[override]
        began = time.time()
        request = BoltRequest(mode="socket_mode", body=req.payload, headers=build_headers(req))
        send_response(client, req, self._endpoint.answer(request), began)

    def wait(self) -> None:
        """For ever."""
        threading.Event().wait()


def socket(stage: str, region: str | None, alerts: str) -> int:
    """Until Ctrl-C. Raises ProblemError, and ConfigError of the rules."""
    token = os.environ.get(TOKEN, "")
    if not token.startswith("xapp-"):
        message = (
            f"{TOKEN} must hold an app-level token, xapp-…, with the scope connections:write: "
            "api.slack.com/apps > Basic Information > App-Level Tokens"
        )
        raise ProblemError(message)
    rules = config.to_json(config.read(read_text(alerts), alerts))
    with tempfile.TemporaryDirectory() as place:
        packaged = Path(place) / "alerts.json"
        packaged.write_bytes(rules)
        try:
            deployment = find(stage, region)
            # What the deployed function has, and its region's clients.
            os.environ.update(deployment.environment("slack"))
            os.environ.update(ALERTS_FILE=str(packaged), AWS_DEFAULT_REGION=deployment.region)
            handler = connect(token)
        except aws.ERRORS as problem:
            raise ProblemError(aws.why_not(problem)) from None
        except SlackApiError as problem:
            message = f"Slack refuses {TOKEN}: {problem.response.get('error', problem)}"
            raise ProblemError(message) from None
        print(f"Answering Slack for {deployment.stack} in {deployment.region}. Ctrl-C stops it.")
        # A shell that put us in the background has SIGINT ignored.
        signal.signal(signal.SIGINT, signal.default_int_handler)
        # Ctrl-C ends it: what is being answered is answered first. The client's own way to close
        # would wait for its socket, which may have nothing to say for a while.
        handler.wait()
    return 0


def connect(token: str) -> Handler:
    """A handler at work. Raises SlackApiError, and what AWS raises when the secrets are read."""
    wiring.bot_token()  # what is wrong with it is better told now than with every click
    handler = Handler(
        endpoint(
            deps=wiring.deps,
            client=wiring.answering_client(),
            bot_token=wiring.bot_token,
            signing_secret=wiring.signing_secret,
            now=time.time,
        ),
        token,
    )
    handler.client.connect()
    return handler
