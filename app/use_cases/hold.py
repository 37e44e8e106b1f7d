"""A step waits for people's answer about the failure that it tells of."""

from app.deps import Deps
from app.domain.execution import Failure
from app.use_cases.record import record


def hold(deps: Deps, failure: Failure, token: str) -> list[str]:
    """Keep the step's *token* and record *failure*; the ids of the alerts it belongs to.

    The token comes first: a card must not offer an answer that nobody could give.
    """
    deps.tokens.keep(failure.attempt, token, deps.now())
    return record(deps, [failure])
