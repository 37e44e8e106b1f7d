"""The log lines of one call, among those of others, in whichever group the function logs."""

import io
import zipfile
from datetime import UTC, datetime, timedelta

import pytest

from app.domain.calls import Call, LambdaFunction
from app.function_logs import FunctionLogs, LogsDeniedError, NoLogsError
from tests.hand import Hand, unique
from tests.wire import JsonWire

pytestmark = pytest.mark.xdist_group("second world")

NOW = datetime.now(UTC).replace(microsecond=0)
FIRST, SECOND = (f"8d3c1b9e-6c1f-4c55-9a64-1f0c3a6f7a1{n}" for n in (0, 1))


def logs_of(hand: Hand) -> FunctionLogs:
    return FunctionLogs(lambda: hand.world.client("logs"), lambda: hand.world.client("lambda"))


def logged(hand: Hand, group: str, *lines: str) -> None:
    """One line a second in one stream, the last one now."""
    client = hand.world.client("logs")
    client.create_log_group(logGroupName=group)
    client.create_log_stream(logGroupName=group, logStreamName="one")
    begin = NOW - timedelta(seconds=len(lines) - 1)
    client.put_log_events(
        logGroupName=group,
        logStreamName="one",
        logEvents=[
            {
                "timestamp": int((begin + timedelta(seconds=place)).timestamp() * 1000),
                "message": f"{line}\n",
            }
            for place, line in enumerate(lines)
        ],
    )


def calls(request_id: str, *lines: str) -> list[str]:
    return [f"START RequestId: {request_id}", *lines, f"END RequestId: {request_id}"]


def call_of(name: str) -> Call:
    return Call(function=LambdaFunction(name=name))


def test_of_several_calls_the_lines_of_one_are_told_those_without_its_id_too(hand: Hand) -> None:
    name = unique("f")
    lines = [*calls(FIRST, "of the first"), *calls(SECOND, "of the second", "boom")]
    logged(hand, f"/aws/lambda/{name}", *lines)
    told = logs_of(hand).around(call_of(name), NOW, SECOND)
    assert [line.text for line in told] == calls(SECOND, "of the second", "boom")
    assert told[-1].at == NOW
    first = logs_of(hand).around(call_of(name), NOW, FIRST)
    assert [line.text for line in first] == calls(FIRST, "of the first")


def test_without_an_id_the_last_lines_before_the_failure_are_told(hand: Hand) -> None:
    name = unique("f")
    logged(hand, f"/aws/lambda/{name}", *[f"line {n}" for n in range(400)])
    told = logs_of(hand).around(call_of(name), NOW, None)
    assert [line.text for line in told][-1] == "line 399"
    assert len(told) == 121, "two minutes of them"


def test_of_very_many_lines_the_last_are_told(hand: Hand) -> None:
    name = unique("f")
    logged(hand, f"/aws/lambda/{name}", *calls(FIRST, *[f"line {n}" for n in range(500)]))
    told = logs_of(hand).around(call_of(name), NOW, FIRST)
    assert len(told) == 200
    assert told[-2].text == "line 499"


def test_a_call_that_left_no_line_has_none(hand: Hand) -> None:
    name = unique("f")
    logged(hand, f"/aws/lambda/{name}", *calls(FIRST))
    assert logs_of(hand).around(call_of(name), NOW, SECOND) == []


def test_a_function_may_log_into_a_group_of_its_own(hand: Hand) -> None:
    name, group = unique("f"), f"/team/{unique('g')}"
    code = io.BytesIO()
    with zipfile.ZipFile(code, "w") as archive:
        archive.writestr("one.py", "def handler(event, context):\n    return event\n")
    hand.world.client("lambda").create_function(
        FunctionName=name,
        Runtime="python3.13",
        Role="arn:aws:iam::000000000000:role/any",
        Handler="one.handler",
        Code={"ZipFile": code.getvalue()},
        LoggingConfig={"LogFormat": "Text", "LogGroup": group},
    )
    logged(hand, group, *calls(FIRST, "in its own place"))
    told = logs_of(hand).around(call_of(name), NOW, FIRST)
    assert "in its own place" in [line.text for line in told]


def test_a_function_that_never_logged_has_no_group(hand: Hand) -> None:
    name = unique("f")
    with pytest.raises(NoLogsError) as refused:
        logs_of(hand).around(call_of(name), NOW, FIRST)
    assert refused.value.group == f"/aws/lambda/{name}"
    assert not isinstance(refused.value, LogsDeniedError)


def test_who_may_not_ask_is_told_so(hand: Hand) -> None:
    wire = JsonWire("logs", lambda *_: (400, {"__type": "AccessDeniedException", "message": "no"}))
    logs = FunctionLogs(lambda: wire.client, lambda: hand.world.client("lambda"))
    try:
        with pytest.raises(LogsDeniedError):
            logs.around(call_of(unique("f")), NOW, FIRST)
    finally:
        wire.close()


def test_the_pages_of_an_answer_are_read_to_their_end(hand: Hand) -> None:
    def answer(_: str, given: dict[str, object]) -> tuple[int, dict[str, object]]:
        page = int(str(given.get("nextToken", "0")))
        event = {"timestamp": page, "message": f"page {page}", "logStreamName": "one"}
        more = {"nextToken": str(page + 1)} if page < 3 else {}
        return 200, {"events": [] if page == 1 else [event], **more}

    wire = JsonWire("logs", answer)
    logs = FunctionLogs(lambda: wire.client, lambda: hand.world.client("lambda"))
    try:
        told = logs.around(call_of(unique("f")), NOW, None)
    finally:
        wire.close()
    assert [line.text for line in told] == ["page 0", "page 2", "page 3"]
