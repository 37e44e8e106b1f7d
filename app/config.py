"""alerts.yml: read, checked, and made into typed rules.

A mistake is found when the file is packaged, with the place named, never in a Lambda. There
the checked file is read as JSON, which needs no YAML parser.
"""

import re
from collections.abc import Iterator
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
        config = msgspec.convert(content, Config)
    except msgspec.ValidationError as problem:
        message = f"alerts.yml: {problem}{_way_out(str(problem))}"
        raise ConfigError(message) from None
    for place, text in _globs_of(config):
        wrong = _wrong_with_glob(text)
        if wrong:
            message = f"alerts.yml: {wrong} - at `{place}`"
            raise ConfigError(message)
    for place, channel in _channels_of(config):
        if not re.fullmatch(r"#[^\s#@]+|[CG][A-Z0-9]{5,}", channel):
            message = (
                f'alerts.yml: {channel!r} is no channel: write "#name", in quotes since YAML takes '
                f"a bare # for a comment, or the channel's id - at `{place}`"
            )
            raise ConfigError(message)
    return config


def _way_out(problem: str) -> str:
    """What would have been right, where the message alone does not tell."""
    if "unknown field" in problem:
        place = problem.rpartition("`$")[2].rstrip("`")
        known = next((kind for ending, kind in _BY_PLACE if re.search(ending, place)), Config)
        return f"; the fields there are {', '.join(known.__struct_fields__)}"
    if "Invalid enum value" in problem or "severities" in problem:
        return f"; severities are {', '.join(one.value for one in Severity)}"
    if "matching regex" in problem:
        return "; write a length as 15m, 4h or 2d"
    return ""


#: Which mapping stands at which end of a path.
_BY_PLACE: tuple[tuple[str, type[msgspec.Struct]], ...] = (
    (r"\.when$", WhenFile),
    (r"\.rules\[.*\]$", RuleFile),
    (r"\.severities\[.*\]$", SeverityFile),
)


def _globs_of(config: Config) -> Iterator[tuple[str, str]]:
    for place, rule in enumerate(config.rules):
        for name in WhenFile.__struct_fields__:
            for glob in _globs(getattr(rule.when, name)):
                yield f"$.rules[{place}].when.{name}", glob
    for place, glob in enumerate(config.redact):
        yield f"$.redact[{place}]", glob


def _wrong_with_glob(glob: str) -> str | None:
    """A glob that can't match what its writer meant."""
    if not glob.strip():
        return "an empty glob matches nothing: leave the field out to match everything"
    if glob.count("[") != glob.count("]"):
        return f"the glob {glob!r} has a bracket without its other half"
    return None


def _channels_of(config: Config) -> Iterator[tuple[str, str]]:
    yield "$.channel", config.channel
    for place, rule in enumerate(config.rules):
        if rule.channel is not None:
            yield f"$.rules[{place}].channel", rule.channel


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
