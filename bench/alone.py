"""Programs run as a Lambda function is: from the unpacked artifact and the AWS SDK alone."""

import json
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import boto3

from deploy.package import package

#: What the runtime brings by itself.
_SDK = ("boto3", "botocore", "s3transfer", "jmespath", "dateutil", "urllib3", "six.py")
#: What serverless.yml gives the functions, none of it asked for where nothing is called.
_ENVIRONMENT = {
    "AWS_DEFAULT_REGION": "eu-west-1",
    "AWS_ACCESS_KEY_ID": "none",
    "AWS_SECRET_ACCESS_KEY": "none",
    "AWS_LAMBDA_FUNCTION_NAME": "bench",
    "TABLE_NAME": "bench",
    "MACHINES_ARN": "arn:aws:states:us-east-1:000000000000:stateMachine",
    "SLACK_SECRETS_PATH": "/bench",
    "POWERTOOLS_SERVICE_NAME": "sfn-alerts",
}
_BEGIN = """
import sys
from time import process_time
sys.path = [{paths}] + [one for one in sys.path if "site-packages" not in one]
began = process_time()
"""


class Alone:
    """The artifact with the bytecode of this interpreter, unpacked into *directory*."""

    def __init__(self, directory: Path) -> None:
        self.artifact = package("local")
        self._task, self._sdk = directory / "task", directory / "sdk"
        with zipfile.ZipFile(self.artifact) as archive:
            archive.extractall(self._task)
        self._sdk.mkdir()
        installed = Path(boto3.__file__).parent.parent
        for name in _SDK:
            (self._sdk / name).symlink_to(installed / name)

    def run(self, program: str, **environment: str) -> Any:
        """What *program* prints last, as JSON. It may read ``began``, when it began."""
        return json.loads(self._run(program, (), environment).stdout.splitlines()[-1])

    def seconds(self, program: str, **environment: str) -> float:
        """The processor's time that *program* takes, without the interpreter's own start."""
        took: float = self.run(f"{program}\nprint(process_time() - began)", **environment)
        return took

    def imports(self, program: str) -> dict[str, int]:
        """How long each module that *program* imports takes by itself, in microseconds."""
        took = {}
        for line in self._run(program, ("-X", "importtime"), {}).stderr.splitlines():
            itself, _, named = line.removeprefix("import time:").partition("|")
            if line.startswith("import time:") and itself.strip().isdecimal():
                took[named.rpartition("|")[2].strip()] = int(itself)
        return took

    def _run(
        self, program: str, options: tuple[str, ...], environment: dict[str, str]
    ) -> subprocess.CompletedProcess[str]:
        paths = f"{str(self._task)!r}, {str(self._sdk)!r}"
        done = subprocess.run(
            [sys.executable, "-I", "-S", *options, "-c", _BEGIN.format(paths=paths) + program],
            env=_ENVIRONMENT | environment,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise SystemExit(f"a program that was measured failed:\n{program}\n{done.stderr}")
        return done
