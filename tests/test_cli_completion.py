"""sfn-alerts completion: bash is run with the script and asked what it would offer."""

import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from app.cli import main
from deploy.package import ROOT


def completed(tmp_path: Path, *words: str) -> list[str]:
    """What bash offers for the last of *words*, of which the first is the program."""
    program = f"""
        eval "$({shlex.quote(sys.executable)} -m app.cli completion bash)"
        COMP_WORDS=({shlex.join(words)}); COMP_CWORD={len(words) - 1}
        cd {shlex.quote(str(tmp_path))}
        complete -p sfn-alerts >/dev/null || exit 1
        _sfn_alerts
        printf '%s\\n' "${{COMPREPLY[@]}}"
    """
    done = subprocess.run(
        ["/bin/bash", "--norc", "-u", "-c", program],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert not done.stderr
    return sorted(one for one in done.stdout.splitlines() if one)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("event one.json", "event-two.json", "team.yml"):
        (tmp_path / name).write_text("{}")
    (tmp_path / "events").mkdir()
    return tmp_path


@pytest.mark.parametrize(
    ("words", "offered"),
    [
        (
            ["sfn-alerts", ""],
            [
                "--help",
                "audit",
                "check",
                "completion",
                "doctor",
                "explain",
                "preview",
                "socket",
            ],
        ),
        (["sfn-alerts", "ch"], ["check"]),
        (["sfn-alerts", "explain", "e"], ["event one.json", "event-two.json", "events"]),
        (["sfn-alerts", "explain", "-"], ["--alerts", "--help"]),
        (["sfn-alerts", "preview", "--"], ["--alerts", "--help", "--open"]),
        (["sfn-alerts", "preview", "--o"], ["--open"]),
        (["sfn-alerts", "preview", "event-two.json", "--alerts", "t"], ["team.yml"]),
        (["sfn-alerts", "check", "--alerts", "=", "t"], ["team.yml"]),
        (["sfn-alerts", "check", ""], ["--alerts", "--help", "--machines", "--manifest"]),
        (["sfn-alerts", "check", "--ma"], ["--machines", "--manifest"]),
        (["sfn-alerts", "check", "--machines", "te"], ["team.yml"]),
        (["sfn-alerts", "audit", "--s"], ["--since", "--stage"]),
        (["sfn-alerts", "audit", "--since", ""], []),
        (["sfn-alerts", "doctor", "--st"], ["--stage"]),
        (["sfn-alerts", "doctor", "--stage", ""], []),
        (["sfn-alerts", "doctor", "--alerts", "t"], ["team.yml"]),
        (["sfn-alerts", "completion", ""], ["bash", "zsh"]),
        (["sfn-alerts", "completion", "z"], ["zsh"]),
        (["sfn-alerts", "unheard-of", ""], []),
    ],
)
def test_bash_completes_commands_options_and_files(
    folder: Path, words: list[str], offered: list[str]
) -> None:
    assert completed(folder, *words) == offered


def test_zsh_reads_the_same_through_its_bridge(capsys: pytest.CaptureFixture[str]) -> None:
    main(["completion", "bash"])
    bash = capsys.readouterr().out
    main(["completion", "zsh"])
    assert capsys.readouterr().out == f"autoload -U +X bashcompinit && bashcompinit\n{bash}"
