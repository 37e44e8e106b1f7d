"""A channel is written to a few times at once, and then once a second."""

from app.publisher.pace import Pace


class Clock:
    """A clock that runs only while somebody sleeps, and remembers for how long."""

    def __init__(self) -> None:
        self.now = 100.0
        self.slept: list[float] = []

    def time(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(round(seconds, 3))
        self.now += seconds


def test_the_first_few_go_at_once_and_the_rest_once_a_second() -> None:
    clock = Clock()
    pace = Pace(3, clock.time, clock.sleep)
    for _ in range(6):
        pace.keep("C1")
    assert clock.slept == [1.0, 1.0, 1.0]


def test_what_was_not_used_is_had_again_later() -> None:
    clock = Clock()
    pace = Pace(2, clock.time, clock.sleep)
    for _ in range(2):
        pace.keep("C1")
    clock.now += 10
    for _ in range(2):
        pace.keep("C1")
    assert clock.slept == []


def test_channels_do_not_wait_for_each_other_and_a_name_is_its_id() -> None:
    clock = Clock()
    pace = Pace(1, clock.time, clock.sleep)
    pace.keep("#alerts")
    pace.same("#alerts", "C1")
    pace.keep("C2")
    assert clock.slept == []
    pace.keep("C1")
    assert clock.slept == [1.0]
