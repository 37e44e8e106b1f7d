"""Addresses: pages of the AWS console, and the runbooks that a team's rules name."""

from datetime import datetime, timedelta
from urllib.parse import quote, urlsplit

from app.domain.calls import LambdaFunction
from app.domain.execution import ExecutionArn

#: Partitions whose console address is known; a link that might be wrong is left out.
_DOMAINS = {
    "aws": "console.aws.amazon.com",
    "aws-cn": "console.amazonaws.cn",
    "aws-us-gov": "console.amazonaws-us-gov.com",
}
#: How much of a log is shown around a failure, before and after.
_AROUND = timedelta(minutes=5)
#: A message holds some 10,000 characters, and a link counts with its address.
_LONGEST_RUNBOOK = 300


def execution(arn: ExecutionArn, started_at: datetime | None = None) -> str | None:
    """The execution's page. AWS: Express executions have another, which needs the start."""
    console = _console(arn)
    if console is None:
        return None
    where = quote(arn.text, safe=":/")
    page = f"{console}/states/home?region={arn.region}#"
    if not arn.express:
        return f"{page}/v2/executions/details/{where}"
    start = f"?startDate={_milliseconds(started_at)}" if started_at else ""
    return f"{page}/express-executions/details/{where}{start}"


def state_machine(arn: ExecutionArn) -> str | None:
    return machine(arn.machine_arn)


def machine(machine_arn: str) -> str | None:
    """The page of the state machine with this ARN."""
    _, partition, _, region, *_ = machine_arn.split(":")
    domain, where = _DOMAINS.get(partition), quote(machine_arn, safe=":/")
    page = f"states/home?region={region}#/statemachines/view/{where}"
    return f"https://{region}.{domain}/{page}" if domain else None


def logs(
    arn: ExecutionArn, function: LambdaFunction, at: datetime, request_id: str | None = None
) -> str | None:
    """What *function*, called by the execution *arn*, logged around *at*.

    With *request_id* only what that call logged. A function of another account has no link:
    the console would look for it in the reader's own.
    """
    region = function.region or arn.region
    console = _console(arn, region)
    if console is None or function.account not in {None, arn.account}:
        return None
    query = f"?start={_milliseconds(at - _AROUND)}&end={_milliseconds(at + _AROUND)}"
    if request_id:
        # In quotes, since a filter pattern takes a bare hyphen for a "not".
        pattern = f'"{request_id}"'
        query += f"&filterPattern={quote(pattern, safe='')}"
    return (
        f"{console}/cloudwatch/home?region={region}#logsV2:log-groups/log-group/"
        f"{_twice(function.log_group)}/log-events{_once(query)}"
    )


def trace(arn: ExecutionArn, trace_id: str) -> str | None:
    """The X-Ray trace that the execution is part of."""
    console = _console(arn)
    return console and f"{console}/cloudwatch/home?region={arn.region}#xray:traces/{trace_id}"


def runbook(said: str) -> str | None:
    """*said* as an address to follow: only of the web, whatever else a rule may hold."""
    try:
        parts = urlsplit(said)
    except ValueError:
        return None
    if parts.scheme not in {"http", "https"} or not parts.netloc:
        return None
    # What would end the link or the line in Slack is encoded; what is encoded already stays.
    url = quote(said, safe="%:/?#[]@!$&'()*+,;=~").replace("&", "&amp;")
    return url if len(url) <= _LONGEST_RUNBOOK else None


def _console(arn: ExecutionArn, region: str | None = None) -> str | None:
    domain = _DOMAINS.get(arn.partition)
    return f"https://{region or arn.region}.{domain}" if domain else None


def _milliseconds(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)


def _once(text: str) -> str:
    """AWS: behind the # the CloudWatch console writes $ for the % of percent-encoding."""
    return quote(text, safe="").replace("%", "$")


def _twice(text: str) -> str:
    return _once(quote(text, safe=""))
