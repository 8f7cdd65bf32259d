"""Inquiries: who waits, how long, and that nobody who waits is sold to."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

import msgspec
import pytest

from chalicelib.domain.follow_up import HELD, FollowUp, follow_up_id
from chalicelib.domain.reason import Reason
from chalicelib.domain.standing import MARKETING
from chalicelib.errors import Conflict, Invalid, NotFound
from chalicelib.ports import DUE_NOW
from chalicelib.stores import follow_ups, inquiries
from chalicelib.usecases.close_inquiry import close_inquiry
from chalicelib.usecases.list_inquiries import list_inquiries
from chalicelib.usecases.open_inquiry import open_inquiry
from chalicelib.usecases.take_order import take_order
from tests.factories import follow_up, learnt, shopify_order
from tests.support.site import items
from tests.support.world import TestWorld

ISOBEL = "isobel.trant@example.com"
ASKS = "Can the signet be resized?"


@pytest.fixture
def world() -> Iterator[TestWorld]:
    """Isobel has ordered."""
    with TestWorld() as made:
        take_order(made, learnt("orders/create", shopify_order()))
        made.work()
        yield made


def held(world: TestWorld, person: str, kind: str) -> FollowUp:
    """A care reminder to the person that is held for that reason, to be looked at tomorrow."""
    tomorrow = world.clock.at + timedelta(days=1)
    one = follow_up(person=person, id=follow_up_id(kind, person, "x"), rule="care", message_class=MARKETING, state=HELD)
    one = msgspec.structs.replace(one, look_at=tomorrow, reason=Reason(kind))
    world.table.write(follow_ups.put(one))
    return one


def look_at(world: TestWorld, id_: str) -> datetime:
    return follow_ups.load_many(world.table, [id_])[id_].look_at


def test_who_waits_is_listed_with_what_they_wait_for(world: TestWorld) -> None:
    inquiry = open_inquiry(world, ISOBEL, f" {ASKS}\r\n", order="1041")
    (listed,) = list_inquiries(world)
    assert (listed.id, listed.name, listed.address) == (inquiry.id, "Isobel Trant", ISOBEL)
    assert (listed.about, listed.words, listed.source) == ("#1041", ASKS, "owner")
    assert (listed.waited, listed.urgency) == (0, "")


@pytest.mark.parametrize(
    ("days", "waited", "urgency"),
    [(1, 1, ""), (2, 2, ""), (3, 3, "nudged"), (4, 4, "on top"), (6, 4, "on top"), (8, 6, "on top")],
)
def test_after_three_working_days_it_is_time_and_after_four_it_is_on_top(
    world: TestWorld, days: int, waited: int, urgency: str
) -> None:
    open_inquiry(world, ISOBEL, ASKS)
    world.clock.move(timedelta(days=days))
    (listed,) = list_inquiries(world)
    assert (listed.waited, listed.urgency) == (waited, urgency)


def test_who_waits_longest_stands_first(world: TestWorld) -> None:
    for words in ("first", "second"):
        open_inquiry(world, ISOBEL, words)
        world.clock.move(timedelta(days=1))
    assert [one.words for one in list_inquiries(world)] == ["first", "second"]


def test_whoever_was_answered_is_listed_no_more(world: TestWorld) -> None:
    inquiry = open_inquiry(world, ISOBEL, ASKS)
    close_inquiry(world, inquiry.id, "good")
    assert list_inquiries(world) == []
    (kept,) = inquiries.of_person(world.table, inquiry.person)
    assert (kept.outcome, kept.closed_at) == ("good", world.clock.at)
    with pytest.raises(Conflict, match="closed before"):
        close_inquiry(world, inquiry.id, "bad")


@pytest.mark.parametrize("kind", ["inquiry-open", "unhappy", "helped-lately"])
def test_what_is_held_for_it_is_looked_at_as_soon_as_it_opens_or_closes(world: TestWorld, kind: str) -> None:
    inquiry = open_inquiry(world, ISOBEL, ASKS)
    one, other = held(world, inquiry.person, kind), held(world, inquiry.person, "cap")
    close_inquiry(world, inquiry.id, "good")
    assert (look_at(world, one.id), look_at(world, other.id)) == (world.clock.at, other.look_at)
    assert DUE_NOW in world.queue.waiting()


@pytest.mark.parametrize("words", ["", "  \r\n ", "x" * 2001, "a\x00b", "a\u202eb"])
def test_words_that_say_nothing_or_too_much_are_refused(world: TestWorld, words: str) -> None:
    before = items(world)
    with pytest.raises(Invalid):
        open_inquiry(world, ISOBEL, words)
    assert items(world) == before


def test_of_nobody_there_is_nothing_to_open(world: TestWorld) -> None:
    with pytest.raises(NotFound, match="Nobody with that address"):
        open_inquiry(world, "nobody@example.com", ASKS)
    with pytest.raises(Invalid):
        open_inquiry(world, "nobody", ASKS)
    with pytest.raises(NotFound):
        open_inquiry(world, ISOBEL, ASKS, order="9999")


@pytest.mark.parametrize("id_", ["", "nothing", "somebody-something", "é-ü", "a#b"])
def test_an_id_that_nobody_has_is_not_found(world: TestWorld, id_: str) -> None:
    with pytest.raises(NotFound, match="courtesy inquiry list"):
        close_inquiry(world, id_, "good")
