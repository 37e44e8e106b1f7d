"""alerts.yml: what it says, and what is said of every mistake in it."""

import contextlib
import io
import re
from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from app import config
from app.config import ConfigError
from app.config.schema import LEVELS
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
    mention: "@billing-oncall"
    runbook: https://wiki.example.com/billing
  - when: {state_machine: "arn:aws:states:*:stateMachine:nightly-*"}
    severity: low
  - when: {error: [OrdersUnavailable, "*Throttl*"], status: FAILED}
    notify: false
redact: [iban]
"""


def test_the_first_rule_that_matches_answers_and_the_defaults_for_the_rest() -> None:
    rules = config.rules_of(config.read(WHOLE))
    billing = classify(rules, failure(machine="billing-run", error="States.Timeout"))
    assert billing.rule == 0
    assert billing.route.severity is Severity.HIGH
    assert billing.route.channel == "#billing-alerts"
    assert billing.route.mention == "@billing-oncall"
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


def test_the_projects_own_file_is_right_and_raises_no_doubt() -> None:
    assert config.check((ROOT / "alerts.yml").read_text()).warnings == ()


def test_every_rule_is_known_by_its_place() -> None:
    places = config.check(WHOLE, "team.yml").rules
    assert places == ("team.yml:7: rules[0]", "team.yml:12: rules[1]", "team.yml:14: rules[2]")


def test_a_mention_is_kept_in_slacks_form_and_a_handle_as_it_is() -> None:
    read = config.read(
        'channel: "#a"\n'
        'severities: {high: {mention: "@channel"}, middle: {mention: S012AB3CD}}\n'
        "rules:\n"
        "  - {when: {error: A}, mention: U012AB3CD}\n"
        '  - {when: {error: B}, mention: "@billing-oncall"}\n'
    )
    assert read.severities.high.mention == "<!channel>"
    assert read.severities.middle.mention == "<!subteam^S012AB3CD>"
    assert [rule.mention for rule in read.rules] == ["<@U012AB3CD>", "@billing-oncall"]


def test_low_severity_may_be_posted_after_all() -> None:
    checked = config.check("channel: '#a'\nseverities: {low: {notify: true}}\ndefault: low")
    assert checked.warnings == ()
    assert classify(config.rules_of(checked.config), failure()).route.notify


RULE = "channel: '#a'\nrules:\n  - when: {error: x}\n    "
WHEN = "channel: '#a'\nrules:\n  - when: {%s}"
ACCOUNT = """channel: '#a'
accounts:
  - id: '111122223333'
    role: arn:aws:iam::111122223333:role/path/sfn-alerts
    """
ACCOUNT_AGAIN = ACCOUNT.partition("accounts:\n")[2]
DIGEST = "channel: '#a'\ndigest: {%s}"
MISTAKES = {
    "a digest without its hour": (DIGEST % "channel: '#b'", ":2: digest: `at` is missing"),
    "a digest without anything": ("channel: '#a'\ndigest:", ":2: digest: no value; give it one"),
    "an hour that YAML takes for a number": (
        DIGEST % "at: 10:30",
        'digest.at: 630 is no time of day; write hours and minutes in quotes: "10:30"',
    ),
    "an hour that there is not": (DIGEST % "at: '24:00'", "'24:00' is no time of day"),
    "an hour without minutes": (DIGEST % "at: 9", "9 is no time of day"),
    "a time zone that there is not": (
        DIGEST % "at: '09:00', timezone: Europe/Berin",
        "digest.timezone: 'Europe/Berin' is no time zone (did you mean Europe/Berlin?); write one",
    ),
    "a time zone that is a path": (DIGEST % "at: '09:00', timezone: ../x", "is no time zone"),
    "a digest that nobody can read": (
        DIGEST % "at: '09:00', channel: Ops",
        "digest.channel: 'Ops' is no channel",
    ),
    "a key of the digest elsewhere": (
        "channel: '#a'\ntimezone: UTC",
        "the key does not belong here, but under `digest`",
    ),
    "an empty file": ("", "alerts.yml:1: the file is empty; `channel` is missing"),
    "nothing but comments": ("# channel: '#a'\n", "alerts.yml:1: the file is empty"),
    "a list": ("- a list", "alerts.yml:1: a list, where a mapping belongs, with the keys channel,"),
    "a text": ("hello", "alerts.yml:1: a text, where a mapping belongs"),
    # not YAML
    "a bracket left open": ("channel: [", "alerts.yml:1:11: not YAML: "),
    "a tab": ("channel: '#a'\nrules:\n\t- x", "alerts.yml:3:1: not YAML: a tab; indent with"),
    "a bare *": (
        WHEN % "error: *Throttl*",
        "alerts.yml:3:19: not YAML: a value that begins with *",
    ),
    "a bare * at the front": (WHEN % "error: *Throttl", "alerts.yml:3:19: not YAML: a value that"),
    "a bare @": ("channel: '#a'\nseverities: {high: {mention: @here}}", ":2:30: not YAML: a value"),
    "a bare !": ("channel: !a", "alerts.yml:1:10: not YAML: a value that begins with ! needs"),
    "a quote left open": ("channel: '#a", "a quote is not closed"),
    "two colons": ("channel: a: b", "a value with a colon needs quotes"),
    "two documents": ("channel: '#a'\n---\nchannel: '#b'", "alerts.yml:2:1: not YAML: "),
    "a control character": ("channel: \x01", "alerts.yml:1:10: not YAML: it may not hold the"),
    "no date": ("channel: 2026-99-99", "alerts.yml: holds a value that YAML can't read"),
    "nobody may": (
        "channel: '#a'\nmay: {redrive: []}",
        "an empty list lets nobody; leave the key out to let every member",
    ),
    "everybody may": (
        "channel: '#a'\nmay:\n  mute: '@here'",
        "alerts.yml:3: may.mute: '@here' names everybody; leave the key out",
    ),
    "somebody who is nobody": (
        "channel: '#a'\nmay:\n  redrive: [Ana Lima]",
        "alerts.yml:3: may.redrive[0]: 'Ana Lima' is nobody",
    ),
    "an unknown deed": (
        "channel: '#a'\nmay: {redrives: U012AB3CD}",
        "may.redrives: unknown key, did you mean `redrive`?",
    ),
    "too deep": ("[" * 100_000, "alerts.yml: nested too deeply"),
    "a list that holds itself": ("channel: '#a'\nrules: &r [*r]", "rules[0]: a list, where a mapp"),
    "a key twice": (
        "channel: '#a'\nrules: []\nchannel: '#b'",
        "alerts.yml:3: channel: the key stands twice, first in line 1",
    ),
    "a key twice, deep down": (
        "channel: '#a'\nrules:\n  - when:\n      error: a\n      error: b",
        "alerts.yml:5: rules[0].when.error: the key stands twice, first in line 4",
    ),
    # a bare #
    "a bare #": (
        "channel: #sfn-alerts",
        ':1: channel: no value, since YAML takes a bare # for a comment; write channel: "#sfn-al',
    ),
    "a bare # in a rule": (RULE + "channel: #billing", "alerts.yml:4: rules[0].channel: no value,"),
    "a bare # between braces": (
        "channel: '#a'\nrules:\n  - {when: {}, channel: #b}\n  - {when: {}}",
        "in line 3 it takes a bare # for the beginning of a comment",
    ),
    # keys
    "no channel": ("default: high", "alerts.yml:1: `channel` is missing: where alerts go"),
    "an unknown key": (
        "channel: '#a'\nsevereties: {}",
        "alerts.yml:2: severeties: unknown key, did you mean `severities`? Keys here are channel,",
    ),
    "an unknown key like no other": ("channel: '#a'\nfoo: 1", "foo: unknown key; keys here are"),
    "an unknown severity": (
        "channel: '#a'\nseverities:\n  hihg: {}",
        "alerts.yml:3: severities.hihg: unknown key, did you mean `high`? Keys here are high,",
    ),
    "an unknown key of a severity": (
        "channel: '#a'\nseverities: {high: {mentoin: x}}",
        "severities.high.mentoin: unknown key, did you mean `mention`?",
    ),
    "an unknown key of a rule": (RULE + "sevrity: high", "rules[0].sevrity: unknown key, did you"),
    "an unknown key of a when": (
        WHEN % "machine: x",
        "rules[0].when.machine: unknown key, did you mean `state_machine`?",
    ),
    "a key on the wrong level": (
        RULE + "state_machine: x",
        "rules[0].state_machine: the key does not belong here, but under `when`; keys here are",
    ),
    "a key of rules at the top": (
        "channel: '#a'\nmention: '@here'",
        "mention: the key does not belong here, but in one of the `severities` or in a rule",
    ),
    "a key that YAML takes for true": (
        "channel: '#a'\non: x",
        "YAML takes the key true for true or false; keys here are channel,",
    ),
    # levels
    "severities in a list": (
        "channel: '#a'\nseverities: [high]",
        "alerts.yml:2: severities: a list, where a mapping belongs, with the keys high, middle,",
    ),
    "rules in a mapping": (
        "channel: '#a'\nrules: {}",
        "alerts.yml:2: rules: a mapping, where a list belongs; each item begins with -",
    ),
    "a rule that is a text": ("channel: '#a'\nrules: [x]", "rules[0]: a text, where a mapping"),
    "a when that is a list": (
        "channel: '#a'\nrules:\n  - when: [x]",
        "alerts.yml:3: rules[0].when: a list, where a mapping belongs, with the keys state_machine",
    ),
    "no when": ("channel: '#a'\nrules:\n  - severity: high", ":3: rules[0]: `when` is missing"),
    "a when without a value": ("channel: '#a'\nrules:\n  - when:", "no value; write {} if"),
    "rules without a value": ("channel: '#a'\nrules:", "rules: no value; write [] if"),
    "a field without a value": (WHEN % "error: ", "rules[0].when.error: no value; give it one"),
    # fields
    "a channel that is a number": ("channel: 7", "alerts.yml:1: channel: 7 is no channel; write"),
    "a channel without its #": ("channel: sfn-alerts", '"#sfn-alerts", or its id'),
    "a channel in capitals": ("channel: '#Billing'", '"#billing", or its id'),
    "a rule's channel": (RULE + "channel: x", "rules[0].channel: 'x' is no channel; write its"),
    "an unknown default": (
        "channel: '#a'\ndefault: urgent",
        "alerts.yml:2: default: 'urgent' is no severity; severities are high, middle, low",
    ),
    "a misspelt severity": (
        RULE + "severity: hihg",
        "rules[0].severity: 'hihg' is no severity (did you mean high?); severities are high,",
    ),
    "a severity that is a list": (RULE + "severity: [high]", "rules[0].severity: ['high'] is no"),
    "notify: maybe": (RULE + "notify: maybe", "rules[0].notify: 'maybe' must be true or false"),
    "a runbook that is no address": (
        RULE + "runbook: wiki/billing",
        "rules[0].runbook: 'wiki/billing' is no address; write one that begins with https://",
    ),
    "a runbook of another kind": (RULE + "runbook: javascript:alert(1)", "is no address"),
    "a runbook that would break its link": (RULE + "runbook: 'https://a.b/|x'", "is no address"),
    "a runbook that is a number": (RULE + "runbook: 7", "YAML takes this for a number; put it in"),
    "a length of time in words": (
        RULE + "remind_after: soon",
        "rules[0].remind_after: 'soon' is no length of time; write minutes as 15m, hours as 4h or",
    ),
    "a length of time without its unit": (RULE + "remind_after: 15", "15 is no length of time"),
    "no time at all": (RULE + "remind_after: 0m", "'0m' is no length of time"),
    "more time than there is": (RULE + "remind_after: 99999999999d", "is no length of time"),
    "a mention of nobody": (
        RULE + "mention: ana",
        'rules[0].mention: \'ana\' is no mention (did you mean "@ana"?); write "@here", "@chan',
    ),
    "a mention of a severity": (
        "channel: '#a'\nseverities:\n  high: {mention: '<!all>'}",
        "alerts.yml:3: severities.high.mention: '<!all>' is no mention; write",
    ),
    "a mention that is a list": (
        RULE + "mention: ['@a']",
        "rules[0].mention: ['@a'] is no mention",
    ),
    # globs
    "a glob that is a number": (WHEN % "error: 7", "when.error: YAML takes this for a number; put"),
    "a glob that YAML takes for true": (WHEN % "error: yes", "YAML takes this for true or false;"),
    "a glob that is a mapping": (WHEN % "error: {a: b}", "a mapping, where a text belongs"),
    "an account without quotes": (
        WHEN % "account: 123456789012",
        "when.account: YAML takes this for a number; put it in quotes",
    ),
    "an account of eleven digits": (WHEN % "account: '12345678901'", "an account has 12 digits"),
    "an empty glob": (WHEN % "error: ''", "an empty glob matches nothing; leave the field out"),
    "an empty list of globs": (WHEN % "error: []", "an empty list matches nothing; leave the"),
    "a bracket left open in a glob": (
        WHEN % "error: [ok, 'x[a']",
        "rules[0].when.error[1]: the glob 'x[a' has a bracket without its other half",
    ),
    "a bracket never opened": (WHEN % "error: 'x]'", "has a bracket without its other half"),
    "braces": (WHEN % "state_machine: '{a,b}-*'", "means several; write them as a list: [a, b]"),
    "alternatives": (WHEN % "error: 'A|B'", "means several; write them as a list"),
    "several in one text": (WHEN % "error: 'A, B'", "means several; write them as a list"),
    "a regular expression": (WHEN % "error: ^States", "is a regular expression, and this takes"),
    "a status there is not": (
        WHEN % "status: Timed-Out",
        "when.status: no failure has the status 'Timed-Out' (did you mean TIMED_OUT?); there are",
    ),
    "a status that is no failure": (WHEN % "status: SUCC*", "no failure has the status 'SUCC*'"),
    # accounts
    "accounts in a mapping": ("channel: '#a'\naccounts: {}", "alerts.yml:2: accounts: a mapping,"),
    "an account without its id": (
        "channel: '#a'\naccounts: [{role: x}]",
        "alerts.yml:2: accounts[0]: `id` is missing: the account's 12 digits, in quotes",
    ),
    "an account without a role": (
        "channel: '#a'\naccounts:\n  - id: '111122223333'",
        "alerts.yml:3: accounts[0]: `role` is missing: which one to assume in the account; write",
    ),
    "an account's id without quotes": (
        "channel: '#a'\naccounts: [{id: 111122223333, role: x}]",
        "accounts[0].id: YAML takes this for a number; put it in quotes",
    ),
    "an account's id of eleven digits": (
        "channel: '#a'\naccounts: [{id: '11112222333', role: x}]",
        "accounts[0].id: '11112222333' is no account; an account has 12 digits",
    ),
    "a role by its name": (
        "channel: '#a'\naccounts: [{id: '111122223333', role: sfn-alerts}]",
        "accounts[0].role: 'sfn-alerts' is no role; write its ARN, as arn:aws:iam::1111",
    ),
    "a role with a wildcard": (
        ACCOUNT.replace("path/sfn-alerts", "*"),
        "alerts.yml:4: accounts[0].role: 'arn:aws:iam::111122223333:role/*' is no role",
    ),
    "a role of another account": (
        ACCOUNT.replace(":111122223333", ":999922223333"),
        "/sfn-alerts' is of another account than 111122223333; to act in an account takes a role",
    ),
    "an account with an unknown key": (ACCOUNT + "rol: x", "accounts[0].rol: unknown key, did you"),
    "an account's key elsewhere": (
        "channel: '#a'\nexternal_id: x",
        "external_id: the key does not belong here, but in one of the `accounts`; keys here are",
    ),
    "a name that is a number": (ACCOUNT + "name: 7", "accounts[0].name: YAML takes this for a num"),
    "a name that is too long": (ACCOUNT + f"name: {'x' * 41}", "is no name; write one of 1 to 40"),
    "an external id with a space": (
        ACCOUNT + "external_id: a b",
        "accounts[0].external_id: 'a b' is no external id; AWS takes letters, digits and",
    ),
    "one region": (ACCOUNT + "regions: eu-west-1", "accounts[0].regions: a text, where a list"),
    "no region": (ACCOUNT + "regions: []", "regions: an empty list is no region; leave the key"),
    "a region by its city": (
        ACCOUNT + "regions: [eu-west-1, Ireland]",
        "alerts.yml:5: accounts[0].regions[1]: 'Ireland' is no region; write one as eu-west-1",
    ),
    "an account twice": (
        ACCOUNT + "name: a\n" + ACCOUNT_AGAIN + "name: b",
        "alerts.yml:6: accounts[1].id: accounts[0] lists 111122223333 already, with some of",
    ),
    "an account twice with a region in common": (
        ACCOUNT + "regions: [a-b-1, eu-west-1]\n" + ACCOUNT_AGAIN + "regions: [eu-west-1]",
        "accounts[1].id: accounts[0] lists 111122223333 already",
    ),
    "redact with one name": ("channel: '#a'\nredact: iban", "redact: a text, where a list belongs"),
    "redact with a bad glob": ("channel: '#a'\nredact: ['x[']", "redact[0]: the glob 'x[' has a"),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_told_with_its_place_and_the_way_out(mistake: str) -> None:
    text, said = MISTAKES[mistake]
    with pytest.raises(ConfigError, match=re.escape(said)):
        config.read(text)


def test_all_mistakes_are_told_at_once_in_the_order_of_the_file() -> None:
    text = (
        "default: b\nrules:\n  - when: {eror: c}\n    notify: d\n  - severity: low\n  - wen: {}\n"
    )
    with pytest.raises(ConfigError) as told:
        config.read(text, "team.yml")
    assert [" ".join(line.split(" ")[:2]) for line in str(told.value).splitlines()] == [
        "team.yml:1: default:",
        "team.yml:1: `channel`",
        "team.yml:3: rules[0].when.eror:",
        "team.yml:4: rules[0].notify:",
        "team.yml:5: rules[1]:",
        "team.yml:6: rules[2].wen:",
    ]


@pytest.mark.parametrize(
    "glob",
    ["*", "States.*", "[ab]x", "[!]]", "[]a]", "[[]x[]]", "Outer$Inner", "?", "FAILED"],
)
def test_globs_that_may_well_be_meant_are_taken(glob: str) -> None:
    config.read(f"channel: '#a'\nrules:\n  - when: {{error: '{glob}'}}")


def test_a_cause_may_hold_what_no_name_does() -> None:
    config.read("""channel: '#a'\nrules:\n  - when: {cause: '*{"a": 1, "b": 2}|^x$'}""")


def test_an_account_may_have_a_role_for_each_region() -> None:
    text = ACCOUNT + "regions: [eu-west-1]\n" + ACCOUNT_AGAIN + "regions: [us-east-1]\n    name: b"
    accounts = config.rules_of(config.read(text)).accounts
    assert [one.regions for one in accounts] == [("eu-west-1",), ("us-east-1",)]
    assert {one.role for one in accounts} == {"arn:aws:iam::111122223333:role/path/sfn-alerts"}


def test_an_alert_keeps_what_its_account_is_called() -> None:
    text = ACCOUNT.replace("111122223333", "123456789012") + "name: production"
    rules = config.rules_of(config.read(text + "\nrules: [{when: {error: A}, severity: high}]"))
    assert classify(rules, failure(error="A")).route.account == "production"
    assert classify(rules, failure(error="B")).route.account == "production"
    other = config.rules_of(config.read(ACCOUNT + "name: production"))
    assert classify(other, failure()).route.account is None


DOUBTS = {
    "an empty when that is not the last": (
        "rules: [{when: {}, severity: high}, {when: {error: x}}]",
        ["rules[0].when: warning: an empty `when` answers for everything, so the rules below"],
    ),
    "an empty when at the end": ("rules: [{when: {error: x}}, {when: {}}]", []),
    "the same when again": (
        "rules: [{when: {error: x, region: r}}, {when: {region: r, error: x}}]",
        ["rules[1]: warning: can never answer, since rules[0] matches all that it matches"],
    ),
    "a narrower when behind a wider one": (
        "rules: [{when: {error: 'States.*'}}, {when: {error: States.Timeout, region: r}}]",
        ["rules[1]: warning: can never answer, since rules[0]"],
    ),
    "a list behind the list that holds it": (
        "rules: [{when: {error: [a, b, c]}}, {when: {error: [c, a]}}]",
        ["rules[1]: warning: can never answer, since rules[0]"],
    ),
    "everything by a star": (
        "rules: [{when: {error: '*'}}, {when: {region: r}}]",
        ["rules[1]: warning: can never answer, since rules[0]"],
    ),
    "a wider when behind a narrower one": (
        "rules: [{when: {error: States.Timeout}}, {when: {error: 'States.*'}}]",
        [],
    ),
    "a when of something else": ("rules: [{when: {error: a}}, {when: {region: r}}]", []),
    "a glob that only looks like the one before": (
        "rules: [{when: {error: '?'}}, {when: {error: '*'}}]",
        [],
    ),
    "a when that shares a part": ("rules: [{when: {error: [a, b]}}, {when: {error: [b, c]}}]", []),
    "a mention of what is not posted": (
        "rules: [{when: {error: x}, notify: false, mention: '@here', remind_after: 1h}]",
        [
            "rules[0].mention: warning: calls nobody, since the alert is not posted, by notify:",
            "rules[0].remind_after: warning: reminds nobody",
        ],
    ),
    "a mention in a rule of low severity": (
        "rules: [{when: {error: x}, severity: low, mention: '@here'}]",
        ["rules[0].mention: warning: calls nobody, since the alert is not posted, for its"],
    ),
    "a mention in a rule of low severity that is posted": (
        "rules: [{when: {error: x}, severity: low, notify: true, mention: '@here'}]",
        [],
    ),
    "a mention of a severity that is not posted": (
        "severities: {low: {mention: '@here'}}",
        ["severities.low.mention: warning: is for nothing unless a rule has notify: true"],
    ),
    "nothing posted at all": (
        "default: low\nrules: [{when: {error: x}, notify: false}]",
        ["alerts.yml:1: warning: no failure is ever posted"],
    ),
}


@pytest.mark.parametrize("doubt", DOUBTS)
def test_what_can_hardly_be_meant_is_allowed_with_a_warning(doubt: str) -> None:
    text, said = DOUBTS[doubt]
    warnings = config.check(f"channel: '#a'\n{text}").warnings
    assert len(warnings) == len(said), warnings
    for warning, part in zip(warnings, said, strict=True):
        assert part in warning


KEYS = sorted({name for level in LEVELS for name in level.__struct_fields__})
CONTENT: st.SearchStrategy[Any] = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.text(max_size=8)
    | st.sampled_from(["#a", "high", "15m", "@here", "*", "FAILED", "https://a.b"]),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=4)
    ),
    max_leaves=20,
)


@given(CONTENT)
def test_whatever_is_written_is_read_or_told_as_a_mistake(content: Any) -> None:
    text = yaml.safe_dump({"channel": "#a", **content} if isinstance(content, dict) else content)
    try:
        checked = config.check(text)
    except ConfigError as told:
        lines = str(told).splitlines()
    else:
        lines = list(checked.warnings)
        config.rules_of(checked.config)
        assert config.from_json(config.to_json(checked.config)) == checked.config
    assert all(line.startswith("alerts.yml") for line in lines)


def test_a_digest_is_planned_in_its_time_zone_and_the_files_channel() -> None:
    written = config.read("channel: '#a'\ndigest: {at: '09:00', timezone: Europe/Berlin}")
    packaged = config.from_json(config.to_json(written))
    data = config.zone_data(packaged)
    assert data is not None
    plan = config.digest_of(packaged, ZoneInfo.from_file(io.BytesIO(data)))
    assert plan is not None
    assert (plan.at, plan.channel) == (time(9), "#a")
    summer = datetime(2026, 7, 1, tzinfo=plan.zone)
    assert summer.utcoffset() == timedelta(hours=2)


def test_without_a_digest_there_is_none() -> None:
    written = config.read("channel: '#a'")
    assert config.zone_data(written) is None
    assert config.digest_of(written, UTC) is None


@given(st.text(max_size=60))
def test_any_text_at_all_is_read_or_told_as_a_mistake(text: str) -> None:
    for content in (
        text,
        f"channel: {text}",
        f"channel: '#a'\nrules:\n  - when: {{error: {text}}}",
    ):
        with contextlib.suppress(ConfigError):
            config.check(content)


def test_the_reference_tells_of_every_field() -> None:
    reference = (ROOT / "docs" / "rules.md").read_text()
    for level in LEVELS:
        for field in msgspec.structs.fields(level):
            assert f"`{field.name}`" in reference, field.name


def test_a_name_with_a_line_break_in_it_leaves_each_line_of_the_message_its_place() -> None:
    with pytest.raises(ConfigError) as refused:
        config.read('{"\\r": 1, "a\\nb": 2, channel: "#a"}')
    lines = str(refused.value).splitlines()
    assert len(lines) == 2
    assert all(line.startswith("alerts.yml:1: '") for line in lines)
