"""sfn-alerts doctor against the embedded world: all well at first, then one thing after another
is broken, told, and mended again.
"""

import json
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from app import config
from app.cli import main
from app.cli.doctor import (
    _safe,
    accounts,
    alarms,
    functions,
    messages,
    permissions,
    request_url,
    secrets,
    slack,
    table,
)
from app.cli.doctor.deployment import Deployment, Resource, find
from app.cli.doctor.findings import Finding, Outcome
from app.cli.doctor.places import Places, read
from deploy import reach
from deploy.package import ROOT
from tests.hand import Hand, eventually, free_port

pytestmark = pytest.mark.xdist_group("world")

STACK = "sfn-alerts-local"
SECRETS = "/sfn-alerts/local/slack"
Captured = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def an_account(hand: Hand, monkeypatch: pytest.MonkeyPatch) -> None:
    """Credentials and the endpoint, where the AWS SDK looks for them."""
    monkeypatch.chdir(ROOT)
    monkeypatch.delenv("AWS_PROFILE", raising=False)
    for name, value in {
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_ENDPOINT_URL": hand.facts.aws_endpoint_url,
        "AWS_REGION": hand.facts.region,
        "AWS_CONFIG_FILE": "/dev/null",
        "AWS_SHARED_CREDENTIALS_FILE": "/dev/null",
        "AWS_EC2_METADATA_DISABLED": "true",
    }.items():
        monkeypatch.setenv(name, value)


@pytest.fixture(autouse=True)
def nothing_left_over(hand: Hand) -> None:
    """No alarm is on and no dead letter lies about, whatever other tests have made of it.

    In the emulator an alarm of one function is one of all of them, and stays on.
    """
    cloudwatch = hand.world.client("cloudwatch")
    for one in cloudwatch.describe_alarms(StateValue="ALARM")["MetricAlarms"]:
        cloudwatch.set_alarm_state(AlarmName=one["AlarmName"], StateValue="OK", StateReason="quiet")
    for name in ("executions", "rule", "stream"):
        hand.sqs.purge_queue(QueueUrl=hand.queue_url(f"{name}-dead-letters"))


@pytest.fixture
def places(hand: Hand, tmp_path: Path) -> Places:
    """This deployment's own manifest, with the address that Slack sends to."""
    said = (ROOT / "manifest.json").read_text()
    manifest = tmp_path / "manifest.json"
    manifest.write_text(
        said.replace(
            "https://REPLACE-ME.lambda-url.REGION.on.aws/slack/events", hand.facts.request_url
        )
    )
    return read("alerts.yml", str(manifest))


@pytest.fixture
def deployment(hand: Hand) -> Deployment:
    return find("local", hand.facts.region)


def queue_arn(name: str) -> str:
    return f"arn:aws:sqs:us-east-1:000000000000:{STACK}-{name}"


def backups(hand: Hand, *, on: bool) -> None:
    hand.dynamodb.update_continuous_backups(
        TableName=STACK, PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": on}
    )


def run(places: Places, *more: str) -> int:
    return main(["doctor", "--stage", "local", "--manifest", places.manifest, *more])


def apart(
    deployment: Deployment,
    client: Callable[[str], Any],
    resources: Sequence[Resource] | None = None,
) -> Deployment:
    """The same deployment, seen through other clients, or with other resources."""
    return Deployment(
        stage=deployment.stage,
        region=deployment.region,
        account=deployment.account,
        stack=deployment.stack,
        resources=deployment.resources if resources is None else resources,
        client=client,
    )


Look = Callable[[Deployment, Places], Iterator[Finding]]


def wrong(look: Look, deployment: Deployment, places: Places) -> list[str]:
    """What is wrong; every one says how to mend it."""
    found = [one for one in look(deployment, places) if one.outcome is Outcome.WRONG]
    assert all(one.mend for one in found)
    for one in found:
        for line in str(one.mend).splitlines():
            assert not re.search(r"(^|: )aws ", line) or line.endswith(
                f" --region {deployment.region}"
            )
    return [one.what for one in found]


def test_after_a_deployment_all_is_well(places: Places, capsys: Captured) -> None:
    status = run(places)
    said = capsys.readouterr().out
    assert status == 0, said
    assert said.endswith("All is well.\n")
    assert said.startswith(f"{STACK} in us-east-1, account 000000000000\n")
    for line in (
        "the token is that of sfn-alerts in the workspace Acme",
        "it has the 12 scopes of",
        "the app is in #sfn-alerts",
        "its address takes what is signed with the secret in SSM",
        "9 functions run the same code",
        "5 mappings from queues and the stream are enabled",
        "8 roles may do what they are for",
        "the rule for the sweep of every minute is enabled",
        "the rule for executions of other accounts and regions is enabled",
        f"{STACK}-stream-dead-letters is empty",
        "13 alarms tell the topic",
    ):
        assert f"  ✓ {line}" in said


def test_nothing_secret_is_shown(hand: Hand, places: Places, capsys: Captured) -> None:
    run(places)
    said = "".join(capsys.readouterr())
    assert hand.facts.bot_token not in said
    assert hand.facts.signing_secret not in said


def test_what_is_wrong_fails_it_and_keeps_nothing_else_from_being_looked_at(
    hand: Hand, places: Places, capsys: Captured
) -> None:
    with without(hand, "bot-token"):
        status = run(places)
    said = capsys.readouterr().out
    assert status == 1
    assert f"  ✗ {SECRETS}/bot-token is missing in SSM\n      api.slack.com/apps > OAuth" in said
    assert "  ? not checked: what Slack says, for want of the token" in said
    assert said.endswith("\n1 thing is wrong, 1 was not checked.\n")
    assert "  ✓ 13 alarms tell the topic" in said


@contextmanager
def without(hand: Hand, name: str) -> Iterator[None]:
    """A secret is gone for a while."""
    path = f"{SECRETS}/{name}"
    before = hand.ssm.get_parameter(Name=path, WithDecryption=True)["Parameter"]["Value"]
    hand.ssm.delete_parameter(Name=path)
    try:
        yield
    finally:
        hand.ssm.put_parameter(Name=path, Value=before, Type="SecureString")


def holding(
    deployment: Deployment, name: str, value: str, kind: str = "SecureString"
) -> Deployment:
    """A deployment whose secret looks like that to the doctor alone: a function that begins or
    looks again meanwhile would keep it for five minutes.
    """

    def changed(told: Any) -> None:
        if told["Parameter"]["Name"] == f"{SECRETS}/{name}":
            told["Parameter"] |= {"Value": value, "Type": kind}

    return instead(deployment, "get_parameter", changed)


@pytest.mark.parametrize(
    ("kept", "said"),
    [
        (("bot-token", "xoxb-…"), "holds something else: Slack's begins with xoxb-"),
        (("bot-token", "xapp-1-A0-1"), "holds something else"),
        (("signing-secret", "REPLACE-ME"), "Slack's has 32 hexadecimal digits"),
        (("signing-secret", "0" * 32, "String"), "is a String, which lies in SSM as plain text"),
    ],
)
def test_a_secret_that_can_be_none_is_told(
    deployment: Deployment, places: Places, kept: tuple[str, ...], said: str
) -> None:
    [told] = wrong(secrets.look, holding(deployment, *kept), places)
    assert told.startswith(f"{SECRETS}/{kept[0]} ")
    assert said in told


def test_a_token_that_slack_has_revoked_is_told(
    hand: Hand, deployment: Deployment, places: Places
) -> None:
    revoked = {"method": "auth.test", "mode": "error", "error": "token_revoked"}
    hand.world.slack.control("faults", revoked)
    assert wrong(slack.look, deployment, places) == ["Slack refuses the token: token_revoked"]
    another = holding(deployment, "bot-token", "xoxb-of-somebody-else")
    assert wrong(slack.look, another, places) == ["Slack refuses the token: invalid_auth"]


@pytest.mark.parametrize("mode", ["server_error", "html"])
def test_slack_being_down_says_nothing_of_the_app(
    hand: Hand, deployment: Deployment, places: Places, mode: str
) -> None:
    hand.world.slack.control("faults", {"method": "auth.test", "mode": mode})
    [found] = list(slack.look(deployment, places))
    assert found.outcome is Outcome.UNCHECKED


def test_a_scope_that_the_token_lacks_is_told_with_what_stays_away(
    deployment: Deployment, places: Places, tmp_path: Path
) -> None:
    manifest = json.loads((ROOT / "manifest.json").read_text())
    manifest["oauth_config"]["scopes"]["bot"] += ["pins:write"]
    path = tmp_path / "more.json"
    path.write_text(json.dumps(manifest))
    more = read(places.alerts, str(path))
    [told] = wrong(slack.look, deployment, more)
    assert told.startswith("the token lacks the scope pins:write: ")


def test_channels_that_the_rules_name_have_to_be_there_with_the_app_in_them(
    hand: Hand, deployment: Deployment, tmp_path: Path
) -> None:
    path = tmp_path / "alerts.yml"
    path.write_text(
        "channel: '#sfn-alerts'\n"
        "rules:\n"
        "  - {when: {error: A}, channel: '#billing-alerts'}\n"
        "  - {when: {error: B}, channel: '#old-alerts'}\n"
        "  - {when: {error: C}, channel: '#nowhere'}\n"
        "  - {when: {error: D}, channel: C03GENERAL}\n"
        "  - {when: {error: E}, channel: '#nowhere'}\n"
    )
    hand.world.slack.control("membership", {"channel": "C02BILLING", "member": False})
    try:
        told = wrong(slack.look, deployment, read(str(path), "manifest.json"))
    finally:
        hand.world.slack.control("membership", {"channel": "C02BILLING", "member": True})
    assert told == [
        "the app is not in #billing-alerts: it can't find there what it has posted",
        "#old-alerts is archived: its alerts go to #sfn-alerts",
        f"{path} names #nowhere, which is not there, or private without the app",
    ]


@pytest.mark.parametrize(
    ("option", "content", "said"),
    [
        ("--alerts", None, ": No such file or directory"),
        ("--alerts", "channel: nowhere", ":1: channel: 'nowhere' "),
        ("--manifest", None, ": No such file or directory"),
        ("--manifest", "# sfn-alerts", ":1:1: not JSON: a value is missing here"),
        ("--manifest", '{"name": "a"}', " is no Slack app's manifest, for it names no scopes"),
    ],
)
def test_a_file_that_cannot_be_used_is_told_in_one_sentence_before_anything_is_asked(
    tmp_path: Path, capsys: Captured, option: str, content: str | None, said: str
) -> None:
    path = tmp_path / "file"
    if content is not None:
        path.write_text(content)
    assert main(["doctor", "--stage", "local", option, str(path)]) == 1
    told = capsys.readouterr()
    assert not told.out
    assert told.err.startswith(f"{path}{said}")
    assert told.err.count("\n") == 1


def test_the_placeholder_in_the_manifest_says_nothing_of_what_slack_knows(
    hand: Hand, deployment: Deployment
) -> None:
    url = hand.facts.request_url
    here = read("alerts.yml", "manifest.json")
    *_, last = request_url.look(deployment, here)
    assert last.outcome is Outcome.UNCHECKED
    assert last.what.endswith(f"It is {url}")


def test_another_address_in_the_manifest_is_told(
    hand: Hand, deployment: Deployment, places: Places
) -> None:
    # 127.0.0.1 by its other name: it answers all the same.
    url = hand.facts.request_url.replace("127.0.0.1", "localhost")
    other = read(places.alerts, places.manifest, url)
    [told] = wrong(request_url.look, deployment, other)
    assert told == f"{places.manifest} has another address than {url}"


def test_an_address_that_is_somebody_elses_is_told(
    hand: Hand, deployment: Deployment, places: Places
) -> None:
    for url, said in (
        (f"http://127.0.0.1:{free_port()}/slack/events", "can't be reached: [Errno 111] Connecti"),
        ("http://of.invalid/slack/events", "can't be reached: its name is not known here"),
        (f"{hand.facts.slack_url}/slack/events", "answers 404 to an unsigned request, not 401"),
    ):
        other = read(places.alerts, places.manifest, url)
        told = wrong(request_url.look, deployment, other)
        assert f"{url} {said}" in told[0]


def test_a_signing_secret_that_the_function_does_not_have_is_told(
    deployment: Deployment, places: Places
) -> None:
    another = holding(deployment, "signing-secret", "0" * 32)
    [told] = wrong(request_url.look, another, places)
    assert told == "its address refuses what is signed with the secret in SSM"


def test_a_mapping_that_is_switched_off_is_told(
    hand: Hand, deployment: Deployment, places: Places
) -> None:
    client = hand.world.client("lambda")
    [mapping] = client.list_event_source_mappings(
        FunctionName=f"{STACK}-publish", EventSourceArn=queue_arn("redraws")
    )["EventSourceMappings"]
    client.update_event_source_mapping(UUID=mapping["UUID"], Enabled=False)
    try:
        [told] = eventually(lambda: wrong(functions.look_at_mappings, deployment, places))
    finally:
        client.update_event_source_mapping(UUID=mapping["UUID"], Enabled=True)
    assert told.startswith(f"{STACK}-publish is not told of {STACK}-redraws: the mapping is disab")


def test_a_function_that_may_not_run_is_told(
    hand: Hand, deployment: Deployment, places: Places
) -> None:
    client, name = hand.world.client("lambda"), f"{STACK}-answer"
    client.put_function_concurrency(FunctionName=name, ReservedConcurrentExecutions=0)
    try:
        [told] = wrong(functions.look, deployment, places)
    finally:
        client.delete_function_concurrency(FunctionName=name)
    assert told == f"{name} is kept from running: its reserved concurrency is 0"


class Instead:
    """A client of which one operation tells something else than it was told."""

    def __init__(self, client: Any, operation: str, change: Callable[[Any], None]) -> None:
        self._client, self._operation, self._change = client, operation, change

    def __getattr__(self, operation: str) -> Any:
        asked = getattr(self._client, operation)
        if operation != self._operation:
            return asked

        def changed(**given: Any) -> Any:
            told = asked(**given)
            self._change(told)
            return told

        return changed


def instead(deployment: Deployment, operation: str, change: Callable[[Any], None]) -> Deployment:
    return apart(deployment, lambda service: Instead(deployment.client(service), operation, change))


def test_functions_of_different_versions_are_told(deployment: Deployment, places: Places) -> None:
    def another(told: Any) -> None:
        if told["Configuration"]["FunctionName"].endswith("-sweep"):
            told["Configuration"]["CodeSha256"] = "another"

    half = instead(deployment, "get_function", another)
    assert wrong(functions.look, half, places) == [
        "the functions run different versions of the code"
    ]


def test_a_function_that_could_not_be_made_is_told(deployment: Deployment, places: Places) -> None:
    def failed(told: Any) -> None:
        if told["Configuration"]["FunctionName"].endswith("-sweep"):
            told["Configuration"] |= {"State": "Failed", "StateReason": "no room"}

    broken = instead(deployment, "get_function", failed)
    assert wrong(functions.look, broken, places) == [f"{STACK}-sweep is failed: no room"]


@pytest.mark.parametrize(
    ("status", "well"),
    [
        ("UPDATE_ROLLBACK_COMPLETE", False),
        ("CREATE_FAILED", False),
        ("UPDATE_COMPLETE_CLEANUP_IN_PROGRESS", True),
    ],
)
def test_a_deployment_that_was_taken_back_is_told(
    deployment: Deployment, places: Places, status: str, *, well: bool
) -> None:
    def ended(told: Any) -> None:
        told["Stacks"][0]["StackStatus"] = status

    stands = instead(deployment, "describe_stacks", ended)
    told = f"the last deployment came to nothing: {STACK} is {status}"
    assert wrong(functions.look, stands, places) == ([] if well else [told])


def test_a_mapping_whose_function_fails_is_told(deployment: Deployment, places: Places) -> None:
    def failing(told: Any) -> None:
        if told["EventSourceArn"].endswith("-redraws"):
            told["LastProcessingResult"] = "PROBLEM: Function call failed"

    broken = instead(deployment, "get_event_source_mapping", failing)
    [told] = wrong(functions.look_at_mappings, broken, places)
    assert (
        told == f"{STACK}-publish had trouble with {STACK}-redraws: PROBLEM: Function call failed"
    )


def test_a_subscription_that_nobody_has_confirmed_is_told(
    deployment: Deployment, places: Places
) -> None:
    class Unconfirmed:
        def get_paginator(self, _: str) -> Any:
            return self

        def paginate(self, **_: Any) -> Any:
            one = {"SubscriptionArn": "PendingConfirmation", "Endpoint": "oncall@example.com"}
            yield {"Subscriptions": [one]}

    asked = apart(
        deployment,
        lambda service: Unconfirmed() if service == "sns" else deployment.client(service),
    )
    assert wrong(alarms.look, asked, places) == [
        "nobody has confirmed to hear the alarms: oncall@example.com was asked"
    ]


def test_a_role_that_lost_a_permission_is_told(
    hand: Hand, deployment: Deployment, places: Places
) -> None:
    iam = hand.world.client("iam")
    [role] = [one.id for one in deployment.resources if one.name == "RecoverRole"]
    document = iam.get_role_policy(RoleName=role, PolicyName="recover")["PolicyDocument"]
    kept = [one for one in document["Statement"] if "kms:Decrypt" not in one["Action"]]
    less = json.dumps({**document, "Statement": kept})
    iam.put_role_policy(RoleName=role, PolicyName="recover", PolicyDocument=less)
    try:
        assert wrong(permissions.look, deployment, places) == [
            "RecoverRole may no longer kms:Decrypt"
        ]
    finally:
        whole = json.dumps(document)
        iam.put_role_policy(RoleName=role, PolicyName="recover", PolicyDocument=whole)


def test_a_role_that_is_kept_from_what_it_is_for_is_told(
    hand: Hand, deployment: Deployment, places: Places
) -> None:
    iam = hand.world.client("iam")
    [role] = [one.id for one in deployment.resources if one.name == "SweepRole"]
    never = {"Effect": "Deny", "Action": ["states:RedriveExecution"], "Resource": "*"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [never]})
    iam.put_role_policy(RoleName=role, PolicyName="guard", PolicyDocument=document)
    try:
        told = wrong(permissions.look, deployment, places)
    finally:
        iam.delete_role_policy(RoleName=role, PolicyName="guard")
    assert told == ["SweepRole is kept from states:RedriveExecution"]


# Other accounts

LISTED = """
channel: "#sfn-alerts"
accounts:
  - id: "222222222222"
    name: production
    regions: [eu-west-1]
    role: arn:aws:iam::222222222222:role/sfn-alerts
    external_id: of-production
  - {id: "333333333333", role: arn:aws:iam::333333333333:role/acting}
"""


@pytest.fixture
def listed(tmp_path: Path) -> Places:
    path = tmp_path / "alerts.yml"
    path.write_text(LISTED)
    return read(str(path), "manifest.json")


class Sts:
    """Answers as AWS would, and keeps what it was asked."""

    def __init__(self, code: str | None, said: str) -> None:
        self.asked: list[Any] = []
        self._code, self._said = code, said

    def assume_role(self, **asked: Any) -> Any:
        self.asked.append(asked)
        if self._code:
            error: Any = {"Code": self._code, "Message": self._said}
            raise ClientError({"Error": error}, "AssumeRole")
        until = datetime.now(UTC) + timedelta(minutes=15)
        keys = {"AccessKeyId": "a", "SecretAccessKey": "s", "SessionToken": "t"}
        return {"Credentials": {**keys, "Expiration": until}}


def with_accounts(deployment: Deployment, listed: Places, sts: Sts) -> Deployment:
    """A deployment as packaging makes it of these accounts."""
    resources = reach.resources(config.rules_of(listed.rules).accounts)["Resources"]

    def merged(told: Any) -> None:
        told["TemplateBody"]["Resources"] |= resources

    deployed = instead(deployment, "get_template", merged)
    return apart(deployed, lambda service: sts if service == "sts" else deployed.client(service))


def test_listed_roles_are_assumed_as_the_functions_do(
    deployment: Deployment, listed: Places
) -> None:
    sts = Sts(None, "")
    found = list(accounts.look(with_accounts(deployment, listed, sts), listed))
    assert [(one.outcome, one.what) for one in found] == [
        (Outcome.WELL, "the role for production (222222222222) can be assumed"),
        (Outcome.WELL, "the role for account 333333333333 can be assumed"),
    ]
    first, second = sts.asked
    assert first == {
        "RoleArn": "arn:aws:iam::222222222222:role/sfn-alerts",
        "RoleSessionName": "sfn-alerts",
        "DurationSeconds": 900,
        "ExternalId": "of-production",
    }
    assert "ExternalId" not in second


def test_a_role_that_the_caller_may_not_assume_is_not_checked_and_it_says_how_to_look(
    deployment: Deployment, listed: Places
) -> None:
    sts = Sts("AccessDenied", "User: U is not authorized to perform: sts:AssumeRole")
    found = list(accounts.look(with_accounts(deployment, listed, sts), listed))
    assert {one.outcome for one in found} == {Outcome.UNCHECKED}
    assert found[0].what.startswith("the role for production (222222222222), which your credent")
    assert found[0].what.endswith("User: U is not authorized to perform: sts:AssumeRole")
    assert "Check again" in str(found[0].mend)


def test_a_role_that_nobody_could_assume_is_told(deployment: Deployment, listed: Places) -> None:
    sts = Sts("ValidationError", "the ARN is invalid")
    told = wrong(accounts.look, with_accounts(deployment, listed, sts), listed)
    assert told[0] == "the role for production (222222222222) can't be assumed: the ARN is invalid"
    assert len(told) == 2


def test_an_sts_that_is_busy_says_nothing_of_a_role(deployment: Deployment, listed: Places) -> None:
    found = list(accounts.look(with_accounts(deployment, listed, Sts("Throttling", "")), listed))
    assert {one.outcome for one in found} == {Outcome.UNCHECKED}


def test_an_account_that_is_listed_and_not_deployed_is_told(
    deployment: Deployment, listed: Places
) -> None:
    told = wrong(accounts.look, deployment, listed)
    assert [one.partition(" lists ")[2] for one in told] == [
        "production (222222222222), and what is deployed does not: nothing can be redriven there",
        "account 333333333333, and what is deployed does not: nothing can be redriven there",
    ]


def test_where_no_account_is_listed_nothing_is_asked(
    deployment: Deployment, places: Places
) -> None:
    assert list(accounts.look(apart(deployment, lambda _: None), places)) == []


def test_a_table_without_recovery_is_told(
    hand: Hand, deployment: Deployment, places: Places
) -> None:
    backups(hand, on=False)
    try:
        told = wrong(table.look, deployment, places)
    finally:
        backups(hand, on=True)
    assert told == ["it can't be recovered: point-in-time recovery is off"]


def test_a_key_that_is_disabled_is_told(hand: Hand, deployment: Deployment, places: Places) -> None:
    kms = hand.world.client("kms")
    [key] = [one.id for one in deployment.of_kind("AWS::KMS::Key")]
    kms.disable_key(KeyId=key)
    try:
        [told] = wrong(table.look_at_key, deployment, places)
    finally:
        kms.enable_key(KeyId=key)
    assert told == "the key for tokens of waiting steps is Disabled: no step can be answered"


@pytest.mark.parametrize(
    ("name", "what"),
    [
        ("EndedRule", "executions that failed"),
        ("SweepEventsRuleSchedule1", "the sweep of every minute"),
    ],
)
def test_a_rule_that_is_disabled_or_tells_nobody_is_told(
    hand: Hand, deployment: Deployment, places: Places, name: str, what: str
) -> None:
    events = hand.world.client("events")
    [rule] = [one.id for one in deployment.resources if one.name == name]
    events.disable_rule(Name=rule)
    try:
        assert wrong(messages.look_at_rules, deployment, places) == [
            f"the rule for {what} is disabled"
        ]
    finally:
        events.enable_rule(Name=rule)
    targets = events.list_targets_by_rule(Rule=rule)["Targets"]
    events.remove_targets(Rule=rule, Ids=[one["Id"] for one in targets])
    try:
        [told] = wrong(messages.look_at_rules, deployment, places)
    finally:
        events.put_targets(Rule=rule, Targets=targets)
    assert told.startswith(f"the rule for {what} has lost its target {STACK}-")


def test_a_rule_that_was_deleted_is_told(deployment: Deployment, places: Places) -> None:
    gone = [
        Resource(one.name, f"{one.id}-gone", one.kind) if one.name == "ForwardedRule" else one
        for one in deployment.resources
    ]
    without = apart(deployment, deployment.client, gone)
    assert wrong(messages.look_at_rules, without, places) == [
        "the rule for executions of other accounts and regions was deleted"
    ]


def test_dead_letters_are_told(hand: Hand, deployment: Deployment, places: Places) -> None:
    hand.queue("rule-dead-letters", "{}")
    try:
        [told] = wrong(messages.look_at_queues, deployment, places)
    finally:
        hand.received("rule-dead-letters")
    assert told == f"1 message lies in {STACK}-rule-dead-letters"


def test_alarms_that_are_on_or_tell_nobody_are_told(
    hand: Hand, deployment: Deployment, places: Places
) -> None:
    cloudwatch = hand.world.client("cloudwatch")
    first, second, *_ = sorted(one.id for one in deployment.of_kind("AWS::CloudWatch::Alarm"))
    cloudwatch.disable_alarm_actions(AlarmNames=[first])
    cloudwatch.set_alarm_state(AlarmName=second, StateValue="ALARM", StateReason="a test's")
    try:
        told = wrong(alarms.look, deployment, places)
    finally:
        cloudwatch.enable_alarm_actions(AlarmNames=[first])
        cloudwatch.set_alarm_state(AlarmName=second, StateValue="OK", StateReason="a test's")
    assert told[0] == f"nobody is told of the alarm {first}"
    assert told[1].startswith("an alarm is on: ")
    assert len(told) == 2


def test_a_topic_that_nobody_hears_is_told(
    hand: Hand, deployment: Deployment, places: Places
) -> None:
    sns = hand.world.client("sns")
    [topic] = [one.id for one in deployment.of_kind("AWS::SNS::Topic")]
    [heard] = sns.list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"]
    sns.unsubscribe(SubscriptionArn=heard["SubscriptionArn"])
    try:
        told = wrong(alarms.look, deployment, places)
    finally:
        sns.subscribe(TopicArn=topic, Protocol=heard["Protocol"], Endpoint=heard["Endpoint"])
    assert told == ["nobody hears the alarms: the topic has no subscription"]


# What can't be looked at


def test_what_the_caller_may_not_look_at_is_not_checked(
    deployment: Deployment, places: Places
) -> None:
    class Refused:
        def describe_alarms(self, **_: Any) -> Any:
            error: Any = {"Code": "AccessDenied", "Message": "you may not look at alarms"}
            raise ClientError({"Error": error}, "DescribeAlarms")

    refused = apart(deployment, lambda _: Refused())
    [found] = list(_safe(alarms.look, refused, places))
    assert found.outcome is Outcome.UNCHECKED
    assert found.what == "DescribeAlarms: you may not look at alarms"


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (["--stage", "nowhere"], "there is no stack sfn-alerts-nowhere in us-east-1 of account"),
        (["--stage", "local", "--region", "eu-west-1"], "there is no stack sfn-alerts-local in eu"),
    ],
)
def test_a_stack_that_is_not_there_is_told_with_the_way_out(
    given: list[str], said: str, capsys: Captured
) -> None:
    assert main(["doctor", *given]) == 1
    told = capsys.readouterr()
    assert told.err.startswith(said)
    assert "--stage and --region" in told.err
    assert not told.out


def test_without_credentials_it_says_so(monkeypatch: pytest.MonkeyPatch, capsys: Captured) -> None:
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    assert main(["doctor", "--stage", "local"]) == 1
    assert "there are no credentials: sign in (`aws sso login`)" in capsys.readouterr().err


def test_without_an_aws_to_reach_it_says_so(
    monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{free_port()}")
    assert main(["doctor", "--stage", "local"]) == 1
    assert capsys.readouterr().err.startswith("AWS can't be reached: ")
