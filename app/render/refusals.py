"""Why something can't be done, said to the one who asked."""

from app.domain.alert import RecoveryKind, RecoveryStage
from app.domain.authority import Act, NotPermittedError
from app.domain.edited_input import SecretMisplacedError
from app.domain.redaction import REDACTED
from app.domain.transitions import NotAllowedError, WhyNot
from app.domain.verdict import Help
from app.render.bulk import stop
from app.render.mrkdwn import bold_name, date, escape
from app.render.reach import out_of_reach
from app.render.recoveries import article, noun
from app.render.verdict import in_words

GONE = "This alert is no longer known: it is older than alerts are kept."
UNREADABLE = (
    "A newer version of sfn-alerts has written something about this alert that this version does "
    "not understand. Whoever deploys sfn-alerts has to deploy the newer version again."
)
OUTSIDER = "Only members of this workspace can act on its alerts."
OUTSIDER_READS = "Only members of this workspace can ask about its alerts."
OUTSIDER_HOME = (
    "This is the home of sfn-alerts, which tells its own workspace of failed executions. "
    "What it knows is for that workspace's members alone."
)
BUSY = "Step Functions could not be asked just now. Ask again in a moment."
DENIED = "I have no permission to ask Step Functions for that."
FAILED = "Something went wrong with this answer. Ask again in a minute."
NOT_DONE = "That could not be done just now. Try again in a moment: nothing is done twice."
NOT_KNOWN_WHO = "Slack did not say which workspace this is. Ask again in a moment."
TOO_LATE = "Slack waited too long for that dialog. Press the button once more."
SHORTCUT_TOO_LATE = "Slack waited too long for that dialog. Use the shortcut once more."
NOT_UNDERSTOOD = "That button is of another version of sfn-alerts. Look at the newest message."


def misplaced(problem: SecretMisplacedError) -> str:
    """Which redacted value can't be put back, and the way out."""
    return (
        f"The recorded value can't be put back at {problem.place}: leave {REDACTED} where it "
        "stood, or write the value."
    )


def plain_words(refused: NotAllowedError) -> str:
    """Slack: a modal's errors are plain text, where a mention would show as its code."""
    if refused.why is WhyNot.ALREADY_MUTED and refused.alert.mute:
        return f"{refused.alert.mute.by.name} muted this already: unmute it first to mute it anew."
    recovery, many = refused.alert.recovery, refused.alert.bulk
    if refused.why is WhyNot.RECOVERING and many and many.running:
        return f"{many.by.name} began to recover all of them already."
    if refused.why is WhyNot.RECOVERING and recovery:
        return f"{recovery.by.name} asked for {article(recovery)} already."
    if refused.lacking:
        handles = [one for one in refused.lacking.who if one.startswith("@")]
        others = ["those whom alerts.yml names"] if len(handles) < len(refused.lacking.who) else []
        return _not_permitted(refused.lacking, [*handles, *others]).removeprefix(":lock: ")
    return _PLAINLY.get(refused.why) or words(refused)


def words(refused: NotAllowedError) -> str:
    """Why not, in mrkdwn: who was first, where somebody was."""
    alert, recovery = refused.alert, refused.alert.recovery
    match refused.why:
        case WhyNot.RESOLVED if alert.resolved_by:
            return f"This alert is resolved already, by {bold_name(alert.resolved_by.name)}."
        case WhyNot.RESOLVED if recovery and recovery.stage is RecoveryStage.SUCCEEDED:
            who, when = bold_name(recovery.by.name), date(recovery.at, "{time_secs}")
            asked = f"{who} asked for {article(recovery)}, at {when}, and it succeeded."
            return f"This alert is resolved already: {asked}"
        case WhyNot.RECOVERING if alert.bulk and alert.bulk.running:
            who, when = bold_name(alert.bulk.by.name), date(alert.bulk.at, "{time_secs}")
            return f"{who} began to recover all of them, at {when}. The thread tells how it goes."
        case WhyNot.NOT_RUNNING if alert.bulk and alert.bulk.stopped:
            return f"The recovery {stop(alert.bulk.stopped)} already."
        case WhyNot.NOT_STOPPED if alert.bulk and alert.bulk.running and alert.bulk.resumed:
            return f"{bold_name(alert.bulk.resumed.by.name)} resumed the recovery already."
        case WhyNot.RECOVERING if recovery:
            who, when = bold_name(recovery.by.name), date(recovery.at, "{time_secs}")
            asked = f"{who} asked for {article(recovery)} already, at {when}."
            return f"{asked} The thread tells how it goes."
        case WhyNot.ACKNOWLEDGED if alert.acknowledged:
            who, when = bold_name(alert.acknowledged.by.name), date(alert.acknowledged.at)
            return f"{who} acknowledged this already, {when}."
        case WhyNot.ALREADY_MUTED if alert.mute:
            until = date(alert.mute.until)
            return (
                f"{bold_name(alert.mute.by.name)} muted this already, until {until}. "
                "Unmute it first to mute it anew."
            )
        case WhyNot.NOT_WAITING if recovery and recovery.kind in _ANSWERS:
            who, when = bold_name(recovery.by.name), date(recovery.at, "{time_secs}")
            return f"{who} answered already, at {when}: {noun(recovery)}."
        case WhyNot.NOT_REDRIVABLE:
            reason = alert.verdict.reason if alert.verdict else "Express executions have no redrive"
            return f"It can't be redriven: {in_words(reason)}."
        case WhyNot.IN_VAIN if alert.verdict and alert.verdict.help is Help.REENTERS_FAIL:
            return (
                "A redrive would fail again: it would enter the Fail state again. Say `restart`, "
                "or press Redrive on the card if you want it all the same."
            )
        case WhyNot.OUT_OF_REACH:
            return out_of_reach(alert.arn.account, alert.arn.region)
        case WhyNot.NOT_PERMITTED if refused.lacking:
            return lacking_words(refused.lacking)
        case _:
            return _PLAINLY[refused.why]


def lacking_words(lacking: NotPermittedError) -> str:
    """Who may, in mrkdwn."""
    return _not_permitted(lacking, [_named(one) for one in lacking.who])


def _not_permitted(lacking: NotPermittedError, who: list[str]) -> str:
    """Who may; and where nobody could say who they are, that this was why."""
    named = " or ".join(who)
    if lacking.unknown:
        return f":lock: Slack does not tell just now who is in {named}. Try again in a minute."
    return f":lock: Only {named} may {_DEEDS[lacking.act]}."


def _named(entry: str) -> str:
    """Somebody who may, in a note that only the reader sees: it notifies nobody."""
    return f"*{escape(entry)}*" if entry.startswith("@") else entry


_DEEDS = {
    Act.REDRIVE: "redrive this",
    Act.RESTART: "restart this",
    Act.RESUME: "answer this",
    Act.RECOVER_ALL: "recover many of this at once",
    Act.MUTE: "mute or unmute this",
    Act.ACKNOWLEDGE: "acknowledge this",
    Act.RESOLVE: "resolve this",
}


_ANSWERS = {RecoveryKind.RETRY, RecoveryKind.GIVE_UP}
_PLAINLY = {
    WhyNot.NOT_PERMITTED: "You may not do this.",
    WhyNot.RESOLVED: "This alert is resolved already, there is nothing left to do.",
    WhyNot.RECOVERING: "Something is being done about it already.",
    WhyNot.ACKNOWLEDGED: "This is acknowledged already.",
    WhyNot.STILL_RUNNING: "The execution has not ended yet. Try again in a moment.",
    WhyNot.WAITING: "The execution waits for an answer: retry its step, or give up.",
    WhyNot.NOT_WAITING: "No step of the execution waits for an answer.",
    WhyNot.IN_VAIN: (
        "A redrive would fail again: its input was at fault, and that stays as it is. Press "
        "Restart… on the card to change the input, or Redrive if you want it all the same."
    ),
    WhyNot.NO_RESTART: (
        "Step Functions keeps no input of an Express execution, so it can't be started again "
        "from here."
    ),
    WhyNot.ONLY_ONE: "Only one execution has failed: redrive or restart that one.",
    WhyNot.NONE_FAILED: (
        "There is nothing to recover: what is left of this alert runs again, or has failed with "
        "another error since and belongs to another alert, or failed before the time you chose."
    ),
    WhyNot.NOT_RUNNING: "This recovery does not run any more.",
    WhyNot.NOT_STOPPED: (
        "This recovery can't be resumed: it runs, or it has ended, or another has begun since."
    ),
    WhyNot.MOVED_ON: (
        "The alert has moved on since you looked: its card now shows a later attempt."
    ),
    WhyNot.NOT_MUTED: "This alert is not muted.",
    WhyNot.ALREADY_MUTED: "This is muted already.",
}
