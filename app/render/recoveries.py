"""What is done about a failure, in words: for the card, the thread and refusals."""

from app.domain.alert import Alert, Recovery, RecoveryKind, RecoveryStage, Status
from app.domain.execution import Attempt, ExecutionArn
from app.render import links
from app.render.mrkdwn import bold_name, cut, date, link, span
from app.render.verdict import in_words

#: The thing asked for, as in "the … by Ana".
_NOUNS = {
    RecoveryKind.REDRIVE: "redrive",
    RecoveryKind.RESTART: "restart",
    RecoveryKind.RETRY: "retry",
    RecoveryKind.GIVE_UP: "giving up",
}
_DONE = {
    RecoveryKind.REDRIVE: "Redriven",
    RecoveryKind.RESTART: "Restarted",
    RecoveryKind.RETRY: "Retried",
    RecoveryKind.GIVE_UP: "Given up",
}


def noun(recovery: Recovery) -> str:
    edited = " with an edited input" if recovery.edited_input else ""
    return f"{_NOUNS[recovery.kind]}{edited}"


def article(recovery: Recovery) -> str:
    """The thing asked for with its article, to go on after a verb."""
    return noun(recovery) if recovery.kind is RecoveryKind.GIVE_UP else f"a {noun(recovery)}"


def done(recovery: Recovery) -> str:
    edited = " with an edited input" if recovery.edited_input else ""
    return f"{_DONE[recovery.kind]}{edited}"


def input_name(alert: Alert) -> str:
    """What to call the input that is shown: a step that waits may be retried with another one."""
    waits = alert.focus.waits and alert.status is not Status.RESOLVED
    another = alert.focus.next_input != alert.focus.input
    return "Input of a retry" if waits and another else "Input"


def execution(execution_arn: str) -> str:
    """An execution by its name, with a link to its page."""
    arn = ExecutionArn.parse(execution_arn)
    return link(links.execution(arn), cut(arn.name, 80))


def own(recovery: Recovery) -> set[str]:
    """The ARNs of the executions that it is about: the failed one, and what was started for it.

    A restart that fails at once may do so before its start is recorded.
    """
    became = recovery.became.execution_arn if recovery.became else None
    known = (recovery.attempt.execution_arn, recovery.successor, became)
    return {arn for arn in known if arn}


def on_card(recovery: Recovery, shown: Attempt) -> str:
    """One line: who did what, and how far it has come.

    It names the execution where it is another one than the card has turned to and *shown*.
    """
    icon, said = _said(recovery)
    if shown.execution_arn in own(recovery):
        return f"{icon} {said}"
    other = execution(recovery.attempt.execution_arn)
    return f"{icon} Another execution, {other}: {said[0].lower()}{said[1:]}"


def _said(recovery: Recovery) -> tuple[str, str]:
    """The icon, and the words."""
    who = bold_name(recovery.by.name)
    when = date(recovery.ended_at or recovery.started_at or recovery.at)
    match recovery.stage:
        case RecoveryStage.REQUESTED:
            return ":arrows_counterclockwise:", f"{who} asked for {article(recovery)} {when}"
        case RecoveryStage.STARTED:
            if recovery.kind is RecoveryKind.GIVE_UP:
                return ":arrows_counterclockwise:", f"Given up by {who}, ending since {when}"
            return ":arrows_counterclockwise:", f"{done(recovery)} by {who}, running since {when}"
        case RecoveryStage.REFUSED:
            why = in_words(recovery.reason)
            return ":no_entry:", f"The {noun(recovery)} by {who} was refused {when}: {why}"
        case RecoveryStage.SUCCEEDED:
            took = span((recovery.ended_at or recovery.at) - recovery.at)
            return ":white_check_mark:", f"{done(recovery)} by {who}, succeeded {when} after {took}"
        case RecoveryStage.FAILED_AGAIN:
            return ":x:", f"{done(recovery)} by {who}, failed again {when}"
        case RecoveryStage.GIVEN_UP:
            return ":no_entry:", f"{done(recovery)} by {who} {when}"
