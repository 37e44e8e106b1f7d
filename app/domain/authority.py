"""Who may do what: as alerts.yml says, and every member of the workspace where it says nothing.

Somebody of another workspace, or a bot, never may; that is seen to where they come in.
"""

from collections.abc import Callable, Mapping
from enum import StrEnum

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


class MembershipUnknownError(Exception):
    """Slack could not be asked who is in a user group: then nobody is."""


class NotPermittedError(Exception):
    """Somebody may not do that. ``who`` may; ``unknown``: it could not be looked up just now."""

    def __init__(self, act: Act, who: tuple[str, ...], *, unknown: bool = False) -> None:
        super().__init__(act.value)
        self.act = act
        self.who = who
        self.unknown = unknown


def permit(
    act: Act, who: tuple[str, ...] | None, user_id: str, belongs: Callable[[str, str], bool]
) -> None:
    """Raises NotPermittedError unless *user_id* is among *who*; None: everybody is.

    *belongs* tells whether a person is in a user group; where it raises MembershipUnknownError
    and nothing else lets them in, they may not.
    """
    if who is None or mentions.of_person(user_id) in who:
        return
    unknown = False
    for entry in who:
        if mentions.is_person(entry):
            continue
        try:
            if belongs(user_id, entry):
                return
        except MembershipUnknownError:
            unknown = True
    raise NotPermittedError(act, who, unknown=unknown)
