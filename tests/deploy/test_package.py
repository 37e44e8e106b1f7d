"""The artifact: reproducible, complete, small."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from app import config
from deploy.package import ROOT, _alerts, alone, package, python_of

HANDLERS = ["executions", "slack", "answer", "publish", "recover", "sweep", "examples"]
#: The AWS SDK comes with the runtime, not with the artifact.
SDK = ("boto3", "botocore", "s3transfer", "jmespath", "dateutil", "urllib3", "six.py")


@pytest.fixture(scope="module")
def artifact() -> Path:
    return package("local")


@pytest.fixture(scope="module")
def unpacked(artifact: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("task")
    with zipfile.ZipFile(artifact) as archive:
        archive.extractall(place)
    return place


@pytest.fixture(scope="module")
def sdk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the SDK and nothing else, as the runtime has it."""
    import boto3  # noqa: PLC0415  (found here, imported there)

    installed = Path(boto3.__file__).parent.parent
    place = tmp_path_factory.mktemp("runtime")
    for name in SDK:
        (place / name).symlink_to(installed / name)
    return place


@pytest.mark.parametrize("handler", HANDLERS)
def test_a_handler_imports_from_the_artifact_alone(unpacked: Path, sdk: Path, handler: str) -> None:
    program = (
        f"import sys; sys.path[:0] = [{str(unpacked)!r}, {str(sdk)!r}]\n"
        "sys.path = [one for one in sys.path if 'site-packages' not in one]\n"
        f"import lambda_entry.{handler} as module\n"
        f"assert module.__file__.startswith({str(unpacked)!r})\n"
        "assert 'local' not in sys.modules and 'yaml' not in sys.modules"
    )
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", program], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    ("handler", "spared"),
    [
        ("executions", {"slack_bolt", "slack_sdk"}),
        ("recover", {"slack_bolt", "slack_sdk", "app.roles"}),
        ("sweep", {"slack_bolt", "slack_sdk", "app.roles"}),
        ("publish", {"slack_bolt"}),
        ("answer", {"slack_bolt"}),
    ],
)
def test_a_cold_start_is_spared_what_the_function_can_do_without(
    unpacked: Path, sdk: Path, handler: str, spared: set[str]
) -> None:
    program = (
        f"import sys; sys.path[:0] = [{str(unpacked)!r}, {str(sdk)!r}]\n"
        "import os\n"
        "os.environ.update(AWS_DEFAULT_REGION='us-east-1', TABLE_NAME='t', "
        "MACHINES_ARN='arn:aws:states:us-east-1:000000000000:stateMachine')\n"
        f"import lambda_entry.{handler}\n"
        "from app import wiring\n"
        "wiring.deps()\n"
        f"print(*({spared!r} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", program], capture_output=True, text=True, check=False
    )
    assert (done.stderr, done.stdout) == ("", "\n")


def test_the_slack_endpoint_can_be_made_from_the_artifact_alone(unpacked: Path, sdk: Path) -> None:
    """Bolt imports much of itself only when an app is made."""
    program = (
        f"import sys; sys.path[:0] = [{str(unpacked)!r}, {str(sdk)!r}]\n"
        "import os, lambda_entry.slack\n"
        "os.environ.update(AWS_DEFAULT_REGION='us-east-1', SLACK_SECRETS_PATH='/x')\n"
        "lambda_entry.slack._endpoint()"
    )
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", program], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def test_the_same_sources_make_the_same_bytes() -> None:
    artifact = package("dev")
    first = artifact.read_bytes()
    (artifact.parent / "sources.sha256").unlink()
    assert package("dev").read_bytes() == first


def test_a_build_waits_for_another_of_the_same_stage(artifact: Path) -> None:
    """Two at once once tore each other's files apart, and one shipped half of its modules."""
    command = [sys.executable, "-m", "deploy.package", "--stage", "local"]
    with alone(artifact.parent):
        build = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL)
        with pytest.raises(subprocess.TimeoutExpired):
            build.wait(timeout=2)
    assert build.wait(timeout=30) == 0


def test_every_module_comes_with_its_bytecode(artifact: Path) -> None:
    with zipfile.ZipFile(artifact) as archive:
        names = set(archive.namelist())
    sources = {name for name in names if name.endswith(".py")}
    assert sources == {
        name.replace("__pycache__/", "").replace(f".{sys.implementation.cache_tag}.pyc", ".py")
        for name in names
        if "__pycache__" in name
    }
    assert all(name.startswith(("app/", "lambda_entry/")) for name in sources), "ours alone"
    assert "slack_bolt/app/app.pyc" in names


def test_a_python_that_is_here_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """Bytecode for the runtime hangs on it, and its absence is told, not an error."""
    monkeypatch.setenv("VIRTUAL_ENV", sys.prefix)
    here = python_of(f"{sys.version_info.major}.{sys.version_info.minor}")
    assert here is not None
    assert Path(here).exists()
    assert python_of("3.99") is None


def test_a_mistake_in_the_rules_ends_the_packaging_with_its_place(tmp_path: Path) -> None:
    path = tmp_path / "alerts.yml"
    path.write_text("channel: '#a'\nrules:\n  - when: {eror: x}\n")
    with pytest.raises(
        SystemExit, match=r"^alerts\.yml:3: rules\[0\]\.when\.eror: unknown key, did"
    ):
        _alerts(path)


def test_the_time_zone_of_the_digest_goes_with_the_rules(tmp_path: Path) -> None:
    path = tmp_path / "alerts.yml"
    path.write_text("channel: '#a'\ndigest: {at: '09:00', timezone: Europe/Berlin}\n")
    assert _alerts(path)["timezone"].startswith(b"TZif")
    path.write_text("channel: '#a'\n")
    assert set(_alerts(path)) == {"alerts.json"}


def test_a_digest_is_made_from_the_artifact_alone(
    unpacked: Path, sdk: Path, tmp_path: Path
) -> None:
    """Without the machine's own time zones, which a Lambda runtime may lack."""
    written = tmp_path / "alerts.yml"
    written.write_text("channel: '#a'\ndigest: {at: '09:00', timezone: Europe/Berlin}\n")
    for name, content in _alerts(written).items():
        (tmp_path / name).write_bytes(content)
    program = (
        f"import sys; sys.path[:0] = [{str(unpacked)!r}, {str(sdk)!r}]\n"
        "import os, pathlib\n"
        "os.environ.update(AWS_DEFAULT_REGION='us-east-1', TABLE_NAME='t', MACHINES_ARN='m')\n"
        "os.environ['PYTHONTZPATH'] = ''\n"
        "from app import wiring\n"
        f"place = pathlib.Path({str(tmp_path)!r})\n"
        "wiring.ALERTS_FILE, wiring.ZONE_FILE = place / 'alerts.json', place / 'timezone'\n"
        "print(wiring.digests() is not None)"
    )
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", program], capture_output=True, text=True, check=False
    )
    assert (done.stderr, done.stdout) == ("", "True\n")


def test_the_rules_in_the_artifact_are_those_of_alerts_yml(artifact: Path) -> None:
    with zipfile.ZipFile(artifact) as archive:
        shipped = config.from_json(archive.read("alerts.json"))
    assert shipped == config.read((ROOT / "alerts.yml").read_text())


def test_the_artifact_is_small(artifact: Path) -> None:
    assert artifact.stat().st_size < 2_000_000


def test_the_artifact_holds_the_checked_rules_and_no_development_parts(artifact: Path) -> None:
    with zipfile.ZipFile(artifact) as archive:
        names = set(archive.namelist())
    assert "alerts.json" in names
    assert not [name for name in names if name.startswith(("local/", "tests/", "boto"))]
    assert ROOT.joinpath("alerts.yml").exists()
