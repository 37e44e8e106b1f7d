"""The story in the alert's thread, one short line a step.

People are named, not mentioned: nobody is notified of what they did themselves.
"""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from app.domain.alert import Alert, Recovery
from app.domain.mutes import Break, Broken
from app.domain.notices import Notice, Reason, milestone
from app.domain.overview import Posted
from app.render import bulk
from app.render.card import ICONS
from app.render.late import late_line
from app.render.left import left
from app.render.mrkdwn import bold_name, called, code, counted, date, link, span, words
from app.render.recoveries import execution, noun, own
from app.render.summary import Discussion, summary, summary_line
from app.render.verdict import in_words


def line(
    notice: Notice,
    other: Posted | None = None,
    *,
    mention: str | None = None,
    discussion: Discussion | None = None,
) -> dict[str, Any]:
    """One step of the story. *other* is the other alert that it speaks of, if any; *mention* is
    whom the card called, who are called again when it comes back, and when they are reminded;
    *discussion* is what people said, for the summary.
    """
    if notice.reason is Reason.RESOLVED:
        return summary(notice.alert, discussion)
    if notice.reason in bulk.TOLD:
        return bulk.line(notice, other.permalink if other else None)
    said = _said(notice, other)
    if notice.reason in _MUST_NOT_HIDE:
        said += called(mention or notice.alert.route.mention)
    message: dict[str, Any] = {"text": said, "unfurl_links": False, "unfurl_media": False}
    if notice.reason in _MUST_NOT_HIDE:
        message["reply_broadcast"] = True
    return message


#: What comes back after it was resolved must not hide in an old thread. Nor must a reminder. Both
#: call people, and Slack notifies nobody of a @here in a thread alone.
_MUST_NOT_HIDE = frozenset({Reason.REOPENED, Reason.REMINDED})


def _said(notice: Notice, other: Posted | None) -> str:
    alert = notice.alert
    match notice.reason:
        case Reason.ACKNOWLEDGED:
            assert alert.acknowledged is not None
            after = alert.acknowledged.at - alert.begun_at
            return f":eyes: {_name(alert.acknowledged.by.name)} acknowledged, after {span(after)}."
        case Reason.MUTED:
            assert alert.mute is not None
            return (
                f":no_bell: {_name(alert.mute.by.name)} muted {_scope(alert)} until "
                f"{date(alert.mute.until)}: {words(alert.mute.reason)}"
            )
        case Reason.UNMUTED:
            who = f"{_name(alert.unmuted_by.name)} ended the mute" if alert.unmuted_by else None
            if alert.broken:
                who = f"The mute has ended by itself, since {_changed(alert.broken)}"
            held = f"{counted(notice.held_back, 'failure')} {_was(notice.held_back)} held back"
            if not notice.held_back:
                held = "nothing was held back"
            return f":bell: {who or 'The mute has ended'}: {held}."
        case (
            Reason.RECOVERY_STARTED
            | Reason.RECOVERY_REFUSED
            | Reason.RECOVERY_SUCCEEDED
            | Reason.FAILED_AGAIN
            | Reason.GIVEN_UP
        ):
            return _ABOUT_RECOVERY[notice.reason](alert)
        case Reason.FAILED_OTHERWISE:
            return f":x: It failed again, with {_otherwise(alert, other)}."
        case Reason.SUCCEEDED_ELSEWHERE:
            return f":white_check_mark: {_elsewhere(notice)} made elsewhere. {left(alert)}"
        case Reason.BULK_STOPPED | Reason.BULK_RESUMED | Reason.BULK_ENDED:
            return bulk.said(alert)
        case Reason.CLOSED:
            assert alert.resolved_by is not None
            who = _name(alert.resolved_by.name)
            return f":white_check_mark: {who} resolved it: nothing more is to be done."
        case Reason.RESOLVED:
            return summary_line(alert)
        case Reason.REMINDED:
            waited = span((alert.reminded_at or alert.begun_at) - alert.begun_at)
            return f":alarm_clock: Nobody has acknowledged this for {waited}."
        case Reason.REOPENED:
            what = f"{code(alert.arn.machine)} with {code(alert.error)}"
            return f"{ICONS[alert.route.severity]} Failing again: {what}."
        case Reason.MILESTONE:
            reached = milestone(0, alert.count) or alert.count
            return f":chart_with_upwards_trend: {counted(reached, 'failure')} so far."
        case Reason.FOUND_LATE:
            return late_line(alert)


def _changed(broken: Break) -> str:
    match broken.why:
        case Broken.STATE:
            return f"it now fails in {code(broken.now)}, no longer in {code(broken.was)}"
        case Broken.DEFINITION:
            return "the state machine's definition has changed and it still fails"
        case Broken.RATE:
            return (
                f"it has failed {int(broken.now):,} times within the hour, "
                f"and at most {counted(int(broken.was), 'time')} when it was muted"
            )


def _started(alert: Alert) -> str:
    what = f"{_noun(alert)}{_which(alert, 'of')}"
    return f":arrows_counterclockwise: {what} started, asked for by {_by(alert)}."


def _refused(alert: Alert) -> str:
    what = f"The {noun(_recovery(alert))}{_which(alert, 'of')} by {_by(alert)}"
    return f":no_entry: {what} was refused: {in_words(_recovery(alert).reason)}."


def _succeeded(alert: Alert) -> str:
    took = f"{_noun(alert)}{_which(alert, 'of')} succeeded after {span(_took(alert))}"
    return f":white_check_mark: {took}, asked for by {_by(alert)}. {left(alert)}"


def _failed_again(alert: Alert) -> str:
    state = f" in state {code(alert.focus.state)}" if alert.focus.state else ""
    took = f"{_noun(alert)}{_which(alert, 'of')} failed again after {span(_took(alert))}{state}"
    return f":x: {took} with {code(alert.error)}, asked for by {_by(alert)}."


def _otherwise(alert: Alert, other: Posted | None) -> str:
    """What is other about the other alert, and where that is told."""
    if other is None:
        return "another error: see another alert"
    what = "another message" if other.alert.error == alert.error else "another error"
    if other.permalink:
        return f"{what}: see {link(other.permalink, 'another alert')}"
    if not other.alert.route.notify:
        return f"{what}: that alert is not posted by rule, and `/sfn-status` lists it"
    if other.alert.mute:
        return f"{what}: that alert is muted, and `/sfn-status` lists it"
    return f"{what}: that alert has no card yet, and `/sfn-status` lists it"


def _given_up(alert: Alert) -> str:
    gave_up = f"{_by(alert)} gave up{_which(alert, 'on')}"
    return f":no_entry: {gave_up}: the execution has ended as failed."


_ABOUT_RECOVERY: Mapping[Reason, Callable[[Alert], str]] = {
    Reason.RECOVERY_STARTED: _started,
    Reason.RECOVERY_REFUSED: _refused,
    Reason.RECOVERY_SUCCEEDED: _succeeded,
    Reason.FAILED_AGAIN: _failed_again,
    Reason.GIVEN_UP: _given_up,
}


def _elsewhere(notice: Notice) -> str:
    if notice.settled > 1:
        return f"{notice.settled:,} executions succeeded after redrives"
    return f"{execution(notice.alert.settled[-1].execution_arn)} succeeded after a redrive"


def _scope(alert: Alert) -> str:
    mute = alert.mute
    assert mute is not None
    if mute.error is None:
        return f"all of {code(alert.arn.machine)}"
    if mute.machine_arn is None:
        return f"{code(mute.error)} everywhere"
    return f"{code(mute.error)} on {code(alert.arn.machine)}"


def _which(alert: Alert, word: str) -> str:
    """The execution it is told of, after *word*, where the alert has had several."""
    recovery = _recovery(alert)
    known = {attempt.execution_arn for attempt in (*alert.failing, *alert.settled)}
    several = alert.failing_count > 1 or known - own(recovery)
    return f" {word} {execution(recovery.attempt.execution_arn)}" if several else ""


def _recovery(alert: Alert) -> Recovery:
    assert alert.recovery is not None
    return alert.recovery


def _noun(alert: Alert) -> str:
    said = noun(_recovery(alert))
    return said[0].upper() + said[1:]


def _by(alert: Alert) -> str:
    return _name(_recovery(alert).by.name)


def _took(alert: Alert) -> timedelta:
    recovery = _recovery(alert)
    return (recovery.ended_at or recovery.at) - recovery.at


def _name(name: str) -> str:
    return bold_name(name)


def _was(number: int) -> str:
    return "was" if number == 1 else "were"
