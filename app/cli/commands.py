"""The commands and what may stand behind each: the parser and the completion follow from it."""

from msgspec import Struct

PROGRAM = "sfn-alerts"


class Option(Struct, frozen=True, kw_only=True):
    """``--name``; one with a ``file`` takes a path, and has it as its default."""

    name: str
    text: str
    file: str | None = None


class Command(Struct, frozen=True, kw_only=True):
    """``argument`` is its metavar: a file unless there are ``choices``."""

    name: str
    text: str
    argument: str | None = None
    argument_text: str = ""
    choices: tuple[str, ...] = ()
    options: tuple[Option, ...] = ()


_ALERTS = Option(name="--alerts", text="the rules", file="alerts.yml")
_EVENT = "an event of EventBridge or what a NotifyError step sends, as JSON; - for standard input"

COMMANDS = (
    Command(
        name="explain",
        text="which rule answers for an event, and why the others do not",
        argument="EVENT.json",
        argument_text=_EVENT,
        options=(_ALERTS,),
    ),
    Command(
        name="preview",
        text="the Slack message an event would make, as JSON",
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
        options=(
            _ALERTS,
            Option(name="--manifest", text="the Slack app's manifest", file="manifest.json"),
            Option(
                name="--machines",
                text="state machines: a template of CloudFormation, or one definition",
                file="state-machines.yml",
            ),
        ),
    ),
    Command(
        name="completion",
        text=f'a completion script: eval "$({PROGRAM} completion bash)"',
        argument="SHELL",
        argument_text="bash or zsh",
        choices=("bash", "zsh"),
    ),
)
