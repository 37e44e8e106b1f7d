"""sfn-alerts check: what is said of the rules, the manifest and the state machines."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from app.cli import main
from app.cli import manifest as manifests
from app.cli.files import ProblemError
from app.cli.machines import Caught, caught_for_nothing
from deploy.package import ROOT

Captured = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def at_the_root(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)


def alerts(tmp_path: Path, rules: str) -> str:
    path = tmp_path / "alerts.yml"
    path.write_text(f"channel: '#a'\nrules:\n{rules}")
    return str(path)


def test_check_finds_the_projects_files_right_and_warns_of_what_is_caught(
    capsys: Captured,
) -> None:
    assert main(["check"]) == 0
    said = capsys.readouterr().out
    assert "alerts.yml: right" in said
    assert "features.slash_commands" not in said
    assert "NotifyInWorkflow: what TimeOut catches (States.ALL) ends in Fail state FailSt" in said
    assert "hold and resume" in said
    assert ".waitForTaskToken" in said
    assert "LetItFail" not in said


def test_check_tells_the_mistakes_of_all_files_at_once(tmp_path: Path, capsys: Captured) -> None:
    (tmp_path / "m.json").write_text("{}")
    (tmp_path / "s.yml").write_text("Resources: [")
    path = alerts(tmp_path, "  - when: {}\n    severity: urgent\n")
    files = [
        "--alerts",
        path,
        "--manifest",
        f"{tmp_path}/m.json",
        "--machines",
        f"{tmp_path}/s.yml",
    ]
    assert main(["check", *files]) == 1
    said = capsys.readouterr().err
    assert f"{path}:4: rules[0].severity: 'urgent' is no severity" in said
    assert f"{tmp_path}/m.json: features.slash_commands must have /sfn-status" in said
    assert f"{tmp_path}/s.yml:1:13: not YAML" in said


def test_check_prints_warnings_and_is_content(tmp_path: Path, capsys: Captured) -> None:
    path = alerts(tmp_path, "  - when: {}\n  - when: {error: x}\n")
    assert main(["check", "--alerts", path]) == 0
    assert f"{path}:3: rules[0].when: warning: an empty `when` answers" in capsys.readouterr().out


def test_check_goes_on_without_state_machines(
    tmp_path: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("alerts.yml", "manifest.json"):
        (tmp_path / name).write_text((ROOT / name).read_text())
    monkeypatch.chdir(tmp_path)
    assert main(["check"]) == 0
    assert "state-machines.yml: is not here" in capsys.readouterr().out
    assert main(["check", "--machines", "other.yml"]) == 1
    assert "other.yml: No such file" in capsys.readouterr().err


def manifest(change: str = "") -> Any:
    """The project's own, after *change*: ``path=JSON``, a path in dots."""
    content: Any = json.loads((ROOT / "manifest.json").read_text())
    if change:
        path, value = change.split("=", 1)
        *way, last = path.split(".")
        place = content
        for key in way:
            place = place[key]
        place[last] = json.loads(value)
    return content


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("features=[]", "features.slash_commands must have /sfn-status"),
        ('features.slash_commands=[{"command": "/x"}]', "must have /sfn-status"),
        ("settings.interactivity.is_enabled=false", "is_enabled must be true, or no button works"),
        ('oauth_config.scopes.bot=["commands"]', "must have chat:write, or no alert can be posted"),
        ('oauth_config.scopes.bot=["chat:write"]', "must have usergroups:read, or a mention by ha"),
        ("settings.socket_mode_enabled=true", "must be false, or Slack never calls"),
        ("settings.token_rotation_enabled=true", "must be false, since nobody renews the token"),
        ('settings.interactivity.request_url="http://a"', "must be the address of the slack funct"),
    ],
)
def test_a_manifest_that_would_not_do_is_refused(
    tmp_path: Path, capsys: Captured, change: str, said: str
) -> None:
    path = tmp_path / "manifest.json"
    path.write_text(json.dumps(manifest(change)))
    assert main(["check", "--manifest", str(path)]) == 1
    assert said in capsys.readouterr().err


@pytest.mark.parametrize("content", ["[]", "7", "null", '{"features": 7, "settings": [1]}'])
def test_a_manifest_of_another_shape_is_refused(
    tmp_path: Path, capsys: Captured, content: str
) -> None:
    path = tmp_path / "manifest.json"
    path.write_text(content)
    assert main(["check", "--manifest", str(path)]) == 1
    assert str(path) in capsys.readouterr().err


def test_an_event_that_is_subscribed_to_needs_its_scope() -> None:
    content = manifest()
    scopes = manifests.needed_scopes(manifest("settings.event_subscriptions={}"))
    content["oauth_config"]["scopes"]["bot"] = sorted(scopes)
    url = content["settings"]["interactivity"]["request_url"]
    subscribed = {"request_url": url, "bot_events": ["reaction_removed", "app_home_opened"]}
    content["settings"]["event_subscriptions"] = subscribed
    with pytest.raises(ProblemError, match="must have reactions:read, or the events it"):
        manifests.check(content, "manifest.json")
    content["oauth_config"]["scopes"]["bot"].append("reactions:read")
    assert manifests.check(content, "manifest.json") == []


def test_a_scope_that_nothing_uses_is_taken_with_a_warning() -> None:
    content = manifest()
    content["oauth_config"]["scopes"]["bot"].append("pins:write")
    said = "\n".join(manifests.check(content, "manifest.json"))
    assert "manifest.json: warning: nothing uses the scope pins:write" in said


def test_request_urls_that_differ_are_taken_with_a_warning() -> None:
    content = manifest('settings.interactivity.request_url="https://else.where/slack/events"')
    said = "\n".join(manifests.check(content, "manifest.json"))
    assert "manifest.json: warning: its request URLs differ" in said


def test_the_scopes_of_every_method_that_the_code_calls_are_known() -> None:
    called = re.compile(
        r"\.((?:api|auth|bookmarks|bots|chat|conversations|dnd|emoji|files|pins|reactions|reminders"
        r"|search|team|usergroups|users|views)_\w+)\("
    )
    sources = [*(ROOT / "app").rglob("*.py"), *(ROOT / "lambda_entry").rglob("*.py")]
    methods = {one for path in sources for one in called.findall(path.read_text())}
    assert "chat_postMessage" in methods
    assert methods == set(manifests.SCOPES)


FAIL, OVER = {"Type": "Fail"}, {"Type": "Succeed"}


def step(**more: Any) -> dict[str, Any]:
    return {"Type": "Task", **more}


def catching(after: str, **more: Any) -> dict[str, Any]:
    return step(Catch=[{"ErrorEquals": ["States.ALL"], "Next": after}], End=True, **more)


def choice(*ways: str) -> dict[str, Any]:
    *some, default = ways
    return {"Type": "Choice", "Choices": [{"Next": one} for one in some], "Default": default}


def caught(state: str, *fails: str, within: tuple[str, ...] = ()) -> Caught:
    return Caught(state=state, errors=("States.ALL",), fails=fails, within=within)


BRANCH = {"StartAt": "A", "States": {"A": catching("F"), "F": FAIL}}
MACHINES: dict[str, tuple[dict[str, Any], list[Caught]]] = {
    "a Fail state right behind": ({"A": catching("F"), "F": FAIL}, [caught("A", "F")]),
    "a Fail state behind a step that tells": (
        {"A": catching("N"), "N": step(Next="W"), "W": {"Type": "Wait", "Next": "F"}, "F": FAIL},
        [caught("A", "F")],
    ),
    "a choice between Fail states": (
        {"A": catching("C"), "C": choice("F", "N", "G"), "N": step(Next="G"), "F": FAIL, "G": FAIL},
        [caught("A", "F", "G")],
    ),
    "a choice that leads back, as where people answer": (
        {"A": catching("N"), "N": step(Next="C"), "C": choice("A", "F"), "F": FAIL},
        [],
    ),
    "a choice with one good end": (
        {"A": catching("C"), "C": choice("F", "S"), "F": FAIL, "S": OVER},
        [],
    ),
    "a step whose own catch saves it": (
        {
            "A": catching("N"),
            "N": step(Next="F", Catch=[{"ErrorEquals": ["X"], "Next": "S"}]),
            "F": FAIL,
            "S": OVER,
        },
        [],
    ),
    "a catch that goes on": ({"A": catching("B"), "B": step(End=True)}, []),
    "a loop without an end": ({"A": catching("B"), "B": step(Next="B")}, []),
    "no catch": ({"A": step(Next="F"), "F": FAIL}, []),
    "one of two catches": (
        {
            "A": step(
                Catch=[{"ErrorEquals": ["X"], "Next": "F"}, {"ErrorEquals": ["Y"], "Next": "S"}],
                End=True,
            ),
            "F": FAIL,
            "S": OVER,
        },
        [Caught(state="A", errors=("X",), fails=("F",))],
    ),
    "the branch of a Parallel state": (
        {"P": {"Type": "Parallel", "Branches": [{"States": {"B": step(End=True)}}, BRANCH]}},
        [caught("A", "F", within=("P",))],
    ),
    "a Map state": (
        {"M": {"Type": "Map", "ItemProcessor": BRANCH, "End": True}},
        [caught("A", "F", within=("M",))],
    ),
    "a Map state as it was once written": (
        {"M": {"Type": "Map", "Iterator": BRANCH, "End": True}},
        [caught("A", "F", within=("M",))],
    ),
    "a Map state in a Parallel state": (
        {
            "P": {
                "Type": "Parallel",
                "Branches": [{"States": {"M": {"Type": "Map", "ItemProcessor": BRANCH}}}],
            }
        },
        [caught("A", "F", within=("P", "M"))],
    ),
    "a branch whose failing is caught for a good end": (
        {"P": {**catching("S"), "Type": "Parallel", "Branches": [BRANCH]}, "S": OVER},
        [],
    ),
    "a branch whose failing is caught for nothing": (
        {"P": {**catching("F"), "Type": "Parallel", "Branches": [BRANCH]}, "F": FAIL},
        [caught("P", "F"), caught("A", "F", within=("P",))],
    ),
    "states that are none": ({"A": 7, "B": {"Catch": [3, {"Next": 4}], "Next": 5}}, []),
}


@pytest.mark.parametrize("machine", MACHINES)
def test_every_catch_that_ends_in_a_fail_state_is_found(machine: str) -> None:
    states, found = MACHINES[machine]
    assert list(caught_for_nothing({"States": states})) == found


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (json.dumps(BRANCH), "the state machine: what A catches (States.ALL) ends in Fail state F"),
        (
            json.dumps(
                {
                    "Resources": {
                        "Orders": {
                            "Type": "AWS::StepFunctions::StateMachine",
                            "Properties": {"DefinitionString": {"Fn::Sub": json.dumps(BRANCH)}},
                        }
                    }
                }
            ),
            "Orders: what A catches",
        ),
        (
            "Resources: {Orders: {Type: AWS::Serverless::StateMachine, Properties: !Ref x}}",
            "Orders: its definition is not in this file",
        ),
        ("Resources: {}\n", "there is no state machine in it"),
        ("- !If [a, !GetAtt b.c, {d: !Ref e}]\n", "there is no state machine in it"),
    ],
)
def test_state_machines_are_found_however_they_are_written(
    tmp_path: Path, capsys: Captured, text: str, said: str
) -> None:
    path = tmp_path / "machines.yml"
    path.write_text(text)
    assert main(["check", "--machines", str(path)]) == 0
    assert f"{path}: warning: {said}" in capsys.readouterr().out
