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
from starlette.routing import Mount, Route, WebSocketRoute
from starlette.staticfiles import StaticFiles

from local.slack import seen
from local.slack.acting import Acting
from local.slack.commands import Commands
from local.slack.deliveries import Deliveries
from local.slack.faults import Faults
from local.slack.manifest import Manifest
from local.slack.payloads import Payloads
from local.slack.people import USERS
from local.slack.responses import Responses
from local.slack.talking import Talking
from local.slack.timeline import Timeline
from local.slack.views import Views
from local.slack.web_api import WebApi
from local.slack.workspace import Json, Workspace

HERE = Path(__file__).parent
MRKDWN = HERE.parents[1] / "node_modules" / "slack-to-html" / "dist"
MANIFEST = HERE.parents[1] / "manifest.json"


class Server:
    def __init__(
        self, url: str, *, signing_secret: str, bot_token: str, manifest: Manifest
    ) -> None:
        self._token = bot_token
        self._manifest = manifest
        self.workspace = Workspace()
        self.faults = Faults()
        self.deliveries = Deliveries(self.workspace, signing_secret, manifest)
        timeline = Timeline(self.workspace, self.deliveries.event)
        views, payloads = Views(self.workspace), Payloads(self.workspace, url)
        self.api = WebApi(self.workspace, timeline, views, manifest, url)
        self.responses = Responses(self.workspace, timeline, self.api)
        acting = Acting(self.workspace, self.deliveries, payloads, views, manifest)
        talking = Talking(self.workspace, timeline, self.deliveries, manifest)
        commands = Commands(self.workspace, self.deliveries, payloads, self.responses, manifest)
        self._doings = {
            "act": acting.act,
            "close": acting.close,
            "command": commands.command,
            "dismiss": talking.dismiss,
            "home": talking.home,
            "message": talking.message,
            "react": talking.react,
            "shortcut": acting.shortcut,
            "submit": acting.submit,
            "unreact": talking.unreact,
        }

    def app(self) -> Starlette:
        return Starlette(
            routes=[
                Route("/", self._page),
                Route("/archives/{place:path}", self._page),
                Route("/api/{method}", self._method, methods=["GET", "POST"]),
                Route("/upload/v1/{file_id}", self._upload, methods=["POST"]),
                Route("/files-pri/{place}/{name}", self._file),
                Route("/files-pri/{place}/{download}/{name}", self._file),
                Route("/response/{key}", self._response, methods=["POST"]),
                WebSocketRoute("/socket", self.deliveries.sockets.serve, name="socket"),
                Route("/do/{what}", self._do, methods=["POST"]),
                Route("/state", self._state),
                Route("/changes", self._changes),
                Route("/control/facts", self._facts),
                Route("/control/log", self._log),
                Route("/control/heard", self._heard),
                Route("/control/request_url", self._request_url, methods=["POST"]),
                Route("/control/faults", self._faults, methods=["POST", "DELETE"]),
                Route("/control/membership", self._membership, methods=["POST"]),
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
        if method == "apps.connections.open" and token.startswith("xapp-"):
            # Slack: any app-level token of the app's, which here is not told from another's.
            place = request.url_for("socket").replace(scheme="ws")
            return JSONResponse({"ok": True, "url": str(place)})
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
        # Slack: every answer tells what its token may do.
        return JSONResponse(
            answer, headers={"X-OAuth-Scopes": ",".join(sorted(self._manifest.scopes))}
        )

    def _note(self, method: str, arguments: Json, answer: Json) -> None:
        self.workspace.heard.append(json.dumps(arguments, ensure_ascii=False))
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
        self.workspace.heard.append(json.dumps(said, ensure_ascii=False))
        answer = await run_in_threadpool(self.responses.take, key, said)
        return PlainTextResponse("ok") if answer["ok"] else JSONResponse(answer, 404)

    async def _upload(self, request: Request) -> Response:
        """The bytes themselves. Slack takes multipart forms too, which nobody here sends."""
        sent = await request.body()
        self.workspace.heard.append(sent.decode(errors="replace"))
        if self.api.files.upload(request.path_params["file_id"], sent):
            return PlainTextResponse(f"OK - {len(sent)}")
        return PlainTextResponse("not what was promised", 400)

    async def _file(self, request: Request) -> Response:
        """A file's content: shown, or downloaded. Here everybody may who has the address."""
        file = self.workspace.files.get(request.path_params["place"].partition("-")[2])
        if file is None or file.content is None:
            return PlainTextResponse("file not found", 404)
        headers = {"X-Content-Type-Options": "nosniff"}
        if "download" in request.path_params:
            name = urllib.parse.quote(file.about["name"])
            headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{name}"
        # What was uploaded must not act as a page of this server's.
        safe = "text/plain; charset=utf-8"
        kind = safe if file.about["mode"] == "snippet" else "application/octet-stream"
        return Response(file.content, media_type=kind, headers=headers)

    # The page

    async def _page(self, _: Request) -> Response:
        if not MRKDWN.exists():
            return HTMLResponse("The npm package slack-to-html is missing: run `make tools`.", 500)
        return FileResponse(HERE / "page" / "index.html")

    async def _do(self, request: Request) -> Response:
        what = self._doings.get(request.path_params["what"])
        if what is None:
            return JSONResponse({"ok": False, "error": f"one of {', '.join(self._doings)}"}, 404)
        try:
            return JSONResponse(await run_in_threadpool(what, await request.json()))
        except KeyError as missing:
            error = f"missing or unknown: {missing}"
            return JSONResponse({"ok": False, "error": error}, 400)

    async def _state(self, request: Request) -> Response:
        """Everything one user sees."""
        user = request.query_params.get("user") or next(iter(USERS))
        with self.workspace.lock:
            content = json.dumps(seen.by_one(self.workspace, self._manifest, user))
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
        return JSONResponse(seen.by_everybody(self._manifest))

    async def _log(self, _: Request) -> Response:
        log = {"calls": self.workspace.calls, "deliveries": self.workspace.deliveries}
        return JSONResponse(log)

    async def _heard(self, _: Request) -> Response:
        """What the app said in its last calls, as it said it: arguments, responses, files."""
        return JSONResponse(list(self.workspace.heard))

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

    async def _membership(self, request: Request) -> Response:
        """Whether the app is in a channel: ``{"channel": id, "member": false}``."""
        said = await request.json()
        (self.workspace.left.discard if said["member"] else self.workspace.left.add)(
            said["channel"]
        )
        return JSONResponse({"ok": True})

    async def _reset(self, _: Request) -> Response:
        self.faults.clear()
        self.deliveries.forget()
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
    parser.add_argument("--manifest", type=Path, default=MANIFEST, help="the app's manifest")
    parser.add_argument("--parent", type=int, help=argparse.SUPPRESS)
    given = parser.parse_args()
    server = Server(
        f"http://127.0.0.1:{given.port}",
        signing_secret=given.signing_secret,
        bot_token=given.bot_token,
        manifest=Manifest.read(given.manifest),
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
