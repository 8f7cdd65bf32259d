"""The owner pauses all sending, and resumes it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from chalicelib.domain.follow_up import HELD, PLANNED, SENT
from chalicelib.ports import DUE_NOW
from chalicelib.stores import follow_ups
from chalicelib.usecases.pause import pause, resume
from chalicelib.usecases.send_due import send_due
from tests.support.sending import all_of_them, crowd, on_march_7_at_ten, reasons, states, thank_yous
from tests.support.watched import once, watched
from tests.support.world import TestWorld


def test_while_paused_everything_is_held_for_that_reason() -> None:
    with TestWorld() as world:
        crowd(world, 2)
        pause(world)
        world.work()
        assert (states(world), reasons(world), world.mails()) == ({HELD: 2}, {"paused": 2}, [])


def test_a_pause_binds_service_mail_too() -> None:
    with TestWorld() as world:
        thank_yous(world, 1)
        on_march_7_at_ten(world)
        crowd(world, 1)
        pause(world)
        world.work()
        assert len(world.mails()) == 1  # the receipt, of before
        assert reasons(world) == {"sent": 1, "paused": 2, "arrived": 1}  # the expectation is not due yet


@pytest.mark.parametrize("at", ["append", "transact"])
def test_a_pause_after_the_checks_still_authorises_nothing(at: str) -> None:
    with TestWorld() as world:
        crowd(world, 2)
        world.journal = watched(world.journal, before=once(lambda: pause(world), at=at))
        world.table = watched(world.sqlite, before=once(lambda: pause(world), at=at))
        assert send_due(world) == 0
        assert (states(world), world.mails()) == ({PLANNED: 2}, [])


def test_what_was_authorised_before_the_pause_still_goes() -> None:
    with TestWorld() as world:
        crowd(world, 2)
        world.mailer = watched(world.outbox, before=once(lambda: pause(world), at="send"))
        assert send_due(world) == 2


def test_resuming_sends_what_was_held_at_once() -> None:
    with TestWorld() as world:
        thank_yous(world, 1)
        on_march_7_at_ten(world)
        crowd(world, 2)
        pause(world)
        world.work()
        assert resume(world) == 3
        assert world.queue.waiting() == {DUE_NOW: 1}
        world.work()
        assert states(world) == {SENT: 4, PLANNED: 1}


def test_what_was_held_gets_its_time_anew() -> None:
    with TestWorld() as world:
        thank_yous(world, 1)
        on_march_7_at_ten(world)
        pause(world)
        for _ in range(20):
            world.pass_time(days=1)
        held = world.follow_ups("buyer1@example.com")["thank-you"]
        assert (held.state, held.reason) == (HELD, "You have paused all sending; it is released when you resume.")
        resume(world)
        world.work()
        assert states(world) == {SENT: 3}  # the expectation came due meanwhile


def test_resuming_leaves_alone_what_something_else_holds() -> None:
    with TestWorld() as world:
        thank_yous(world, 1)
        on_march_7_at_ten(world)
        world.clock.move(timedelta(hours=22, minutes=50))
        world.work()
        pause(world)  # ten minutes before the night is over
        before = all_of_them(world)
        assert reasons(world)["quiet-hours"] == 1
        assert resume(world) == 0
        assert all_of_them(world) == before


def test_what_moved_on_meanwhile_is_not_counted() -> None:
    with TestWorld() as world:
        crowd(world, 2)
        pause(world)
        world.work()
        first = min(all_of_them(world), key=lambda one: one.id)

        def ends() -> None:
            world.sqlite.write(follow_ups.release(first, world.clock.now()))

        world.table = watched(world.sqlite, before=once(ends, at="write"))
        assert resume(world) == 1


def test_saying_either_twice_is_fine() -> None:
    with TestWorld() as world:
        crowd(world, 1)
        for _ in range(2):
            pause(world)
            world.work()
        assert [resume(world), resume(world)] == [1, 1]
        world.work()
        assert len(world.mails()) == 1
        assert resume(world) == 0


def test_more_than_a_page_is_resumed_whole() -> None:
    with TestWorld() as world:
        crowd(world, 150)
        pause(world)
        world.work()
        assert resume(world) == 150
        world.work()
        assert states(world) == {SENT: 150}


def test_what_a_pause_held_is_counted_once_however_much_it_is() -> None:
    with TestWorld() as world:
        crowd(world, 150)
        pause(world)
        world.work()
        world.clock.move(timedelta(hours=1))
        assert resume(world) == 150
