"""Which state machines had failures, by CloudWatch's metrics: cheaper than to list executions."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

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
        for start in range(0, len(asked), _AT_ONCE):
            part = asked[start : start + _AT_ONCE]
            answer = self._cloudwatch().get_metric_data(
                MetricDataQueries=[_query(n, *one) for n, one in enumerate(part)],
                StartTime=since,
                EndTime=until,
            )
            for result in answer["MetricDataResults"]:
                arn, status = part[int(result["Id"].removeprefix("m"))]
                ended = sum(result["Values"])
                if ended:
                    found[arn][status] = found[arn].get(status, 0) + int(ended)
        return found

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
