"""What use cases need from the outside."""

from collections.abc import Callable
from datetime import datetime

from msgspec import Struct
from msgspec.structs import replace

from app.catalogue import Catalogue
from app.domain.people import Person
from app.domain.reach import Reach
from app.domain.redaction import Redactor
from app.domain.rules import Rules
from app.function_logs import FunctionLogs
from app.metrics import Metrics
from app.step_functions import StepFunctions
from app.stores.alerts import Alerts
from app.stores.audit import Audit
from app.stores.bursts import Bursts
from app.stores.errands import Errands
from app.stores.heard import Heard
from app.stores.inputs import Inputs
from app.stores.mutes import Mutes
from app.stores.occurrences import Occurrences
from app.stores.publications import Publications
from app.stores.recoveries import Recoveries
from app.stores.redraws import Redraws
from app.stores.tokens import Tokens
from app.stores.turns import Turns
from app.stores.watches import Watches


class Deps(Struct, frozen=True, kw_only=True):
    """``now`` is the time in UTC, ``new_id`` a fresh unguessable id.

    ``belongs`` tells whether a person (by id) is in a user group (a mention or a handle), and may
    raise MembershipUnknownError. ``cards_a_minute`` is how many new cards a channel takes before
    the rest is folded.
    """

    alerts: Alerts
    publications: Publications
    audit: Audit
    occurrences: Occurrences
    recoveries: Recoveries
    mutes: Mutes
    tokens: Tokens
    inputs: Inputs
    watches: Watches
    errands: Errands
    redraws: Redraws
    bursts: Bursts
    heard: Heard
    turns: Turns
    step_functions: StepFunctions
    function_logs: FunctionLogs
    catalogue: Catalogue
    metrics: Metrics
    rules: Rules
    reach: Reach
    belongs: Callable[[str, str], bool]
    cards_a_minute: int
    redactor: Redactor
    now: Callable[[], datetime]
    new_id: Callable[[], str]

    def acting_for(self, by: Person) -> "Deps":
        """The same, with *by* as the one for whom Step Functions is asked."""
        return replace(self, step_functions=self.step_functions.acting_for(by))
