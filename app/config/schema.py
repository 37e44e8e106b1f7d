"""What alerts.yml may hold, level by level. Every field is told of in docs/rules.md."""

import msgspec

from app.domain.alert import Severity

Globs = str | list[str]
People = str | list[str]
#: Not ``None``: a key without a value is a mistake, and must not pass for one left out.
Unset = msgspec.UnsetType


class _Level(msgspec.Struct, forbid_unknown_fields=True, frozen=True, omit_defaults=True):
    """A mapping in the file: an unknown key is a mistake."""


class WhenFile(_Level, frozen=True):
    state_machine: Globs | Unset = msgspec.UNSET
    error: Globs | Unset = msgspec.UNSET
    cause: Globs | Unset = msgspec.UNSET
    account: Globs | Unset = msgspec.UNSET
    region: Globs | Unset = msgspec.UNSET
    status: Globs | Unset = msgspec.UNSET


class MayFile(_Level, frozen=True):
    redrive: People | Unset = msgspec.UNSET
    restart: People | Unset = msgspec.UNSET
    resume: People | Unset = msgspec.UNSET
    recover_all: People | Unset = msgspec.UNSET
    mute: People | Unset = msgspec.UNSET
    acknowledge: People | Unset = msgspec.UNSET
    resolve: People | Unset = msgspec.UNSET


class AccountFile(_Level, frozen=True):
    id: str
    role: str
    name: str | None = None
    regions: list[str] | Unset = msgspec.UNSET
    external_id: str | None = None


class RuleFile(_Level, frozen=True):
    when: WhenFile
    severity: Severity | None = None
    channel: str | None = None
    mention: str | None = None
    notify: bool | None = None
    runbook: str | None = None
    remind_after: str | None = None
    may: MayFile = MayFile()


class SeverityFile(_Level, frozen=True):
    mention: str | None = None
    notify: bool | None = None
    remind_after: str | None = None


class SeveritiesFile(_Level, frozen=True):
    high: SeverityFile = SeverityFile()
    middle: SeverityFile = SeverityFile()
    low: SeverityFile = SeverityFile()


class DigestFile(_Level, frozen=True):
    at: str
    timezone: str = "UTC"
    channel: str | None = None


class Config(_Level, frozen=True):
    """The whole file."""

    channel: str
    severities: SeveritiesFile = SeveritiesFile()
    default: Severity = Severity.MIDDLE
    rules: list[RuleFile] = []
    redact: list[str] = []
    may: MayFile = MayFile()
    accounts: list[AccountFile] = []
    digest: DigestFile | None = None


#: The levels, the outermost first.
LEVELS: tuple[type[msgspec.Struct], ...] = (
    Config,
    SeveritiesFile,
    SeverityFile,
    RuleFile,
    WhenFile,
    MayFile,
    AccountFile,
    DigestFile,
)
