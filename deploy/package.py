"""Builds the artifact that serverless.yml deploys: ``python -m deploy.package --stage STAGE``.

The same sources make the same bytes. For AWS it holds wheels for arm64 and the runtime's
Python; for the stage ``local`` those of this machine, since the embedded AWS runs functions on
its own interpreter.
"""

import argparse
import fcntl
import fnmatch
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parent.parent
PYTHON = "3.13"
PLATFORM = "aarch64-manylinux2014"

#: Installed by every tool in its own way, and read by nobody at run time.
_NOT_SHIPPED = ("*.dist-info/*", "*/__pycache__/*", "bin/*", ".lock", "*.pyi", "*/py.typed")
#: Parts of the libraries that nothing here imports; a test imports every handler without them.
_TRIMMED = (
    "slack/*",
    "slack_sdk/audit_logs/*",
    "slack_sdk/scim/*",
    "slack_sdk/rtm/*",
    "slack_sdk/rtm_v2/*",
    "slack_sdk/socket_mode/*",
    "slack_sdk/http_retry/*async_*",
    "slack_sdk/web/async_*",
    "slack_sdk/web/legacy_*",
    "slack_sdk/webhook/async_*",
    "slack_sdk/oauth/installation_store/amazon_s3/*",
    "slack_bolt/adapter/*",
    "slack_bolt/*async_*",
    "slack_bolt/*asyncio_*",
    "aws_lambda_powertools/utilities/auth_alpha/*",
    "aws_lambda_powertools/utilities/batch/*",
    "aws_lambda_powertools/utilities/circuit_breaker/*",
    "aws_lambda_powertools/utilities/data_classes/*",
    "aws_lambda_powertools/utilities/parser/*",
    "aws_lambda_powertools/utilities/kafka/*",
    "aws_lambda_powertools/utilities/data_masking/*",
    "aws_lambda_powertools/utilities/idempotency/*",
    "aws_lambda_powertools/utilities/feature_flags/*",
    "aws_lambda_powertools/utilities/streaming/*",
    "aws_lambda_powertools/utilities/validation/*",
    "aws_lambda_powertools/event_handler/*",
    "aws_lambda_powertools/metrics/provider/datadog/*",
)
_OURS = ("app/", "lambda_entry/")
_LONG_AGO = (1980, 1, 1, 0, 0, 0)  # the first moment a zip can tell


def package(stage: str, rules: Path = ROOT / "alerts.yml", builds: Path = ROOT / ".build") -> Path:
    """Build the artifact of *stage* by *rules* in *builds*, where serverless.yml expects it.

    Beside it stands ``accounts.json``, what the accounts in *rules* need of the stack.
    """
    build = builds / stage
    build.mkdir(parents=True, exist_ok=True)
    with alone(build):
        return _package(stage, build, rules)


@contextmanager
def alone(build: Path) -> Iterator[None]:
    """Wait for whoever else builds there: tests and commands at once want the same artifact."""
    with (build / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _package(stage: str, build: Path, rules: Path) -> Path:
    artifact, accounts = build / "sfn-alerts.zip", build / "accounts.json"
    stamp = build / "sources.sha256"
    compiler = sys.executable if stage == "local" else python_of(PYTHON)
    sources = list(_sources())
    kind = f"{stage} {compiler is not None} {rules.read_text(encoding='utf-8')}"
    fingerprint = _fingerprint([*sources, Path(__file__), ROOT / "deploy" / "reach.py"], kind)
    if (
        artifact.exists()
        and accounts.exists()
        and stamp.exists()
        and stamp.read_text() == fingerprint
    ):
        return artifact
    files = _alerts(rules)  # a mistake in it is told before anything is built
    libraries = _libraries(stage)
    entries = {path.relative_to(libraries).as_posix(): path for path in _shipped(libraries)}
    entries |= {path.relative_to(ROOT).as_posix(): path for path in sources}
    compiled = _compiled(entries, compiler)
    contents = compiled | files
    _write(artifact, *_lean(entries, contents))
    accounts.write_text(_accounts(files["alerts.json"]))
    stamp.write_text(fingerprint)
    return artifact


def _sources() -> Iterator[Path]:
    for folder in ("app", "lambda_entry"):
        yield from sorted(
            path
            for path in (ROOT / folder).rglob("*.py")
            if not {"__pycache__", "cli"} & set(path.parts)  # the command line stays at home
        )


def _fingerprint(files: Iterable[Path], kind: str) -> str:
    digest = hashlib.sha256(f"{kind} {sys.version_info}".encode())
    for path in [*files, ROOT / "requirements" / "lambda.txt"]:
        digest.update(path.relative_to(ROOT).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


def _alerts(path: Path) -> dict[str, bytes]:
    """The rules, checked, and what they need. A mistake in them ends the packaging here."""
    from app import config  # noqa: PLC0415  (a mistake in the code must not hide the options)

    try:
        checked = config.read(path.read_text(encoding="utf-8"), path.name)
    except config.ConfigError as problem:
        raise SystemExit(str(problem)) from None
    zone = config.zone_data(checked)
    return {"alerts.json": config.to_json(checked)} | ({"timezone": zone} if zone else {})


def _accounts(alerts: bytes) -> str:
    from app import config  # noqa: PLC0415  (as above)
    from deploy import reach  # noqa: PLC0415

    rules = config.rules_of(config.from_json(alerts))
    return json.dumps(reach.resources(rules.accounts), indent=2)


def _libraries(stage: str) -> Path:
    """The libraries for *stage*, installed once for each state of the lock file."""
    lock = ROOT / "requirements" / "lambda.txt"
    target = f"{sys.version_info.major}.{sys.version_info.minor}" if stage == "local" else PYTHON
    key = hashlib.sha256(lock.read_bytes() + f"{stage == 'local'} {target}".encode())
    libraries = ROOT / ".build" / "libraries" / key.hexdigest()[:16]
    if libraries.exists():
        return libraries
    unfinished = libraries.with_suffix(f".{os.getpid()}")
    command = [_uv(), "pip", "install", "--quiet", "--require-hashes", "--no-deps"]
    command += ["--target", str(unfinished), "--only-binary", ":all:", "-r", str(lock)]
    if stage == "local":
        command += ["--python", sys.executable]
    else:
        command += ["--python-platform", PLATFORM, "--python-version", PYTHON]
    subprocess.run(command, check=True)
    try:
        unfinished.rename(libraries)
    except OSError:  # another build was faster
        shutil.rmtree(unfinished)
    return libraries


def _uv() -> str:
    for uv in (ROOT / ".tools" / "bin" / "uv", shutil.which("uv")):
        if uv and Path(uv).exists():
            return str(uv)
    message = "uv is missing: run `make tools`"
    raise SystemExit(message)


def _shipped(libraries: Path) -> Iterator[Path]:
    for path in sorted(libraries.rglob("*")):
        name = path.relative_to(libraries).as_posix()
        dropped = (*_NOT_SHIPPED, *_TRIMMED)
        if path.is_file() and not any(fnmatch.fnmatch(name, glob) for glob in dropped):
            yield path


def _compiled(entries: dict[str, Path], python: str | None) -> dict[str, bytes]:
    """Bytecode of every module: cold imports take twice as long without it.

    Without docstrings and assertions, which nobody reads there: that is a quarter of it.
    It must be of the runtime's own Python, and can't be checked against the sources' dates,
    which the zip does not keep. Without such a Python here the artifact works all the same.
    """
    if python is None:
        print(
            f"  no Python {PYTHON} here: the artifact has no bytecode, and cold starts are slower"
            f" (uv python install {PYTHON})"
        )
        return {}
    with tempfile.TemporaryDirectory() as place:
        staged = Path(place)
        for name, path in entries.items():
            if name.endswith(".py"):
                copy = staged / name
                copy.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(path, copy)
        options = ["-q", "-j", "2", "-o", "2", "--invalidation-mode", "unchecked-hash"]
        options += ["-s", place, "-p", "/var/task", place]
        subprocess.run([python, "-m", "compileall", *options], check=True)
        return {
            # Python looks for this only under the name that says nothing of it.
            path.relative_to(staged).as_posix().replace(".opt-2.", "."): path.read_bytes()
            for path in staged.rglob("*.pyc")
        }


def _lean(
    entries: dict[str, Path], contents: dict[str, bytes]
) -> tuple[dict[str, Path], dict[str, bytes]]:
    """Without the sources of libraries that have bytecode: ours alone are read, in a trace.

    Python imports a module without a source where its bytecode stands in the source's place.
    """
    kept, moved = dict(entries), dict(contents)
    for name in contents:
        folder, cached, file = name.rpartition("__pycache__/")
        module = f"{folder}{file.partition('.')[0]}"
        source = f"{module}.py"
        if cached and source in kept and not source.startswith(_OURS):
            del kept[source]
            moved[f"{module}.pyc"] = moved.pop(name)
    return kept, moved


def python_of(version: str) -> str | None:
    """A Python of *version* on this machine, if there is one."""
    found = subprocess.run(
        [_uv(), "python", "find", "--no-python-downloads", version],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    return found.stdout.strip() or None if found.returncode == 0 else None


def _write(artifact: Path, entries: dict[str, Path], contents: dict[str, bytes]) -> None:
    unfinished = artifact.with_suffix(f".{os.getpid()}")
    files = {name: path.read_bytes() for name, path in entries.items()} | contents
    with zipfile.ZipFile(unfinished, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name in sorted(files):
            entry = zipfile.ZipInfo(name, _LONG_AGO)
            entry.external_attr = 0o100644 << 16
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, files[name])
    unfinished.replace(artifact)


def main() -> None:
    parser = argparse.ArgumentParser(description="Build the artifact that serverless.yml deploys.")
    parser.add_argument("--stage", default="dev")
    artifact = package(parser.parse_args().stage)
    print(f"  {artifact.relative_to(ROOT)}  {artifact.stat().st_size / 1e6:.2f} MB")


if __name__ == "__main__":
    main()
