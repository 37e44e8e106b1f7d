"""Every check of the project: ``python -m deploy.checks [NAME…]``, all of them without a name."""

import json
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from deploy.authority import USED, problems, read

ROOT = Path(__file__).parent.parent
BIN = ROOT / ".venv" / "bin"
NODE_BIN = ROOT / "node_modules" / ".bin"
REGION = "eu-west-1"


class CheckError(Exception):
    """A check found something; the message is what its tool said."""


def run(*command: str | Path, **environment: str) -> str:
    """Run a tool: its output, CheckError with it when the tool is not content."""
    done = subprocess.run(
        [str(part) for part in command],
        cwd=ROOT,
        env={**os.environ, "NODE_NO_WARNINGS": "1", **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if done.returncode:
        raise CheckError(done.stdout)
    return done.stdout


def formatting() -> str:
    return run(BIN / "ruff", "format", "--check", "--quiet", ".")


def lint() -> str:
    return run(BIN / "ruff", "check", "--quiet", ".")


def types() -> str:
    return run(BIN / "mypy", "--no-error-summary", "--hide-error-context", "--no-pretty")


def contracts() -> str:
    run(BIN / "lint-imports", "--no-logo")
    return ""


def template() -> str:
    """The packaged template and every state machine in it, by the linters that know them."""
    packaged = _packaged()
    build = packaged.parent
    # W3005: a dependency written out though a reference implies it, which is osls' own doing.
    run(BIN / "cfn-lint", "-t", packaged, "-r", REGION, "-i", "W3005")
    run(BIN / "cfn-lint", "-t", "deploy/member-account.yml", "-r", REGION)
    definitions = _definitions(packaged)
    if not definitions:
        message = "the packaged template holds no state machine, so none could be checked"
        raise CheckError(message)
    for name, definition in definitions.items():
        path = build / f"{name}.asl.json"
        path.write_text(definition)
        run(NODE_BIN / "asl-validator", "--json-path", path)
        said = run(BIN / "statelint", "--ignore", "FLOAT", path)
        if said.strip():
            message = f"{name}: {said}"
            raise CheckError(message)
    return ""


def unit() -> str:
    """Every test, with the browser's and the embedded world's."""
    print(flush=True)
    shutil.rmtree(USED, ignore_errors=True)
    done = subprocess.run(
        [BIN / "pytest", "-q", "-n", "2", "--dist", "loadgroup", "--color", "no"],
        cwd=ROOT,
        check=False,
    )
    if done.returncode:
        message = "pytest is not content, see above"
        raise CheckError(message)
    return ""


def authority() -> str:
    """What the tests of ``unit`` saw the functions do, against what their roles allow."""
    seen = read(USED)
    if not seen:
        message = "no test has begun a world yet: run the check `unit` before this one"
        raise CheckError(message)
    found = list(problems(json.loads(_packaged().read_text())["Resources"], seen))
    if found:
        raise CheckError("\n".join(found))
    return ""


_NO_ACCOUNT = {"AWS_ACCESS_KEY_ID": "none", "AWS_SECRET_ACCESS_KEY": "none"}

CHECKS: dict[str, Callable[[], str]] = {
    "format": formatting,
    "lint": lint,
    "types": types,
    "contracts": contracts,
    "template": template,
    "unit": unit,
    "authority": authority,
}


def _packaged() -> Path:
    """The template as osls makes it of serverless.yml."""
    build = ROOT / ".build" / "check"
    # osls looks for the artifact, whose content is checked elsewhere.
    artifact = ROOT / ".build" / "dev" / "sfn-alerts.zip"
    if not (artifact.exists() and artifact.with_name("accounts.json").exists()):
        run(sys.executable, "-m", "deploy.package", "--stage", "dev")
    run(NODE_BIN / "osls", "package", "--stage", "dev", "--package", str(build), **_NO_ACCOUNT)
    return build / "cloudformation-template-update-stack.json"


def _definitions(template: Path) -> dict[str, str]:
    """Each state machine's definition by its logical name, with its substitutions made up."""
    resources = json.loads(template.read_text())["Resources"]
    stand_in = f"arn:aws:lambda:{REGION}:123456789012:function:stand-in"
    return {
        name: re.sub(r"\$\{\w+\}", stand_in, json.dumps(resource["Properties"]["Definition"]))
        for name, resource in resources.items()
        if resource["Type"] == "AWS::StepFunctions::StateMachine"
    }


def main() -> int:
    failed = []
    for name in sys.argv[1:] or CHECKS:
        began = time.monotonic()
        print(f"{name:10} ", end="", flush=True)
        try:
            CHECKS[name]()
        except CheckError as problem:
            failed.append(name)
            print(f"failed after {time.monotonic() - began:.1f} s\n{problem}", flush=True)
        else:
            print(f"ok, {time.monotonic() - began:.1f} s", flush=True)
    if failed:
        print(f"not green: {', '.join(failed)}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
