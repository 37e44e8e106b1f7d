"""Which rule answers, why the others did not, and what it says where it says nothing."""

from datetime import timedelta

import pytest

from app.domain.alert import Severity
from app.domain.execution import Failure
from app.domain.rules import Defaults, Rule, Rules, When, classify, route_of
from tests.factories import execution_arn, failure, held

SOON, LATE = timedelta(minutes=5), timedelta(hours=1)


def of(*rules: Rule) -> Rules:
    return Rules(channel="#all", rules=rules)


@pytest.mark.parametrize(
    ("when", "said"),
    [
        (When(state_machine=("billing", "tax")), "state_machine is 'orders', not billing or tax"),
        (When(error=("DiskFull",)), "error is 'OrdersUnavailable', not DiskFull"),
        (When(cause=("*disk*",)), "cause is 'the order service does not answer', not *disk*"),
        (When(account=("1*2",)), None),
        (When(account=("9*",)), "account is '123456789012', not 9*"),
        (When(region=("us-*",)), "region is 'eu-west-1', not us-*"),
        (When(status=("ABORTED",)), "status is 'FAILED', not ABORTED"),
        (When(status=("FAILED",), error=("Else",)), "error is 'OrdersUnavailable', not Else"),
    ],
)
def test_a_rule_that_does_not_answer_says_which_field_did_not_match(
    when: When, said: str | None
) -> None:
    found = classify(of(Rule(when=when), Rule(when=When())), failure())
    assert found.rule == (0 if said is None else 1)
    assert found.passed_over == (() if said is None else (said,))


@pytest.mark.parametrize(
    ("told", "status", "answers"),
    [
        (failure(status="TIMED_OUT"), "TIMED_OUT", True),
        (failure(status="TIMED_OUT"), "FAILED", False),
        (held(), "FAILED", True),
        (held(), "RUNNING", False),
    ],
)
def test_a_step_that_tells_from_inside_is_taken_for_a_failure(
    told: Failure, status: str, *, answers: bool
) -> None:
    assert (classify(of(Rule(when=When(status=(status,)))), told).rule == 0) is answers


def test_a_failure_without_a_cause_matches_no_cause_but_anything() -> None:
    bare = failure(cause=None)
    assert classify(of(Rule(when=When(cause=("?*",)))), bare).rule is None
    assert classify(of(Rule(when=When(cause=("*",)))), bare).rule == 0


def test_a_state_machine_is_known_by_its_arn_too() -> None:
    arn = execution_arn().replace(":execution:", ":stateMachine:").rpartition(":")[0]
    assert classify(of(Rule(when=When(state_machine=(arn,)))), failure()).rule == 0


@pytest.mark.parametrize("severity", Severity)
def test_only_what_is_low_is_not_told_unless_the_file_says_otherwise(severity: Severity) -> None:
    rule = Rule(when=When(), severity=severity)
    assert route_of(of(), rule).notify is (severity is not Severity.LOW)
    told = Rules(channel="#all", severities={severity: Defaults(notify=True)})
    assert route_of(told, rule).notify is True


def test_a_rule_goes_before_its_severity_and_that_before_the_file() -> None:
    defaults = Defaults(mention="@ops", remind_after=LATE)
    rules = Rules(channel="#all", severities={Severity.HIGH: defaults}, default=Severity.HIGH)
    bare = route_of(rules, None)
    assert (bare.severity, bare.channel, bare.mention) == (Severity.HIGH, "#all", "@ops")
    assert (bare.runbook, bare.remind_after) == (None, LATE)
    own = Rule(
        when=When(), channel="#own", mention="@own", runbook="https://x.example", remind_after=SOON
    )
    route = route_of(rules, own)
    assert (route.channel, route.mention) == ("#own", "@own")
    assert (route.runbook, route.remind_after) == ("https://x.example", SOON)
