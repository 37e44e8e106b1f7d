"""What is asked with a button: for another page, for something that was named, to share it."""

from msgspec import Struct

from app.render.mrkdwn import code

#: Asks, and the answer takes the place of the one whose button it was. What follows says which
#: button: in one block no two have the same id.
ASK = "ask"
AGAIN, PREVIOUS, NEXT, GO_ON = f"{ASK}.again", f"{ASK}.previous", f"{ASK}.next", f"{ASK}.on"
#: Says the same to everybody in the channel.
SHARE = "share"
#: Ends the mute whose key it carries.
END_MUTE = "end_mute"
#: Another page of the home.
HOME = "home"
HOME_AGAIN, HOME_PREVIOUS, HOME_NEXT = f"{HOME}.again", f"{HOME}.previous", f"{HOME}.next"


class Ask(Struct, frozen=True):
    """The question that a button asks."""

    words: str
    page: int = 0

    @property
    def value(self) -> str:
        """Slack: at most 2,000 characters; words have at most 300."""
        return f"{self.page} {self.words}"

    @classmethod
    def read(cls, value: str) -> "Ask":
        """ValueError when *value* is none of ours."""
        page, _, words = value.partition(" ")
        return cls(words, max(0, int(page)))


#: The answers whose alerts have the buttons of their cards; a block's id begins with it.
OF_MACHINE, OF_EXECUTION = "machine", "execution"


def block_id(answer: str, place: int = 0) -> str:
    """Of the buttons of an alert: tells in which answer they stand."""
    return f"{answer}.{place}"


def answer_of(block: object) -> str | None:
    """Which answer a block with this id stands in; None when in none."""
    kind, _, _ = str(block).partition(".")
    return kind if kind in {OF_MACHINE, OF_EXECUTION} else None


def looking_at(words: str) -> str:
    """Said to whoever waits for what takes more than a moment."""
    if words == "missing":
        return ":mag: Comparing Step Functions' own list of failures with the alerts…"
    if words == "mutes":
        return ":mag: Looking at the mutes…"
    return f":mag: Looking at {code(words, 200)}…"


OUTDATED = "That button is of another version of sfn-alerts. Ask once more with /sfn-status."
MUTE_ENDED = "This mute has ended already."
