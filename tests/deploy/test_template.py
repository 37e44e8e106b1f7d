"""What is deployed: authority, queues, alarms, retention, as the packaged template has them."""

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from app.cli.manifest import needed_scopes
from app.domain.reach import Account
from deploy import authority, reach
from deploy.checks import BIN, REGION
from deploy.package import ROOT, package

Json = dict[str, Any]
#: What may be done everywhere, and why: AWS knows no resources for these, or no policy could.
EVERYWHERE = {
    "xray:PutTraceSegments": "traces belong to nothing",
    "xray:PutTelemetryRecords": "as traces",
    "dynamodb:ListStreams": "a list of all streams",
    "states:SendTaskSuccess": "a token names no resource",
    "states:ListStateMachines": "a list of all state machines",
    "cloudwatch:GetMetricData": "metrics have no ARN",
    "cloudwatch:ListMetrics": "metrics have no ARN",
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


@pytest.fixture
def listed(resources: Json) -> Json:
    """The same where alerts.yml lists accounts."""
    accounts = [
        Account(id=one, role=f"arn:aws:iam::{one}:role/sfn-alerts")
        for one in ("111122223333", "444455556666")
    ]
    return {**resources, **reach.resources(accounts)["Resources"]}


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
            assert set(actions(statement)) <= EVERYWHERE.keys(), role
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


def test_nothing_may_be_done_everywhere_that_is_not_done(resources: Json) -> None:
    done = {
        action
        for _, statement in statements(resources)
        if statement["Resource"] == "*"
        for action in actions(statement)
    }
    assert done == EVERYWHERE.keys()


def test_each_role_allows_what_lambda_does_with_it(resources: Json) -> None:
    allowed = authority.allowed(resources)
    for role, needed in authority.by_lambda(resources).items():
        assert needed <= allowed[role], role


def test_only_who_carries_out_redrives_may_redrive(resources: Json) -> None:
    may = {role for role, one in statements(resources) if "states:RedriveExecution" in actions(one)}
    assert may == {"RecoverRole", "SweepRole"}


def test_who_counts_and_takes_up_what_is_failed_may_ask_the_index_of_it(resources: Json) -> None:
    may = {
        role
        for role, one in statements(resources)
        if "dynamodb:Query" in actions(one) and "index/by_alert" in json.dumps(one["Resource"])
    }
    assert may >= {"AnswerRole", "SlackRole", "RecoverRole", "SweepRole"}


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


def test_every_function_that_is_ours_has_an_alarm_on_its_failures(resources: Json) -> None:
    watched = {
        one["Properties"]["Dimensions"][0]["Value"]["Ref"]: one["Properties"]["MetricName"]
        for one in of_type(resources, "AWS::CloudWatch::Alarm").values()
        if one["Properties"]["MetricName"] in {"Errors", "Url5xxCount"}
    }
    functions = {
        name: one
        for name, one in of_type(resources, "AWS::Lambda::Function").items()
        if not name.startswith("Example")
    }
    addressed = {
        one["Properties"]["TargetFunctionArn"]["Fn::GetAtt"][0]
        for one in of_type(resources, "AWS::Lambda::Url").values()
    }
    # What a function answers with a status of its own is no error to Lambda.
    assert watched == {name: "Url5xxCount" if name in addressed else "Errors" for name in functions}


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


def test_log_events_of_this_account_may_be_handed_over_and_are_parked_where_they_fail(
    resources: Json,
) -> None:
    [permission] = [
        one["Properties"]
        for one in of_type(resources, "AWS::Lambda::Permission").values()
        if one["Properties"]["Principal"] == "logs.amazonaws.com"
    ]
    assert permission["SourceAccount"] == {"Ref": "AWS::AccountId"}
    [parked] = [
        one["Properties"]
        for one in of_type(resources, "AWS::Lambda::EventInvokeConfig").values()
        if "ExecutionsLambdaFunction" in json.dumps(one)
    ]
    where = parked["DestinationConfig"]["OnFailure"]["Destination"]
    assert where == {"Fn::GetAtt": ["ExecutionsDeadLetters", "Arn"]}
    assert "MaximumRetryAttempts" not in parked, "AWS tries twice again unless told otherwise"
    may = [one for role, one in statements(resources) if role == "ExecutionsRole"]
    assert any(actions(one) == ["sqs:SendMessage"] and one["Resource"] == where for one in may)


def test_the_filter_that_is_recommended_lets_every_bad_end_pass_and_nothing_else() -> None:
    from app.ingest.express_log import ENDS  # noqa: PLC0415

    pattern = " || ".join(f'($.type = "{one}")' for one in ENDS)
    assert (ROOT / "docs" / "express.md").read_text().count(f"{{ {pattern} }}") == 2


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


def test_without_listed_accounts_nobody_assumes_a_role_and_no_bus_is_opened(
    resources: Json,
) -> None:
    assert not [one for _, one in statements(resources) if "sts:AssumeRole" in actions(one)]
    assert not of_type(resources, "AWS::Events::EventBusPolicy")
    assert not of_type(resources, "AWS::IAM::Policy")


def test_listed_roles_and_no_others_are_assumed_by_who_asks_step_functions(listed: Json) -> None:
    [policy] = of_type(listed, "AWS::IAM::Policy").values()
    [statement] = policy["Properties"]["PolicyDocument"]["Statement"]
    assert actions(statement) == ["sts:AssumeRole"]
    assert statement["Resource"] == [
        "arn:aws:iam::111122223333:role/sfn-alerts",
        "arn:aws:iam::444455556666:role/sfn-alerts",
    ]
    roles = {one["Ref"] for one in policy["Properties"]["Roles"]}
    assert roles == {
        role
        for role, one in statements(listed)
        if [action for action in actions(one) if action.startswith("states:")]
    }


def test_listed_accounts_may_put_events_on_a_bus_of_their_own_alone(listed: Json) -> None:
    [policy] = of_type(listed, "AWS::Events::EventBusPolicy").values()
    statement = policy["Properties"]["Statement"]
    assert statement["Principal"] == {"AWS": ["111122223333", "444455556666"]}
    assert statement["Action"] == "events:PutEvents"
    assert statement["Resource"] == {"Fn::GetAtt": ["ForwardedBus", "Arn"]}
    on_it = [
        one
        for one in of_type(listed, "AWS::Events::Rule").values()
        if one["Properties"].get("EventBusName") == {"Ref": "ForwardedBus"}
    ]
    [rule] = on_it
    at_home = listed["EndedRule"]["Properties"]
    assert rule["Properties"]["EventPattern"] == at_home["EventPattern"]
    assert rule["Properties"]["Targets"] == at_home["Targets"]


def test_the_template_with_accounts_is_as_cloudformation_wants_it(
    listed: Json, tmp_path: Path
) -> None:
    path = tmp_path / "template.json"
    path.write_text(json.dumps({"Resources": listed}))
    command = [str(BIN / "cfn-lint"), "-t", str(path), "-r", REGION, "-i", "W3005"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_a_member_forwards_what_we_hear_at_home_and_lets_us_do_what_we_do_at_home(
    resources: Json,
) -> None:
    text = (ROOT / "deploy" / "member-account.yml").read_text()
    member = WithoutFunctions(text).get_single_data()["Resources"]
    pattern = member["EndedRule"]["Properties"]["EventPattern"]
    del pattern["account"]
    assert pattern == resources["EndedRule"]["Properties"]["EventPattern"]
    may = {
        action
        for one in member["ActingRole"]["Properties"]["Policies"][0]["PolicyDocument"]["Statement"]
        for action in actions(one)
    }
    at_home = {action for _, one in statements(resources) for action in actions(one)}
    everything = {one for one in at_home if one.startswith("states:")}
    assert may == everything - {"states:ListStateMachines"}  # names are looked up at home only


class WithoutFunctions(yaml.SafeLoader):
    """Takes what stands behind !Sub and its like for what it is without them."""


def _plain(loader: yaml.SafeLoader, _tag: str, node: yaml.Node) -> Any:
    if isinstance(node, yaml.ScalarNode):
        return loader.construct_scalar(node)
    if isinstance(node, yaml.SequenceNode):
        return loader.construct_sequence(node)
    return None


WithoutFunctions.add_multi_constructor("!", _plain)
