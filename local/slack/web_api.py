"""The Web API: each method by its name, behind the scope it needs, with Slack's own errors."""

from collections.abc import Mapping

from local.slack.manifest import Manifest
from local.slack.methods.arguments import Arguments, Method, SlackError
from local.slack.methods.chat import Chat
from local.slack.methods.conversations import Conversations
from local.slack.methods.directory import Directory
from local.slack.methods.files import Files
from local.slack.methods.reactions import Reactions
from local.slack.methods.views import ViewMethods
from local.slack.people import DMS
from local.slack.timeline import Timeline
from local.slack.views import Views
from local.slack.workspace import Json, Workspace

#: The scope a method needs; ``*`` stands for the kind of conversation: channels, or im.
SCOPES: Mapping[str, str] = {
    "chat.delete": "chat:write",
    "chat.postEphemeral": "chat:write",
    "chat.postMessage": "chat:write",
    "chat.update": "chat:write",
    "conversations.history": "*:history",
    "conversations.info": "*:read",
    "conversations.list": "channels:read",
    "conversations.members": "*:read",
    "conversations.open": "im:write",
    "conversations.replies": "*:history",
    "files.completeUploadExternal": "files:write",
    "files.getUploadURLExternal": "files:write",
    "files.info": "files:read",
    "reactions.add": "reactions:write",
    "reactions.get": "reactions:read",
    "reactions.remove": "reactions:write",
    "usergroups.list": "usergroups:read",
    "usergroups.users.list": "usergroups:read",
    "users.info": "users:read",
    "users.list": "users:read",
}


class WebApi:
    def __init__(
        self, workspace: Workspace, timeline: Timeline, views: Views, manifest: Manifest, url: str
    ) -> None:
        self._workspace = workspace
        self._scopes = manifest.scopes
        self.chat = Chat(workspace, timeline, url)
        self.files = Files(workspace, timeline, url)
        families = (
            self.chat,
            Conversations(workspace),
            Directory(),
            self.files,
            Reactions(workspace, timeline),
            ViewMethods(workspace, views, manifest),
        )
        self._methods: dict[str, Method] = {}
        for family in families:
            self._methods |= family.methods()

    def call(self, method: str, arguments: Arguments) -> Json:
        """Answer as Slack does, in the body."""
        known = self._methods.get(method)
        if known is None:
            return {"ok": False, "error": "unknown_method", "req_method": method}
        needed = _scope(method, arguments)
        if needed and needed not in self._scopes:
            provided = ",".join(sorted(self._scopes))
            error = {"ok": False, "error": "missing_scope", "needed": needed}
            return error | {"provided": provided}
        return self.allowed(known, arguments)

    def allowed(self, method: Method, arguments: Arguments) -> Json:
        """The same for a method that needs no token, as responses to an interaction do."""
        try:
            with self._workspace.lock:
                return {"ok": True, **method(arguments)}
        except SlackError as problem:
            return problem.answer


def _scope(method: str, arguments: Arguments) -> str | None:
    scope = SCOPES.get(method)
    if scope is None:
        return None
    return scope.replace("*", "im" if arguments.get("channel") in DMS else "channels")
