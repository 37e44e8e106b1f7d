"""What is deployed: authority, queues, alarms, retention, as the packaged template has them."""

import json
import os
import subprocess
from typing import Any

import pytest

from app.cli.manifest import needed_scopes
from deploy.package import ROOT, package

Json = dict[str, Any]
#: AWS knows no resources for these.
EVERYWHERE = {
    "xray:PutTraceSegments",
    "xray:PutTelemetryRecords",
    "dynamodb:ListStreams",
    "states:SendTaskSuccess",
    "states:ListStateMachines",
    "cloudwatch:GetMetricData",
    "cloudwatch:ListMetrics",
}


@pytest.fixture(scope="module")
def resources(tmp_path_factory: pytest.TempPathFactory) -> Json:
    package("dev")
    place = tmp_path_factory.mktemp("packaged")
    subprocess.run(
        [ROOT / "node_modules" / ".bin" / "osls", "package", "--stage", "dev", "--package", place],
        cwd=ROOT,
        env={**os.environ, "AWS_ACCESS_KEY_ID": "none", "AWS_SECRET_ACCESS_KEY": "none"},
        capture_output=True,
        check=True,
    )
    template = json.loads((place / "cloudformation-template-update-stack.json").read_text())
    found: Json = template["Resources"]
    return found


def of_type(resources: Json, kind: str) -> Json:
    return {name: one for name, one in resources.items() if one["Type"] == kind}


def statements(resources: Json) -> list[tuple[str, Json]]:
    return [
        (name, statement)
        for name, role in of_type(resources, "AWS::IAM::Role").items()
        for policy in role["Properties"].get("Policies", [])
        for statement in policy["PolicyDocument"]["Statement"]
    ]


def actions(statement: Json) -> list[str]:
    said = statement["Action"]
    return [said] if isinstance(said, str) else said


def test_no_authority_reaches_everything(resources: Json) -> None:
    for role, statement in statements(resources):
        if statement["Resource"] == "*":
            assert set(actions(statement)) <= EVERYWHERE, role
        assert not [action for action in actions(statement) if "*" in action], role


def test_every_function_of_the_app_has_a_role_of_its_own(resources: Json) -> None:
    functions = of_type(resources, "AWS::Lambda::Function")
    roles = [
        json.dumps(one["Properties"]["Role"])
        for one in functions.values()
        if "examples" not in one["Properties"]["Handler"]
    ]
    assert len(roles) == 6
    assert len(set(roles)) == 6


def test_only_who_carries_out_redrives_may_redrive(resources: Json) -> None:
    may = {role for role, one in statements(resources) if "states:RedriveExecution" in actions(one)}
    assert may == {"RecoverRole", "SweepRole"}


def test_who_counts_and_takes_up_what_is_failed_may_ask_the_index_of_it(resources: Json) -> None:
    may = {
        role
        for role, one in statements(resources)
        if "dynamodb:Query" in actions(one) and "index/by_alert" in json.dumps(one["Resource"])
    }
    assert may >= {"SlackRole", "RecoverRole", "SweepRole"}


def test_progress_of_recoveries_reaches_who_shows_it_and_nobody_else(resources: Json) -> None:
    mappings = of_type(resources, "AWS::Lambda::EventSourceMapping")
    heard = {
        json.dumps(one["Properties"]["FunctionName"])
        for one in mappings.values()
        if "recovery#" in json.dumps(one["Properties"].get("FilterCriteria", {}))
    }
    assert len(heard) == 1
    assert "PublishLambdaFunction" in heard.pop()


def test_a_driver_of_recoveries_is_done_well_before_its_function_is_stopped(
    resources: Json,
) -> None:
    from lambda_entry.recover import DRIVES  # noqa: PLC0415

    function = resources["RecoverLambdaFunction"]["Properties"]
    assert DRIVES.total_seconds() <= function["Timeout"] / 2
    queue = resources["WatchesQueue"]["Properties"]
    assert queue["VisibilityTimeout"] >= 6 * function["Timeout"]


def test_no_secret_is_in_the_template(resources: Json) -> None:
    for name, one in of_type(resources, "AWS::Lambda::Function").items():
        variables = one["Properties"].get("Environment", {}).get("Variables", {})
        assert not [key for key in variables if "TOKEN" in key or "SIGNING" in key], name


def test_every_queue_of_dead_letters_has_an_alarm(resources: Json) -> None:
    alarms = json.dumps(of_type(resources, "AWS::CloudWatch::Alarm"))
    queues = of_type(resources, "AWS::SQS::Queue")
    # What these lose, the sweep finds.
    for name in queues.keys() - {"RedrawsQueue", "WatchesQueue"}:
        assert f'"{name}"' in alarms, name
    assert len(queues) == 6


def test_a_message_stays_hidden_long_enough_for_its_function(resources: Json) -> None:
    queue = resources["ExecutionsQueue"]["Properties"]
    function = resources["ExecutionsLambdaFunction"]["Properties"]
    assert queue["VisibilityTimeout"] >= 6 * function["Timeout"]
    assert queue["RedrivePolicy"]["maxReceiveCount"] >= 5


def test_streams_retry_within_bounds_and_park_what_fails(resources: Json) -> None:
    mappings = of_type(resources, "AWS::Lambda::EventSourceMapping")
    streams = [one["Properties"] for one in mappings.values() if "Stream" in json.dumps(one)]
    assert len(streams) == 2
    for mapping in streams:
        assert mapping["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
        assert mapping["MaximumRetryAttempts"] >= 0
        assert mapping["BisectBatchOnFunctionError"] is True
        assert "OnFailure" in mapping["DestinationConfig"]


def test_logs_are_not_kept_for_ever(resources: Json) -> None:
    groups = of_type(resources, "AWS::Logs::LogGroup")
    assert len(groups) == 9
    assert all(one["Properties"]["RetentionInDays"] for one in groups.values())


def test_the_table_outlives_its_stack(resources: Json) -> None:
    [table] = of_type(resources, "AWS::DynamoDB::Table").values()
    assert table["DeletionPolicy"] == "Retain"
    assert table["Properties"]["PointInTimeRecoverySpecification"]["PointInTimeRecoveryEnabled"]


def test_the_manifest_asks_for_what_is_used_and_knows_every_command() -> None:
    from app.slack.commands import STATUS  # noqa: PLC0415

    manifest = json.loads((ROOT / "manifest.json").read_text())
    commands = [one["command"] for one in manifest["features"]["slash_commands"]]
    assert commands == [STATUS]
    assert manifest["settings"]["interactivity"]["is_enabled"]
    assert set(manifest["oauth_config"]["scopes"]["bot"]) == needed_scopes(manifest)


def test_every_event_and_shortcut_of_the_manifest_has_a_listener() -> None:
    from app.slack import events  # noqa: PLC0415
    from app.slack.shortcuts import NOTE  # noqa: PLC0415

    manifest = json.loads((ROOT / "manifest.json").read_text())
    assert set(manifest["settings"]["event_subscriptions"]["bot_events"]) == set(events.LISTENERS)
    assert [one["callback_id"] for one in manifest["features"]["shortcuts"]] == [NOTE]


def test_only_who_answers_may_read_the_logs_of_functions(resources: Json) -> None:
    may = [
        (role, one) for role, one in statements(resources) if "logs:FilterLogEvents" in actions(one)
    ]
    [(role, statement)] = may
    assert role == "AnswerRole"
    assert json.dumps(statement["Resource"]).endswith('log-group:/aws/lambda/*"}')


def test_who_answers_may_change_nothing_in_step_functions(resources: Json) -> None:
    may = {one for role, s in statements(resources) if role == "AnswerRole" for one in actions(s)}
    asks = {one for one in may if one.startswith("states:")}
    assert {"states:DescribeExecution", "states:GetExecutionHistory"} <= asks
    assert all(one.startswith(("states:Describe", "states:Get", "states:List")) for one in asks)
