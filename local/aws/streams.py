"""DynamoDB stream event source mappings as Lambda runs them, each on a thread of its own.

ministack retries a failing batch for ever, loses what a function reports as failed, ignores
the batching window, and runs every function on the one thread that polls.
"""

import contextvars
import logging
import threading
import time
from dataclasses import dataclass, field

from local.aws.executions import Json
from local.aws.queues import failures_in
from local.aws.seams import arns, dynamodb, lambda_service, replace

_log = logging.getLogger(__name__)

_LOOK_SECONDS = 0.02
# AWS backs off between attempts, without saying how long.
_FIRST_PAUSE = 0.2
_LONGEST_PAUSE = 5.0
_NO_LIMIT = -1

_threads: dict[str, threading.Thread] = {}
_ministack: dict[str, Json] = {}


@dataclass
class _Mapping:
    """One mapping; the dictionary is ministack's, so that an update counts at once."""

    settings: Json
    table: str
    identifier: str = field(init=False)

    def __post_init__(self) -> None:
        self.identifier = self.settings["UUID"]

    def run(self) -> None:
        """Until the mapping is deleted or disabled, or its table's stream is another."""
        first_seen: float | None = None
        while self.wanted():
            records = self.next_records()
            first_seen = (first_seen or time.monotonic()) if records else None
            if first_seen is None or not self.ready(records, time.monotonic() - first_seen):
                time.sleep(_LOOK_SECONDS)
                continue
            first_seen = None
            start = self.position()
            if self.deliver(records):
                self.advance_to(start + len(records))

    def wanted(self) -> bool:
        table = dynamodb._tables.get(self.table) or {}
        return (
            lambda_service._esms.get(self.identifier) is self.settings
            and self.flag("Enabled", default=True)
            and table.get("LatestStreamArn") == self.settings["EventSourceArn"]
        )

    def position(self) -> int:
        horizon = dynamodb.stream_start_position(self.table)
        return max(int(lambda_service._dynamodb_stream_positions[self.identifier]), int(horizon))

    def advance_to(self, position: int) -> None:
        with lambda_service._dynamodb_stream_positions_lock:
            if self.identifier in lambda_service._dynamodb_stream_positions:
                lambda_service._dynamodb_stream_positions[self.identifier] = position

    def next_records(self) -> list[Json]:
        size = self.number("BatchSize", 100)
        found = dynamodb.stream_records_since(self.table, self.position(), size)
        return list(found)

    def ready(self, records: list[Json], waited: float) -> bool:
        """AWS: a batch is due when it is full, or when its window is over."""
        window = self.number("MaximumBatchingWindowInSeconds", 0)
        return len(records) >= self.number("BatchSize", 100) or waited >= window

    def deliver(self, records: list[Json]) -> bool:
        """Hand over these records till they are done or given up, in order.

        False when the mapping ended meanwhile: then they are neither.
        """
        attempts = 0
        pause = _FIRST_PAUSE
        while records:
            if not self.wanted():
                return False
            kept = lambda_service._apply_filter_criteria(records, self.settings)
            if not kept:
                return True
            if self.too_old(kept[0]):
                self.give_up(kept[:1], {}, "RecordAgeExceeded")
                records = records[records.index(kept[0]) + 1 :]
                attempts = 0
                continue
            result = self.invoke(kept)
            failed = self.first_failure(result, kept)
            if failed is None:
                self.settings["LastProcessingResult"] = "OK"
                return True
            self.settings["LastProcessingResult"] = "PROBLEM: Function call failed"
            throttled = bool(result.get("throttle"))
            attempts += 0 if throttled else 1
            if kept[failed] is not kept[0]:
                records, attempts = records[records.index(kept[failed]) :], 1
            elif self.bisects() and len(kept) > 1 and not throttled:
                # AWS: splitting doesn't count as an attempt.
                middle = records.index(kept[len(kept) // 2])
                return self.deliver(records[:middle]) and self.deliver(records[middle:])
            if self.out_of_attempts(attempts):
                self.give_up(kept[failed:], result, "RetryAttemptsExhausted")
                return True
            time.sleep(pause)
            pause = min(pause * 2, _LONGEST_PAUSE)
        return True

    def invoke(self, records: list[Json]) -> Json:
        function, _ = self.function()
        return lambda_service._execute_function(function, {"Records": records})

    def function(self) -> tuple[Json, Json]:
        named, qualifier = self.settings["FunctionName"], self.settings.get("Qualifier")
        found = lambda_service._get_func_record_for_qualifier(named, qualifier)
        return found[0], found[1]

    def first_failure(self, result: Json, records: list[Json]) -> int | None:
        """AWS: the lowest reported sequence number is the checkpoint to go on from."""
        numbers = [record["dynamodb"]["SequenceNumber"] for record in records]
        failed = failures_in(self.settings, result, numbers)
        return next((n for n, number in enumerate(numbers) if number in failed), None)

    def bisects(self) -> bool:
        return self.flag("BisectBatchOnFunctionError", default=False)

    def too_old(self, record: Json) -> bool:
        limit = self.number("MaximumRecordAgeInSeconds", _NO_LIMIT)
        made = float(record["dynamodb"]["ApproximateCreationDateTime"])
        return limit != _NO_LIMIT and time.time() - made > limit

    def out_of_attempts(self, attempts: int) -> bool:
        retries = self.number("MaximumRetryAttempts", _NO_LIMIT)
        return retries != _NO_LIMIT and attempts > retries

    def number(self, name: str, default: int) -> int:
        """CloudFormation may have given it as text."""
        value = self.settings.get(name)
        return default if value is None else int(value)

    def flag(self, name: str, *, default: bool) -> bool:
        value = self.settings.get(name)
        return default if value is None else str(value).lower() == "true"

    def give_up(self, records: list[Json], result: Json, condition: str) -> None:
        _log.warning("%s: %d records given up: %s", self.identifier, len(records), condition)
        stream, (function, _) = self.settings["EventSourceArn"], self.function()
        lambda_service._send_ddb_stream_failure_record(
            self.settings, function, records, stream, result, condition
        )


def _poll_dynamodb_streams() -> bool:
    """Give each mapping its thread; there is nothing left for ministack's own to do."""
    for account, region, settings in lambda_service._iter_all_esms():
        thread = _threads.get(settings["UUID"])
        if thread is None or not thread.is_alive():
            contextvars.copy_context().run(_start, account, region, settings)
    return False


def _start(account: str, region: str, settings: Json) -> None:
    lambda_service._request_account_id.set(account)
    lambda_service._request_region.set(region)
    mapping = _mapping_of(settings)
    if mapping is None or not mapping.wanted() or mapping.function()[0] is None:
        return
    starting = settings.get("StartingPosition", "LATEST")
    lambda_service._init_stream_position(settings["UUID"], settings["EventSourceArn"], starting)
    context = contextvars.copy_context()
    thread = threading.Thread(target=context.run, args=(_run, mapping), daemon=True)
    _threads[settings["UUID"]] = thread
    thread.start()


def _run(mapping: _Mapping) -> None:
    try:
        mapping.run()
    except Exception:  # noqa: BLE001 - whatever it is, the records must still be read
        # The thread ends, and the next poll starts another from the same position.
        _log.exception("stream mapping %s", mapping.identifier)


def _mapping_of(settings: Json) -> _Mapping | None:
    try:
        source = arns.parse_arn(settings.get("EventSourceArn", ""))
    except arns.ArnParseError:
        return None
    if source.service != "dynamodb":
        return None
    named = lambda_service._dynamodb_stream_table_from_arn_spec(source)
    return _Mapping(settings, named[0]) if named else None


def _create_esm(data: Json) -> Json:
    answer = _ministack["create"](data)
    lambda_service._esm_wake.set()
    return answer


def install() -> None:
    replace(lambda_service, "_poll_dynamodb_streams", _poll_dynamodb_streams)
    _ministack["create"] = replace(lambda_service, "_create_esm", _create_esm)
