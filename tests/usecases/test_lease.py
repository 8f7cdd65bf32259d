"""One worker at a time works at a shard."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest

from chalicelib.domain.follow_up import PLANNED, SENT
from chalicelib.errors import Busy
from chalicelib.stores import gate
from chalicelib.usecases.lease import leased
from chalicelib.usecases.send_due import send_due
from tests.support.sending import crowd, nobody_twice, raising, states
from tests.support.watched import Crash, once, watched
from tests.support.world import TestWorld


@contextmanager
def another_worker(world: TestWorld) -> Iterator[None]:
    """What happens within is done by it, with ports that nobody disturbs."""
    mine = world.worker, world.table, world.mailer
    world.worker, world.table, world.mailer = "other", world.sqlite, world.outbox
    try:
        yield
    finally:
        world.worker, world.table, world.mailer = mine


def holder(world: TestWorld) -> str:
    return gate.load(world.sqlite.get(gate.key("0")), world.clock.now(), world.shop).leased_by


def dies_holding_it(world: TestWorld) -> None:
    """Nothing that it had still to do is done."""

    def takes_it_and_dies() -> None:
        with leased(world, "0") as ours:
            assert ours
            world.table = watched(world.sqlite, before=raising(Crash()))

    with pytest.raises(Crash):
        takes_it_and_dies()
    world.table = world.sqlite


def another_takes_it(world: TestWorld) -> None:
    """After its time, of which its holder knows nothing."""
    world.clock.move(timedelta(seconds=31))
    now = world.clock.now()
    found = gate.load(world.sqlite.get(gate.key("0")), now, world.shop)
    world.sqlite.write(gate.take_lease("0", found, "other", now))


def test_a_second_worker_gets_nothing() -> None:
    with TestWorld() as world, leased(world, "0") as ours:
        with another_worker(world), leased(world, "0") as theirs:
            assert (ours, theirs) == (True, False)
        assert holder(world) == "worker"


def test_while_one_sends_a_second_sends_nothing() -> None:
    with TestWorld() as world:
        crowd(world, 3)
        found = []

        def other() -> None:
            with another_worker(world):
                found.append(send_due(world))

        world.mailer = watched(world.outbox, before=once(other, at="send", turn=2))
        assert (send_due(world), found) == (3, [0])
        assert nobody_twice(world)


def test_when_it_is_done_the_next_may() -> None:
    with TestWorld() as world:
        with leased(world, "0"):
            pass
        assert holder(world) == ""
        with another_worker(world), leased(world, "0") as theirs:
            assert theirs


def test_what_fails_within_gives_it_back_too() -> None:
    with TestWorld() as world:
        with pytest.raises(Busy), leased(world, "0"):
            raise Busy("in conflict")
        assert holder(world) == ""


@pytest.mark.parametrize(("seconds", "taken_over"), [(0, False), (29, False), (30, False), (31, True)])
def test_a_dead_holders_is_taken_over_after_thirty_seconds(seconds: int, taken_over: bool) -> None:
    with TestWorld() as world:
        dies_holding_it(world)
        world.clock.move(timedelta(seconds=seconds))
        with another_worker(world), leased(world, "0") as theirs:
            assert theirs is taken_over


def test_the_same_worker_risen_again_has_it_at_once() -> None:
    with TestWorld() as world:
        dies_holding_it(world)
        with leased(world, "0") as ours:
            assert ours


def test_one_taken_by_a_clock_that_ran_ahead_binds_nobody() -> None:
    with TestWorld() as world:
        world.clock.move(timedelta(days=1))
        dies_holding_it(world)
        world.clock.move(timedelta(days=-1))
        with another_worker(world), leased(world, "0") as theirs:
            assert theirs


def test_anothers_is_not_given_back() -> None:
    with TestWorld() as world:
        with leased(world, "0"):
            another_takes_it(world)
        assert holder(world) == "other"


def test_of_two_that_saw_it_free_one_has_it() -> None:
    with TestWorld() as world:

        def other() -> None:
            world.sqlite.write(gate.take_lease("0", gate.Gate(), "other", world.clock.now()))

        world.table = watched(world.sqlite, before=once(other, at="write"))
        with leased(world, "0") as ours:
            assert not ours
        assert holder(world) == "other"


def test_one_that_cannot_be_given_back_ends_by_itself() -> None:
    with TestWorld() as world:
        with leased(world, "0"):
            world.table = watched(world.sqlite, before=once(raising(Busy("throttled")), at="write"))
        assert holder(world) == "worker"


def test_where_nothing_is_due_no_lease_is_written() -> None:
    with TestWorld() as world:
        assert send_due(world) == 0
        assert world.sqlite.get(gate.key("0")) is None


def test_each_authorisation_renews_it() -> None:
    with TestWorld() as world:
        crowd(world, 1)
        until = []

        def later() -> None:
            world.clock.move(timedelta(seconds=9))

        def look() -> None:
            until.append(gate.load(world.sqlite.get(gate.key("0")), world.clock.now(), world.shop).leased_until)

        world.journal = watched(world.journal, before=once(later, at="append"))
        world.mailer = watched(world.outbox, before=once(look, at="send"))
        assert send_due(world) == 1
        assert until == [int((world.clock.now() + gate.LEASE).timestamp())]


def test_who_lost_it_on_the_way_authorises_nothing() -> None:
    with TestWorld() as world:
        crowd(world, 2)

        def other() -> None:
            world.clock.move(timedelta(seconds=31))
            with another_worker(world):
                assert send_due(world) == 2

        world.journal = watched(world.journal, before=once(other, at="append"))
        assert send_due(world) == 0
        assert states(world) == {SENT: 2}
        assert nobody_twice(world)


def test_a_lease_that_another_holds_loses_the_authorisation() -> None:
    with TestWorld() as world:
        crowd(world, 2)
        world.journal = watched(world.journal, before=once(lambda: another_takes_it(world), at="append"))
        assert send_due(world) == 0
        assert (states(world), holder(world)) == ({PLANNED: 2}, "other")
