"""What the bot says to whoever spoke to it."""

from app.domain.alert import Alert
from app.domain.calls import LambdaFunction
from app.domain.talk import Heard, Missing, NoMute, NotAWord, TooMuch, Word
from app.render.mrkdwn import code

HELP = """\
*What I understand in the thread of an alert*
• `redrive`, `restart`, `retry`, `give up`: as the card's buttons. A restart has the same input.
• `recover all`: all failed executions of the alert, a canary first, then in waves.
• `ack`: you look after it. An :eyes: on the card says the same.
• `mute 2h why`: this error on this state machine keeps quiet, for `15m`, `2h`, `1d`, at most \
`30d`. `mute everywhere 2h why` takes every state machine, `mute everything 2h why` every error.
• `unmute`: that is over.
• `input`, `logs`, `history`: the whole input, what the failed function logged last, which states \
were passed.
• `resolve`: nothing more is to be done.
`/sfn-status` tells what is broken right now."""
ELSEWHERE = (
    "I can only do that in the thread of an alert: reply to the alert's card and say it there. "
    "`/sfn-status` leads to every open alert."
)
BUSY = "Step Functions could not be asked just now. Say it again in a moment."
NO_CAUSE = "No cause was given."
_HOW_TO_MUTE = "Say for how long and why, as `mute 2h the supplier is down`."
_MISSING = {
    Missing.LENGTH: f"A mute needs a length. {_HOW_TO_MUTE}",
    Missing.REASON: f"A mute needs a reason, which everyone sees on the card. {_HOW_TO_MUTE}",
    Missing.SHORTER_LENGTH: f"A mute lasts at most 30 days. {_HOW_TO_MUTE}",
}


def not_done(heard: Heard) -> str | None:
    """Why nothing comes of what was heard, and what would help; None when something does."""
    match heard:
        case NoMute():
            return _MISSING[heard.missing]
        case TooMuch():
            return (
                f"I did nothing: I know `{heard.word}`, but not what was said with it. "
                f"Say `{heard.word}` alone, or `help`."
            )
        case NotAWord():
            meant = f" Did you mean `{_whole(heard.nearest)}`?" if heard.nearest else ""
            return f"I don't know {code(heard.said, 60)}.{meant}\n\n{HELP}"
        case _:
            return None


def _whole(word: Word) -> str:
    return "mute 2h why" if word is Word.MUTE else word.value


def no_input(alert: Alert) -> str:
    return (
        f"The input of {code(alert.arn.name, 80)} is not to be had: Step Functions no longer knows "
        "the execution, or does not tell."
    )


def no_history(alert: Alert) -> str:
    if alert.arn.express:
        return "Step Functions keeps no history of an Express execution: its log group has it."
    return (
        f"The history of {code(alert.arn.name, 80)} is not to be had: Step Functions no longer "
        "knows the execution, or does not tell."
    )


def no_call(alert: Alert) -> str:
    """Why there are no logs to look for."""
    if alert.verdict is None:
        return "I am still finding out which function failed. Ask again in a moment."
    return "No function was called in the state that failed, so there are no logs of one."


def of_another_account(name: str, account: str, region: str) -> str:
    return (
        f"{code(name)} is of {code(f'{account} {region}')}: I can only read logs of my own account "
        "and region. The card's link leads to them."
    )


def no_logs(function: LambdaFunction, group: str, *, denied: bool = False) -> str:
    if denied:
        return (
            f"I have no permission to read {code(group)}, where {code(function.name)} logs: "
            "`deploy/roles.yml` says which log groups I may read."
        )
    return f"There is no log group {code(group)}: {code(function.name)} has never logged."


def no_lines(function: LambdaFunction) -> str:
    return f"{code(function.name)} logged nothing around the failure, or it is no longer kept."
