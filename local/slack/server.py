"""The HTTP server: the Web API, the page and its doings, and the controls for tests."""

import argparse
import asyncio
import json
import os
import signal
import sys
import threading
import time
import urllib.parse
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import (
    FileResponse,
    HTMLResponse,
    JSONResponse,
    PlainTextResponse,
    Response,
    StreamingResponse,
)
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from local.slack.deliveries import Deliveries
from local.slack.faults import Faults
from local.slack.interactions import Interactions
from local.slack.people import APP, APP_NAME, BOT, CHANNELS, GROUPS, TEAM, USERS
from local.slack.web_api import WebApi
from local.slack.workspace import Json, Workspace

HERE = Path(__file__).parent
MRKDWN = HERE.parents[1] / "node_modules" / "slack-to-html" / "dist"
_SEEN_LATELY = 500  # messages of a channel the page is sent


class Server:
    def __init__(
        self, url: str, *, signing_secret: str, bot_token: str, events: frozenset[str]
    ) -> None:
        self._token = bot_token
        self.workspace = Workspace()
        self.faults = Faults()
        self.api = WebApi(self.workspace, url)
        self.deliveries = Deliveries(self.workspace, signing_secret, events)
        self.doings = Interactions(self.workspace, self.api, self.deliveries, url)

    def app(self) -> Starlette:
        return Starlette(
            routes=[
                Route("/", self._page),
                Route("/archives/{place:path}", self._page),
                Route("/api/{method}", self._method, methods=["GET", "POST"]),
                Route("/response/{key}", self._response, methods=["POST"]),
                Route("/do/{what}", self._do, methods=["POST"]),
                Route("/state", self._state),
                Route("/changes", self._changes),
                Route("/control/facts", self._facts),
                Route("/control/log", self._log),
                Route("/control/request_url", self._request_url, methods=["POST"]),
                Route("/control/faults", self._faults, methods=["POST", "DELETE"]),
                Route("/control/reset", self._reset, methods=["POST"]),
                Mount("/page", StaticFiles(directory=HERE / "page")),
                Mount("/mrkdwn", StaticFiles(directory=MRKDWN, check_dir=False)),
            ]
        )

    # The Web API

    async def _method(self, request: Request) -> Response:
        method, arguments = request.path_params["method"], await _arguments(request)
        header = request.headers.get("authorization", "").removeprefix("Bearer ")
        token = header or arguments.pop("token", "")
        if token != self._token:
            return JSONResponse({"ok": False, "error": "invalid_auth" if token else "not_authed"})
        fault = self.faults.next(method)
        wait = self.faults.wait(method, str(arguments.get("channel")))
        if wait or (fault and fault.mode == "rate_limit"):
            seconds = wait or (fault.retry_after if fault else 1)
            self._note(method, arguments, {"ok": False, "error": "ratelimited"})
            headers = {"Retry-After": str(seconds)}
            return JSONResponse({"ok": False, "error": "ratelimited"}, 429, headers)
        if fault and fault.mode == "slow":
            await asyncio.sleep(fault.seconds)
        if fault and fault.mode in {"error", "server_error", "html"}:
            self._note(method, arguments, {"ok": False, "error": fault.error})
            if fault.mode == "error":
                return JSONResponse({"ok": False, "error": fault.error})
            return HTMLResponse("<h1>Down</h1>", 500 if fault.mode == "server_error" else 200)
        answer = await run_in_threadpool(self.api.call, method, arguments)
        self._note(method, arguments, answer)
        if fault and fault.mode == "drop_after_accept":
            return _Dropped()
        return JSONResponse(answer)

    def _note(self, method: str, arguments: Json, answer: Json) -> None:
        self.workspace.calls.append(
            {
                "method": method,
                "channel": arguments.get("channel"),
                "thread_ts": arguments.get("thread_ts"),
                "ts": arguments.get("ts") or answer.get("ts"),
                "ok": answer["ok"],
                "error": answer.get("error"),
                "at": time.time(),
            }
        )

    async def _response(self, request: Request) -> Response:
        key, said = request.path_params["key"], await request.json()
        answer = await run_in_threadpool(self.doings.response, key, said)
        return PlainTextResponse("ok") if answer["ok"] else JSONResponse(answer, 404)

    # The page

    async def _page(self, _: Request) -> Response:
        if not MRKDWN.exists():
            return HTMLResponse("The npm package slack-to-html is missing: run `make tools`.", 500)
        return FileResponse(HERE / "page" / "index.html")

    async def _do(self, request: Request) -> Response:
        what = request.path_params["what"]
        doings = {
            "act": self.doings.act,
            "close": self.doings.close,
            "command": self.doings.command,
            "home": self.doings.home,
            "message": self.doings.message,
            "react": self.doings.reaction,
            "shortcut": self.doings.shortcut,
            "submit": self.doings.submit,
        }
        if what not in doings:
            return JSONResponse({"ok": False, "error": f"one of {', '.join(doings)}"}, 404)
        try:
            return JSONResponse(await run_in_threadpool(doings[what], await request.json()))
        except KeyError as missing:
            error = f"missing or unknown: {missing}"
            return JSONResponse({"ok": False, "error": error}, 400)

    async def _state(self, request: Request) -> Response:
        """Everything one user sees."""
        user = request.query_params.get("user") or next(iter(USERS))
        with self.workspace.lock:
            stack = self.workspace.modals.get(user) or []
            state = {
                **_about_the_workspace(),
                "messages": {
                    channel: [one for one in messages if one.get("ephemeral_to") in {None, user}][
                        -_SEEN_LATELY:
                    ]
                    for channel, messages in self.workspace.messages.items()
                },
                "modal": self.workspace.views[stack[-1]] if stack else None,
                "home": self.workspace.homes.get(user),
            }
            content = json.dumps(state)
        return Response(content, media_type="application/json")

    async def _changes(self, request: Request) -> Response:
        """Server-sent events: a word whenever something has changed."""

        async def words() -> AsyncIterator[bytes]:
            with self.workspace.watched() as watcher:
                yield b"data: hello\n\n"
                while not await request.is_disconnected():
                    if watcher.empty():
                        await asyncio.sleep(0.05)
                        continue
                    while not watcher.empty():  # many changes at once are one redraw
                        watcher.get_nowait()
                    yield b"data: changed\n\n"

        return StreamingResponse(words(), media_type="text/event-stream")

    # The controls

    async def _facts(self, _: Request) -> Response:
        return JSONResponse(_about_the_workspace())

    async def _log(self, _: Request) -> Response:
        log = {"calls": self.workspace.calls, "deliveries": self.workspace.deliveries}
        return JSONResponse(log)

    async def _request_url(self, request: Request) -> Response:
        self.deliveries.request_url = (await request.json())["url"]
        return JSONResponse({"ok": True})

    async def _faults(self, request: Request) -> Response:
        if request.method == "DELETE":
            self.faults.clear()
            return JSONResponse({"ok": True})
        said = await request.json()
        if "limited" in said:
            self.faults.limited = bool(said["limited"])
            return JSONResponse({"ok": True})
        try:
            self.faults.add(**said)
        except (TypeError, ValueError) as problem:
            return JSONResponse({"ok": False, "error": str(problem)}, 400)
        return JSONResponse({"ok": True})

    async def _reset(self, _: Request) -> Response:
        self.faults.clear()
        self.workspace.reset()
        return JSONResponse({"ok": True})


class _Dropped(Response):
    """The connection ends without an answer."""

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:  # noqa: ARG002
        await send(
            {
                "type": "http.response.start",
                "status": 200,
                "headers": [
                    (b"content-length", b"1000"),
                ],
            }
        )
        # Less than was promised: the client sees a broken connection.
        await send({"type": "http.response.body", "body": b"{"})


def _about_the_workspace() -> Json:
    return {
        "team": TEAM,
        "app_id": APP,
        "bot": {"id": BOT, "name": APP_NAME},
        "users": {user.id: user.name for user in USERS.values()},
        "groups": {group.id: group.handle for group in GROUPS.values()},
        "channels": {
            one.id: {"name": one.name, "purpose": one.purpose, "archived": one.archived}
            for one in CHANNELS.values()
        },
    }


async def _arguments(request: Request) -> Json:
    """Slack takes JSON, forms and query strings."""
    arguments: Json = dict(request.query_params)
    body = await request.body()
    if "json" in request.headers.get("content-type", ""):
        arguments |= json.loads(body or b"{}")
    elif body:
        arguments |= dict(urllib.parse.parse_qsl(body.decode(), keep_blank_values=True))
    return arguments


def _die_with(parent: int) -> None:
    """Whoever started us is gone: then nobody would ever stop us."""
    while os.getppid() == parent:
        time.sleep(0.5)
    os.kill(os.getpid(), signal.SIGTERM)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m local.slack", description=__doc__)
    parser.add_argument("--port", type=int, default=13000)
    parser.add_argument("--signing-secret", default="local-signing-secret")
    parser.add_argument("--bot-token", default="xoxb-local")
    parser.add_argument("--request-url")
    parser.add_argument("--events", default="", help="events subscribed to, with commas between")
    parser.add_argument("--parent", type=int, help=argparse.SUPPRESS)
    given = parser.parse_args()
    server = Server(
        f"http://127.0.0.1:{given.port}",
        signing_secret=given.signing_secret,
        bot_token=given.bot_token,
        events=frozenset(given.events.split(",")),
    )
    server.deliveries.request_url = given.request_url
    if given.parent:
        threading.Thread(target=_die_with, args=(given.parent,), daemon=True).start()
    sys.stdout.write(f"Slack is at http://127.0.0.1:{given.port}\n")
    sys.stdout.flush()
    uvicorn.run(
        server.app(),
        host="127.0.0.1",
        port=given.port,
        log_level="warning",
        timeout_graceful_shutdown=1,
    )


if __name__ == "__main__":
    main()
