"""What a dead worker left behind, freed at once where no other can be alive."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

import pytest

from chalicelib.domain.follow_up import PLANNED, SENDING, SENT, UNSURE
from chalicelib.ports import MailUncertain
from chalicelib.stores import follow_ups
from chalicelib.table import Update
from chalicelib.usecases.recover import end_doubt, free_the_dead
from chalicelib.usecases.send_due import send_due
from tests.support.sending import Service, all_of_them, crowd, fails_once, only, reasons, states
from tests.support.watched import Crash
from tests.support.world import TestWorld


def dies(world: TestWorld, turn: int) -> None:
    """The worker, in the so-many-th call."""
    fails_once(world, Crash(), turn=turn)
    with pytest.raises(Crash):
        send_due(world)
    world.mailer = Service()


@pytest.mark.parametrize("turn", [1, 3, 5])
def test_the_one_that_may_have_been_called_is_in_doubt_and_the_rest_go(turn: int) -> None:
    with TestWorld() as world:
        crowd(world, 5)
        dies(world, turn)
        free_the_dead(world)
        assert states(world) == +Counter({SENT: turn - 1, UNSURE: 1, PLANNED: 5 - turn})
        (unsure,) = [one for one in all_of_them(world) if one.state == UNSURE]
        assert unsure.place == turn - 1
        assert send_due(world) == 5 - turn


def test_it_does_not_wait() -> None:
    with TestWorld() as world:
        crowd(world, 1)
        dies(world, 1)
        free_the_dead(world)
        assert states(world) == {UNSURE: 1}


def test_several_chunks_are_freed_each_by_itself() -> None:
    with TestWorld() as world:
        for prefix in ("ann", "bob"):
            crowd(world, 3, prefix)
            dies(world, 1)
        assert states(world) == {SENDING: 6}
        free_the_dead(world)
        assert states(world) == {UNSURE: 2, PLANNED: 4}


def test_what_is_in_doubt_already_and_what_is_done_is_left_alone() -> None:
    with TestWorld() as world:
        crowd(world, 3)
        fails_once(world, MailUncertain("No reply."), turn=2)
        send_due(world)
        before = all_of_them(world)
        assert states(world) == {SENT: 2, UNSURE: 1}
        free_the_dead(world)
        assert all_of_them(world) == before


def test_saying_it_twice_is_fine() -> None:
    with TestWorld() as world:
        crowd(world, 5)
        dies(world, 2)
        free_the_dead(world)
        before = all_of_them(world)
        free_the_dead(world)
        assert all_of_them(world) == before


def test_a_chunk_behind_many_others_is_freed_too() -> None:
    with TestWorld() as world:
        world.clock.move(timedelta(hours=1))
        crowd(world, 3)
        dies(world, 1)
        world.clock.move(timedelta(hours=-1))
        crowd(world, 110, "older")
        free_the_dead(world)
        assert states(world) == {UNSURE: 1, PLANNED: 112}


def test_more_than_a_page_is_freed_whole() -> None:
    with TestWorld() as world:
        crowd(world, 130)
        dies(world, 100)
        free_the_dead(world)
        assert states(world) == {SENT: 99, UNSURE: 1, PLANNED: 30}


# --- where the mailer itself can tell ---


def test_what_it_never_took_waits_its_turn_again() -> None:
    with TestWorld() as world:
        crowd(world, 2)
        fails_once(world, MailUncertain("The connection was cut."), turn=2)
        send_due(world)
        end_doubt(world, lambda id_: world.outbox.get(id_) is not None)
        assert (states(world), reasons(world)["never-called"]) == ({SENT: 1, PLANNED: 1}, 1)


def test_what_it_took_is_left_to_its_event() -> None:
    with TestWorld() as world:
        crowd(world, 2)
        dies(world, 2)
        end_doubt(world, lambda _: True)
        assert states(world) == {SENT: 1, SENDING: 1}


@pytest.mark.parametrize("via", ["smtp", ""])
def test_of_what_another_mailer_was_to_take_the_outbox_knows_nothing(via: str) -> None:
    with TestWorld() as world:
        crowd(world, 1)
        dies(world, 1)
        world.sqlite.write(Update(follow_ups.key(only(world).id), set={"via": via}))
        end_doubt(world, lambda id_: world.outbox.get(id_) is not None)
        assert only(world).state == SENDING
