"""``sfn-alerts check``: whether the files are right, all of them in one go."""

import sys
from collections.abc import Callable, Iterable
from pathlib import Path

from app import config
from app.cli import machines, manifest
from app.cli.files import ProblemError, is_of_the_project, read_json, read_text
from app.config import ConfigError


def check(alerts: str, manifest_path: str, machines_path: str) -> int:
    """Warnings go to standard output, mistakes to standard error, and only these fail it."""
    results = [
        _told(alerts, _alerts),
        _told(manifest_path, _manifest),
        _told(machines_path, _machines),
    ]
    return 0 if all(results) else 1


def _told(path: str, find: Callable[[str], Iterable[str]]) -> bool:
    """Whether the file at *path* holds no mistake; tells what *find* finds in it."""
    try:
        warnings = list(find(path))
    except (ProblemError, ConfigError) as problem:
        print(problem, file=sys.stderr)
        return False
    for warning in warnings:
        print(warning)
    if not warnings:
        print(f"{path}: right")
    return True


def _alerts(path: str) -> Iterable[str]:
    return config.check(read_text(path), path).warnings


def _manifest(path: str) -> Iterable[str]:
    return manifest.check(read_json(path), path)


def _machines(path: str) -> Iterable[str]:
    if is_of_the_project(path) and not Path(path).exists():
        return [f"{path}: is not here, so no state machine was looked at"]
    return machines.check(read_text(path), path)
