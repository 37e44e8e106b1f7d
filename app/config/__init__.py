"""alerts.yml: read, checked, and made into typed rules.

A mistake is found when the file is packaged, with the place named, never in a Lambda. There
the checked file is read as JSON, which needs no YAML parser.
"""

import msgspec
from msgspec import Struct

from app.config.errors import ConfigError
from app.config.rules import digest_of, redactor_of, rules_of
from app.config.schema import Config

__all__ = [
    "Checked",
    "Config",
    "ConfigError",
    "check",
    "digest_of",
    "from_json",
    "read",
    "redactor_of",
    "rules_of",
    "to_json",
    "zone_data",
]


class Checked(Struct, frozen=True, kw_only=True):
    """A file without a mistake. ``rules`` says of each rule where it stands."""

    config: Config
    warnings: tuple[str, ...]
    rules: tuple[str, ...]


def check(text: str, name: str = "alerts.yml") -> Checked:
    """The configuration in *text* (YAML), with what can hardly be meant as warnings.

    Raises ConfigError, which tells every mistake.
    """
    from app.config import checking  # noqa: PLC0415  (never in a Lambda)

    source, config = checking.checked(text, name)
    return Checked(
        config=config,
        warnings=checking.warnings(source, config),
        rules=tuple(source.place(("rules", number)) for number in range(len(config.rules))),
    )


def read(text: str, name: str = "alerts.yml") -> Config:
    """The configuration in *text* (YAML). Raises ConfigError."""
    return check(text, name).config


def from_json(content: bytes) -> Config:
    """The configuration as packaging wrote it, checked."""
    return msgspec.json.decode(content, type=Config)


def to_json(config: Config) -> bytes:
    return msgspec.json.encode(config)


def zone_data(config: Config) -> bytes | None:
    """The time zone of the digest as this machine knows it, to be packaged.

    Not every Lambda runtime has the database of time zones.
    """
    if config.digest is None:
        return None
    from app.config import zones  # noqa: PLC0415  (never in a Lambda)

    return zones.data(config.digest.timezone)
