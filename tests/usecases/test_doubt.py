"""What becomes of a mail of which nobody knows whether it was taken."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from chalicelib.domain.follow_up import PLANNED, SENT, UNSURE, FollowUp
from chalicelib.stores import canary
from tests.support.sending import (
    PROBE,
    Service,
    all_of_them,
    comes_back,
    crowd,
    on_march_7_at_ten,
    only,
    states,
    thank_yous,
)
from tests.support.world import NOON, TestWorld

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)


def in_doubt(world: TestWorld, *, probe: str = PROBE) -> Service:
    """A confirmation that the service may have taken at noon."""
    crowd(world, 1)
    world.mailer = service = Service(probe=probe, answers=False)
    world.work()
    assert only(world).state == UNSURE
    service.answers = True
    return service


def thank_you_in_doubt(world: TestWorld) -> Service:
    """A thank-you that the service may have taken on 7 March at ten."""
    thank_yous(world, 1)
    on_march_7_at_ten(world)
    world.mailer = service = Service(answers=False)
    world.work()
    service.answers = True
    return service


def live_until(world: TestWorld, until: datetime) -> None:
    """Works each minute, as on AWS."""
    while world.clock.at < until:
        world.clock.move(MINUTE)
        world.work()


def doubtful(world: TestWorld) -> FollowUp:
    (found,) = [one for one in all_of_them(world) if one.state == UNSURE]
    return found


def test_while_it_is_in_doubt_a_canary_goes_out_at_once_and_then_each_hour() -> None:
    with TestWorld() as world:
        service = in_doubt(world)
        live_until(world, NOON + 6 * HOUR)
        assert [canary.sent_at(id_) for id_ in service.canaries()] == [NOON + n * HOUR for n in range(7)]


def test_many_in_doubt_ask_together() -> None:
    with TestWorld() as world:
        crowd(world, 5)
        world.mailer = service = Service(answers=False)
        world.work()
        live_until(world, NOON + 3 * HOUR)
        assert states(world) == {UNSURE: 5}
        assert len(service.canaries()) == 4


def test_while_nothing_is_in_doubt_none_goes() -> None:
    with TestWorld() as world:
        crowd(world, 3)
        world.mailer = service = Service()
        live_until(world, NOON + 3 * HOUR)
        assert (len(service.mails()), service.canaries()) == (3, [])


def test_while_none_came_back_nothing_is_sent_again() -> None:
    with TestWorld() as world:
        service = in_doubt(world)
        for _ in range(6 * 24):
            world.pass_time(hours=1)
        assert (only(world).state, len(service.mails())) == (UNSURE, 1)
        assert len(service.canaries()) == 6 * 24 + 1


def test_when_one_came_back_it_goes_once_more_after_a_day() -> None:
    with TestWorld() as world:
        service = in_doubt(world)
        live_until(world, NOON + MINUTE)
        comes_back(world, service.canaries()[0])
        live_until(world, NOON + 24 * HOUR - MINUTE)
        assert (only(world).state, len(service.mails()), len(service.canaries())) == (UNSURE, 1, 1)
        live_until(world, NOON + 24 * HOUR + 2 * MINUTE)
        assert (only(world).state, len(service.mails())) == (SENT, 2)


def test_that_it_goes_once_more_is_told() -> None:
    with TestWorld() as world:
        service = in_doubt(world)
        world.pass_time(hours=1)
        comes_back(world, service.canaries()[0])
        world.pass_time(hours=24)
        assert (only(world).state, only(world).tried_again) == (PLANNED, True)
        told = world.follow_ups()["confirm-address"].reason
        assert told.startswith("The mail service may have taken it at 2 March at 12:00, but told nothing of it since")


def test_a_canary_that_came_back_before_the_doubt_does_not_count() -> None:
    with TestWorld() as world:
        comes_back(world, canary.id_of(NOON - MINUTE))
        service = in_doubt(world)
        for _ in range(48):
            world.pass_time(hours=1)
        assert len(service.mails()) == 1


def test_it_never_goes_a_third_time() -> None:
    with TestWorld() as world:
        service = in_doubt(world)
        service.answers = False
        for _ in range(6 * 24):
            world.pass_time(hours=1)
            comes_back(world, canary.id_of(world.clock.at))
        assert (only(world).state, len(service.mails())) == (UNSURE, 2)


def test_courtesy_stays_in_doubt_and_sends_no_canary() -> None:
    with TestWorld() as world:
        service = thank_you_in_doubt(world)
        comes_back(world, canary.id_of(world.clock.at + MINUTE))
        for _ in range(10):
            world.pass_time(days=1)
        assert doubtful(world).rule == "thank-you"
        assert (len(service.mails()), service.canaries()) == (1, [])


def test_where_events_never_come_nothing_is_asked_and_nothing_sent_again() -> None:
    with TestWorld() as world:
        service = in_doubt(world, probe="")
        for _ in range(6 * 24):
            world.pass_time(hours=1)
        assert (only(world).state, len(service.took)) == (UNSURE, 1)


@pytest.mark.parametrize("hours", [0, 1, 5, 23, 24, 100])
def test_its_own_event_settles_it_at_any_time(hours: int) -> None:
    with TestWorld() as world:
        service = in_doubt(world)
        for _ in range(hours):
            world.pass_time(hours=1)
        comes_back(world, only(world).id)
        assert only(world).state == SENT
        for id_ in service.canaries():
            comes_back(world, id_)
        for _ in range(3):
            world.pass_time(days=1)
        assert len(service.mails()) == 1


def test_its_event_settles_it_also_when_it_is_to_go_once_more() -> None:
    with TestWorld() as world:
        service = in_doubt(world)
        world.pass_time(hours=1)
        comes_back(world, service.canaries()[0])
        world.pass_time(hours=24)
        assert only(world).state == PLANNED
        comes_back(world, only(world).id)
        world.pass_time(hours=1)
        assert (only(world).state, len(service.mails())) == (SENT, 1)


def test_courtesy_in_doubt_is_settled_by_its_event_too() -> None:
    with TestWorld() as world:
        thank_you_in_doubt(world)
        world.pass_time(days=9)
        comes_back(world, doubtful(world).id)
        assert states(world) == {SENT: 2, PLANNED: 1}  # the expectation is still to come
