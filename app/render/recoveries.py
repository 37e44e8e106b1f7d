"""What is done about a failure, in words: for the card, the thread and refusals."""

from app.domain.alert import Recovery, RecoveryKind, RecoveryStage
from app.render.mrkdwn import date, span, user
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


def on_card(recovery: Recovery) -> str:
    """One line: who did what, and how far it has come."""
    who = user(recovery.by.id)
    when = date(recovery.ended_at or recovery.started_at or recovery.at)
    match recovery.stage:
        case RecoveryStage.REQUESTED:
            return f":arrows_counterclockwise: {who} asked for {article(recovery)} {when}"
        case RecoveryStage.STARTED:
            if recovery.kind is RecoveryKind.GIVE_UP:
                return f":arrows_counterclockwise: Given up by {who}, ending since {when}"
            return f":arrows_counterclockwise: {done(recovery)} by {who}, running since {when}"
        case RecoveryStage.REFUSED:
            why = in_words(recovery.reason)
            return f":no_entry: The {noun(recovery)} by {who} was refused {when}: {why}"
        case RecoveryStage.SUCCEEDED:
            took = span((recovery.ended_at or recovery.at) - recovery.at)
            return f":white_check_mark: {done(recovery)} by {who}, succeeded {when} after {took}"
        case RecoveryStage.FAILED_AGAIN:
            return f":x: {done(recovery)} by {who}, failed again {when}"
        case RecoveryStage.GIVEN_UP:
            return f":no_entry: {done(recovery)} by {who} {when}"
