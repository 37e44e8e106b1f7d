"""alerts.yml: read, checked, and made into typed rules.

A mistake is found when the file is packaged, with the place named, never in a Lambda. There
the checked file is read as JSON, which needs no YAML parser.
"""

import re
from datetime import timedelta
from typing import Annotated, Any

import msgspec

from app.domain.alert import Severity
from app.domain.redaction import Redactor
from app.domain.rules import Defaults, Rule, Rules, When

Globs = str | list[str]
Length = Annotated[str, msgspec.Meta(pattern=r"^[1-9]\d*(m|h|d)$")]


class ConfigError(ValueError):
    """alerts.yml has a mistake; the message names the place and what would be right."""


class _Strict(msgspec.Struct, forbid_unknown_fields=True, frozen=True, omit_defaults=True):
    """A mapping in the file: an unknown key is a mistake."""


class WhenFile(_Strict, frozen=True):
    state_machine: Globs = []
    error: Globs = []
    cause: Globs = []
    account: Globs = []
    region: Globs = []
    status: Globs = []


class RuleFile(_Strict, frozen=True):
    when: WhenFile
    severity: Severity | None = None
    channel: str | None = None
    mention: str | None = None
    notify: bool | None = None
    runbook: str | None = None
    remind_after: Length | None = None


class SeverityFile(_Strict, frozen=True):
    mention: str | None = None
    notify: bool | None = None
    remind_after: Length | None = None


class Config(_Strict, frozen=True):
    """The whole file."""

    channel: str
    severities: dict[Severity, SeverityFile] = {}
    default: Severity = Severity.MIDDLE
    rules: list[RuleFile] = []
    redact: list[str] = []


def read(text: str) -> Config:
    """The configuration in *text* (YAML). Raises ConfigError."""
    import yaml  # noqa: PLC0415  (never in a Lambda)

    try:
        content = yaml.load(text, Loader=_loader())  # noqa: S506  (a SafeLoader)
    except yaml.YAMLError as problem:
        message = f"alerts.yml is not YAML: {problem}"
        raise ConfigError(message) from None
    if content is None:
        message = "alerts.yml is empty: it needs at least `channel`, the channel for alerts"
        raise ConfigError(message)
    return _checked(content)


def from_json(content: bytes) -> Config:
    """The configuration as packaging wrote it. Raises ConfigError."""
    return _checked(msgspec.json.decode(content))


def to_json(config: Config) -> bytes:
    return msgspec.json.encode(config)


def rules_of(config: Config) -> Rules:
    return Rules(
        channel=config.channel,
        default=config.default,
        severities={
            severity: _defaults(severity, config.severities.get(severity, SeverityFile()))
            for severity in Severity
        },
        rules=tuple(_rule(rule) for rule in config.rules),
    )


def redactor_of(config: Config) -> Redactor:
    return Redactor.of(config.redact)


def _checked(content: Any) -> Config:
    try:
        return msgspec.convert(content, Config)
    except msgspec.ValidationError as problem:
        message = f"alerts.yml: {problem}"
        raise ConfigError(message) from None


def _defaults(severity: Severity, said: SeverityFile) -> Defaults:
    return Defaults(
        mention=said.mention,
        notify=severity is not Severity.LOW if said.notify is None else said.notify,
        remind_after=_length(said.remind_after),
    )


def _rule(said: RuleFile) -> Rule:
    when = {name: _globs(getattr(said.when, name)) for name in WhenFile.__struct_fields__}
    return Rule(
        when=When(**when),
        severity=said.severity,
        channel=said.channel,
        mention=said.mention,
        notify=said.notify,
        runbook=said.runbook,
        remind_after=_length(said.remind_after),
    )


def _globs(said: Globs) -> tuple[str, ...]:
    return (said,) if isinstance(said, str) else tuple(said)


def _length(said: str | None) -> timedelta | None:
    if said is None:
        return None
    number, unit = re.fullmatch(r"(\d+)([mhd])", said).groups()  # type: ignore[union-attr]
    return timedelta(**{{"m": "minutes", "h": "hours", "d": "days"}[unit]: int(number)})


def _loader() -> Any:
    """A YAML loader that takes a key written twice for the mistake it is."""
    import yaml  # noqa: PLC0415

    class Loader(yaml.SafeLoader):
        def construct_mapping(self, node: Any, deep: bool = False) -> dict[Any, Any]:  # noqa: FBT001, FBT002  (PyYAML's)
            keys = [key.value for key, _ in node.value]
            for key, _ in node.value:
                if keys.count(key.value) > 1:
                    message = f"the key {key.value!r} stands twice"
                    raise yaml.constructor.ConstructorError(None, None, message, key.start_mark)
            return dict(super().construct_mapping(node, deep=deep))

    return Loader
