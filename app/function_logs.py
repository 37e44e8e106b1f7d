"""What a function logged around a failure, from CloudWatch Logs."""

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from app.domain.calls import Call, LambdaFunction, LogLine

if TYPE_CHECKING:
    from mypy_boto3_lambda import LambdaClient
    from mypy_boto3_logs import CloudWatchLogsClient
else:
    CloudWatchLogsClient = LambdaClient = Any

#: AWS: a function runs for at most 15 minutes.
_BEFORE, _AFTER = timedelta(minutes=15), timedelta(minutes=1)
#: Without a call's id nobody can tell its lines from those of others: fewer are looked at.
_SHORTLY = timedelta(minutes=2)
#: AWS: a page holds up to 10,000 lines or 1 MB, and may hold nothing at all.
_PAGES = 10
_LINES = 200
_DENIED = frozenset({"AccessDeniedException", "AccessDenied", "UnrecognizedClientException"})


class NoLogsError(Exception):
    """They can't be read; ``group`` is where they should be."""

    def __init__(self, group: str) -> None:
        super().__init__(group)
        self.group = group


class LogsDeniedError(NoLogsError):
    """We are not permitted to."""


class FunctionLogs:
    """The clients are made when they are first needed."""

    def __init__(
        self,
        logs: Callable[[], "CloudWatchLogsClient"],
        lambda_: Callable[[], "LambdaClient"],
    ) -> None:
        self._logs = logs
        self._lambda = lambda_

    def around(self, call: Call, failed_at: datetime, request_id: str | None) -> list[LogLine]:
        """The last lines of *call*, which failed by *failed_at*, oldest first.

        With *request_id* only what that call logged; else what the function did just then.
        Raises NoLogsError and LogsDeniedError.
        """
        group = self._group(call.function)
        if request_id is None:
            return self._last(group, since=failed_at - _SHORTLY, until=failed_at + _AFTER)
        # AWS: only some lines of a call carry its id, but all of them stand in one stream,
        # where one call follows on the other.
        until = failed_at + _AFTER
        named = list(self._read(group, failed_at - _BEFORE, until, filterPattern=f'"{request_id}"'))
        if not named:
            return []
        stream = str(named[0]["logStreamName"])
        first, last = (_moment(one) for one in (named[0], named[-1]))
        events = self._read(group, first, last, logStreamNames=[stream])
        return _lines(_between(list(events), request_id))

    def _last(self, group: str, *, since: datetime, until: datetime) -> list[LogLine]:
        return _lines(deque(self._read(group, since, until), maxlen=_LINES))

    def _group(self, function: LambdaFunction) -> str:
        """Where the function logs. Who may not ask takes it for the usual place."""
        try:
            told: Any = self._lambda().get_function_configuration(FunctionName=function.name)
        except Exception as problem:
            if not _code(problem):
                raise
            return function.log_group
        return str((told.get("LoggingConfig") or {}).get("LogGroup") or function.log_group)

    def _read(
        self, group: str, since: datetime, until: datetime, **more: Any
    ) -> Iterator[dict[str, Any]]:
        """The events between those moments, oldest first."""
        asked: dict[str, Any] = {
            "logGroupName": group,
            "startTime": _milliseconds(since),
            "endTime": _milliseconds(until),
            **more,
        }
        for _ in range(_PAGES):
            try:
                page: Any = self._logs().filter_log_events(**asked)
            except Exception as problem:
                if _code(problem) in _DENIED:
                    raise LogsDeniedError(group) from problem
                if _code(problem) == "ResourceNotFoundException":
                    raise NoLogsError(group) from problem
                raise
            yield from page.get("events", [])
            if not page.get("nextToken"):
                return
            asked["nextToken"] = page["nextToken"]


def _between(events: Sequence[dict[str, Any]], request_id: str) -> list[dict[str, Any]]:
    """From the first event that carries the id to the last one."""
    places = [place for place, event in enumerate(events) if request_id in event["message"]]
    if not places:
        return []
    return list(events[places[0] : places[-1] + 1][-_LINES:])


def _lines(events: Sequence[dict[str, Any]]) -> list[LogLine]:
    return [LogLine(_moment(event), str(event["message"]).rstrip()) for event in events]


def _moment(event: dict[str, Any]) -> datetime:
    return datetime.fromtimestamp(event["timestamp"] / 1000, UTC)


def _milliseconds(moment: datetime) -> int:
    return round(moment.timestamp() * 1000)


def _code(problem: Exception) -> str:
    """AWS's name of the problem; empty when it was none of AWS's."""
    return str(getattr(problem, "response", {}).get("Error", {}).get("Code", ""))
