"""Who may do what: as alerts.yml says, and every member of the workspace where it says nothing.

Somebody of another workspace, or a bot, never may; that is seen to where they come in.
"""

from collections.abc import Callable, Mapping
from enum import StrEnum

from msgspec import Struct

from app.domain import mentions


class Act(StrEnum):
    """What can be kept to some. RESUME: answers to a step that waits, giving up among them."""

    REDRIVE = "redrive"
    RESTART = "restart"
    RESUME = "resume"
    RECOVER_ALL = "recover_all"
    MUTE = "mute"
    ACKNOWLEDGE = "acknowledge"
    RESOLVE = "resolve"


#: People and user groups, as app.domain.mentions has them, by what they may do.
May = Mapping[Act, tuple[str, ...]]


class Reserved(Struct, frozen=True):
    """``who`` may, and nobody else; ``place`` says so in alerts.yml: ``rules[0].may.redrive``."""

    who: tuple[str, ...]
    place: str


class MembershipUnknownError(Exception):
    """Slack could not be asked who is in a user group: then nobody is."""


class NotPermittedError(Exception):
    """Somebody may not do that. ``who`` may, as the file says at ``place``.

    ``unknown``: it could not be looked up just now.
    """

    def __init__(self, act: Act, reserved: Reserved, *, unknown: bool) -> None:
        super().__init__(act.value)
        self.act = act
        self.who = reserved.who
        self.place = reserved.place
        self.unknown = unknown


def permit(
    act: Act, reserved: Reserved | None, user_id: str, belongs: Callable[[str, str], bool]
) -> None:
    """Raises NotPermittedError unless it is *reserved* for *user_id* among others, or for nobody.

    *belongs* tells whether a person is in a user group; where it raises MembershipUnknownError
    and nothing else lets them in, they may not.
    """
    if reserved is None or mentions.of_person(user_id) in reserved.who:
        return
    unknown = False
    for entry in reserved.who:
        if mentions.is_person(entry):
            continue
        try:
            if belongs(user_id, entry):
                return
        except MembershipUnknownError:
            unknown = True
    raise NotPermittedError(act, reserved, unknown=unknown)
