"""The verdict in words: would a redrive help?"""

from app.domain.alert import Alert
from app.domain.verdict import Help, Verdict
from app.render.mrkdwn import code, counted, date

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
    ("no longer knows", "Step Functions no longer knows this execution"),
    ("no permission", "sfn-alerts has no permission for it"),
    ("could not be asked", "Step Functions could not be asked just now"),
    ("redriven elsewhere", "it was redriven elsewhere since, and failed again"),
    ("does not say", "Step Functions does not say why"),
)


def verdict_line(alert: Alert) -> str:
    """One line on what a redrive would do."""
    if alert.arn.express:
        return ":no_entry: Express executions have no redrive."
    verdict = alert.verdict
    if alert.focus.waits:
        return _waits(alert)
    if not alert.focus.ended:
        return ":hourglass_flowing_sand: The execution is still ending. Then it can be redriven."
    if verdict is None:
        return ":hourglass_flowing_sand: Finding out whether a redrive would help…"
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
    state = code(verdict.state) if verdict.state else "the state that failed"
    match verdict.help:
        case Help.RESUMES:
            line = f":leftwards_arrow_with_hook: *A redrive resumes* from {state}"
            if verdict.finished_steps:
                line += f", keeps {counted(verdict.finished_steps, 'finished step')}"
            if verdict.until:
                line += f", and is possible until {date(verdict.until)}"
            return f"{line}."
        case Help.REENTERS_FAIL:
            line = f":warning: *A redrive can't help*: it would enter the Fail state {state} again."
            if verdict.caught_from:
                line += f" The error was caught from {code(verdict.caught_from)}."
            return line
        case Help.WAITS:
            return ":raised_hand: The execution waited for an answer."
        case Help.NOT_REDRIVABLE:
            return f":no_entry: *It can't be redriven*: {in_words(verdict.reason)}."
        case Help.UNKNOWN:
            why = in_words(verdict.reason)
            return f":grey_question: Whether a redrive would help is not known: {why}."


def in_words(reason: str | None) -> str:
    """Step Functions' reason, said plainly; as code where we don't know it."""
    said = reason or "Step Functions does not say why"
    known = next((words for key, words in _REASONS if key in said), None)
    return known or code(said, 300)
