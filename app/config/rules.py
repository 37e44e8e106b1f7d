"""The file's rules as the domain knows them."""

import re
from datetime import time, timedelta, tzinfo

from app.config.schema import (
    AccountFile,
    Config,
    Globs,
    MayFile,
    RuleFile,
    SeverityFile,
    Unset,
    WhenFile,
)
from app.domain import mentions
from app.domain.alert import Severity
from app.domain.authority import Act, May
from app.domain.digest import DigestPlan
from app.domain.reach import Account
from app.domain.redaction import Redactor
from app.domain.rules import Defaults, Rule, Rules, When


def rules_of(config: Config) -> Rules:
    return Rules(
        channel=config.channel,
        default=config.default,
        severities={
            severity: _defaults(severity, getattr(config.severities, severity.value))
            for severity in Severity
        },
        rules=tuple(_rule(rule) for rule in config.rules),
        may=_may(config.may),
        accounts=tuple(_account(one) for one in config.accounts),
    )


def redactor_of(config: Config) -> Redactor:
    return Redactor.of(config.redact)


def digest_of(config: Config, zone: tzinfo) -> DigestPlan | None:
    """The daily digest, should there be one; *zone* is its time zone."""
    said = config.digest
    if said is None:
        return None
    return DigestPlan(
        at=time.fromisoformat(said.at), zone=zone, channel=said.channel or config.channel
    )


def when_of(said: WhenFile) -> When:
    return When(**{name: _globs(getattr(said, name)) for name in WhenFile.__struct_fields__})


def _defaults(severity: Severity, said: SeverityFile) -> Defaults:
    return Defaults(
        mention=said.mention,
        notify=severity is not Severity.LOW if said.notify is None else said.notify,
        remind_after=_length(said.remind_after),
    )


def _rule(said: RuleFile) -> Rule:
    return Rule(
        when=when_of(said.when),
        severity=said.severity,
        channel=said.channel,
        mention=said.mention,
        notify=said.notify,
        runbook=said.runbook,
        remind_after=_length(said.remind_after),
        may=_may(said.may),
    )


def _account(said: AccountFile) -> Account:
    return Account(
        id=said.id,
        role=said.role,
        name=said.name,
        regions=() if isinstance(said.regions, Unset) else tuple(said.regions),
        external_id=said.external_id,
    )


def _may(said: MayFile) -> May:
    """What the file leaves out is left out here too: then a rule falls back on the file's own."""
    return {
        act: tuple(mentions.normal(one) or one for one in _globs(people))
        for act in Act
        if not isinstance(people := getattr(said, act.value), Unset)
    }


def _globs(said: Globs | Unset) -> tuple[str, ...]:
    if isinstance(said, Unset):
        return ()
    return (said,) if isinstance(said, str) else tuple(said)


def _length(said: str | None) -> timedelta | None:
    if said is None:
        return None
    number, unit = re.fullmatch(r"(\d+)([mhd])", said).groups()  # type: ignore[union-attr]
    return timedelta(**{{"m": "minutes", "h": "hours", "d": "days"}[unit]: int(number)})
