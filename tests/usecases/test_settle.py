"""The owner settles what nobody else can."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from chalicelib.domain.doubt import TOO_SOON
from chalicelib.domain.follow_up import FAILED, HELD, PLANNED, SENT, UNSURE
from chalicelib.errors import Conflict, NotFound
from chalicelib.ports import DUE_NOW, MailUncertain
from chalicelib.usecases.list_follow_ups import next_due
from chalicelib.usecases.pause import pause
from chalicelib.usecases.send_due import send_due
from chalicelib.usecases.settle import How, settle
from tests.support.sending import Service, all_of_them, comes_back, crowd, fails_once, on_march_7_at_ten, only, thank_yous
from tests.support.watched import once, watched
from tests.support.world import TestWorld

HOUR = timedelta(hours=1)


@pytest.fixture
def world() -> Iterator[TestWorld]:
    """One confirmation is in doubt, and no event will come."""
    with TestWorld() as made:
        crowd(made, 1)
        fails_once(made, MailUncertain("The connection was cut."))
        made.work()
        made.mailer = made.outbox
        made.clock.move(HOUR)
        yield made


@pytest.mark.parametrize(
    ("how", "state", "kind", "sentence"),
    [
        ("sent", SENT, "owner-sent", "It was in doubt, and you settled on 2 March 2026 that it went out."),
        ("leave", FAILED, "owner-left", "It was in doubt, and you left it at that on 2 March 2026."),
    ],
)
def test_what_is_settled_is_left_alone(world: TestWorld, how: How, state: str, kind: str, sentence: str) -> None:
    settle(world, only(world).id, how)
    found = only(world)
    assert (found.state, found.reason.kind) == (state, kind)
    assert (found.sent_at is not None) is (how == "sent")
    assert next_due(world) is None
    assert sentence in world.follow_ups()["confirm-address"].reason
    for _ in range(3):
        world.pass_time(days=1)
    assert (only(world), world.mails()) == (found, [])


def test_again_waits_its_turn_again_and_goes(world: TestWorld) -> None:
    settle(world, only(world).id, "again")
    assert (only(world).state, only(world).reason.kind) == (PLANNED, "owner-again")
    assert world.queue.waiting() == {DUE_NOW: 1}
    world.work()
    assert (only(world).state, [kept.times for kept in world.mails()]) == (SENT, [1])


def test_again_is_refused_while_an_event_may_be_on_its_way() -> None:
    with TestWorld() as world:
        crowd(world, 1)
        fails_once(world, MailUncertain("The connection was cut."))
        world.work()
        world.clock.move(TOO_SOON - timedelta(seconds=1))
        with pytest.raises(Conflict, match="less than 10 minutes"):
            settle(world, only(world).id, "again")
        assert only(world).state == UNSURE
        world.clock.move(timedelta(seconds=1))
        settle(world, only(world).id, "again")
        assert only(world).state == PLANNED


@pytest.mark.parametrize("how", ["sent", "leave"])
def test_what_is_not_to_go_again_need_not_wait(how: How) -> None:
    with TestWorld() as world:
        crowd(world, 1)
        fails_once(world, MailUncertain("The connection was cut."))
        world.work()
        settle(world, only(world).id, how)


def test_again_has_new_time_to_go_out() -> None:
    with TestWorld() as world:
        thank_yous(world, 1)
        on_march_7_at_ten(world)
        fails_once(world, MailUncertain("The connection was cut."))
        world.work()
        world.pass_time(days=30)
        (one,) = [found for found in all_of_them(world) if found.state == UNSURE]
        settle(world, one.id, "again")
        world.work()
        assert len(world.mails("buyer1@example.com")) == 2


def test_again_asks_every_check_anew(world: TestWorld) -> None:
    pause(world)
    settle(world, only(world).id, "again")
    world.work()
    assert (only(world).state, only(world).reason.kind) == (HELD, "paused")


def test_again_may_be_in_doubt_again(world: TestWorld) -> None:
    for _ in range(2):
        settle(world, only(world).id, "again")
        fails_once(world, MailUncertain("The connection was cut."))
        world.work()
        assert only(world).state == UNSURE
        world.clock.move(HOUR)


@pytest.mark.parametrize("id_", ["", "nothing", "somebody-something", "F#x", "é-ü"])
def test_an_id_that_nobody_has_is_not_found(world: TestWorld, id_: str) -> None:
    with pytest.raises(NotFound, match="courtesy follow-ups lists them"):
        settle(world, id_, "sent")


@pytest.mark.parametrize("how", ["sent", "again", "leave"])
def test_only_what_is_unsure_can_be_settled(world: TestWorld, how: How) -> None:
    settle(world, only(world).id, "sent")
    before = only(world)
    with pytest.raises(Conflict, match="That follow-up is sent: only what is unsure can be settled"):
        settle(world, before.id, how)
    assert only(world) == before


@pytest.mark.parametrize("how", ["sent", "again", "leave"])
def test_an_event_that_is_quicker_is_believed(world: TestWorld, how: How) -> None:
    id_ = only(world).id
    world.table = watched(world.sqlite, before=once(lambda: comes_back(world, id_), at="transact"))
    with pytest.raises(Conflict, match="this moment"):
        settle(world, id_, how)
    assert (only(world).state, only(world).message_id) == (SENT, "message-late")


def test_an_event_after_again_keeps_it_from_going_again(world: TestWorld) -> None:
    id_ = only(world).id
    settle(world, id_, "again")
    comes_back(world, id_)
    world.work()
    assert (only(world).state, world.mails()) == (SENT, [])


def test_service_mail_that_goes_by_itself_can_no_longer_be_settled() -> None:
    with TestWorld() as world:
        crowd(world, 1)
        service = Service(answers=False)
        world.mailer = service
        send_due(world)
        world.pass_time(hours=1)
        comes_back(world, service.canaries()[0])
        service.answers = True
        world.pass_time(days=1)
        with pytest.raises(Conflict):
            settle(world, only(world).id, "again")
        world.pass_time(minutes=1)
        assert len(service.mails()) == 2
