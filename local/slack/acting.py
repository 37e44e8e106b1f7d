"""What people do to what the app shows: click, choose, submit, close, use a shortcut.

Each answers what the person is shown.
"""

from collections.abc import Mapping
from typing import Any

from local.slack import block_kit
from local.slack.deliveries import Answer, Deliveries
from local.slack.manifest import Manifest
from local.slack.payloads import Payloads, action_ts
from local.slack.views import NothingOpenError, StackFullError, Views
from local.slack.workspace import Json, Workspace

Said = Mapping[str, Any]
GONE: Json = {"ok": False, "error": "That message is gone."}
_NO_CONNECTION = "We had some trouble connecting. Try again?"


class Acting:
    def __init__(
        self,
        workspace: Workspace,
        deliveries: Deliveries,
        payloads: Payloads,
        views: Views,
        manifest: Manifest,
    ) -> None:
        self._workspace = workspace
        self._deliveries = deliveries
        self._payloads = payloads
        self._views = views
        self._manifest = manifest

    def act(self, said: Said) -> Json:
        """Press a button or choose from a menu: ``{user, channel, ts | view_id, action}``."""
        user = str(said["user"])
        payload = self._payloads.base("block_actions", user) | {
            "actions": [{**said["action"], "action_ts": action_ts()}],
        }
        if said.get("view_id"):
            view = self._workspace.views[said["view_id"]]
            container = {"type": "view", "view_id": view["id"]}
            payload |= {"container": container, "view": _filled(view, said)}
        else:
            channel = str(said["channel"])
            message = self._workspace.find(channel, said["ts"])
            if message is None:
                return GONE
            block_id = said["action"].get("block_id")
            payload |= self._payloads.on_message(user, channel, message, block_id)
            payload["state"] = {"values": said.get("state") or {}}
        return _shown(self._deliveries.interaction(payload))

    def shortcut(self, said: Said) -> Json:
        """``{user, channel, ts, callback_id}`` on a message, ``{user, callback_id}`` anywhere."""
        user, callback_id = str(said["user"]), str(said["callback_id"])
        if "ts" not in said:
            return self._shortcut("global", callback_id, self._payloads.base("shortcut", user))
        channel = str(said["channel"])
        message = self._workspace.find(channel, said["ts"])
        if message is None or message.get("ephemeral_to"):
            return GONE
        payload = self._payloads.base("message_action", user)
        payload |= self._payloads.about_message(user, channel, message)
        return self._shortcut("message", callback_id, payload)

    def _shortcut(self, kind: str, callback_id: str, payload: Json) -> Json:
        if self._manifest.shortcut(kind, callback_id) is None:
            return {"ok": False, "error": f"The manifest has no {kind} shortcut {callback_id}."}
        payload |= {"callback_id": callback_id, "action_ts": action_ts()}
        return _shown(self._deliveries.interaction(payload))

    def submit(self, said: Said) -> Json:
        """Submit the modal on top: ``{user, view_id, state}``; errors by block when it stays."""
        user = str(said["user"])
        view = self._workspace.views[said["view_id"]]
        payload = self._payloads.base("view_submission", user)
        payload |= {"view": _filled(view, said), "response_urls": []}
        answer = self._deliveries.interaction(payload)
        if not answer.ok or (answer.body.strip() and not answer.said):
            return {"ok": False, "error": _NO_CONNECTION}
        with self._workspace.lock:
            return self._answered(user, view, answer.said)

    def _answered(self, user: str, view: Json, told: Json) -> Json:
        """What becomes of a modal that was submitted, as the app has told."""
        match told.get("response_action"):
            case "errors":
                return _errors(view, told.get("errors"))
            case "update" | "push" as action:
                findings = block_kit.check_view(told.get("view"), "modal")
                if findings:
                    return {"ok": False, "error": f"The app's modal is not valid: {findings[0]}"}
                return self._next(action, user, view, told["view"])
            case "clear":
                self._views.close(user, all_of_them=True)
            case _ if self._is_on_top(user, view):
                self._views.close(user, all_of_them=False)
            case _:
                pass  # the app has opened another meanwhile
        return {"ok": True}

    def _is_on_top(self, user: str, view: Json) -> bool:
        return self._workspace.modals.get(user, [])[-1:] == [view["id"]]

    def _next(self, action: str, user: str, view: Json, following: Json) -> Json:
        try:
            if action == "update":
                self._views.update(view, following)
            else:
                self._views.push(user, following)
        except StackFullError:
            return {"ok": False, "error": "No more than three modals stand on each other."}
        except NothingOpenError:
            return {"ok": False, "error": "This modal is not open any more."}
        return {"ok": True}

    def close(self, said: Said) -> Json:
        """Close the modal on top, or ``{user, all: true}`` every one of them."""
        user = str(said["user"])
        stack = self._workspace.modals.get(user) or []
        if not stack:
            return {"ok": True}
        on_top = self._workspace.views[stack[-1]]
        cleared = bool(said.get("all") or on_top.get("clear_on_close"))
        for view in self._views.close(user, all_of_them=cleared):
            if view.get("notify_on_close"):
                payload = self._payloads.base("view_closed", user)
                self._deliveries.interaction(payload | {"view": view, "is_cleared": cleared})
        return {"ok": True}


def _filled(view: Json, said: Said) -> Json:
    """The view with what the person has filled in."""
    return view | {"state": {"values": said.get("state") or {}}}


def _errors(view: Json, errors: object) -> Json:
    """Slack: an error that names no block of the view is the app's mistake."""
    blocks = {one["block_id"] for one in view["blocks"] if one["type"] == "input"}
    if not isinstance(errors, dict) or not errors or not set(errors) <= blocks:
        return {"ok": False, "error": _NO_CONNECTION}
    return {"ok": True, "errors": errors}


def _shown(answer: Answer) -> Json:
    """What the person sees of an interaction's answer: nothing, when it went well."""
    if answer.ok:
        return {"ok": True}
    why = answer.status or "a time-out"
    return {"ok": False, "error": f"This app didn't answer as it should ({why})."}
