"""The verdict in words: would a redrive help?"""

from app.domain.alert import Alert
from app.domain.history import Rerun
from app.domain.verdict import Help, Verdict
from app.render.mrkdwn import code, counted, date
from app.render.reach import out_of_reach

#: AWS: the longest name of a state.
_NAME = 80
# AWS: the reasons as Step Functions gives them, and what they mean for whoever reads the card.
_REASONS = (
    ("period exceeded", "it ended more than 14 days ago"),
    ("history event limit", "its history is too long to go on (AWS allows 25,000 events)"),
    ("max execution time", "it has been open for a year, the longest AWS allows"),
    ("DELETING", "its state machine is being deleted"),
    ("before the launch", "it was started before AWS had redrives"),
    ("EXPRESS", "Express executions have no redrive"),
    ("SUCCEEDED", "it has succeeded"),
    ("RUNNING", "it is running"),
    (
        "Map Run",
        "it is part of a Map Run, and runs again when the execution that started that is redriven",
    ),
    ("no longer knows", "Step Functions no longer knows this execution"),
    ("no permission", "sfn-alerts has no permission for it"),
    ("could not be asked", "Step Functions could not be asked just now"),
    ("history can't be read", "its history can't be read"),
    ("redriven elsewhere", "it was redriven elsewhere since, and failed again"),
    ("does not say", "Step Functions does not say why"),
)


def verdict_line(alert: Alert) -> str:
    """One line on what a redrive would do, and a further one for each thing to mind."""
    if alert.arn.express:
        return ":no_entry: Express executions have no redrive."
    verdict = alert.verdict
    if alert.out_of_reach:
        return f":no_entry: {out_of_reach(alert.arn.account, alert.arn.region)}"
    if alert.focus.waits:
        return _waits(alert)
    if not alert.focus.ended:
        return ":hourglass_flowing_sand: The execution is still ending. Then it can be redriven."
    if verdict is None:
        return ":hourglass_flowing_sand: Finding out whether a redrive would help…"
    return judged_line(verdict)


def judged_line(verdict: Verdict) -> str:
    """The same of an execution that has ended and may be redriven, as far as its account goes."""
    line = _told(verdict)
    if verdict.definition_changed and verdict.help is not Help.NOT_REDRIVABLE:
        line += "\n:warning: The definition has changed since: a redrive runs the old one."
    return line


def _waits(alert: Alert) -> str:
    verdict = alert.verdict
    if alert.recovery and alert.recovery.under_way:
        return ":raised_hand: The execution was answered, and goes on."
    line = ":raised_hand: *The execution waits for your answer*"
    if verdict and verdict.help is Help.WAITS:
        if verdict.until:
            line += f" until {date(verdict.until)}"
        if verdict.caught_from:
            line += f". A retry goes back to {code(verdict.caught_from)}"
    return f"{line}."


def _told(verdict: Verdict) -> str:
    match verdict.help:
        case Help.RESUMES:
            return _would_fail_again(verdict) if verdict.repeats else _resumes(verdict)
        case Help.REENTERS_FAIL:
            state = _state(verdict)
            line = f":warning: *A redrive can't help*: it would enter the Fail state {state} again."
            if verdict.caught_from:
                line += f" The error was caught from {code(verdict.caught_from, _NAME)}."
            return line
        case Help.WAITS:
            return ":raised_hand: The execution waited for an answer."
        case Help.NOT_REDRIVABLE:
            return f":no_entry: *It can't be redriven*: {in_words(verdict.reason)}."
        case Help.UNKNOWN:
            why = in_words(verdict.reason)
            line = f":grey_question: Whether a redrive would help is not known: {why}."
            return f"{line} It will be asked again." if verdict.ask_again else line


def _resumes(verdict: Verdict) -> str:
    line = f":leftwards_arrow_with_hook: *A redrive resumes* from {_state(verdict)}"
    if verdict.finished_steps:
        line += f", keeps {counted(verdict.finished_steps, 'finished step')}"
    if verdict.until:
        line += f", and is possible until {date(verdict.until)}"
    match verdict.rerun:
        case Rerun.STATE:
            return f"{line}."
        case Rerun.NEW_CHILD:
            return f"{line}. It starts a new child execution: the one that failed stays failed."
        case Rerun.FAILED_CHILDREN:
            return f"{line}. Of its Map Run, only the children that did not succeed run again."


def _would_fail_again(verdict: Verdict) -> str:
    return (
        f":warning: *A redrive would fail again*: {_state(verdict)} failed by its input alone, "
        "and a redrive gives it the same."
    )


def _state(verdict: Verdict) -> str:
    return code(verdict.state, _NAME) if verdict.state else "the state that failed"


def in_words(reason: str | None) -> str:
    """Step Functions' reason, said plainly; as code where we don't know it."""
    said = reason or "Step Functions does not say why"
    known = next((words for key, words in _REASONS if key in said), None)
    return known or code(said, 300)
