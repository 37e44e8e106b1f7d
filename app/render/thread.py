"""The alert's thread: details first, then the story, one short line a step.

People are named, not mentioned: nobody is notified of what they did themselves.
"""

from datetime import timedelta
from typing import Any

from app.domain.alert import Alert, Recovery
from app.domain.cause import Cause
from app.domain.notices import Notice, Reason, milestone
from app.render import bulk, links
from app.render.evidence import evidence
from app.render.mrkdwn import (
    bold_name,
    code,
    context,
    counted,
    date,
    link,
    preformatted,
    readable,
    section,
    span,
    words,
)
from app.render.recoveries import noun
from app.render.verdict import in_words

#: Slack takes some 13,000 characters in all, links with their addresses among them.
_WHOLE = 9_900


def details(alert: Alert) -> dict[str, Any]:
    """The first reply: the whole cause, its stack trace, the input, and where to look."""
    cause = Cause.read(alert.focus.cause)
    where = _where(alert, cause)
    part = (_WHOLE - sum(map(len, where))) // 3
    blocks = []
    if cause.message:
        blocks += [section("*Cause*"), preformatted(cause.message, part)]
    if cause.stack_trace:
        blocks += [section("*Stack trace*"), preformatted(cause.stack_trace, part)]
    if alert.focus.input:
        blocks += [section("*Input*"), preformatted(readable(alert.focus.input), part)]
    blocks.append(context(*where))
    return {"text": "Details", "blocks": blocks, "unfurl_links": False, "unfurl_media": False}


def _where(alert: Alert, cause: Cause) -> list[str]:
    arn = alert.arn
    places = [
        (links.execution(arn, alert.focus.started_at), "Execution"),
        (links.state_machine(arn), "State machine"),
    ]
    told = [link(url, name) for url, name in places if url] or [code(arn.text, 300)]
    told += evidence(alert)
    if cause.request_id:
        told.append(f"Request {code(cause.request_id)}")
    return told


def line(notice: Notice, permalink: str | None = None) -> dict[str, Any]:
    """One step of the story. *permalink* leads to the other alert where there is one."""
    if notice.reason in bulk.TOLD:
        return bulk.line(notice, permalink)
    said = _said(notice, permalink)
    message: dict[str, Any] = {"text": said, "unfurl_links": False, "unfurl_media": False}
    if notice.reason is Reason.REOPENED:
        # What comes back after it was resolved must not hide in an old thread.
        message["reply_broadcast"] = True
    return message


def _said(notice: Notice, permalink: str | None) -> str:
    alert = notice.alert
    match notice.reason:
        case Reason.ACKNOWLEDGED:
            assert alert.acknowledged is not None
            after = alert.acknowledged.at - alert.opened_at
            return f":eyes: {_name(alert.acknowledged.by.name)} acknowledged, after {span(after)}."
        case Reason.MUTED:
            assert alert.mute is not None
            return (
                f":no_bell: {_name(alert.mute.by.name)} muted {_scope(alert)} until "
                f"{date(alert.mute.until)}: {words(alert.mute.reason)}"
            )
        case Reason.UNMUTED:
            who = f"{_name(alert.unmuted_by.name)} ended the mute" if alert.unmuted_by else None
            held = f"{counted(notice.held_back, 'failure')} {_was(notice.held_back)} held back"
            if not notice.held_back:
                held = "nothing was held back"
            return f":bell: {who or 'The mute has ended'}: {held}."
        case Reason.RECOVERY_STARTED:
            return f":arrows_counterclockwise: {_noun(alert)} started, asked for by {_by(alert)}."
        case Reason.RECOVERY_REFUSED:
            why = in_words(_recovery(alert).reason)
            asked = noun(_recovery(alert))
            return f":no_entry: The {asked} by {_by(alert)} was refused: {why}."
        case Reason.RECOVERY_SUCCEEDED:
            took = f"{_noun(alert)} succeeded after {span(_took(alert))}"
            return f":white_check_mark: {took}, asked for by {_by(alert)}.{_left(alert)}"
        case Reason.FAILED_AGAIN:
            state = f" in state {code(alert.focus.state)}" if alert.focus.state else ""
            took = f"{_noun(alert)} failed again after {span(_took(alert))}{state}"
            return f":x: {took} with {code(alert.error)}, asked for by {_by(alert)}."
        case Reason.GIVEN_UP:
            return f":no_entry: {_by(alert)} gave up: the execution has ended as failed."
        case Reason.FAILED_OTHERWISE:
            other = link(permalink, "another alert") if permalink else "another alert"
            return f":x: It failed again, with another error: see {other}."
        case Reason.SUCCEEDED_ELSEWHERE:
            told = "An execution succeeded after a redrive made elsewhere."
            return f":white_check_mark: {told}{_left(alert)}"
        case Reason.BULK_STOPPED | Reason.BULK_RESUMED | Reason.BULK_ENDED:
            return bulk.said(alert)
        case Reason.REOPENED:
            what = f"{code(alert.arn.machine)} with {code(alert.error)}"
            return f":rotating_light: Failing again: {what}."
        case Reason.MILESTONE:
            reached = milestone(0, alert.count) or alert.count
            return f":chart_with_upwards_trend: {counted(reached, 'failure')} so far."


def _scope(alert: Alert) -> str:
    mute = alert.mute
    assert mute is not None
    if mute.error is None:
        return f"all of {code(alert.arn.machine)}"
    if mute.machine_arn is None:
        return f"{code(mute.error)} everywhere"
    return f"{code(mute.error)} on {code(alert.arn.machine)}"


def _left(alert: Alert) -> str:
    if not alert.failing_count:
        return " Nothing is left: resolved."
    return f" {counted(alert.failing_count, 'execution')} still {_is(alert.failing_count)} failed."


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


def _is(number: int) -> str:
    return "is" if number == 1 else "are"


def _was(number: int) -> str:
    return "was" if number == 1 else "were"
