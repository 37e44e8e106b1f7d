"""alerts.yml: what it says, and what is said of every mistake in it."""

import re

import pytest

from app import config
from app.config import ConfigError
from app.domain.alert import Severity
from app.domain.rules import classify
from deploy.package import ROOT
from tests.factories import failure

WHOLE = """
channel: "#sfn-alerts"
severities:
  high: {mention: "<!here>", remind_after: 15m}
  low: {notify: false}
rules:
  - when: {state_machine: "billing-*", error: States.Timeout}
    severity: high
    channel: "#billing-alerts"
    mention: "<@U01>"
    runbook: https://wiki.example.com/billing
  - when: {state_machine: "arn:aws:states:*:stateMachine:nightly-*"}
    severity: low
  - when: {error: [OrdersUnavailable, "*Throttl*"], status: FAILED}
    notify: false
"""


def test_the_first_rule_that_matches_answers_and_the_defaults_for_the_rest() -> None:
    rules = config.rules_of(config.read(WHOLE))
    billing = classify(rules, failure(machine="billing-run", error="States.Timeout"))
    assert billing.rule == 0
    assert billing.route.severity is Severity.HIGH
    assert (billing.route.channel, billing.route.mention) == ("#billing-alerts", "<@U01>")
    nightly = classify(rules, failure(machine="nightly-x"))
    assert (nightly.rule, nightly.route.notify) == (1, False)
    quiet = classify(rules, failure(error="OrdersUnavailable"))
    assert (quiet.rule, quiet.route.severity, quiet.route.notify) == (2, Severity.MIDDLE, False)
    other = classify(rules, failure(error="Else"))
    assert other.rule is None
    assert (other.route.severity, other.route.channel) == (Severity.MIDDLE, "#sfn-alerts")
    assert len(other.passed_over) == 3


def test_packaged_rules_are_the_rules_that_were_written() -> None:
    written = config.read(WHOLE)
    assert config.from_json(config.to_json(written)) == written


def test_the_projects_own_file_is_right() -> None:
    config.read((ROOT / "alerts.yml").read_text())


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "is empty: it needs at least `channel`"),
        ("- a list", "Expected `object`, got `array`"),
        ("channel: [", "is not YAML"),
        ("channel: '#a'\nchannel: '#b'", "the key 'channel' stands twice"),
        ("default: high", "missing required field `channel`"),
        ("channel: 7", "Expected `str`, got `int` - at `$.channel`"),
        ("channel: sfn-alerts", "'sfn-alerts' is no channel"),
        ("channel: '#a'\nchanel: '#b'", "unknown field `chanel`; the fields there are channel,"),
        ("channel: '#a'\ndefault: urgent", "`$.default`; severities are high, middle, low"),
        ("channel: '#a'\nseverities: {urgent: {}}", "severities are high, middle, low"),
        ("channel: '#a'\nseverities: {high: {colour: red}}", "the fields there are mention,"),
        ("channel: '#a'\nrules: {}", "Expected `array`, got `object` - at `$.rules`"),
        ("channel: '#a'\nrules: [{severity: high}]", "missing required field `when`"),
        (
            "channel: '#a'\nrules: [{when: {machine: x}}]",
            "`$.rules[0].when`; the fields there are state_machine, error,",
        ),
        ("channel: '#a'\nrules: [{when: {}, sev: high}]", "the fields there are when, severity,"),
        ("channel: '#a'\nrules: [{when: {error: 7}}]", "`$.rules[0].when.error`"),
        ("channel: '#a'\nrules: [{when: {error: ''}}]", "an empty glob matches nothing"),
        ("channel: '#a'\nrules: [{when: {error: 'x[a'}}]", "has a bracket without its other half"),
        (
            "channel: '#a'\nrules: [{when: {}, severity: hihg}]",
            "`$.rules[0].severity`; severities are high, middle, low",
        ),
        ("channel: '#a'\nrules: [{when: {}, notify: maybe}]", "`$.rules[0].notify`"),
        ("channel: '#a'\nrules: [{when: {}, channel: x}]", "- at `$.rules[0].channel`"),
        ("channel: '#a'\nrules: [{when: {}, remind_after: soon}]", "write a length as 15m, 4h"),
        ("channel: '#a'\nredact: secret", "Expected `array`, got `str` - at `$.redact`"),
    ],
)
def test_a_mistake_is_told_with_its_place_and_the_way_out(text: str, said: str) -> None:
    with pytest.raises(ConfigError, match=re.escape(said)):
        config.read(text)
