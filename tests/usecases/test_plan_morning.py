"""The owner's morning mail: one each working day, at the playbook's hour, and never two at once."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from chalicelib.domain.follow_up import CANCELLED, EXPIRED, HELD, PLANNED, SENT
from chalicelib.stores import follow_ups
from chalicelib.usecases.pause import pause, resume
from chalicelib.usecases.tick import tick
from tests.support.counting_table import CountingTable
from tests.support.world import NOON, TestWorld

MONDAY_AT_SEVEN = NOON.replace(hour=7)
OWNER = "morwenna@pellow-wren.example"


@pytest.fixture
def world() -> Iterator[TestWorld]:
    with TestWorld(at=MONDAY_AT_SEVEN, mornings=True) as made:
        yield made


def mornings(world: TestWorld) -> list[datetime]:
    return [kept.accepted_at for kept in world.mails(OWNER)]


def test_it_goes_each_working_day_at_its_hour(world: TestWorld) -> None:
    world.work()
    world.live(days=9)
    days = (2, 3, 4, 5, 6, 9, 10)
    assert mornings(world) == [datetime(2026, 3, day, 8, tzinfo=UTC) for day in days]


def test_its_hour_is_the_shops_own_in_summer_too() -> None:
    with TestWorld(at=datetime(2026, 3, 27, 6, tzinfo=UTC), mornings=True) as world:
        world.work()
        world.live(days=4)
        assert [at.hour for at in mornings(world)] == [8, 7]


def test_it_goes_to_the_owner_and_nobody_else() -> None:
    with TestWorld(at=MONDAY_AT_SEVEN, mornings=True, owner="owner@example.com") as world:
        world.work()
        world.live(days=1)
        assert [kept.mail.to for kept in world.mails()] == ["owner@example.com"]
        headers = dict(world.mails()[0].mail.headers)
        assert "List-Unsubscribe" not in headers


def test_an_owner_who_takes_the_rule_out_gets_none() -> None:
    with TestWorld(at=MONDAY_AT_SEVEN) as world:
        world.work()
        world.live(days=3)
        assert world.mails() == []


def test_after_days_of_silence_there_is_one_for_them_all(world: TestWorld) -> None:
    world.work()
    world.pass_time(days=3, hours=2)
    assert len(mornings(world)) == 1
    world.live(days=1)
    assert [at.day for at in mornings(world)] == [5, 6]


def test_a_pause_leaves_one_to_come_and_not_a_heap(world: TestWorld) -> None:
    world.work()
    pause(world)
    world.live(days=4)
    states = sorted(one.state for one in follow_ups.of_person(world.table, "owner"))
    assert states == sorted([EXPIRED, EXPIRED, EXPIRED, HELD, PLANNED])
    resume(world)
    world.work()
    assert len(mornings(world)) == 1


def test_it_is_in_nobodys_cap_and_asks_for_no_consent(world: TestWorld) -> None:
    world.work()
    world.live(days=3)
    states = {one.state for one in follow_ups.of_person(world.table, "owner")}
    assert states == {SENT, PLANNED}
    assert CANCELLED not in states


def test_an_idle_tick_reads_one_small_item_more() -> None:
    costs = []
    for with_mornings in (False, True):
        with TestWorld(at=MONDAY_AT_SEVEN, mornings=with_mornings) as world:
            world.work()
            world.clock.move(timedelta(minutes=1))
            counted = CountingTable(world.sqlite)
            world.table = counted
            tick(world)
            costs.append((counted.wru, counted.rru))
    assert costs[1] == (costs[0][0], costs[0][1] + 0.5)
