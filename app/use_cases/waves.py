"""Carries a recovery of many forward, wave by wave.

Whoever drives may die anywhere, and several may drive at once. What is taken up is written
down with its executions in one transaction before it is asked for, so that it is asked for by
whoever comes next, with the same tokens and names: no attempt is redriven twice.
"""

import math
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from functools import partial
from typing import assert_never

from msgspec import Struct

from app.deps import Deps
from app.domain import recovery as plan
from app.domain.alert import Alert, BulkRecovery, Recovery, RecoveryKind
from app.domain.changes import BulkEnded, BulkStopped
from app.domain.course import (
    Course,
    asking_again,
    first_course,
    leg_begun,
    looked_through,
    report,
    settled,
    taken,
    wave_begun,
)
from app.domain.execution import Attempt
from app.domain.lifecycle import apply
from app.domain.occurrence import Occurrence, Outcome, Taken
from app.domain.outlook import USUAL_RATE
from app.domain.progress import draw_due, drawing
from app.domain.recovery import Wait, Waiting
from app.step_functions import NotRedrivableError, StepFunctionsBusyError, StepFunctionsError
from app.stores.occurrences import Span
from app.stores.recoveries import StoredCourse
from app.stores.table import ConflictError, pause
from app.stores.watches import Drive
from app.use_cases.outcome import as_ended
from app.use_cases.record import record
from app.use_cases.recover import client_token
from app.use_cases.refused import RefusedError, reason_alike
from app.use_cases.restart import start_in_place

#: Requests to Step Functions at the same time, where one after the other would be too slow.
_AT_THE_SAME_TIME = 5

Sleep = Callable[[float], None]


def wants_driving(before: Alert | None, after: Alert) -> bool:
    """Whether a recovery of many was asked for, stopped or resumed, or has got an outcome."""
    return after.bulk is not None and (before is None or before.bulk != after.bulk)


def wake(deps: Deps, alert_id: str, after: timedelta = timedelta()) -> None:
    """Let somebody drive, now or later."""
    deps.watches.later(Drive(alert_id), after)


def needs_driving(deps: Deps, alert: Alert) -> bool:
    """Whether there is something to do that nobody does: whoever drove has died."""
    bulk = alert.bulk
    if bulk is None:
        return False
    stored, now = deps.recoveries.get(alert.id, bulk.id), deps.now()
    course = stored.course if stored else first_course(alert.id, bulk)
    waits = isinstance(plan.next_step(bulk, course, now), Wait)
    due = draw_due(bulk, course, now)
    return not waits or (due is not None and due <= now)


def drive(deps: Deps, alert_id: str, *, until: datetime, sleep: Sleep = time.sleep) -> None:
    """Do what is to be done, until *until*; then, or when it is to wait, somebody is woken later.

    Safe to repeat, to interrupt anywhere and to run twice at once.
    """
    conflicts = 0
    while True:
        alert = deps.alerts.get(alert_id)
        bulk = alert.alert.bulk if alert else None
        if bulk is None:
            return
        by = bulk.resumed.by if bulk.resumed else bulk.by
        here = _Here(deps.acting_for(by), alert_id, bulk, _course(deps, alert_id, bulk))
        step = plan.next_step(bulk, here.course, deps.now())
        try:
            if isinstance(step, Wait):
                if not _goes_on_after(here, step, until, sleep):
                    return
            elif deps.now() >= until:
                wake(deps, alert_id)
                return
            else:
                _do(here, step)
        except ConflictError:  # somebody else wrote first: look again
            pause(conflicts)
            conflicts += 1


class _Here(Struct, frozen=True):
    """Where a driver is: all it has read of one recovery."""

    deps: Deps
    alert_id: str
    bulk: BulkRecovery
    stored: StoredCourse

    @property
    def course(self) -> Course:
        return self.stored.course

    def swap(self, change: Callable[[Course], Course]) -> Course:
        """Change the course, and let its progress be drawn should that be due."""
        return self.deps.recoveries.swap(self.stored, lambda course: self.drawn(change(course)))

    def drawn(self, course: Course) -> Course:
        return drawing(course, self.bulk, self.deps.now())


def _course(deps: Deps, alert_id: str, bulk: BulkRecovery) -> StoredCourse:
    found = deps.recoveries.get(alert_id, bulk.id)
    return found or deps.recoveries.begin(first_course(alert_id, bulk))


def _do(here: _Here, step: plan.Doing) -> None:
    match step:
        case plan.BeginLeg():
            _begin_leg(here)
        case plan.BeginWave(number):
            _begin_wave(here, number)
        case plan.Take(at_most):
            _take(here, at_most)
        case plan.Ask(verify):
            _ask_again(here, verify=verify)
        case plan.Halt(why):
            stopped = BulkStopped(here.bulk.id, why, here.deps.now(), report=report(here.course))
            here.deps.alerts.swap(here.alert_id, lambda alert: apply(alert, stopped))
        case plan.End():
            ended = BulkEnded(here.bulk.id, here.deps.now(), report(here.course))
            here.deps.alerts.swap(here.alert_id, lambda alert: apply(alert, ended))
        case _:
            assert_never(step)


def _goes_on_after(here: _Here, wait: Wait, until: datetime, sleep: Sleep) -> bool:
    """Wait where that is short; otherwise somebody is woken when it is time. Draws meanwhile."""
    deps, now = here.deps, here.deps.now()
    due = draw_due(here.bulk, here.course, now)
    if due and due <= now:
        here.swap(lambda course: course)
        return True
    if wait.why is Waiting.PACE and wait.until:
        if wait.until <= until:
            sleep(max(0.0, (wait.until - now).total_seconds()))
            return True
        wake(deps, here.alert_id, _whole_seconds(wait.until - now))
    elif due and wait.why is not Waiting.ANOTHER_DRIVER:
        wake(deps, here.alert_id, _whole_seconds(due - now))
    return False


def _whole_seconds(length: timedelta) -> timedelta:
    return timedelta(seconds=math.ceil(length.total_seconds()))


def _begin_leg(here: _Here) -> None:
    deps, bulk, now = here.deps, here.bulk, here.deps.now()
    oldest, since = plan.oldest(bulk.terms, now), bulk.terms.since
    count = partial(deps.occurrences.count, here.alert_id, Outcome.FAILED)
    found = count(span=Span(oldest, now))
    too_old = count(span=Span(since, oldest)) if oldest and oldest != since else 0

    def change(course: Course) -> Course:
        if course.leg >= bulk.leg:
            return course
        return leg_begun(course, bulk, now, found=found, too_old=too_old)

    here.swap(change)


def _begin_wave(here: _Here, number: int) -> None:
    def change(course: Course) -> Course:
        if course.wave != here.course.wave:
            return course
        return wave_begun(course, here.bulk, number)

    here.swap(change)


def _take(here: _Here, at_most: int) -> None:
    """Take up the next ones, and ask for them. Raises ConflictError: nothing was taken up."""
    deps, bulk = here.deps, here.bulk
    found, cursor, exhausted = _next_ones(here, at_most)
    after = looked_through(here.course, cursor=cursor, exhausted=exhausted)
    attempts = tuple(Attempt(one.execution_arn, one.redrive_count) for one in found)
    if attempts:
        after = taken(after, bulk.terms, attempts, deps.now())
    after = here.drawn(after)
    taken_up = [(one, plan.taken_up(one, bulk)) for one in found]
    deps.recoveries.take(here.stored, after, taken_up)
    if attempts:
        stored = StoredCourse(course=after, version=here.stored.version + 1)
        _ask(_Here(deps, here.alert_id, bulk, stored), verify=False)


def _next_ones(here: _Here, at_most: int) -> tuple[list[Occurrence], str | None, bool]:
    """Those to take up, how far it has looked for them, and whether there are no more."""
    deps, course = here.deps, here.course
    found: list[Occurrence] = []
    cursor = course.wave.cursor
    span = Span(plan.oldest(here.bulk.terms, course.leg_at), course.leg_at)
    for page in deps.occurrences.listed(
        here.alert_id, Outcome.FAILED, span=span, cursor=cursor, page_size=2 * at_most
    ):
        known = deps.occurrences.all(one.execution_arn for one in page)
        for one in page:
            occurrence, cursor = known.get(one.execution_arn), one.cursor
            if occurrence and plan.takeable(occurrence, here.alert_id, here.bulk):
                found.append(occurrence)
                if len(found) == at_most:
                    return found, cursor, False
    return found, cursor, True


def _ask_again(here: _Here, *, verify: bool) -> None:
    """Take over what somebody else has left behind."""
    now, before = here.deps.now(), here.course

    def change(course: Course) -> Course:
        if (course.pending, course.asking_until) != (before.pending, before.asking_until):
            return course
        return asking_again(course, now)

    after = here.swap(change)
    if after.asking_until == asking_again(before, now).asking_until:
        _ask(here, verify=verify)


class _Answer(Struct, frozen=True):
    """What became of asking for *attempt*: started, ``refused`` with a reason, or throttled."""

    attempt: Attempt
    refused: str | None = None
    throttled: bool = False


def _ask(here: _Here, *, verify: bool) -> None:
    """Ask for all that is pending, and write down what came of it."""
    deps, attempts = here.deps, here.course.pending
    answers = _answers(here, attempts, verify=verify)
    for answer in answers:
        if answer.refused:
            arn = answer.attempt.execution_arn
            deps.occurrences.swap(arn, partial(_given_back, here, answer.attempt))
    refused = tuple(answer.refused for answer in answers if answer.refused)
    throttled = tuple(answer.attempt for answer in answers if answer.throttled)
    now = deps.now()

    def change(course: Course) -> Course:
        # Whoever has taken over since tells the same.
        return settled(course, refused, throttled, now) if course.pending == attempts else course

    here.swap(change)


def _given_back(here: _Here, attempt: Attempt, known: Occurrence | None) -> Occurrence | None:
    return plan.given_back(known, attempt, here.bulk)


def _answers(here: _Here, attempts: Sequence[Attempt], *, verify: bool) -> list[_Answer]:
    ask = partial(_answer, here, verify=verify)
    if here.bulk.terms.rate > USUAL_RATE:
        # The first one alone: it makes the client, which must not be made twice at once.
        first = ask(attempts[0])
        with ThreadPoolExecutor(_AT_THE_SAME_TIME) as pool:
            return [first, *pool.map(ask, attempts[1:])]
    answers: list[_Answer] = []
    for attempt in attempts:
        # Who is throttled once leaves the others for later too.
        stop = bool(answers) and answers[-1].throttled
        answers.append(_Answer(attempt, throttled=True) if stop else ask(attempt))
    return answers


def _answer(here: _Here, attempt: Attempt, *, verify: bool) -> _Answer:
    deps, bulk = here.deps, here.bulk
    try:
        if bulk.terms.kind is RecoveryKind.RESTART:
            one = Recovery(attempt=attempt, by=bulk.by, at=bulk.at, kind=RecoveryKind.RESTART)
            start_in_place(deps, here.alert_id, one, Taken(bulk.id, bulk.leg))
        else:
            _redrive(deps, attempt, verify=verify)
    except StepFunctionsBusyError:
        return _Answer(attempt, throttled=True)
    except (RefusedError, StepFunctionsError) as problem:
        return _Answer(attempt, refused=reason_alike(problem))
    return _Answer(attempt)


def _redrive(deps: Deps, attempt: Attempt, *, verify: bool) -> None:
    """Raises RefusedError. *verify*: it may have been asked for so long ago that AWS forgot."""
    if verify and _has_gone_on(deps, attempt) is None:
        return
    try:
        deps.step_functions.redrive(attempt, client_token(attempt))
    except NotRedrivableError:
        refused = _has_gone_on(deps, attempt)
        if refused:
            raise RefusedError(refused) from None


def _has_gone_on(deps: Deps, attempt: Attempt) -> str | None:
    """None when the execution has gone on since *attempt*, which is what was wanted.

    Otherwise the reason why it can't, as Step Functions gives it. Whatever a later attempt has
    come to is recorded: its event may be on its way, or lost.
    """
    described = deps.step_functions.describe(attempt.execution_arn)
    if described.redrive_count > attempt.redrive_count and described.status != "RUNNING":
        record(deps, [as_ended(deps, attempt.execution_arn, described)])
    if described.redrive_count > attempt.redrive_count or described.status == "RUNNING":
        return None
    return described.redrive_reason or "Step Functions does not say why"
