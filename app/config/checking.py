"""From the text of alerts.yml to the typed file, or to all that is wrong with it."""

from typing import Any

import msgspec

from app.config.doubts import doubts
from app.config.errors import ConfigError
from app.config.mistakes import mistakes
from app.config.schema import Config, SeveritiesFile
from app.config.source import Source
from app.domain import mentions


def checked(text: str, name: str) -> tuple[Source, Config]:
    """Raises ConfigError, with a line for every mistake."""
    source = Source.read(text, name)
    found = sorted(mistakes(source), key=lambda one: source.line(one.path))
    if found:
        raise ConfigError("\n".join(source.told(one) for one in found))
    return source, _with_mentions(msgspec.convert(source.content, Config))


def warnings(source: Source, config: Config) -> tuple[str, ...]:
    found = sorted(doubts(config), key=lambda one: source.line(one.path))
    return tuple(f"{source.place(one.path)}: warning: {one.text}" for one in found)


def _with_mentions(config: Config) -> Config:
    """Every mention in Slack's form."""
    severities = {
        name: _with_mention(getattr(config.severities, name))
        for name in SeveritiesFile.__struct_fields__
    }
    return msgspec.structs.replace(
        config,
        severities=SeveritiesFile(**severities),
        rules=[_with_mention(rule) for rule in config.rules],
    )


def _with_mention(said: Any) -> Any:
    """A rule or severity whose mention, should it have one, was checked before."""
    if said.mention is None:
        return said
    return msgspec.structs.replace(said, mention=mentions.normal(said.mention))
