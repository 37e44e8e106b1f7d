"""The alarms, and whether anybody hears them."""

from collections.abc import Iterator

from app.cli.doctor.deployment import Deployment
from app.cli.doctor.findings import Finding, well, wrong
from app.cli.doctor.places import Places

#: AWS: DescribeAlarms takes so many names.
_AT_ONCE = 100


def look(deployment: Deployment, _: Places) -> Iterator[Finding]:
    yield from _alarms(deployment)
    yield from _topics(deployment)


def _alarms(deployment: Deployment) -> Iterator[Finding]:
    names = [one.id for one in deployment.of_kind("AWS::CloudWatch::Alarm")][:_AT_ONCE]
    found = deployment.client("cloudwatch").describe_alarms(AlarmNames=names, MaxRecords=_AT_ONCE)[
        "MetricAlarms"
    ]
    missing = set(names) - {one["AlarmName"] for one in found}
    for name in sorted(missing):
        yield wrong(f"the alarm {name} was deleted", deployment.deploy_anew)
    silent = [one for one in found if not one["ActionsEnabled"] or not one["AlarmActions"]]
    for one in silent:
        yield wrong(
            f"nobody is told of the alarm {one['AlarmName']}",
            deployment.aws(f"cloudwatch enable-alarm-actions --alarm-names {one['AlarmName']}")
            if one["AlarmActions"]
            else deployment.deploy_anew,
        )
    for one in found:
        if one["StateValue"] == "ALARM":
            yield wrong(
                f"an alarm is on: {one['AlarmDescription']}", "docs/operations.md says what to do"
            )
    if found and not missing and not silent:
        yield well(f"{len(found)} alarms tell the topic")


def _topics(deployment: Deployment) -> Iterator[Finding]:
    for topic in deployment.of_kind("AWS::SNS::Topic"):
        pages = deployment.client("sns").get_paginator("list_subscriptions_by_topic")
        found = [one for page in pages.paginate(TopicArn=topic.id) for one in page["Subscriptions"]]
        # AWS: until it is confirmed, a subscription has this in its ARN's place.
        confirmed = [one for one in found if one["SubscriptionArn"] != "PendingConfirmation"]
        if confirmed:
            heard = "1 subscription" if len(confirmed) == 1 else f"{len(confirmed)} subscriptions"
            yield well(f"{topic.id.rpartition(':')[2]} has {heard}")
        elif found:
            yield wrong(
                f"nobody has confirmed to hear the alarms: {found[0]['Endpoint']} was asked",
                "follow the link in the message that was sent there",
            )
        else:
            yield wrong(
                "nobody hears the alarms: the topic has no subscription",
                deployment.aws(
                    f"sns subscribe --topic-arn {topic.id} --protocol email "
                    "--notification-endpoint …"
                ),
            )
