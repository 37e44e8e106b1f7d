"""Failures, people and alerts to test with. Every one can be told apart by its arguments."""

from datetime import UTC, datetime, timedelta

from msgspec.structs import replace

from app.domain.alert import Alert, Route
from app.domain.audit import Asker, Place, Surface
from app.domain.execution import Failure, Hold, Success
from app.domain.fingerprint import fingerprint
from app.domain.lifecycle import opened
from app.domain.people import Person

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
ANA = Person("U01ANA", "Ana")
BEN = Person("U02BEN", "Ben")


def asker(person: Person = ANA, place: Place = Place(Surface.HOME)) -> Asker:  # noqa: B008
    return Asker(person, place)


def execution_arn(name: str = "e1", machine: str = "orders") -> str:
    return f"arn:aws:states:eu-west-1:123456789012:execution:{machine}:{name}"


def failure(
    name: str = "e1",
    *,
    machine: str = "orders",
    redrive_count: int = 0,
    status: str = "FAILED",
    error: str | None = "OrdersUnavailable",
    cause: str | None = "the order service does not answer",
    input: str | None = '{"day": "2026-03-01"}',  # noqa: A002
    state: str | None = None,
) -> Failure:
    return Failure(
        execution_arn=execution_arn(name, machine),
        redrive_count=redrive_count,
        status=status,
        error=error,
        cause=cause,
        input=input,
        started_at=NOW - timedelta(seconds=90),
        stopped_at=None if status == "RUNNING" else NOW,
        state=state,
    )


def held(name: str = "e1", *, redrive_count: int = 0, minutes: int = 0) -> Failure:
    """The same failure, told by a step that waits for an answer since *minutes* after NOW."""
    hold = Hold(since=NOW + timedelta(minutes=minutes), input='{"day": "2026-03-01"}')
    return replace(failure(name, redrive_count=redrive_count, status="RUNNING"), hold=hold)


def success(name: str = "e1", *, redrive_count: int = 1) -> Success:
    return Success(execution_arn=execution_arn(name), redrive_count=redrive_count, stopped_at=NOW)


def alert(of: Failure | None = None, route: Route | None = None) -> Alert:
    first = of or failure()
    return opened(
        first, fingerprint=fingerprint(first), generation=1, route=route or Route(), at=NOW
    )
