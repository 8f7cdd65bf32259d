"""Inquiries and by-hand tasks: listed without a look at anything else while they wait, and never done twice."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import msgspec
import pytest

from chalicelib.domain.inquiry import Inquiry
from chalicelib.domain.task import Task
from chalicelib.errors import Lost
from chalicelib.stores import inquiries, tasks
from tests.support.world import NOON, TestWorld

DAY = timedelta(days=1)
ISOBEL, TOM = "isobelisobelisobel77", "tomtomtomtomtomtom77"


@pytest.fixture
def world() -> Iterator[TestWorld]:
    with TestWorld() as made:
        yield made


def asks(person: str = ISOBEL, *, days_ago: int = 0, name: str = "one") -> Inquiry:
    return Inquiry(f"{person}-{name}", person, NOON - days_ago * DAY, "owner", words="Is it mended?")


def task(person: str = ISOBEL, *, in_days: int = 0, name: str = "one") -> Task:
    return Task(f"{person}-{name}", "note", person, "shopify:x:1041", "gift-note", NOON, NOON + in_days * DAY)


def test_who_waits_longest_stands_first(world: TestWorld) -> None:
    for one in (asks(days_ago=1), asks(TOM, days_ago=3), asks(days_ago=2, name="two")):
        world.table.write(inquiries.put(one))
    assert [one.opened_at for one in inquiries.open_ones(world.table)] == [NOON - days * DAY for days in (3, 2, 1)]
    assert inquiries.of_person(world.table, ISOBEL) == [asks(days_ago=1), asks(days_ago=2, name="two")]


def test_what_is_due_first_stands_first(world: TestWorld) -> None:
    for one in (task(in_days=2), task(TOM, in_days=1)):
        world.table.write(tasks.put(one))
    assert tasks.open_ones(world.table) == [task(TOM, in_days=1), task(in_days=2)]
    assert tasks.of_person(world.table, TOM) == [task(TOM, in_days=1)]


def test_whoever_was_answered_waits_no_more(world: TestWorld) -> None:
    world.table.write(inquiries.put(asks()))
    world.table.write(inquiries.closed(asks(), "good", NOON + DAY))
    assert inquiries.open_ones(world.table) == []
    assert inquiries.of_person(world.table, ISOBEL) == [msgspec.structs.replace(asks(), closed_at=NOON + DAY, outcome="good")]
    with pytest.raises(Lost):
        world.table.write(inquiries.closed(asks(), "bad", NOON))


def test_what_is_done_is_to_be_done_no_more(world: TestWorld) -> None:
    world.table.write(tasks.put(task()))
    world.table.write(tasks.done(task(), "posted", "First class.", NOON))
    assert tasks.open_ones(world.table) == []
    (kept,) = tasks.load_many(world.table, [task().id]).values()
    assert kept == msgspec.structs.replace(task(), done_at=NOON, outcome="posted", words="First class.")
    with pytest.raises(Lost):
        world.table.write(tasks.done(task(), "given up", "", NOON))


def test_neither_is_made_twice_nor_ended_where_it_never_was(world: TestWorld) -> None:
    for ended in (inquiries.closed(asks(), "good", NOON), tasks.done(task(), "posted", "", NOON)):
        with pytest.raises(Lost):
            world.table.write(ended)
    for made in (inquiries.put(asks()), tasks.put(task())):
        world.table.write(made)
        with pytest.raises(Lost):
            world.table.write(made)


def test_more_words_never_cover_up_others(world: TestWorld) -> None:
    world.table.write(inquiries.put(asks()))
    world.table.write(inquiries.reworded(asks(), "Is it mended? It was a present."))
    with pytest.raises(Lost):
        world.table.write(inquiries.reworded(asks(), "Something else."))
    (kept,) = inquiries.open_ones(world.table)
    assert kept.words == "Is it mended? It was a present."


def test_many_that_wait_are_all_listed(world: TestWorld) -> None:
    for n in range(230):
        world.table.write(tasks.put(task(name=f"n{n}")))
    assert len(tasks.open_ones(world.table)) == 230
