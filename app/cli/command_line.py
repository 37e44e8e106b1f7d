"""Takes the command line apart, runs the command, and turns problems into exit statuses."""

import argparse
import os
import sys
from collections.abc import Callable, Sequence

from app.cli.check import check
from app.cli.commands import COMMANDS, PROGRAM, Command
from app.cli.completion import script
from app.cli.explain import explain
from app.cli.files import ProblemError
from app.cli.preview import preview
from app.config import ConfigError

_MISUSED = "the command line is not right"


def main(arguments: list[str] | None = None) -> int:
    parser = _parser()
    given, unknown = parser.parse_known_args(arguments)
    if unknown:
        parser.error(f"unrecognized arguments: {' '.join(unknown)}{_hint(given.command, unknown)}")
    try:
        status = _RUNS[given.command](given)
        sys.stdout.flush()
    except (ProblemError, ConfigError) as problem:
        print(problem, file=sys.stderr)
        return 1
    except BrokenPipeError:
        # Whoever read has gone; Python must not try to tell them more when it ends.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt:
        return 130
    return status


def _hint(name: str, unknown: Sequence[str]) -> str:
    """How the command is told of a file, where it seems to have been told of one."""
    [command] = [one for one in COMMANDS if one.name == name]
    files = [f"{one.name} FILE" for one in command.options if one.file]
    if not files or unknown[0].startswith("-"):
        return ""
    return f"; name a file with {' or '.join(files)}"


def _completion(given: argparse.Namespace) -> int:
    print(script(given.argument), end="")
    return 0


def _audit(given: argparse.Namespace) -> int:
    from app.cli.audit import audit  # noqa: PLC0415  (the AWS SDK, which no other needs)

    return audit(given)


def _doctor(given: argparse.Namespace) -> int:
    from app.cli.doctor import doctor  # noqa: PLC0415  (the AWS SDK, as above)
    from app.cli.doctor.places import read  # noqa: PLC0415  (as above)

    places = read(given.alerts, given.manifest, given.request_url)
    return doctor(given.stage, given.region, places)


def _socket(given: argparse.Namespace) -> int:
    from app.cli.socket_mode import socket  # noqa: PLC0415  (as above, and Bolt)

    return socket(given.stage, given.region, given.alerts)


_RUNS: dict[str, Callable[[argparse.Namespace], int]] = {
    "explain": lambda given: explain(given.argument, given.alerts),
    "preview": lambda given: preview(given.argument, given.alerts, builder=given.open),
    "check": lambda given: check(given.alerts, given.manifest, given.machines),
    "audit": _audit,
    "doctor": _doctor,
    "socket": _socket,
    "completion": _completion,
}


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog=PROGRAM,
        description="Step Functions failures as alerts in Slack.",
        epilog=f"Each command's --help tells its exit statuses; 2: {_MISUSED}.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND", dest="command")
    for command in COMMANDS:
        _add(commands, command)
    return parser


def _exit_statuses(command: Command) -> str:
    told = {0: command.well, 1: command.wrong, 2: _MISUSED}
    lines = [f"  {status}  {text}" for status, text in told.items() if text]
    return "\n".join(["exit status:", *lines])


def _add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]", command: Command) -> None:
    parser = commands.add_parser(
        command.name,
        help=command.text,
        description=f"{command.text[0].upper()}{command.text[1:]}.",
        epilog=_exit_statuses(command),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    if command.argument:
        parser.add_argument(
            "argument",
            metavar=command.argument,
            choices=command.choices or None,
            help=command.argument_text,
        )
    for option in command.options:
        if option.file:
            text = f"{option.text} ({option.file} unless given)"
            parser.add_argument(option.name, default=option.file, metavar="FILE", help=text)
        elif option.value:
            unless = f" ({option.default} unless given)" if option.default else ""
            parser.add_argument(
                option.name,
                default=option.default,
                choices=option.choices or None,
                metavar=option.value,
                help=f"{option.text}{unless}",
            )
        else:
            parser.add_argument(option.name, action="store_true", help=option.text)
