"""A recovery of many goes on in waves, stops in time, and loses nobody, whatever happens."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from app.domain.alert import (
    Alert,
    BulkRecovery,
    BulkStage,
    BulkTerms,
    RecoveryKind,
    Refusal,
    Report,
    Route,
    Status,
    Stop,
    StopReason,
    Tally,
)
from app.domain.changes import BulkEnded, BulkRequested, BulkResumed, BulkStopped
from app.domain.course import (
    OTHER_REASONS,
    Course,
    Numbers,
    Wave,
    asking_again,
    first_course,
    leg_begun,
    looked_at,
    looked_through,
    lost,
    numbers,
    report,
    settled,
    taken,
    wave_begun,
    wave_size,
)
from app.domain.execution import Attempt
from app.domain.ledger import Ledger, Terms, fold
from app.domain.lifecycle import apply
from app.domain.occurrence import Occurrence, Outcome, Taken
from app.domain.progress import DRAWN_EVERY, draw_due, drawing, forecast
from app.domain.recovery import (
    AT_ONCE,
    Ask,
    BeginLeg,
    BeginWave,
    End,
    Halt,
    Take,
    Wait,
    Waiting,
    given_back,
    next_step,
    oldest,
    takeable,
    taken_up,
)
from app.domain.transitions import allows
from tests.factories import ANA, BEN, NOW, execution_arn, failure, success

SECOND = timedelta(seconds=1)


def bulk(tally: Tally | None = None, *, canary: bool = True, rate: int = 10) -> BulkRecovery:
    terms = BulkTerms(canary=canary, rate=rate)
    return BulkRecovery(id="r1", by=ANA, at=NOW, terms=terms, tally=tally or Tally())


def course(one: BulkRecovery, *, found: int = 100) -> Course:
    return leg_begun(first_course("a.1", one), one, NOW, found=found, too_old=0)


def attempts(count: int) -> tuple[Attempt, ...]:
    return tuple(Attempt(execution_arn(f"e{number}"), 0) for number in range(count))


def asked(at: Course, one: BulkRecovery, count: int) -> Course:
    """*at*, once so many have been taken up and asked for."""
    return settled(taken(at, one.terms, attempts(count), NOW), (), (), NOW)


@pytest.mark.parametrize(
    ("canary", "sizes"),
    [(True, [1, 10, 100, 1_000, 1_000]), (False, [10, 100, 1_000, 1_000, 1_000])],
)
def test_waves_grow_tenfold_up_to_a_thousand(canary: bool, sizes: list[int]) -> None:  # noqa: FBT001
    assert [wave_size(number, canary=canary) for number in range(1, 6)] == sizes


def test_a_wave_begins_only_when_all_of_the_last_has_ended() -> None:
    one = bulk()
    at = asked(course(one), one, 1)
    assert next_step(one, at, NOW) == Wait(Waiting.OUTCOMES)
    well = replace(one, tally=Tally(succeeded=1))
    assert next_step(well, at, NOW) == BeginWave(2)


def test_the_chosen_rate_is_kept() -> None:
    one = bulk(rate=5, canary=False)
    at = course(one)
    assert next_step(one, at, NOW) == Take(5)
    at = asked(at, one, 5)
    assert next_step(one, at, NOW) == Wait(Waiting.PACE, NOW + SECOND)
    assert next_step(one, at, NOW + SECOND) == Take(5)


def test_no_more_are_taken_up_at_once_than_a_transaction_holds() -> None:
    one = bulk(rate=50, canary=False)
    at = wave_begun(course(one), one, 2)
    assert next_step(one, at, NOW) == Take(AT_ONCE)


@pytest.mark.parametrize(
    ("number", "canary", "failed", "expected"),
    [
        (1, True, 1, StopReason.CANARY),
        (1, False, 2, None),
        (1, False, 3, StopReason.FAILED_AGAIN),
        (2, True, 2, None),
        (2, True, 3, StopReason.FAILED_AGAIN),
        (3, True, 20, None),
        (3, True, 21, StopReason.FAILED_AGAIN),
    ],
)
def test_it_stops_when_the_canary_or_more_than_a_fifth_of_a_wave_fails_again(
    number: int,
    canary: bool,  # noqa: FBT001
    failed: int,
    expected: StopReason | None,
) -> None:
    one = bulk(Tally(succeeded=1), canary=canary)
    at = wave_begun(course(one, found=5_000), one, number)
    worse = replace(one, tally=Tally(succeeded=1, failed_again=failed - 1, failed_otherwise=1))
    step = next_step(worse, at, NOW)
    assert step == (Halt(expected) if expected else Take(10))


def test_what_failed_in_an_earlier_wave_is_not_held_against_the_next() -> None:
    one = bulk(Tally(succeeded=9, failed_again=2))
    assert isinstance(next_step(one, wave_begun(course(one), one, 3), NOW), Take)


def test_it_does_not_stop_where_nothing_is_left_to_be_spared() -> None:
    one = bulk(canary=False)
    at = looked_through(asked(course(one, found=3), one, 3), cursor=None, exhausted=True)
    worse = replace(one, tally=Tally(failed_again=3))
    assert next_step(worse, at, NOW) == BeginWave(2)


def test_it_stops_for_the_last_that_is_left() -> None:
    one = bulk()
    at = asked(course(one, found=2), one, 1)
    assert at.left == 1
    failed = replace(one, tally=Tally(failed_again=1))
    assert next_step(failed, at, NOW) == Halt(StopReason.CANARY)


def test_a_leg_begins_when_all_of_the_one_before_has_ended() -> None:
    one = bulk(canary=False)
    at = asked(course(one, found=5), one, 2)
    resumed = replace(one, leg=2, tally=Tally(succeeded=1))
    assert next_step(resumed, at, NOW) == Wait(Waiting.OUTCOMES)
    assert next_step(replace(resumed, tally=Tally(succeeded=2)), at, NOW) == BeginLeg()


def test_a_leg_counts_anew_what_is_left_and_keeps_who_was_refused() -> None:
    before = replace(
        first_course("a.1", bulk()),
        refused=(Refusal("no", 2),),
        asked=9,
        not_before=NOW + SECOND,
        slowed=3,
    )
    assert (before.alert_id, before.recovery_id, before.leg_at) == ("a.1", "r1", NOW)
    later = NOW + 60 * SECOND
    one = replace(bulk(Tally(succeeded=4, failed_again=3)), leg=2)
    assert leg_begun(before, one, later, found=10, too_old=1) == replace(
        before,
        leg=2,
        leg_at=later,
        ended_before_leg=7,
        left=8,
        too_old=1,
        forgiven=3,
        not_before=None,
        slowed=0,
        wave=Wave(number=1, size=1, failed_before=3),
    )
    assert leg_begun(before, one, later, found=1, too_old=0).left == 0


def test_a_first_leg_begins_with_the_canary_even_if_people_have_stopped_it_before() -> None:
    one = replace(bulk(), leg=2, stopped=Stop(StopReason.ASKED, NOW, BEN))
    begun = leg_begun(first_course("a.1", one), one, NOW, found=9, too_old=0)
    assert begun.wave == Wave(number=1, size=1)


def test_looking_on_goes_from_where_it_was_and_finds_nothing_left_at_the_end() -> None:
    at = course(bulk(), found=30)
    further = looked_through(at, cursor="c1", exhausted=False)
    assert (further.wave.cursor, further.wave.exhausted, further.left) == ("c1", False, 30)
    over = looked_through(further, cursor=None, exhausted=True)
    assert (over.wave.cursor, over.wave.room, over.left) == (None, 0, 0)


def test_what_is_lost_counts_as_refused_and_does_not_use_up_the_wave() -> None:
    at = asked(course(bulk()), bulk(), 1)
    gone = lost(at, "it was deleted")
    assert gone.refused == (Refusal("it was deleted", 1),)
    assert (at.wave.room, gone.wave.room) == (0, 1)


def test_the_sweep_goes_on_from_where_it_has_looked() -> None:
    at = course(bulk())
    further = looked_at(at, "c1")
    assert (at.looked, further.looked) == (None, "c1")
    assert looked_at(further, "c1") is further
    assert looked_at(further, None).looked is None


def test_the_numbers_of_all_executions_add_up() -> None:
    one = replace(bulk(Tally(succeeded=4, failed_again=3, failed_otherwise=2)), leg=2)
    at = replace(course(one), refused=(Refusal("no", 1),), asked=15, left=7, forgiven=2)
    told = numbers(one, replace(at, wave=Wave(number=3, size=10)))
    assert told == Numbers(
        stage=BulkStage.RUNNING,
        leg=2,
        wave=3,
        succeeded=4,
        failed=3,
        failed_otherwise=2,
        running=5,
        refused=1,
        left=7,
    )


def test_it_ends_when_a_wave_finds_nobody_and_all_have_ended() -> None:
    one = bulk(Tally(succeeded=1))
    at = looked_through(course(one, found=0), cursor=None, exhausted=True)
    assert next_step(one, at, NOW) == End()


def test_the_refused_do_not_use_up_a_wave_but_too_many_of_them_stop_it() -> None:
    one = bulk()
    at = course(one, found=500)
    for turn in range(11):
        assert next_step(one, at, NOW + turn * SECOND) == Take(1)
        up = taken(at, one.terms, attempts(1), NOW + turn * SECOND)
        at = settled(up, ("too old",), (), NOW + turn * SECOND)
    assert next_step(one, at, NOW + 11 * SECOND) == Halt(StopReason.REFUSED)
    assert at.refused == (Refusal("too old", 11),)


def test_reasons_without_end_are_counted_together() -> None:
    one = bulk()
    at = settled(taken(course(one), one.terms, attempts(12), NOW), tuple("abcdefghijkl"), (), NOW)
    assert at.refused[-1] == Refusal(OTHER_REASONS, 4)
    assert at.refused_count == 12


def test_throttling_slows_it_down_and_it_recovers() -> None:
    one = bulk(rate=10, canary=False)
    at = taken(course(one), one.terms, attempts(10), NOW)
    at = settled(at, (), attempts(10)[3:], NOW)
    assert at.pending == attempts(10)[3:]
    assert next_step(one, at, NOW) == Wait(Waiting.PACE, NOW + 2 * SECOND)
    later = NOW + 2 * SECOND
    assert next_step(one, at, later) == Ask(verify=False)
    at = settled(asking_again(at, later), (), attempts(2), later)
    assert (at.slowed, at.pending_since) == (2, NOW)
    assert at.not_before == later + 4 * SECOND, "it waits twice as long each time"
    still = settled(asking_again(at, later), (), attempts(2), later)
    assert (still.slowed, still.not_before) == (3, later + 8 * SECOND)
    at = settled(asking_again(at, later), (), (), later)
    assert (at.pending, at.pending_since, at.asking_until, at.slowed) == ((), None, None, 1)
    at = taken(replace(at, not_before=None), one.terms, attempts(10), later)
    assert at.not_before == later + 2 * SECOND, "at half the rate"
    at = settled(at, (), (), later)
    assert at.slowed == 0


def test_a_refusal_costs_a_look_and_as_much_time() -> None:
    one = bulk(rate=50, canary=False)
    at = settled(taken(course(one), one.terms, attempts(5), NOW), ("no",) * 5, (), NOW)
    assert at.not_before == NOW + timedelta(seconds=0.5)


def test_what_a_driver_left_behind_is_asked_for_again_once_it_had_its_time() -> None:
    one = bulk()
    at = taken(course(one), one.terms, attempts(1), NOW)
    alone_until = NOW + 30 * SECOND
    assert next_step(one, at, NOW + SECOND) == Wait(Waiting.ANOTHER_DRIVER, alone_until)
    assert next_step(one, at, alone_until) == Ask(verify=False)
    assert next_step(one, at, NOW + timedelta(minutes=10)) == Ask(verify=False)
    again = asking_again(at, NOW + 31 * SECOND)
    assert isinstance(next_step(one, again, NOW + 40 * SECOND), Wait)
    assert next_step(one, again, NOW + timedelta(minutes=11)) == Ask(verify=True), (
        "AWS may have forgotten the token"
    )


def test_what_was_taken_up_is_asked_for_even_when_somebody_has_stopped_it_since() -> None:
    one = replace(bulk(), stage=BulkStage.STOPPED)
    at = taken(course(one), one.terms, attempts(1), NOW)
    assert next_step(one, at, NOW + 31 * SECOND) == Ask(verify=False)
    assert next_step(one, settled(at, (), (), NOW), NOW + 31 * SECOND) == Wait(Waiting.PEOPLE)


@pytest.mark.parametrize(
    ("why", "number"),
    [(StopReason.ASKED, 3), (StopReason.FAILED_AGAIN, 1), (StopReason.CANARY, 1)],
)
def test_it_is_resumed_where_people_stopped_it_and_small_again_after_failures(
    why: StopReason, number: int
) -> None:
    one = bulk(Tally(succeeded=20, failed_again=4))
    at = wave_begun(course(one), one, 3)
    alert = replace(recovered(3)[0], bulk=one)
    stopped = apply(alert, BulkStopped("r1", why, NOW, BEN if why is StopReason.ASKED else None))
    resumed = apply(stopped, BulkResumed("r1", BEN, NOW)).bulk
    assert resumed is not None
    assert next_step(resumed, at, NOW) == BeginLeg()
    begun = leg_begun(at, resumed, NOW, found=10, too_old=0)
    assert begun.wave.number == number
    assert numbers(resumed, begun).failed == 0, "those are tried once more"


def test_progress_is_drawn_every_few_seconds_and_what_people_do_at_once() -> None:
    one = bulk()
    at = drawing(course(one), one, NOW)
    assert at.draws == 1
    assert draw_due(one, at, NOW) is None
    further = replace(one, tally=Tally(succeeded=1))
    assert drawing(at, further, NOW + SECOND) is at
    assert draw_due(further, at, NOW + SECOND) == NOW + DRAWN_EVERY
    assert drawing(at, further, NOW + DRAWN_EVERY).draws == 2
    stopped = replace(further, stage=BulkStage.STOPPED)
    assert draw_due(stopped, at, NOW + SECOND) == NOW + SECOND


def test_the_end_is_foretold_once_enough_have_ended() -> None:
    one = bulk(Tally(succeeded=9))
    assert forecast(one, course(one), NOW + SECOND) is None
    enough = replace(one, tally=Tally(succeeded=10))
    begun = replace(course(bulk(), found=120), asked=40, left=80)
    assert forecast(enough, begun, NOW) is None
    soon = forecast(enough, begun, NOW + SECOND)
    assert soon is not None
    assert soon.rate == 10.0
    more = replace(one, tally=Tally(succeeded=15, failed_again=5))
    ahead = forecast(more, begun, NOW + 10 * SECOND)
    assert ahead is not None
    assert (ahead.rate, ahead.end) == (2.0, NOW + 60 * SECOND)
    later_leg = forecast(more, replace(begun, ended_before_leg=10), NOW + 10 * SECOND)
    assert later_leg is not None
    assert later_leg.rate == 1.0


def test_a_report_tells_who_was_refused_who_was_too_old_and_who_was_tried_once_more() -> None:
    one = bulk(Tally(failed_again=3))
    at = leg_begun(first_course("a.1", one), one, NOW, found=9, too_old=2)
    at = settled(taken(at, one.terms, attempts(1), NOW), ("no",), (), NOW)
    assert report(at) == Report(refused=(Refusal("no", 1),), too_old=2, forgiven=3)


KNOWN = Occurrence(
    execution_arn=execution_arn("e1"),
    redrive_count=0,
    outcome=Outcome.FAILED,
    alert_ids=("a.1",),
    at=NOW,
)


@pytest.mark.parametrize(
    ("known", "expected"),
    [
        pytest.param(KNOWN, True, id="it is failed"),
        pytest.param(replace(KNOWN, alert_ids=("b.1", "a.1")), True, id="at last it failed here"),
        pytest.param(
            replace(KNOWN, alert_ids=("a.1", "b.1")), False, id="it failed elsewhere since"
        ),
        pytest.param(replace(KNOWN, outcome=Outcome.SUCCEEDED), False, id="it has succeeded"),
        pytest.param(replace(KNOWN, taken=Taken("r1", 1)), False, id="tried in this leg"),
        pytest.param(replace(KNOWN, taken=Taken("r1", 0)), True, id="tried in an earlier leg"),
        pytest.param(
            replace(KNOWN, taken=Taken("r1", 0, refused=True)), False, id="refused before"
        ),
        pytest.param(replace(KNOWN, taken=Taken("r0", 1, refused=True)), True, id="by another"),
    ],
)
def test_what_is_failed_and_was_not_tried_is_taken_up(known: Occurrence, *, expected: bool) -> None:
    assert takeable(known, "a.1", bulk()) is expected


@pytest.mark.parametrize(
    ("kind", "outcome"),
    [(RecoveryKind.REDRIVE, Outcome.REDRIVEN), (RecoveryKind.RESTART, Outcome.REPLACED)],
)
def test_what_is_taken_up_bears_the_leg_and_a_refusal_gives_it_back_as_failed(
    kind: RecoveryKind, outcome: Outcome
) -> None:
    one = replace(bulk(), terms=BulkTerms(kind=kind), leg=2)
    up = taken_up(replace(KNOWN, instead_of="e0"), one)
    kept = "e0" if kind is RecoveryKind.RESTART else None
    assert up == replace(KNOWN, outcome=outcome, taken=Taken("r1", 2), instead_of=kept)
    back = given_back(up, Attempt(KNOWN.execution_arn, 0), one)
    assert back == replace(up, outcome=Outcome.FAILED, taken=Taken("r1", 2, refused=True))


@pytest.mark.parametrize(
    "known",
    [
        pytest.param(None, id="nobody knows it"),
        pytest.param(replace(KNOWN, taken=Taken("r1", 1)), id="it has failed again already"),
        pytest.param(
            replace(KNOWN, outcome=Outcome.REDRIVEN, taken=Taken("r1", 1), redrive_count=1),
            id="another attempt was taken up",
        ),
        pytest.param(
            replace(KNOWN, outcome=Outcome.REDRIVEN, taken=Taken("r2", 1)), id="by another recovery"
        ),
        pytest.param(replace(KNOWN, outcome=Outcome.REDRIVEN), id="by no recovery"),
    ],
)
def test_a_refusal_of_what_has_moved_on_changes_nothing(known: Occurrence | None) -> None:
    assert given_back(known, Attempt(KNOWN.execution_arn, 0), bulk()) is known


def test_only_redrives_know_an_age() -> None:
    limit = NOW - timedelta(days=14)
    assert oldest(BulkTerms(), NOW) == limit
    assert oldest(BulkTerms(since=NOW - timedelta(hours=1)), NOW) == NOW - timedelta(hours=1)
    assert oldest(BulkTerms(kind=RecoveryKind.RESTART), NOW) is None


def recovered(count: int) -> tuple[Alert, Ledger]:
    ledger = fold(Ledger(), [failure(f"e{number}") for number in range(count)], TERMS)
    [alert] = ledger.alerts.values()
    asked_for = apply(alert, BulkRequested("r1", ANA, NOW, BulkTerms(rate=50)))
    ledger.alerts[alert.id] = asked_for
    return asked_for, ledger


TERMS = Terms(route_of=lambda _: Route(), mutes=(), now=NOW)


@dataclass
class Simulated:
    """Executions, Step Functions and drivers that die, all without a clock of their own.

    ``hopeless`` fail again until that is repaired, every other with another error; ``refused``
    can't be redriven.
    """

    count: int
    hopeless: set[int]
    refused: set[int]
    ledger: Ledger = field(init=False)
    course: Course = field(init=False)
    now: datetime = NOW
    redriven: dict[Attempt, int] = field(default_factory=dict)
    running: list[Attempt] = field(default_factory=list)
    tokens: set[Attempt] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.alert_id = recovered(self.count)[0].id
        self.ledger = recovered(self.count)[1]
        self.course = first_course(self.alert_id, self.bulk)

    @property
    def alert(self) -> Alert:
        return self.ledger.alerts[self.alert_id]

    @property
    def bulk(self) -> BulkRecovery:
        assert self.alert.bulk is not None
        return self.alert.bulk

    def change(self, change: BulkStopped | BulkResumed | BulkEnded) -> None:
        self.ledger.alerts[self.alert_id] = apply(self.alert, change)

    def drive(self, dies: str | None = None) -> bool:
        """One step of a driver, which *dies* after it has ``taken`` or ``asked``."""
        step = next_step(self.bulk, self.course, self.now)
        match step:
            case Wait(_, until):
                if until:
                    self.now = max(self.now, until)
                return until is not None
            case BeginLeg():
                found = sum(
                    one.outcome is Outcome.FAILED and one.alert_ids[-1] == self.alert_id
                    for one in self.ledger.occurrences.values()
                )
                self.course = leg_begun(self.course, self.bulk, self.now, found=found, too_old=0)
            case BeginWave(number):
                outstanding = [one for one in self.running if one not in self.course.pending]
                assert not outstanding, "no wave begins before the last one has ended"
                self.course = wave_begun(self.course, self.bulk, number)
            case Take(at_most):
                self.take(at_most)
                if dies != "taken":
                    self.ask(settles=dies != "asked")
            case Ask():
                self.ask(settles=dies != "asked")
            case Halt(why):
                self.change(BulkStopped("r1", why, self.now, report=report(self.course)))
            case End():
                self.change(BulkEnded("r1", self.now, report(self.course)))
        return True

    def take(self, at_most: int) -> None:
        known = self.ledger.occurrences
        young = [one for one in known.values() if one.at <= self.course.leg_at]
        young.sort(key=lambda one: one.at)
        found = [one for one in young if takeable(one, self.alert_id, self.bulk)][:at_most]
        up = tuple(Attempt(one.execution_arn, one.redrive_count) for one in found)
        exhausted = len(found) < at_most
        self.course = looked_through(self.course, cursor=None, exhausted=exhausted)
        if up:
            self.course = taken(self.course, self.bulk.terms, up, self.now)
        for one in found:
            known[one.execution_arn] = taken_up(one, self.bulk)
        in_flight = self.running + list(self.course.pending)
        if self.course.wave.number == 1:
            assert len(in_flight) <= 1, "the canary is alone"

    def ask(self, *, settles: bool) -> None:
        refused = []
        for attempt in self.course.pending:
            if self.name(attempt) in self.refused:
                known = self.ledger.occurrences
                back = given_back(known[attempt.execution_arn], attempt, self.bulk)
                assert back is not None
                known[attempt.execution_arn] = back
                refused.append("no")
            elif attempt not in self.tokens:
                self.tokens.add(attempt)
                self.redriven[attempt] = self.redriven.get(attempt, 0) + 1
                self.running.append(attempt)
        if settles:
            self.course = settled(self.course, tuple(refused), (), self.now)

    def name(self, attempt: Attempt) -> int:
        return int(attempt.execution_arn.rpartition(":e")[2])

    def ends(self, place: int, *, twice: bool) -> None:
        """One that runs ends, and its event comes, perhaps twice."""
        if not self.running:
            return
        attempt = self.running.pop(place % len(self.running))
        name, again = self.name(attempt), attempt.redrive_count + 1
        self.now += timedelta(milliseconds=1)
        error = "DiskFull" if name % 2 else "OrdersUnavailable"
        end = (
            # AWS's clock is not ours: what fails again may seem to have failed before.
            replace(failure(f"e{name}", redrive_count=again, error=error), stopped_at=NOW)
            if name in self.hopeless
            else success(f"e{name}", redrive_count=again)
        )
        self.ledger = fold(self.ledger, [end] * (2 if twice else 1), TERMS)


DOINGS = st.lists(
    st.one_of(
        st.just("drive"),
        st.sampled_from(["taken", "asked"]),
        st.tuples(st.integers(0, 30), st.booleans()),
        st.sampled_from(["stop", "resume", "later", "duplicate"]),
    ),
    max_size=120,
)


#: Once that ends well, the alert is resolved, and nothing is left to be resumed.
STOPPED_BEFORE_THE_LAST_ENDED: list[str | tuple[int, bool]] = [
    *("drive", "drive", (0, False), "drive", "drive", "drive", "stop"),
]


@settings(max_examples=200)
@given(
    st.integers(2, 40),
    st.sets(st.integers(0, 39), max_size=6),
    st.sets(st.integers(0, 39), max_size=6),
    DOINGS,
)
@example(2, set(), set(), STOPPED_BEFORE_THE_LAST_ENDED)
@example(2, set(), set(), [*STOPPED_BEFORE_THE_LAST_ENDED, (0, False), "resume"])
def test_whoever_dies_and_whatever_comes_late_nobody_is_lost_or_redriven_twice(
    count: int,
    hopeless: set[int],
    refused: set[int],
    doings: list[str | tuple[int, bool]],
) -> None:
    world = Simulated(count, hopeless, refused)
    for doing in doings:
        match doing:
            case "drive":
                world.drive()
            case "taken" | "asked":
                world.drive(dies=str(doing))
            case "stop":
                world.change(BulkStopped("r1", StopReason.CANARY, world.now))
            case "resume" if allows(world.alert, BulkResumed):
                world.change(BulkResumed("r1", BEN, world.now))
            case "later":
                world.now += timedelta(seconds=20)
            case "duplicate":
                world.ledger = fold(world.ledger, [failure("e0")], TERMS)
            case (int(place), bool(twice)):
                world.ends(place, twice=twice)
            case _:
                pass
        shown = numbers(world.bulk, world.course)
        if world.course.leg and world.course.leg == world.bulk.leg:
            assert shown.whole == count, "everybody is somewhere"
            assert min(shown.failed, shown.running, shown.left) >= 0
        assert set(world.redriven.values()) <= {1}, "no attempt is redriven twice"
    finish(world)
    shown = numbers(world.bulk, world.course)
    executions = world.ledger.occurrences.values()
    well = [one for one in executions if one.outcome is Outcome.SUCCEEDED]
    given_up = [one for one in executions if one.taken and one.taken.refused]
    assert (shown.succeeded, shown.refused) == (len(well), len(given_up))
    assert (shown.running, shown.left) == (0, 0)
    assert shown.failed == count - len(well) - len(given_up)
    assert world.alert.failing_count == count - len(well)


def finish(world: Simulated) -> None:
    """Everybody does their work to the end; should it stop, it is repaired and resumed."""
    for _ in range(3_000):
        if world.bulk.stage is BulkStage.ENDED:
            return
        if world.drive():
            continue
        if world.running:
            world.ends(0, twice=False)
        elif allows(world.alert, BulkResumed):
            world.hopeless.clear()
            world.now += SECOND
            world.change(BulkResumed("r1", BEN, world.now))
        elif world.alert.status is Status.RESOLVED:
            return  # it was stopped when nothing was left, and there is nothing to resume
    raise AssertionError((world.bulk, world.course))
