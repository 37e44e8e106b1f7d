"""Which failures matter how much, to whom, and where they are told."""

import fnmatch
from collections.abc import Iterable, Iterator, Mapping
from datetime import timedelta

from msgspec import Struct, field
from msgspec.structs import replace

from app.domain.alert import Route, Severity
from app.domain.authority import Act, May, Reserved
from app.domain.execution import Failure
from app.domain.mutes import Mute
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
    name = name_of(rules.accounts, failure.arn)
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
        if globs and not _matches(globs, values):
            yield f"{name} is {values[0]!r:.120}, not {' or '.join(globs)}"


def _matches(globs: Iterable[str], values: Iterable[str]) -> bool:
    return any(fnmatch.fnmatchcase(value, glob) for value in values for glob in globs)


def who_may(rules: Rules, failure: Failure, act: Act) -> Reserved | None:
    """Who may do *act* about *failure*, as the rule for it says, or the file; None: everybody."""
    return _reserved(rules, classify(rules, failure).rule, act)


def who_may_throughout(rules: Rules, mute: Mute, act: Act) -> list[Reserved]:
    """Who may do *act* about all that *mute* covers: somebody whom every one of these lets.

    Of what it covers not everything is known, so every rule counts that may answer for some of
    it, up to one that answers for the rest.
    """
    found: list[Reserved | None] = []
    for place, rule in enumerate(rules.rules):
        answers = _answers(rule.when, mute)
        if answers is not False:
            found.append(_reserved(rules, place, act))
        if answers:
            break
    else:
        found.append(_reserved(rules, None, act))
    return list(dict.fromkeys(one for one in found if one))


def _reserved(rules: Rules, rule: int | None, act: Act) -> Reserved | None:
    """As the rule at that place says, or where it says nothing, or there is none, the file."""
    own = rules.rules[rule].may.get(act) if rule is not None else None
    if own is not None:
        return Reserved(own, f"rules[{rule}].may.{act}")
    who = rules.may.get(act)
    return None if who is None else Reserved(who, f"may.{act}")


def _answers(when: When, mute: Mute) -> bool | None:
    """Whether *when* matches all that *mute* covers, or (None) perhaps some of it."""
    arn = mute.machine_arn
    _, _, _, region, account, _, machine = (arn or ":" * 6).split(":", 6)
    known: tuple[tuple[tuple[str, ...], tuple[str, ...]], ...] = (
        (when.state_machine, (machine, arn) if arn else ()),
        (when.error, (mute.error,) if mute.error else ()),
        (when.account, (account,) if arn else ()),
        (when.region, (region,) if arn else ()),
        (when.cause, ()),
        (when.status, ()),
    )
    asked = [(globs, values) for globs, values in known if globs]
    if any(values and not _matches(globs, values) for globs, values in asked):
        return False
    return True if all(values for _, values in asked) else None
