"""The Bolt app behind the function URL.

No token is verified and no lazy listener is used: the first would call Slack in every cold
start, the second loses work that starts five minutes late.
"""

import base64
import json
import urllib.parse
from collections.abc import Callable, Mapping
from typing import Any

from aws_lambda_powertools import Logger
from msgspec import Struct
from slack_bolt import App, BoltRequest, BoltResponse
from slack_bolt.authorization import AuthorizeResult
from slack_sdk import WebClient

from app.deps import Deps
from app.render import refusals
from app.render.modals import words_modal
from app.slack import actions, asking, commands, events, redraw, shortcuts, views
from app.slack.notes import say
from app.slack.verification import is_from_slack
from app.stores.table import UnreadableError

logger = Logger(child=True)


class Endpoint(Struct, frozen=True, kw_only=True):
    """Takes Slack's requests as a Lambda function URL delivers them."""

    app: App
    deps: Callable[[], Deps]
    signing_secret: Callable[[], str]
    now: Callable[[], float]

    def handle(self, event: Mapping[str, Any]) -> dict[str, Any]:
        """Answer *event*: 401 for whatever is not provably Slack's, never an exception."""
        headers = {name.lower(): text for name, text in (event.get("headers") or {}).items()}
        body = _body(event)
        if body is None or not is_from_slack(headers, body, self.signing_secret(), self.now()):
            return {"statusCode": 401, "headers": {}, "body": "not signed by Slack"}
        if not _makes_sense(headers, body):
            return {"statusCode": 400, "headers": {}, "body": "not a request of Slack's"}
        query = event.get("rawQueryString") or ""
        answer = self.answer(BoltRequest(body=body, headers=headers, query=query))
        return {
            "statusCode": answer.status,
            "headers": answer.first_headers(),
            "body": answer.body,
        }

    def answer(self, request: BoltRequest) -> BoltResponse:
        """Do what a request asks for that is known to be Slack's."""
        home_page = redraw.take_out_home(request.body)
        answer = self.app.dispatch(request)
        redraw.redraw(self.deps, request.body, home_page)
        return answer


def endpoint(
    *,
    deps: Callable[[], Deps],
    client: WebClient,
    bot_token: Callable[[], str],
    signing_secret: Callable[[], str],
    now: Callable[[], float],
) -> Endpoint:
    """The endpoint with every listener registered."""

    def authorize(enterprise_id: str | None, team_id: str | None) -> AuthorizeResult:
        return AuthorizeResult(enterprise_id=enterprise_id, team_id=team_id, bot_token=bot_token())

    app = App(
        name="sfn-alerts",  # without one, Bolt goes through all loaded modules to find its own
        client=client,
        authorize=authorize,
        process_before_response=True,
        request_verification_enabled=False,  # done above, where it can't raise
        token_verification_enabled=False,
    )
    app.error(_on_error)
    for part in (actions, asking, views, commands, events, shortcuts):
        part.register(app, deps)
    return Endpoint(app=app, deps=deps, signing_secret=signing_secret, now=now)


def _on_error(error: Exception, body: dict[str, Any], client: WebClient) -> BoltResponse:
    """What no listener has taken care of: whoever waits is told.

    Answered 500, Slack leaves a dialog open, and sends an event again.
    """
    logger.error("not done", exc_info=error)
    if not isinstance(error, UnreadableError):
        say(body, client, refusals.NOT_DONE)
        return BoltResponse(status=500)
    if body.get("type") == "view_submission":
        view = words_modal(refusals.UNREADABLE)
        return BoltResponse(status=200, body={"response_action": "update", "view": view})
    say(body, client, refusals.UNREADABLE)
    return BoltResponse(status=200)


def _makes_sense(headers: Mapping[str, str], body: str) -> bool:
    """Whether *body* is one of Slack's shapes: an object in JSON, in a form, or a form itself."""
    try:
        if "json" in headers.get("content-type", ""):
            return isinstance(json.loads(body), dict)
        form = urllib.parse.parse_qs(body)
        payload = form.get("payload")
        return isinstance(json.loads(payload[0]), dict) if payload else bool(form)
    except (ValueError, RecursionError):
        return False


def _body(event: Mapping[str, Any]) -> str | None:
    """The request's body as it was signed; None when it is no text."""
    body = event.get("body") or ""
    if not event.get("isBase64Encoded"):
        return body
    try:
        return base64.b64decode(body, validate=True).decode()
    except ValueError:
        return None
