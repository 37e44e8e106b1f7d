"""``sfn-alerts``: what would happen to an event, and whether the files are right.

Exit status 0: well; 1: something is wrong with what was given; 2: the command line is.
"""

import argparse
import json
import sys
import urllib.parse
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from app import config, ingest
from app.config import Config, ConfigError
from app.domain.alert import Alert
from app.domain.execution import Failure
from app.domain.fingerprint import fingerprint
from app.domain.lifecycle import opened
from app.domain.rules import classify
from app.ingest.errors import NotUnderstoodError
from app.render.card import Message, card
from app.render.explanation import explain, in_words
from app.render.mrkdwn import section

_BUILDER = "https://app.slack.com/block-kit-builder/#"
_COMMANDS = ("explain", "preview", "check", "completion")


class ProblemError(Exception):
    """Something given is not right; the message says what, where, and the way out."""


def main(arguments: list[str] | None = None) -> int:
    given = _parser().parse_args(arguments)
    try:
        return int(given.run(given))
    except (ProblemError, ConfigError) as problem:
        print(problem, file=sys.stderr)
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="sfn-alerts", description="Step Functions failures as alerts in Slack."
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for name, run, text in (
        ("explain", _explain, "which rule answers for an event, and why the others do not"),
        ("preview", _preview, "the Slack message an event would make, as JSON"),
    ):
        command = commands.add_parser(name, help=text, description=text)
        command.add_argument("event", metavar="EVENT.json", help="a file, or - for standard input")
        command.add_argument("--alerts", default="alerts.yml", metavar="FILE")
        command.set_defaults(run=run)
        if name == "preview":
            command.add_argument(
                "--open", action="store_true", help="print a link to Slack's Block Kit Builder"
            )
    text = "whether alerts.yml, manifest.json and state-machines.yml are right"
    command = commands.add_parser("check", help=text, description=text)
    command.add_argument("--alerts", default="alerts.yml", metavar="FILE")
    command.add_argument("--manifest", default="manifest.json", metavar="FILE")
    command.add_argument("--machines", default="state-machines.yml", metavar="FILE")
    command.set_defaults(run=_check)
    text = 'a completion script: eval "$(sfn-alerts completion bash)"'
    command = commands.add_parser("completion", help=text, description=text)
    command.add_argument("shell", choices=["bash", "zsh"])
    command.set_defaults(run=_completion)
    return parser


def _explain(given: argparse.Namespace) -> int:
    settings = _settings(given.alerts)
    print(in_words(explain(config.rules_of(settings), _failure(given.event, settings))))
    return 0


def _preview(given: argparse.Namespace) -> int:
    message = _message(_settings(given.alerts), given.event)
    if given.open:
        # The builder knows blocks only: the title goes on top of those with the colour bar.
        blocks = [section(message["text"]), *message["attachments"][0]["blocks"]]
        print(_BUILDER + urllib.parse.quote(json.dumps({"blocks": blocks}, ensure_ascii=False)))
    else:
        print(json.dumps(message, indent=2, ensure_ascii=False))
    return 0


def _message(settings: Config, event: str) -> Message:
    failure = _failure(event, settings)
    now = failure.stopped_at or datetime.now(UTC)
    return card(_alert(settings, failure, now), now)


def _alert(settings: Config, failure: Failure, now: datetime) -> Alert:
    return opened(
        failure,
        fingerprint=fingerprint(failure),
        generation=1,
        route=classify(config.rules_of(settings), failure).route,
        at=now,
    )


def _check(given: argparse.Namespace) -> int:
    settings = _settings(given.alerts)
    print(f"{given.alerts}: right, {len(settings.rules)} rules")
    _check_manifest(given.manifest)
    print(f"{given.manifest}: right")
    warnings = list(_caught_for_nothing(given.machines))
    for warning in warnings:
        print(f"{given.machines}: {warning}")
    if not warnings:
        print(f"{given.machines}: right")
    return 0


def _check_manifest(path: str) -> None:
    manifest = _json(path)
    commands = manifest.get("features", {}).get("slash_commands", [])
    if "/sfn-status" not in [one.get("command") for one in commands]:
        message = f"{path}: features.slash_commands must have /sfn-status"
        raise ProblemError(message)
    if not manifest.get("settings", {}).get("interactivity", {}).get("is_enabled"):
        message = f"{path}: settings.interactivity.is_enabled must be true, or no button works"
        raise ProblemError(message)
    if "chat:write" not in manifest.get("oauth_config", {}).get("scopes", {}).get("bot", []):
        message = f"{path}: oauth_config.scopes.bot must have chat:write"
        raise ProblemError(message)


def _caught_for_nothing(path: str) -> Iterator[str]:
    """Each Catch that leads to a Fail state: a warning that no redrive can repair it."""
    for machine, definition in _definitions(path):
        states = definition.get("States", {})
        for name, state in states.items():
            for catch in state.get("Catch", []):
                fail = _fail_after(catch.get("Next"), states)
                if fail:
                    yield (
                        f"warning: {machine}: what {name} catches ends in Fail state {fail}, which "
                        "a redrive would enter again. Let it fail uncaught, so that a redrive "
                        f"resumes from {name}; or hold it: a NotifyError step with "
                        f".waitForTaskToken and a Choice back to {name} lets people answer."
                    )


def _fail_after(name: str | None, states: dict[str, Any]) -> str | None:
    """The Fail state that is bound to come after *name*, if there is no other way."""
    seen = set()
    while name and name not in seen:
        seen.add(name)
        state = states.get(name, {})
        if state.get("Type") == "Fail":
            return name
        name = state.get("Next")
    return None


def _definitions(path: str) -> Iterator[tuple[str, dict[str, Any]]]:
    import yaml  # noqa: PLC0415  (here only)

    class Loader(yaml.SafeLoader):
        """CloudFormation's own tags (!Ref, !GetAtt …) mean nothing here."""

    Loader.add_multi_constructor("!", lambda _loader, _tag, node: node.value)
    try:
        content = yaml.load(_text(path), Loader=Loader)  # noqa: S506  (a SafeLoader)
    except yaml.YAMLError as problem:
        message = f"{path} is not YAML: {problem}"
        raise ProblemError(message) from None
    resources = content.get("Resources", {}) if isinstance(content, dict) else {}
    for name, resource in resources.items():
        if resource.get("Type") == "AWS::StepFunctions::StateMachine":
            yield name, resource.get("Properties", {}).get("Definition", {})


def _completion(given: argparse.Namespace) -> int:
    words = " ".join(_COMMANDS)
    if given.shell == "zsh":
        print("autoload -U +X bashcompinit && bashcompinit")
    print(f'complete -W "{words} --alerts --manifest --machines --open" -o default sfn-alerts')
    return 0


def _settings(path: str) -> Config:
    return config.read(_text(path))


def _failure(path: str, settings: Config) -> Failure:
    """The failure that the event tells of."""
    try:
        told = ingest.parse(_json(path), config.redactor_of(settings))
    except NotUnderstoodError as problem:
        message = f"{path}: {problem}"
        raise ProblemError(message) from None
    if not isinstance(told, Failure):
        message = f"{path}: the event tells of no failure, so there is nothing to alert"
        raise ProblemError(message)
    return told


def _json(path: str) -> Any:
    text = _text(path)
    try:
        return json.loads(text)
    except ValueError as problem:
        message = f"{path} is not JSON: {problem}"
        raise ProblemError(message) from None


def _text(path: str) -> str:
    try:
        return sys.stdin.read() if path == "-" else Path(path).read_text(encoding="utf-8")
    except OSError as problem:
        message = f"{path}: {problem.strerror}"
        raise ProblemError(message) from None
    except UnicodeDecodeError:
        message = f"{path} is not text in UTF-8"
        raise ProblemError(message) from None


if __name__ == "__main__":
    sys.exit(main())
