"""Addresses in the AWS console."""

from datetime import datetime
from urllib.parse import quote

from app.domain.execution import ExecutionArn

#: Partitions whose console address is known; a link that might be wrong is left out.
_DOMAINS = {
    "aws": "console.aws.amazon.com",
    "aws-cn": "console.amazonaws.cn",
    "aws-us-gov": "console.amazonaws-us-gov.com",
}


def execution(arn: ExecutionArn, started_at: datetime | None = None) -> str | None:
    """The execution's page. AWS: Express executions have another, which needs the start."""
    console = _console(arn)
    if console is None:
        return None
    where = quote(arn.text, safe=":/")
    page = f"{console}/states/home?region={arn.region}#"
    if not arn.express:
        return f"{page}/v2/executions/details/{where}"
    start = f"?startDate={int(started_at.timestamp() * 1000)}" if started_at else ""
    return f"{page}/express-executions/details/{where}{start}"


def state_machine(arn: ExecutionArn) -> str | None:
    console = _console(arn)
    where = quote(arn.machine_arn, safe=":/")
    return console and f"{console}/states/home?region={arn.region}#/statemachines/view/{where}"


def _console(arn: ExecutionArn) -> str | None:
    domain = _DOMAINS.get(arn.partition)
    return f"https://{arn.region}.{domain}" if domain else None
