"""``views.*``: modals are opened, stacked and changed, home tabs published."""

import json
import time
from collections.abc import Mapping

from local.slack import block_kit
from local.slack.manifest import Manifest
from local.slack.methods.arguments import Arguments, Method, SlackError, decoded
from local.slack.people import USERS
from local.slack.views import NothingOpenError, StackFullError, Views
from local.slack.workspace import TRIGGER_SECONDS, Json, Workspace

_LARGEST = 250_000  # bytes


class ViewMethods:
    def __init__(self, workspace: Workspace, views: Views, manifest: Manifest) -> None:
        self._workspace = workspace
        self._views = views
        self._manifest = manifest

    def methods(self) -> Mapping[str, Method]:
        return {
            "views.open": self._open,
            "views.publish": self._publish,
            "views.push": self._push,
            "views.update": self._update,
        }

    def _open(self, arguments: Arguments) -> Json:
        view = self._asked(arguments, "modal")
        return {"view": self._views.open(self._exchange(arguments), view)}

    def _push(self, arguments: Arguments) -> Json:
        view = self._asked(arguments, "modal")
        try:
            return {"view": self._views.push(self._exchange(arguments), view)}
        except StackFullError:
            raise SlackError("push_limit_reached") from None
        except NothingOpenError:
            raise SlackError("not_found") from None

    def _update(self, arguments: Arguments) -> Json:
        shown = self._workspace.views.get(str(arguments.get("view_id")))
        if shown is None and arguments.get("external_id"):
            shown = self._named(str(arguments["external_id"]))
        if shown is None:
            raise SlackError("not_found")
        view = self._asked(arguments, shown["type"], shown)
        _compare(arguments, shown)
        return {"view": self._views.update(shown, view)}

    def _publish(self, arguments: Arguments) -> Json:
        user = str(arguments.get("user_id"))
        if user not in USERS:
            raise SlackError("user_not_found")
        home = self._workspace.homes.get(user)
        view = self._asked(arguments, "home", home)
        if not self._manifest.has_home:
            raise SlackError("not_enabled")
        if home:
            _compare(arguments, home)
        return {"view": self._views.publish(user, view)}

    def _asked(self, arguments: Arguments, kind: str, shown: Json | None = None) -> Json:
        """The view to show, checked; *shown* is what it takes the place of."""
        view: Json = decoded(arguments.get("view"), "invalid_arguments")
        findings = block_kit.check_view(view, kind)
        if findings:
            messages = [f"[ERROR] {one}" for one in findings]
            raise SlackError("invalid_arguments", response_metadata={"messages": messages})
        if len(json.dumps(view).encode()) > _LARGEST:
            raise SlackError("view_too_large")
        name = view.get("external_id")
        if name and (self._named(name) or shown) is not shown:
            raise SlackError("duplicate_external_id")
        return view

    def _named(self, external_id: str) -> Json | None:
        views = self._workspace.views.values()
        return next((one for one in views if one["external_id"] == external_id), None)

    def _exchange(self, arguments: Arguments) -> str:
        """Who acted. Slack: a trigger opens one modal, and within 3 seconds."""
        trigger = self._workspace.triggers.get(str(arguments.get("trigger_id")))
        if trigger is None:
            raise SlackError("invalid_trigger_id")
        if trigger.used:
            raise SlackError("exchanged_trigger_id")
        if time.monotonic() - trigger.made_at > TRIGGER_SECONDS:
            raise SlackError("expired_trigger_id")
        trigger.used = True
        return trigger.user


def _compare(arguments: Arguments, shown: Json) -> None:
    """Slack: a change that names the state it began from is refused once that has changed."""
    if arguments.get("hash") and arguments["hash"] != shown["hash"]:
        raise SlackError("hash_conflict")
