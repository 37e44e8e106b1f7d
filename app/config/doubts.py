"""What is allowed in alerts.yml, but can hardly be meant."""

import fnmatch
from collections.abc import Iterator

from app.config.rules import rules_of, when_of
from app.config.schema import Config
from app.config.source import Remark
from app.domain.alert import Severity
from app.domain.rules import Rule, Rules, When, route_of


def doubts(config: Config) -> Iterator[Remark]:
    rules = rules_of(config)
    yield from _never_asked(config)
    for number, rule in enumerate(rules.rules):
        yield from _unheard(rules, number, rule)
    yield from _quiet_severities(config, rules)
    if not any(route_of(rules, rule).notify for rule in (None, *rules.rules)):
        yield Remark((), "no failure is ever posted: every rule and the default keep quiet")


def _never_asked(config: Config) -> Iterator[Remark]:
    """Rules that stand behind one that answers for all they match."""
    whens = [when_of(rule.when) for rule in config.rules]
    for number, when in enumerate(whens):
        if when == When():
            if number + 1 < len(whens):
                yield Remark(
                    ("rules", number, "when"),
                    "an empty `when` answers for everything, so the rules below are never asked; "
                    "make this the last rule",
                )
            return
        earlier = next((n for n, one in enumerate(whens[:number]) if _covers(one, when)), None)
        if earlier is not None:
            yield Remark(
                ("rules", number),
                f"can never answer, since rules[{earlier}] matches all that it matches; put the "
                "narrower rule first, or remove one",
            )


def _covers(wide: When, narrow: When) -> bool:
    """Whether *wide* surely matches whatever *narrow* does. Not every such case is seen."""
    for name in When.__struct_fields__:
        outer, inner = getattr(wide, name), getattr(narrow, name)
        if outer and not inner and "*" not in outer:
            return False
        if outer and not all(_covered(glob, outer) for glob in inner):
            return False
    return True


def _covered(glob: str, globs: tuple[str, ...]) -> bool:
    if glob in globs or "*" in globs:
        return True
    # Without a sign of its own a glob matches one text only: itself.
    plain = not any(sign in glob for sign in "*?[")
    return plain and any(fnmatch.fnmatchcase(glob, one) for one in globs)


def _unheard(rules: Rules, number: int, rule: Rule) -> Iterator[Remark]:
    """What a rule says though what it answers for is not posted."""
    if route_of(rules, rule).notify:
        return
    why = "by notify: false" if rule.notify is False else "for its severity is not"
    for name, what in (("mention", "calls nobody"), ("remind_after", "reminds nobody")):
        if getattr(rule, name) is not None:
            yield Remark(
                ("rules", number, name),
                f"{what}, since the alert is not posted, {why}; leave it out, or write "
                "notify: true",
            )


def _quiet_severities(config: Config, rules: Rules) -> Iterator[Remark]:
    for severity in Severity:
        said = getattr(config.severities, severity.value)
        for name in ("mention", "remind_after"):
            if getattr(said, name) is not None and not rules.severities[severity].notify:
                yield Remark(
                    ("severities", severity.value, name),
                    f"is for nothing unless a rule has notify: true, since alerts of severity "
                    f"{severity.value} are not posted",
                )
