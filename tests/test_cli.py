"""sfn-alerts on the command line."""

import io
import json
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from app import ingest
from app.cli import main
from app.cli.commands import COMMANDS
from app.domain.execution import Failure
from app.domain.redaction import Redactor
from deploy.package import ROOT
from local.slack import block_kit

EVENTS = ROOT / "tests" / "events"
TOLD = {
    path.name: ingest.parse(json.loads(path.read_text()), Redactor.of())
    for path in sorted(EVENTS.glob("*.json"))
}
FAILURES = [name for name, told in TOLD.items() if isinstance(told, Failure)]
NO_FAILURES = [name for name, told in TOLD.items() if not isinstance(told, Failure)]
Captured = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def at_the_root(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)


def alerts(tmp_path: Path, rules: str) -> str:
    path = tmp_path / "alerts.yml"
    path.write_text(f"channel: '#a'\nrules:\n{rules}")
    return str(path)


# explain and preview


@pytest.mark.parametrize("name", FAILURES)
def test_every_failure_is_explained(name: str, capsys: Captured) -> None:
    assert main(["explain", str(EVENTS / name)]) == 0
    said = capsys.readouterr()
    assert not said.err
    facts = dict(re.findall(r"^(\w+) {2,}(.*)$", said.out, re.MULTILINE))
    assert set(facts) == {
        "severity",
        "posted",
        "channel",
        "mention",
        "remind_after",
        "runbook",
        "fingerprint",
    }
    assert len(re.findall(r"^alerts\.yml:\d+: rules\[\d\] ", said.out, re.MULTILINE)) == 2


@pytest.mark.parametrize("name", FAILURES)
def test_every_failure_is_previewed_as_slack_would_take_it(name: str, capsys: Captured) -> None:
    assert main(["preview", str(EVENTS / name)]) == 0
    message = json.loads(capsys.readouterr().out)
    assert block_kit.check_message(message["attachments"][0]["blocks"]) == []
    failure = TOLD[name]
    assert isinstance(failure, Failure)
    assert failure.arn.machine in message["text"]


@pytest.mark.parametrize("command", [["explain"], ["preview"], ["preview", "--open"]])
@pytest.mark.parametrize("name", TOLD)
def test_no_secret_is_ever_shown(
    command: list[str], name: str, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("webbrowser.open", lambda _: True)
    assert main([*command, str(EVENTS / name)]) == 0
    said = "".join(capsys.readouterr())
    event = json.loads((EVENTS / name).read_text())
    token = event.get("Task", {}).get("Token")
    assert token is None or token[:20] not in said
    assert "secret-in" not in said


def test_the_events_hold_a_token_and_secrets_to_begin_with() -> None:
    assert json.loads((EVENTS / "notify_error_with_task_token.json").read_text())["Task"]["Token"]
    assert (EVENTS / "failed_with_secrets.json").read_text().count("secret-in") == 5


def test_explain_says_of_every_rule_what_became_of_it(tmp_path: Path, capsys: Captured) -> None:
    path = alerts(
        tmp_path,
        "  - when: {state_machine: other, error: x}\n"
        "  - when: {error: Warehouse*, cause: '*MUC*'}\n"
        "  - when: {error: Warehouse*}\n"
        "    severity: high\n"
        "    channel: '#warehouse'\n"
        "    mention: '@billing-oncall'\n"
        "    remind_after: 90m\n"
        "    runbook: https://wiki.example.com/w\n"
        "  - when: {region: eu-*}\n"
        "  - when: {}\n",
    )
    assert main(["explain", str(EVENTS / "failed_lambda.json"), "--alerts", path]) == 0
    said = capsys.readouterr().out
    for line in (
        "order-import FAILED: WarehouseUnavailable",
        f"{path}:3: rules[0] does not answer: state_machine is 'order-import', not other",
        f"{path}:5: rules[2] answers",
        f"{path}:11: rules[3] was not asked: the first rule that matches answers",
        f"{path}:12: rules[4] was not asked: the first rule that matches answers",
        "severity      high",
        "posted        yes",
        "channel       #warehouse",
        "mention       @billing-oncall, the user group of that name",
        "remind_after  1 h 30 min",
        "runbook       https://wiki.example.com/w",
    ):
        assert line in said.splitlines(), line
    assert f"{path}:4: rules[1] does not answer: cause is " in said


def test_explain_says_when_no_rule_answers(tmp_path: Path, capsys: Captured) -> None:
    path = alerts(tmp_path, "  - when: {error: x}\n")
    assert main(["explain", str(EVENTS / "failed_lambda.json"), "--alerts", path]) == 0
    assert "no rule answers, the defaults do" in capsys.readouterr().out


def test_what_is_not_posted_is_said_to_be_only_counted(capsys: Captured) -> None:
    main(["explain", str(EVENTS / "failed_text_cause.json")])
    assert "posted        no: recorded and counted only" in capsys.readouterr().out
    main(["preview", str(EVENTS / "failed_text_cause.json")])
    said = capsys.readouterr()
    assert json.loads(said.out)["text"].startswith(":information_source:")
    assert re.fullmatch(
        r"It would not be posted, by alerts\.yml:\d+: rules\[1\]: recorded and counted only\.\n",
        said.err,
    )


@pytest.mark.parametrize("command", ["explain", "preview"])
@pytest.mark.parametrize("name", NO_FAILURES)
def test_an_event_without_a_failure_is_said_to_post_nothing(
    command: str, name: str, capsys: Captured
) -> None:
    assert main([command, str(EVENTS / name)]) == 0
    said = capsys.readouterr()
    words = said.out if command == "explain" else said.err
    assert re.match(r"order-import: execution 2026-03-01-a1b2 is |order-quote: .* logs ", words)
    assert "no failure" in words
    assert "Nothing would be posted" in words
    if command == "preview":
        assert not said.out, "there is no message to pipe on"


@pytest.mark.parametrize("status", ["FAILED", "RUNNING", "\x1b[2J"])
def test_nothing_in_an_event_moves_the_terminals_cursor(
    status: str, tmp_path: Path, capsys: Captured
) -> None:
    arn = "arn:aws:states:eu-west-1:123456789012:execution:m\x1b[2J:\x1b]0;x\x07"
    detail = {"executionArn": arn, "status": status, "error": "\x1b[2J", "cause": "\x1b[2J"}
    event = tmp_path / "event.json"
    event.write_text(json.dumps({"source": "aws.states", "detail": detail}))
    assert main(["explain", str(event)]) == 0
    assert not set(capsys.readouterr().out) & {"\x1b", "\x07"}


@pytest.mark.parametrize("name", ["timed_out.json", "notify_error.json"])
def test_an_event_may_come_from_standard_input(
    name: str, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO((EVENTS / name).read_text()))
    assert main(["explain", "-"]) == 0
    assert "severity" in capsys.readouterr().out


def test_preview_opens_its_link_in_a_browser_where_there_is_one(tmp_path: Path) -> None:
    opened, browser = tmp_path / "opened", tmp_path / "www-browser"  # which is for the terminal
    browser.write_text(f'#!/bin/sh\nprintf %s "$1" > {opened}\n')
    browser.chmod(0o755)
    command = [sys.executable, "-m", "app.cli", "preview", "--open", "tests/events/timed_out.json"]
    for screen in ({"BROWSER": f"{browser} %s"}, {}):
        done = subprocess.run(
            command,
            cwd=ROOT,
            env={"PATH": f"{tmp_path}:{os.environ['PATH']}", "TERM": "xterm", **screen},
            capture_output=True,
            text=True,
            check=True,
        )
        assert done.stdout.startswith("https://app.slack.com/block-kit-builder/#%7B")
        if screen:
            assert opened.read_text() == done.stdout.strip()
            opened.unlink()
    assert not opened.exists(), "without a screen the link is printed alone"


BROKEN: dict[str, tuple[str | bytes | None, list[str]]] = {
    "a file there is not": (None, ["event.json: No such file or directory"]),
    "an empty file": ("", ["event.json is empty: it should hold JSON"]),
    "no JSON": ('{\n  "a": }', ["event.json:2:8: not JSON: a value is missing here"]),
    "JSON that is cut": (
        '{"a": "secret-in-it',
        ["event.json:1:7: not JSON: the text that begins here has no closing double quote"],
    ),
    "JSON too deep": ("[" * 100_000, ["event.json is not JSON that can be read: too deep"]),
    "bytes that are no text": (b'{"a": "\xff"}', ["event.json is not text in UTF-8: see its byte"]),
    "a list": ("[]", ["an event must be a JSON object, this is list", "What is understood"]),
    "another service": (
        '{"source": "aws.s3", "detail-type": "Object Created", "detail": {"of": "secret-in-it"}}',
        [
            "neither EventBridge status change nor NotifyError step",
            "its fields are ['detail', 'detail-type', 'source']",
            "It says to be 'Object Created' from 'aws.s3'.",
            'source "aws.states", detail-type "Step Functions Execution Status',
            "what a NotifyError step sends: param, Execution with its Id, State, StateMachine",
        ],
    ),
    "no execution": (
        '{"source": "aws.states", "detail-type": "AWS API Call via CloudTrail", "detail": {}}',
        ["detail.executionArn must be the ARN", "'AWS API Call via CloudTrail' from 'aws.states'"],
    ),
    "no status": (
        json.dumps(
            {
                "source": "aws.states",
                "detail": {"executionArn": "arn:aws:states:eu-west-1:123456789012:execution:m:e"},
            }
        ),
        ["detail.status must be a text, it is None"],
    ),
    "a batch": ('{"Records": [{"body": "{}"}]}', ["It looks like a batch of messages: take one"]),
    "an answer of Step Functions": (
        '{"executionArn": "x", "status": "FAILED"}',
        ["It looks like an answer of DescribeExecution"],
    ),
    "a step without its execution": (
        '{"param": {}, "Task": {"Token": "secret-in-it"}}',
        ["It looks like a NotifyError step without Execution.$: $$.Execution."],
    ),
    "a step without its param": (
        '{"Execution": {"Id": "x"}, "Task": {"Token": "secret-in-it"}}',
        ["It looks like a NotifyError step without param.$: $."],
    ),
    "a step of another kind": (
        '{"param": {}, "Execution": {"Name": "x"}, "Task": {"Token": "secret-in-it"}}',
        ["Execution.Id must be the ARN of an execution, it is None"],
    ),
    "signs that move the cursor": (
        '{"source": "\\u001b[2J", "\\u001b[2J": 1, "detail-type": "\\ud800"}',
        ["It says to be"],
    ),
}


@pytest.mark.parametrize("command", ["explain", "preview"])
@pytest.mark.parametrize("broken", BROKEN)
def test_an_event_that_nobody_understands_is_refused_with_its_place_and_the_way_out(
    tmp_path: Path, capsys: Captured, command: str, broken: str
) -> None:
    content, parts = BROKEN[broken]
    event = tmp_path / "event.json"
    if isinstance(content, bytes):
        event.write_bytes(content)
    elif content is not None:
        event.write_text(content)
    assert main([command, str(event)]) == 1
    said = capsys.readouterr()
    assert not said.out
    assert said.err.startswith(str(event))
    for part in parts:
        assert part in said.err
    assert "secret-in-it" not in said.err
    assert "\x1b" not in said.err
    said.err.encode()


def test_a_directory_is_no_event(capsys: Captured) -> None:
    assert main(["explain", "tests/events"]) == 1
    assert capsys.readouterr().err == "tests/events is a directory; name a file in it\n"


@pytest.mark.parametrize("command", ["explain", "preview", "check", "doctor"])
def test_outside_of_the_projects_folder_it_says_to_run_it_there(
    command: str, tmp_path: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    event = [str(EVENTS / "timed_out.json")] if command in {"explain", "preview"} else []
    assert main([command, *event]) == 1
    said = capsys.readouterr().err
    for name in re.findall(r"(\S+) is not here", said):
        option = f"--{name.partition('.')[0]}"
        where = f"{name} is not here: run this in the project's folder, or name another with"
        assert f"{where} {option}\n" in said
    assert "is not here" in said


@pytest.mark.parametrize("command", ["explain", "preview"])
def test_a_mistake_in_the_rules_is_told_before_any_event(
    command: str, tmp_path: Path, capsys: Captured
) -> None:
    path = alerts(tmp_path, "  - when: {eror: x}\n")
    assert main([command, str(EVENTS / "timed_out.json"), "--alerts", path]) == 1
    assert f"{path}:3: rules[0].when.eror: unknown key, did you" in capsys.readouterr().err


def helped(capsys: Captured, *command: str) -> str:
    with pytest.raises(SystemExit) as done:
        main([*command, "--help"])
    assert done.value.code == 0
    return capsys.readouterr().out


def test_each_command_tells_its_own_exit_statuses_and_no_others(capsys: Captured) -> None:
    told = {one.name: helped(capsys, one.name).partition("exit status:\n")[2] for one in COMMANDS}
    for name, said in told.items():
        statuses = re.findall(r"^  (\d)  \w.*$", said, re.MULTILINE)
        assert statuses == (["0", "2"] if name == "completion" else ["0", "1", "2"]), name
    assert len(set(told.values())) == len(COMMANDS)
    assert "event" in told["explain"]
    for name in ("audit", "doctor", "check", "socket", "completion"):
        assert "event" not in told[name]
    assert "130" in told["socket"]


def test_the_help_of_all_says_where_exit_statuses_are_told(capsys: Captured) -> None:
    assert "Each command's --help tells its exit statuses" in helped(capsys)


@pytest.mark.parametrize("line", [[], ["expalin"], ["explain"], ["completion", "fish"]])
def test_a_command_line_that_is_wrong_has_a_status_of_its_own(line: list[str]) -> None:
    with pytest.raises(SystemExit) as done:
        main(line)
    assert done.value.code == 2


@pytest.mark.parametrize(
    ("line", "hint"),
    [
        ("check no.yml", "no.yml; name a file with --alerts FILE or --manifest FILE or --machines"),
        ("explain e.json no.yml", "no.yml; name a file with --alerts FILE\n"),
        ("audit no.yml", "no.yml\n"),
        ("check --rules no.yml", "--rules no.yml\n"),
    ],
)
def test_a_file_that_no_option_names_is_told_with_those_that_would(
    line: str, hint: str, capsys: Captured
) -> None:
    with pytest.raises(SystemExit) as done:
        main(line.split())
    assert done.value.code == 2
    assert f"unrecognized arguments: {hint}" in capsys.readouterr().err


def test_a_reader_that_has_gone_is_no_error() -> None:
    program = shlex.join(
        [sys.executable, "-m", "app.cli", "preview", "tests/events/timed_out.json"]
    )
    done = subprocess.run(
        ["/bin/bash", "-o", "pipefail", "-c", f"{program} | true"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
