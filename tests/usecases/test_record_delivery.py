"""What a delivery event says of an address is remembered beyond the table."""

from __future__ import annotations

import pytest

from chalicelib.domain import journal
from chalicelib.domain.delivery import ACCEPTED, BOUNCED, COMPLAINED, DELIVERED, REJECTED, DeliveryEvent
from chalicelib.domain.follow_up import SENDING, SENT
from chalicelib.domain.standing import Standing
from chalicelib.errors import Retryable
from chalicelib.stores import people
from chalicelib.usecases.record_delivery import record_delivery
from chalicelib.usecases.send_due import send_due
from tests.support.sending import crowd, fails_once, only, raising
from tests.support.watched import Crash, once, watched
from tests.support.world import MemoryJournal, TestWorld


def under_way(world: TestWorld) -> None:
    """One confirmation was handed over, and its outcome never written."""
    crowd(world, 1)
    fails_once(world, Crash())
    with pytest.raises(Crash):
        send_due(world)
    world.journal = MemoryJournal()


def event(world: TestWorld, kind: str, *, permanent: bool = True) -> DeliveryEvent:
    return DeliveryEvent(kind, only(world).id, "message-1", world.clock.now(), permanent=permanent)


def standing(world: TestWorld) -> Standing:
    person = only(world).person
    return people.load_standing(world.sqlite.get(people.standing_key(person)), person)


@pytest.mark.parametrize("kind", [BOUNCED, COMPLAINED])
def test_the_journal_has_it_before_the_address_is_closed(kind: str) -> None:
    with TestWorld() as world:
        under_way(world)
        world.journal = kept = MemoryJournal()
        at_commit: list[journal.Line] = []
        world.table = watched(world.sqlite, before=once(lambda: at_commit.extend(kept.lines), at="write"))
        record_delivery(world, event(world, kind))
        assert at_commit == kept.lines == [journal.unreachable(only(world).person, kind, world.clock.now())]
        assert standing(world).unreachable_why == kind


@pytest.mark.parametrize(
    ("kind", "permanent"), [(ACCEPTED, True), (DELIVERED, True), (REJECTED, True), (BOUNCED, False)], ids=repr
)
def test_what_closes_no_address_is_not_journalled(kind: str, permanent: bool) -> None:
    with TestWorld() as world:
        under_way(world)
        record_delivery(world, event(world, kind, permanent=permanent))
        assert (list(world.journal.read()), standing(world).unreachable_at) == ([], "")


def test_where_the_journal_fails_the_event_comes_again_and_loses_nothing() -> None:
    with TestWorld() as world:
        under_way(world)
        world.journal = watched(world.journal, before=once(raising(Retryable("The disk is full.")), at="append"))
        with pytest.raises(Retryable):
            record_delivery(world, event(world, BOUNCED))
        assert (only(world).state, standing(world).unreachable_at) == (SENDING, "")
        record_delivery(world, event(world, BOUNCED))
        assert (only(world).state, standing(world).unreachable_why) == (SENT, BOUNCED)
        assert [line.why for line in world.journal.read()] == [BOUNCED]


def test_a_bounce_after_a_complaint_covers_nothing_up() -> None:
    with TestWorld() as world:
        under_way(world)
        for kind in (COMPLAINED, BOUNCED):
            record_delivery(world, event(world, kind))
        assert standing(world).unreachable_why == COMPLAINED
        remembered = journal.remember(world.journal.read())[only(world).person]
        assert journal.stands_again(Standing(only(world).person), remembered, world.clock.now()).unreachable_why == COMPLAINED
