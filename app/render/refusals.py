"""Why something can't be done, said to the one who asked."""

from app.domain.alert import RecoveryStage
from app.domain.lifecycle import NotAllowedError, WhyNot
from app.render.mrkdwn import date, user
from app.render.verdict import in_words

GONE = "This alert is no longer known: it is older than alerts are kept."
OUTSIDER = "Only members of this workspace can act on its alerts."
TOO_LATE = "Slack waited too long for that dialog. Press the button once more."
NOT_UNDERSTOOD = "That button is of another version of sfn-alerts. Look at the newest message."


def plain_words(refused: NotAllowedError) -> str:
    """Slack: a modal's errors are plain text, where a mention would show as its code."""
    if refused.why is WhyNot.ALREADY_MUTED and refused.alert.mute:
        return f"{refused.alert.mute.by.name} muted this already."
    return words(refused)


def words(refused: NotAllowedError) -> str:
    alert = refused.alert
    match refused.why:
        case WhyNot.RESOLVED:
            if alert.recovery and alert.recovery.stage is RecoveryStage.SUCCEEDED:
                who, when = user(alert.recovery.by.id), date(alert.recovery.at, "{time_secs}")
                return f"{who} asked for a redrive already, at {when}, and it succeeded."
            return "This alert is resolved already, there is nothing left to do."
        case WhyNot.RECOVERING:
            if alert.recovery:
                who, when = user(alert.recovery.by.id), date(alert.recovery.at, "{time_secs}")
                return (
                    f"{who} asked for a redrive already, at {when}. The thread tells how it goes."
                )
            return "A redrive is under way already."
        case WhyNot.ACKNOWLEDGED:
            if alert.acknowledged:
                who, when = user(alert.acknowledged.by.id), date(alert.acknowledged.at)
                return f"{who} acknowledged this already, {when}."
            return "This is acknowledged already."
        case WhyNot.STILL_RUNNING:
            return "The execution has not ended yet. Try again in a moment."
        case WhyNot.NOT_REDRIVABLE:
            reason = alert.verdict.reason if alert.verdict else "Express executions have no redrive"
            return f"It can't be redriven: {in_words(reason)}."
        case WhyNot.MOVED_ON:
            return "The alert has moved on since you looked: its card now shows a later attempt."
        case WhyNot.NOT_MUTED:
            return "This alert is not muted."
        case WhyNot.ALREADY_MUTED:
            if alert.mute:
                until = date(alert.mute.until)
                return f"{user(alert.mute.by.id)} muted this already, until {until}."
            return "This is muted already."
