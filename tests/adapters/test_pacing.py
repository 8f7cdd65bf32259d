from __future__ import annotations

import time

from chalicelib.adapters.pacing import Pacer


class Machine:
    """A clock that only sleeping moves, and the rate that is asked for."""

    def __init__(self, rate: float) -> None:
        self.rate = rate
        self.now = 100.0
        self.pacer = Pacer(lambda: self.rate, monotonic=lambda: self.now, sleep=self._sleep)

    def _sleep(self, seconds: float) -> None:
        assert seconds > 0
        self.now += seconds

    def turns(self, count: int) -> list[float]:
        """When each turn came, in seconds since the first."""
        came = []
        for _ in range(count):
            self.pacer.await_turn()
            came.append(self.now)
        return [at - came[0] for at in came]


def test_a_seconds_worth_goes_at_once_and_then_each_in_its_time() -> None:
    assert Machine(4.0).turns(8) == [0, 0, 0, 0, 0.25, 0.5, 0.75, 1]


def test_less_than_one_a_second_lets_one_through_at_once() -> None:
    assert Machine(0.5).turns(3) == [0, 2, 4]


def test_after_a_pause_nobody_waits() -> None:
    machine = Machine(2.0)
    machine.turns(5)
    machine.now += 60

    assert machine.turns(2) == [0, 0]


def test_a_new_rate_counts_from_the_next_turn() -> None:
    machine = Machine(1.0)
    machine.turns(3)
    machine.rate = 10.0

    assert [round(at, 6) for at in machine.turns(3)] == [0, 0.1, 0.2]


def test_a_slow_call_uses_the_time_that_it_took() -> None:
    machine = Machine(1.0)
    machine.pacer.await_turn()
    for _ in range(5):
        machine.now += 3  # the call
        before = machine.now
        machine.pacer.await_turn()
        assert machine.now == before


def test_without_being_told_otherwise_it_keeps_to_the_machines_clock() -> None:
    pacer, begun = Pacer(lambda: 50.0), time.monotonic()
    for _ in range(55):
        pacer.await_turn()

    assert time.monotonic() - begun >= 0.09
