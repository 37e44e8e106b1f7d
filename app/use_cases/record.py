"""Records what ended: every failed attempt once, under the alert of its problem."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from app.deps import Deps
from app.domain.alert import Route
from app.domain.execution import ExecutionEnded, Failure, Success
from app.domain.fingerprint import fingerprint
from app.domain.ledger import Ledger, Terms, fold, problem_of
from app.domain.occurrence import Occurrence
from app.domain.rules import classify
from app.stores.alerts import Stored, ledger_of
from app.stores.table import (
    BusyError,
    ConflictError,
    TooManyActionsError,
    UnreadableError,
    pause,
)

#: AWS: a transaction takes 100 actions: these, and the alert they belong to.
_AT_ONCE = 99
_TRIES = 30


class UnrecordedError(UnreadableError):
    """Some could not be recorded, for their alerts can't be read; the others were."""

    def __init__(self, ended: Sequence[ExecutionEnded], why: UnreadableError) -> None:
        super().__init__(str(why))
        self.ended = ended


#: Alerts as this run has left them, by problem: a storm needs to read its alert but once.
Left = dict[str, Stored]


def record(deps: Deps, ended: Iterable[ExecutionEnded]) -> list[str]:
    """Record *ended*; the ids of the alerts they belong to, in no order.

    Safe to repeat with the same or overlapping events. Raises BusyError when others kept
    writing first; what was recorded until then stays, and is known the next time. Raises
    UnrecordedError when everything else was recorded.
    """
    touched: set[str] = set()
    left: Left = {}
    unrecorded: list[ExecutionEnded] = []
    why: UnreadableError | None = None
    waiting = list(_together(ended))
    while waiting:
        together = waiting.pop(0)
        try:
            touched |= _record(deps, together, left)
        except UnreadableError as problem:
            if _of_one_problem(together):
                unrecorded += together
                why = problem
            else:
                waiting[:0] = [[one] for one in together]
    if why:
        raise UnrecordedError(unrecorded, why)
    return sorted(touched)


def _of_one_problem(together: Sequence[ExecutionEnded]) -> bool:
    """Whether nothing of it could be recorded without the rest."""
    return len(together) == 1 or all(
        isinstance(one, Failure) and one.redrive_count == 0 for one in together
    )


def _together(ended: Iterable[ExecutionEnded]) -> Iterator[list[ExecutionEnded]]:
    """What is recorded at once: first failures by problem, then news of known ones."""
    fresh: defaultdict[str, list[ExecutionEnded]] = defaultdict(list)
    known: list[ExecutionEnded] = []
    for one in ended:
        if isinstance(one, Failure) and one.redrive_count == 0:
            fresh[fingerprint(one)].append(one)
        else:
            known.append(one)
    known.sort(key=lambda one: one.redrive_count)
    for problem in fresh.values():
        yield from _chunks(problem, _AT_ONCE)
    yield from _chunks(known, _AT_ONCE)


def _chunks(ended: Sequence[ExecutionEnded], size: int) -> Iterator[list[ExecutionEnded]]:
    for start in range(0, len(ended), size):
        yield list(ended[start : start + size])


def _record(deps: Deps, ended: Sequence[ExecutionEnded], left: Left) -> set[str]:
    # A first attempt is taken for unknown until the write is refused: in a storm nearly all
    # are, and looking would cost a request for every transaction.
    look = any(isinstance(one, Success) or one.redrive_count > 0 for one in ended)
    for attempt in range(_TRIES):
        occurrences = deps.occurrences.all(one.execution_arn for one in ended) if look else {}
        found = _alerts_for(deps, ended, occurrences, left)
        before = ledger_of(found, occurrences)
        after = fold(before, ended, _terms(deps, before))
        try:
            written = deps.alerts.commit(before, after, {one.alert.id: one for one in found})
        except TooManyActionsError:
            # They touch more alerts than go with them: each half on its own.
            half = len(ended) // 2
            return _record(deps, ended[:half], left) | _record(deps, ended[half:], left)
        except ConflictError:
            look = True
            left.clear()
            pause(attempt)
            continue
        told = _problems(ended, occurrences)
        left.update(
            {
                one.alert.fingerprint: one
                for one in written
                # Of problems only touched here, a later generation may stand in the table.
                if one.alert.fingerprint in told
                and after.current[one.alert.fingerprint] == one.alert.id
            }
        )
        return {
            alert_id
            for one in ended
            if (occurrence := after.occurrences.get(one.execution_arn))
            for alert_id in occurrence.alert_ids
        }
    message = f"{len(ended)} failures could not be recorded: too many write at once"
    raise BusyError(message)


def _alerts_for(
    deps: Deps,
    ended: Sequence[ExecutionEnded],
    occurrences: dict[str, Occurrence],
    left: Left,
) -> list[Stored]:
    """The alerts that *ended* may change."""
    found: dict[str, Stored] = {}
    for problem in _problems(ended, occurrences):
        latest = left.get(problem) or deps.alerts.latest(problem)
        if latest:
            found[latest.alert.id] = latest
    for occurrence in occurrences.values():
        for alert_id in occurrence.alert_ids:
            if alert_id not in found:
                one = deps.alerts.get(alert_id)
                if one:
                    found[alert_id] = one
    return list(found.values())


def _problems(ended: Sequence[ExecutionEnded], occurrences: Mapping[str, Occurrence]) -> set[str]:
    return {
        problem_of(one, occurrences.get(one.execution_arn))
        for one in ended
        if isinstance(one, Failure)
    }


def _terms(deps: Deps, before: Ledger) -> Terms:
    def route_of(failure: Failure) -> Route:
        return classify(deps.rules, failure).route

    now = deps.now()
    # Only a new alert asks for mutes; an alert that stands was told of them already.
    mutes = [] if before.current else deps.mutes.active(now)
    return Terms(route_of=route_of, mutes=mutes, now=now)
