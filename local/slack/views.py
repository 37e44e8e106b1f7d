"""Modals and home tabs as people have them open: a stack of up to three, and one home each."""

import time
import uuid

from local.slack import block_kit
from local.slack.people import APP, BOT_ID, TEAM
from local.slack.workspace import Json, Workspace

_MOST_IN_A_STACK = 3


class StackFullError(Exception):
    """Slack: no more than three modals stand on each other."""


class NothingOpenError(Exception):
    """There is no modal to put another on."""


class Views:
    """Takes views that have been checked."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace

    def open(self, user: str, view: Json) -> Json:
        """Show *view* to *user*, in the place of whatever modal was open."""
        self._drop(self._workspace.modals.get(user) or [])
        opened = self._instance(view)
        self._workspace.modals[user] = [opened["id"]]
        self._workspace.changed()
        return opened

    def push(self, user: str, view: Json) -> Json:
        """Show *view* on top of the one that is open. Raises NothingOpenError, StackFullError."""
        stack = self._workspace.modals.get(user)
        if not stack:
            raise NothingOpenError
        if len(stack) >= _MOST_IN_A_STACK:
            raise StackFullError
        pushed = self._instance(view, {"root_view_id": stack[0], "previous_view_id": stack[-1]})
        stack.append(pushed["id"])
        self._workspace.changed()
        return pushed

    def update(self, shown: Json, view: Json) -> Json:
        """Show *view* where *shown* was."""
        kept = {name: shown[name] for name in ("id", "root_view_id", "previous_view_id")}
        updated = self._instance(view, kept)
        self._workspace.changed()
        return updated

    def publish(self, user: str, view: Json) -> Json:
        """The home of *user*; it keeps its id for ever."""
        known = self._workspace.homes.get(user)
        home = self._instance(view, {"id": known["id"]} if known else {})
        self._workspace.homes[user] = home
        self._workspace.changed()
        return home

    def close(self, user: str, *, all_of_them: bool) -> list[Json]:
        """Take the topmost away, or all; those that are gone, topmost first."""
        stack = self._workspace.modals.get(user) or []
        gone = stack[::-1] if all_of_them else stack[-1:]
        closed = [self._workspace.views[one] for one in gone]
        del stack[len(stack) - len(gone) :]
        self._drop(gone)
        self._workspace.changed()
        return closed

    def _drop(self, ids: list[str]) -> None:
        for one in ids:
            self._workspace.views.pop(one, None)

    def _instance(self, view: Json, more: Json | None = None) -> Json:
        view_id = (more or {}).get("id") or f"V{uuid.uuid4().hex[:10].upper()}"
        shown = {
            **({"title": None, "submit": None, "close": None} if view["type"] == "modal" else {}),
            "private_metadata": "",
            "callback_id": "",
            "external_id": "",
            "clear_on_close": False,
            "notify_on_close": False,
            **view,
            "blocks": block_kit.with_ids(view["blocks"]),
            "id": view_id,
            "root_view_id": view_id,
            "previous_view_id": None,
            "team_id": TEAM,
            "app_id": APP,
            "app_installed_team_id": TEAM,
            "bot_id": BOT_ID,
            "hash": f"{int(time.time())}.{uuid.uuid4().hex[:8]}",
            "state": {"values": {}},
            **(more or {}),
        }
        self._workspace.views[view_id] = shown
        return shown
