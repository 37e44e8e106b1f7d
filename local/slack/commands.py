"""Slash commands: typed, delivered, answered for whoever typed them."""

from local.slack.acting import Said
from local.slack.deliveries import Deliveries
from local.slack.manifest import Manifest
from local.slack.payloads import Payloads
from local.slack.people import APP, TEAM_DOMAIN, USERS, name_of
from local.slack.responses import Responses
from local.slack.workspace import Json, Workspace


class Commands:
    def __init__(
        self,
        workspace: Workspace,
        deliveries: Deliveries,
        payloads: Payloads,
        responses: Responses,
        manifest: Manifest,
    ) -> None:
        self._workspace = workspace
        self._deliveries = deliveries
        self._payloads = payloads
        self._responses = responses
        self._manifest = manifest

    def command(self, said: Said) -> Json:
        """Type a slash command: ``{user, channel, command, text}``."""
        user, channel, name = str(said["user"]), str(said["channel"]), str(said["command"])
        if self._manifest.command(name) is None:
            error = (
                f"{name} is not a valid command. In Slack, all messages that start with the "
                '"/" character are interpreted as commands.'
            )
            return {"ok": False, "error": error}
        answer = self._deliveries.command(
            {
                "command": name,
                "text": str(said.get("text") or ""),
                "token": "unused",
                "team_id": USERS[user].team,
                "team_domain": TEAM_DOMAIN,
                "channel_id": channel,
                "channel_name": name_of(channel),
                "user_id": user,
                "user_name": USERS[user].username,
                "api_app_id": APP,
                "is_enterprise_install": "false",
                "response_url": self._payloads.response_url(user, channel),
                "trigger_id": self._workspace.trigger(user),
            }
        )
        if not answer.ok:
            why = "operation_timeout" if answer.status == 0 else "dispatch_failed"
            return {"ok": False, "error": f'{name} failed with the error "{why}"'}
        told = answer.said or ({"text": answer.body} if answer.body.strip() else {})
        return self._responses.say(user, channel, told) if told else {"ok": True}
