"""Socket Mode: an app that holds a WebSocket is sent there what would go to its address.

Slack: ``apps.connections.open`` with an app-level token tells the address; every delivery is an
envelope, answered by one with the same id.
"""

import asyncio
import json
import uuid
from concurrent.futures import Future
from concurrent.futures import TimeoutError as TooLateError

from starlette.websockets import WebSocket, WebSocketDisconnect

from local.slack.people import APP
from local.slack.workspace import Json

#: By the names that Slack gives what it sends to an address.
_INTERACTIVE, _COMMAND, _EVENT = "interactive", "slash_commands", "events_api"


class Sockets:
    """The apps' open sockets: several may be, and any of them gets a delivery."""

    def __init__(self) -> None:
        self._open: list[tuple[WebSocket, asyncio.AbstractEventLoop]] = []
        self._awaited: dict[str, Future[Json]] = {}

    @property
    def connected(self) -> bool:
        return bool(self._open)

    async def serve(self, socket: WebSocket) -> None:
        await socket.accept()
        await socket.send_text(
            json.dumps({"type": "hello", "num_connections": 1, "connection_info": {"app_id": APP}})
        )
        here = (socket, asyncio.get_running_loop())
        self._open.append(here)
        try:
            while True:
                said = json.loads(await socket.receive_text())
                awaited = self._awaited.pop(str(said.get("envelope_id")), None)
                if awaited:
                    awaited.set_result(said.get("payload") or {})
        except WebSocketDisconnect:
            pass
        finally:
            self._open.remove(here)

    def send(self, kind: str, payload: Json, seconds: float) -> Json | None:
        """What the app answers; None when it does not within *seconds*. Not for the event loop."""
        socket, loop = self._open[-1]
        envelope, answer = str(uuid.uuid4()), Future[Json]()
        self._awaited[envelope] = answer
        text = json.dumps(
            {
                "envelope_id": envelope,
                "type": _type_of(kind, payload),
                "payload": payload,
                "accepts_response_payload": True,
            }
        )
        asyncio.run_coroutine_threadsafe(socket.send_text(text), loop)
        try:
            return answer.result(seconds)
        except TooLateError:
            self._awaited.pop(envelope, None)
            return None


def _type_of(kind: str, payload: Json) -> str:
    if kind == "slash_command":
        return _COMMAND
    return _EVENT if payload.get("type") == "event_callback" else _INTERACTIVE
