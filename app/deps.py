"""What use cases need from the outside."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from app.domain.redaction import Redactor
from app.domain.rules import Rules
from app.step_functions import StepFunctions
from app.stores.alerts import Alerts
from app.stores.mutes import Mutes


@dataclass(frozen=True, slots=True, kw_only=True)
class Deps:
    """``now`` is the time in UTC, ``new_id`` a fresh unguessable id."""

    alerts: Alerts
    mutes: Mutes
    step_functions: StepFunctions
    rules: Rules
    redactor: Redactor
    now: Callable[[], datetime]
    new_id: Callable[[], str]
