"""Slack's token and signing secret in SSM. Their values are looked at, and never shown."""

import re
from collections.abc import Iterator
from typing import Any

from botocore.exceptions import ClientError

from app.cli.doctor.deployment import Deployment
from app.cli.doctor.findings import Finding, well, wrong
from app.cli.doctor.places import Places

TOKEN, SIGNING_SECRET = "bot-token", "signing-secret"
_WHERE = {
    TOKEN: "api.slack.com/apps > OAuth & Permissions > Bot User OAuth Token",
    SIGNING_SECRET: "api.slack.com/apps > Basic Information > Signing Secret",
}
_FORMS = {
    TOKEN: (re.compile(r"xoxb-[A-Za-z0-9-]{10,}"), "begins with xoxb-"),
    SIGNING_SECRET: (re.compile(r"[0-9a-f]{32}"), "has 32 hexadecimal digits"),
}


def look(deployment: Deployment, _: Places) -> Iterator[Finding]:
    for name in _WHERE:
        yield _look_at(deployment, name)


def value(deployment: Deployment, name: str) -> str | None:
    """None when it is not there, or the caller may not read it: that is told by `look`."""
    try:
        return str(_parameter(deployment, name)["Value"])
    except ClientError:
        return None


def _look_at(deployment: Deployment, name: str) -> Finding:
    path = f"{deployment.secrets_path}/{name}"
    put = deployment.aws(
        f"ssm put-parameter --type SecureString --overwrite --name {path} --value …"
    )
    try:
        parameter = _parameter(deployment, name)
    except ClientError as problem:
        if problem.response["Error"]["Code"] != "ParameterNotFound":
            raise
        return wrong(f"{path} is missing in SSM", f"{_WHERE[name]}, then\n{put}")
    form, words = _FORMS[name]
    if parameter["Type"] != "SecureString":
        return wrong(
            f"{path} is a {parameter['Type']}, which lies in SSM as plain text",
            f"{deployment.aws(f'ssm delete-parameter --name {path}')}\n{put}",
        )
    if not form.fullmatch(parameter["Value"]):
        return wrong(
            f"{path} holds something else: Slack's {words}", f"{_WHERE[name]}, then\n{put}"
        )
    return well(f"{path} is there")


def _parameter(deployment: Deployment, name: str) -> Any:
    return deployment.client("ssm").get_parameter(
        Name=f"{deployment.secrets_path}/{name}", WithDecryption=True
    )["Parameter"]
