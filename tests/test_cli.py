"""sfn-alerts on the command line."""

import io
import json
from pathlib import Path

import pytest

from app.cli import main
from deploy.package import ROOT
from local.slack import block_kit

EVENTS = ROOT / "tests" / "events"
FAILURES = sorted(
    path.name
    for path in EVENTS.glob("*.json")
    if path.name.startswith(("failed", "timed", "aborted", "notify"))
)
Captured = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def at_the_root(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)


@pytest.mark.parametrize("name", FAILURES)
def test_explain_and_preview_take_every_failure(name: str, capsys: Captured) -> None:
    assert main(["explain", str(EVENTS / name)]) == 0
    explained = capsys.readouterr().out
    for word in ("severity", "channel", "mention", "fingerprint"):
        assert word in explained
    assert main(["preview", str(EVENTS / name)]) == 0
    message = json.loads(capsys.readouterr().out)
    assert block_kit.check_message(message["attachments"][0]["blocks"]) == []


def test_explain_says_which_rule_answered_and_why_others_did_not(capsys: Captured) -> None:
    main(["explain", str(EVENTS / "failed_text_cause.json")])
    said = capsys.readouterr().out
    assert "rules[0] does not answer: error is" in said
    assert "rules[1] answers" in said
    assert "no: recorded and counted only" in said


def test_an_event_may_come_from_standard_input(
    capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO((EVENTS / "timed_out.json").read_text()))
    assert main(["explain", "-"]) == 0
    assert "Execution timed out" in capsys.readouterr().out


def test_preview_gives_a_link_to_the_block_kit_builder(capsys: Captured) -> None:
    assert main(["preview", str(EVENTS / "timed_out.json"), "--open"]) == 0
    assert capsys.readouterr().out.startswith("https://app.slack.com/block-kit-builder/#%7B")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "No such file"),
        ("{", "is not JSON"),
        ("[]", "an event must be a JSON object"),
        ('{"source": "aws.s3"}', "neither EventBridge status change nor NotifyError step"),
        ('{"source": "aws.states", "detail": {}}', "detail.executionArn"),
    ],
)
def test_an_event_that_is_none_is_refused_with_its_place(
    tmp_path: Path, capsys: Captured, content: str | None, said: str
) -> None:
    event = tmp_path / "event.json"
    if content is not None:
        event.write_text(content)
    assert main(["explain", str(event)]) == 1
    problem = capsys.readouterr().err
    assert said in problem
    assert "event.json" in problem


def test_an_event_without_a_failure_says_so(capsys: Captured) -> None:
    assert main(["explain", str(EVENTS / "running.json")]) == 1
    assert "tells of no failure" in capsys.readouterr().err


def test_check_finds_the_projects_files_right_and_warns_of_what_is_caught(
    capsys: Captured,
) -> None:
    assert main(["check"]) == 0
    said = capsys.readouterr().out
    assert "alerts.yml: right" in said
    assert "manifest.json: right" in said
    assert "warning: NotifyInWorkflow: what TimeOut catches ends in Fail state" in said
    assert ".waitForTaskToken" in said
    assert "LetItFail" not in said


def test_check_fails_on_a_mistake_in_the_rules(tmp_path: Path, capsys: Captured) -> None:
    alerts = tmp_path / "alerts.yml"
    alerts.write_text("channel: '#a'\ndefault: urgent\n")
    assert main(["check", "--alerts", str(alerts)]) == 1
    assert "severities are high, middle, low" in capsys.readouterr().err


def test_check_fails_on_a_manifest_without_the_command(tmp_path: Path, capsys: Captured) -> None:
    manifest = tmp_path / "manifest.json"
    manifest.write_text("{}")
    assert main(["check", "--manifest", str(manifest)]) == 1
    assert "/sfn-status" in capsys.readouterr().err


@pytest.mark.parametrize("shell", ["bash", "zsh"])
def test_completion_names_every_command(shell: str, capsys: Captured) -> None:
    assert main(["completion", shell]) == 0
    assert "explain preview check" in capsys.readouterr().out
