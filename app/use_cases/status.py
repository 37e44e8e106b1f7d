"""What is broken right now."""

from dataclasses import dataclass

from app.deps import Deps
from app.domain.mutes import Mute
from app.stores.alerts import Stored


@dataclass(frozen=True, slots=True)
class Board:
    """Alerts that are not resolved, the latest failure first, and the mutes in force."""

    alerts: list[Stored]
    mutes: list[Mute]


def board(deps: Deps) -> Board:
    return Board(deps.alerts.unresolved(), deps.mutes.active(deps.now()))
