"""Which failures matter how much, to whom, and where they are told."""

import fnmatch
from collections.abc import Iterator, Mapping
from datetime import timedelta

from msgspec import Struct, field
from msgspec.structs import replace

from app.domain.alert import Route, Severity
from app.domain.authority import Act, May
from app.domain.execution import Failure
from app.domain.reach import Account, name_of


class When(Struct, frozen=True, kw_only=True):
    """Globs a failure must match, each field any one of its own; an empty field matches all."""

    state_machine: tuple[str, ...] = ()
    error: tuple[str, ...] = ()
    cause: tuple[str, ...] = ()
    account: tuple[str, ...] = ()
    region: tuple[str, ...] = ()
    status: tuple[str, ...] = ()


class Defaults(Struct, frozen=True, kw_only=True):
    """What a severity means unless a rule says otherwise."""

    mention: str | None = None
    notify: bool = True
    remind_after: timedelta | None = None


class Rule(Struct, frozen=True, kw_only=True):
    when: When
    severity: Severity | None = None
    channel: str | None = None
    mention: str | None = None
    notify: bool | None = None
    runbook: str | None = None
    remind_after: timedelta | None = None
    may: May = field(default_factory=dict)


class Rules(Struct, frozen=True, kw_only=True):
    """The first rule that matches answers; the defaults answer for the rest."""

    channel: str
    default: Severity = Severity.MIDDLE
    severities: Mapping[Severity, Defaults] = field(default_factory=dict)
    rules: tuple[Rule, ...] = ()
    may: May = field(default_factory=dict)
    accounts: tuple[Account, ...] = ()


class Classification(Struct, frozen=True, kw_only=True):
    """Where a failure goes; ``rule`` is the place of the rule that answered, None: no rule.

    ``passed_over`` says of each rule before it which field did not match.
    """

    route: Route
    rule: int | None
    passed_over: tuple[str, ...] = ()


def classify(rules: Rules, failure: Failure) -> Classification:
    """The first rule's answer for *failure*, and why those before it did not answer."""
    passed_over: list[str] = []
    for place, rule in enumerate(rules.rules):
        mismatch = next(_mismatches(rule.when, failure), None)
        if mismatch is None:
            return Classification(
                route=_named(rules, rule, failure), rule=place, passed_over=tuple(passed_over)
            )
        passed_over.append(mismatch)
    route = _named(rules, None, failure)
    return Classification(route=route, rule=None, passed_over=tuple(passed_over))


def _named(rules: Rules, rule: Rule | None, failure: Failure) -> Route:
    name = name_of(rules.accounts, failure.arn) if rules.accounts else None
    return replace(route_of(rules, rule), account=name)


def route_of(rules: Rules, rule: Rule | None) -> Route:
    """Where *rule* sends what it answers for; None: the defaults alone."""
    rule = rule or Rule(when=When())
    severity = rule.severity or rules.default
    defaults = rules.severities.get(severity, Defaults(notify=severity is not Severity.LOW))
    return Route(
        severity=severity,
        notify=defaults.notify if rule.notify is None else rule.notify,
        channel=rule.channel or rules.channel,
        mention=rule.mention or defaults.mention,
        runbook=rule.runbook,
        remind_after=rule.remind_after or defaults.remind_after,
    )


def _mismatches(when: When, failure: Failure) -> Iterator[str]:
    """Each field of *when* that *failure* does not match, in words."""
    arn = failure.arn
    for name, globs, values in (
        ("state_machine", when.state_machine, (arn.machine, arn.machine_arn)),
        ("error", when.error, (failure.error_name,)),
        ("cause", when.cause, (failure.cause or "",)),
        ("account", when.account, (arn.account,)),
        ("region", when.region, (arn.region,)),
        # A step that tells from inside tells of an execution that is about to fail.
        ("status", when.status, (failure.status if failure.ended else "FAILED",)),
    ):
        if globs and not any(fnmatch.fnmatchcase(v, g) for v in values for g in globs):
            yield f"{name} is {values[0]!r:.120}, not {' or '.join(globs)}"


def who_may(rules: Rules, failure: Failure, act: Act) -> tuple[str, ...] | None:
    """Who may do *act* about *failure*, as the rule for it says, or the file; None: everybody."""
    place = classify(rules, failure).rule
    own = rules.rules[place].may if place is not None else {}
    return own.get(act, rules.may.get(act))
