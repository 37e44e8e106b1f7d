"""Which state machines had failures, by CloudWatch's metrics: cheaper than to list executions."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from app.domain.hours import hour_of

_NAMESPACE = "AWS/States"
#: AWS: the metric that counts the ends of each kind, by state machine.
METRICS = {
    "FAILED": "ExecutionsFailed",
    "TIMED_OUT": "ExecutionsTimedOut",
    "ABORTED": "ExecutionsAborted",
}
#: AWS: a call takes 500 metrics, and gives 100,800 values.
_AT_ONCE = 500
_HOUR = 3600


class Metrics:
    """*cloudwatch* makes the client when it is first needed."""

    def __init__(self, cloudwatch: Callable[[], Any]) -> None:
        self._cloudwatch = cloudwatch

    def failures(
        self, machine_arns: Sequence[str], since: datetime, until: datetime
    ) -> Mapping[str, Mapping[str, int]] | None:
        """By state machine and status how many ended so; those without are left out.

        None when there are no metrics at all. AWS: they are minutes late, and best effort.
        """
        if not self._are_any():
            return None
        asked = [(arn, status) for arn in machine_arns for status in METRICS]
        found: defaultdict[str, dict[str, int]] = defaultdict(dict)
        for arn, status, _, ended in self._hourly(asked, since, until):
            found[arn][status] = found[arn].get(status, 0) + ended
        return found

    def lately(
        self, since: datetime, until: datetime
    ) -> Mapping[str, Mapping[int, Mapping[str, int]]]:
        """By state machine, hour since the epoch and status how many ended so.

        *since* is the beginning of an hour, at most three hours ago. Only what is active lately
        is asked for: AWS takes money for each metric that is, and little for their list.
        """
        asked = [(arn, status) for status in METRICS for arn in self._active(METRICS[status])]
        found: defaultdict[str, dict[int, dict[str, int]]] = defaultdict(dict)
        for arn, status, hour, ended in self._hourly(asked, since, until):
            found[arn].setdefault(hour, {})[status] = ended
        return found

    def _active(self, metric: str) -> Iterator[str]:
        """The state machines of which the *metric* has values within three hours."""
        more: dict[str, str] = {}
        while True:
            page = self._cloudwatch().list_metrics(
                Namespace=_NAMESPACE, MetricName=metric, RecentlyActive="PT3H", **more
            )
            for one in page["Metrics"]:
                # AWS: there are others by version and alias.
                names = [dimension["Name"] for dimension in one["Dimensions"]]
                if names == ["StateMachineArn"]:
                    yield one["Dimensions"][0]["Value"]
            if not page.get("NextToken"):
                return
            more = {"NextToken": page["NextToken"]}

    def _hourly(
        self, asked: Sequence[tuple[str, str]], since: datetime, until: datetime
    ) -> Iterator[tuple[str, str, int, int]]:
        """``(machine_arn, status, hour, count)`` where there is a count."""
        for start in range(0, len(asked), _AT_ONCE):
            part = asked[start : start + _AT_ONCE]
            answer = self._cloudwatch().get_metric_data(
                MetricDataQueries=[_query(n, *one) for n, one in enumerate(part)],
                StartTime=since,
                EndTime=until,
            )
            for result in answer["MetricDataResults"]:
                arn, status = part[int(result["Id"].removeprefix("m"))]
                for at, ended in zip(result["Timestamps"], result["Values"], strict=True):
                    if ended:
                        yield arn, status, hour_of(at), int(ended)

    def _are_any(self) -> bool:
        return bool(self._cloudwatch().list_metrics(Namespace=_NAMESPACE)["Metrics"])


def _query(number: int, machine_arn: str, status: str) -> dict[str, Any]:
    return {
        "Id": f"m{number}",
        "MetricStat": {
            "Metric": {
                "Namespace": _NAMESPACE,
                "MetricName": METRICS[status],
                "Dimensions": [{"Name": "StateMachineArn", "Value": machine_arn}],
            },
            "Period": _HOUR,
            "Stat": "Sum",
        },
        "ReturnData": True,
    }
