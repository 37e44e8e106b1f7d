"""The commands and what may stand behind each: the parser and the completion follow from it."""

from msgspec import Struct

PROGRAM = "sfn-alerts"


class Option(Struct, frozen=True, kw_only=True):
    """``--name``; one with a ``file`` takes a path, and has it as its default.

    One with a ``value`` (its metavar) takes a word: ``default``, unless given, and one of
    ``choices`` where there are any.
    """

    name: str
    text: str
    file: str | None = None
    value: str | None = None
    default: str | None = None
    choices: tuple[str, ...] = ()


class Command(Struct, frozen=True, kw_only=True):
    """``argument`` is its metavar: a file unless there are ``choices``.

    ``well`` and ``wrong`` tell when its exit status is 0 and when it is 1.
    """

    name: str
    text: str
    well: str
    wrong: str | None = None
    argument: str | None = None
    argument_text: str = ""
    choices: tuple[str, ...] = ()
    options: tuple[Option, ...] = ()


_ALERTS = Option(name="--alerts", text="the rules", file="alerts.yml")
_MANIFEST = Option(name="--manifest", text="the Slack app's manifest", file="manifest.json")
_STAGE = Option(name="--stage", text="the deployed stage", value="STAGE", default="dev")
_REGION = Option(
    name="--region",
    text="where it is deployed; AWS_REGION, AWS_DEFAULT_REGION or the profile's, unless given",
    value="REGION",
)
_EVENT = "an event of EventBridge or what a NotifyError step sends, as JSON; - for standard input"

_NO_FAILURE = "; also when it tells of no failure"
_UNREAD = "the event or the rules are not right: standard error says where, and the way out"

COMMANDS = (
    Command(
        name="explain",
        text="which rule answers for an event, and why the others do not",
        well=f"the event was explained{_NO_FAILURE}",
        wrong=_UNREAD,
        argument="EVENT.json",
        argument_text=_EVENT,
        options=(_ALERTS,),
    ),
    Command(
        name="preview",
        text="the Slack message an event would make, as JSON",
        well=f"the message was printed{_NO_FAILURE}, and then nothing is printed",
        wrong=_UNREAD,
        argument="EVENT.json",
        argument_text=_EVENT,
        options=(
            _ALERTS,
            Option(
                name="--open",
                text="print a link to Slack's Block Kit Builder instead, and open it where there "
                "is a browser",
            ),
        ),
    ),
    Command(
        name="check",
        text="whether alerts.yml, manifest.json and state-machines.yml are right",
        well="no file has a mistake; also when there are warnings",
        wrong="a file has a mistake, or is not there: standard error says where",
        options=(
            _ALERTS,
            _MANIFEST,
            Option(
                name="--machines",
                text="state machines: a template of CloudFormation, or one definition",
                file="state-machines.yml",
            ),
        ),
    ),
    Command(
        name="audit",
        text="who did what, or was refused it, and what came of it: the latest last",
        well="the audit was printed; also when nothing was done in that time",
        wrong="the audit can't be read, or knows no such person or alert",
        options=(
            Option(
                name="--since",
                text="so long ago (45m, 12h, 7d) or on that day (2026-03-01) and later",
                value="WHEN",
                default="7d",
            ),
            Option(name="--by", text="only what this person did: a name or an id", value="USER"),
            Option(name="--alert", text="only what was done about this alert", value="ID"),
            Option(
                name="--format",
                text="table, json or csv",
                value="FORMAT",
                default="table",
                choices=("table", "json", "csv"),
            ),
            _STAGE,
            Option(
                name="--table",
                text="its table; TABLE_NAME, or sfn-alerts-STAGE, unless given",
                value="TABLE",
            ),
            _REGION,
        ),
    ),
    Command(
        name="doctor",
        text="whether what is deployed would work, and how to mend what would not",
        well="nothing is wrong; also when something could not be checked",
        wrong="something is wrong, or nothing could be looked at",
        options=(
            _STAGE,
            _REGION,
            Option(
                name="--request-url",
                text="where Slack sends to; the slack function's own address unless given",
                value="URL",
            ),
            _ALERTS,
            _MANIFEST,
        ),
    ),
    Command(
        name="socket",
        text="answer Slack's clicks and commands here instead of in the deployed function, "
        "to develop with a real workspace",
        well="never: Ctrl-C ends it, with 130",
        wrong="it can't begin: standard error says why",
        options=(_STAGE, _REGION, _ALERTS),
    ),
    Command(
        name="completion",
        text=f'a completion script: eval "$({PROGRAM} completion bash)"',
        well="the script was printed",
        argument="SHELL",
        argument_text="bash or zsh",
        choices=("bash", "zsh"),
    ),
)
