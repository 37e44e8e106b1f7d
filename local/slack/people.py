"""Who and what is in the workspace when it begins."""

from dataclasses import dataclass

TEAM = "T01ACME"
TEAM_DOMAIN = "acme"
OTHER_TEAM = "T02GUEST"
APP = "A01SFNALERTS"
APP_NAME = "sfn-alerts"
BOT = "U00SFNBOT"
BOT_ID = "B00SFNBOT"
TIME_ZONE = "Europe/Berlin"


@dataclass(frozen=True, slots=True)
class User:
    """``team`` differs for a guest from another workspace (Slack Connect)."""

    id: str
    name: str
    team: str = TEAM

    @property
    def username(self) -> str:
        """What apps are told with a click or a command, and the API calls a user's ``name``."""
        return self.name.lower()


@dataclass(frozen=True, slots=True)
class Group:
    id: str
    handle: str
    members: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Channel:
    id: str
    name: str
    purpose: str
    archived: bool = False


USERS = {
    user.id: user
    for user in (
        User("U01ANA", "Ana"),
        User("U02BEN", "Ben"),
        User("U03CHEN", "Chen"),
        User("U09GUEST", "Gil (guest)", OTHER_TEAM),
    )
}
GROUPS = {
    group.id: group
    for group in (
        Group("S01DATA", "data-oncall", ("U01ANA", "U02BEN")),
        Group("S02BILL", "billing-oncall", ("U03CHEN",)),
    )
}
CHANNELS = {
    channel.id: channel
    for channel in (
        Channel("C01ALERTS", "sfn-alerts", "Step Functions failures"),
        Channel("C02BILLING", "billing-alerts", "Failures of billing"),
        Channel("C03GENERAL", "general", "Everything else"),
        Channel("C04OLD", "old-alerts", "Not used any more", archived=True),
    )
}


def dm_with(user_id: str) -> str:
    """The conversation that this user and the app have with each other alone."""
    return f"D{user_id[1:]}"


#: Conversations with the app alone, and with whom: only people of this workspace have one.
DMS = {dm_with(user.id): user.id for user in USERS.values() if user.team == TEAM}


def name_of(conversation: str) -> str:
    """As payloads tell it."""
    channel = CHANNELS.get(conversation)
    return channel.name if channel else "directmessage"
