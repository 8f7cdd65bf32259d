"""A canary: a mail that is sent only so that its event comes back."""

from __future__ import annotations

from datetime import timedelta

import pytest

from chalicelib.domain.delivery import ACCEPTED, DeliveryEvent
from chalicelib.ports import MailRefused, MailUncertain
from chalicelib.stores import canary
from chalicelib.usecases.ask_for_events import ask_for_events
from chalicelib.usecases.record_delivery import record_delivery
from tests.support.sending import PROBE, Service, comes_back, raising, states
from tests.support.site import items
from tests.support.watched import watched
from tests.support.world import NOON, TestWorld

HOUR = timedelta(hours=1)


def test_it_goes_to_the_services_own_mailbox_and_names_nobody() -> None:
    with TestWorld() as world:
        world.mailer = service = Service()
        ask_for_events(world)
        ((id_, mail),) = service.took
        assert (mail.to, mail.stream, mail.headers) == (PROBE, "service", ())
        assert canary.sent_at(id_) == NOON


def test_at_most_one_goes_an_hour() -> None:
    with TestWorld() as world:
        world.mailer = service = Service()
        for _ in range(181):
            ask_for_events(world)
            world.clock.move(timedelta(minutes=1))
        assert [canary.sent_at(id_) for id_ in service.canaries()] == [NOON + n * HOUR for n in range(4)]


def test_of_two_that_ask_at_once_one_does() -> None:
    with TestWorld() as world:
        world.mailer = service = Service()
        ask_for_events(world)
        ask_for_events(world)
        assert len(service.took) == 1


def test_a_mailer_that_tells_of_nothing_is_not_asked() -> None:
    with TestWorld() as world:
        world.mailer = service = Service(probe="")
        ask_for_events(world)
        assert (service.took, items(world)) == ([], [])


@pytest.mark.parametrize("answer", [MailUncertain("No reply."), MailRefused("Throttled.", permanent=False)], ids=repr)
def test_one_that_fails_is_not_tried_again_within_the_hour(answer: Exception) -> None:
    with TestWorld() as world:
        service = Service()
        world.mailer = watched(service, before=lambda call: raising(answer)() if call == "send" else None)
        ask_for_events(world)
        world.mailer = service
        ask_for_events(world)
        assert service.took == []
        world.clock.move(HOUR)
        ask_for_events(world)
        assert len(service.took) == 1


def test_it_waits_for_its_turn() -> None:
    with TestWorld() as world:
        calls: list[str] = []
        world.mailer = watched(Service(), before=calls.append)
        ask_for_events(world)
        assert calls[-2:] == ["await_turn", "send"]


def test_that_it_came_back_is_remembered() -> None:
    with TestWorld() as world:
        world.mailer = service = Service()
        ask_for_events(world)
        assert canary.heard_of(world.table.get(canary.KEY)) is None
        world.clock.move(timedelta(minutes=5))
        for _ in range(2):
            comes_back(world, service.canaries()[0])
            assert canary.heard_of(world.table.get(canary.KEY)) == NOON


def test_an_older_one_that_comes_late_changes_nothing() -> None:
    with TestWorld() as world:
        world.mailer = service = Service()
        ask_for_events(world)
        world.clock.move(HOUR)
        ask_for_events(world)
        for id_ in reversed(service.canaries()):
            comes_back(world, id_)
        assert canary.heard_of(world.table.get(canary.KEY)) == NOON + HOUR


@pytest.mark.parametrize("kind", [ACCEPTED, "delivered", "bounced", "complained", "rejected"])
def test_a_canarys_id_is_nobodys_follow_up(kind: str) -> None:
    with TestWorld() as world:
        record_delivery(world, DeliveryEvent(kind, canary.id_of(NOON), "message-1", NOON, permanent=True))
        assert states(world) == {}
        assert [item["pk"] for item in items(world)] == ["CANARY"]
        assert list(world.journal.read()) == []
