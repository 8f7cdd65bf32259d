"""What webhooks did not bring, and what was before them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest

from chalicelib.domain.calendar import stamp
from chalicelib.errors import Misconfigured, Retryable
from chalicelib.ports import Changed
from chalicelib.stores import connections, errands, orders
from chalicelib.usecases import catch_up as module
from chalicelib.usecases.catch_up import catch_up
from chalicelib.usecases.connect import look_back, subscribe, take_history
from chalicelib.usecases.take_order import take_order
from tests.factories import learnt, shopify_order, shopify_parcel
from tests.support.fake_office import FakeOffice
from tests.support.world import NOON, TestWorld

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def world() -> Iterator[TestWorld]:
    with TestWorld() as made:
        made.office = FakeOffice()
        yield made


def office(world: TestWorld) -> FakeOffice:
    assert isinstance(world.office, FakeOffice)
    return world.office


def changed(world: TestWorld, at: datetime, **order: Any) -> None:
    """An order that the storefront's API tells of."""
    payload = shopify_order(**{"created_at": stamp(at), "updated_at": stamp(at), **order})
    office(world).orders.append((at, "orders/updated", json.dumps(payload).encode()))


def known(world: TestWorld) -> list[str]:
    return [order.key for order in orders.all_of(world.table)]


def test_what_was_missed_is_taken(world: TestWorld) -> None:
    subscribe(world)
    changed(world, NOON + HOUR)
    world.clock.move(2 * HOUR)
    assert catch_up(world, office(world)) == 1
    world.work()
    assert world.follow_ups()["receipt"].state == "sent"


def test_it_is_asked_each_night(world: TestWorld) -> None:
    subscribe(world)
    changed(world, NOON + HOUR)
    world.live(days=1)
    assert known(world) == ["shopify:5551023340801"]
    changed(world, NOON + 30 * HOUR, id=2)
    world.live(days=1)
    assert known(world) == ["shopify:2", "shopify:5551023340801"]
    (errand,) = errands.all_of(world.table)
    assert stamp(errand.not_before) == "2026-03-05T03:00:00Z"


def test_a_night_without_an_answer_is_made_up_for(world: TestWorld) -> None:
    subscribe(world)
    changed(world, NOON + HOUR)
    office(world).fails = [Retryable("Nobody answered.")] * 3
    world.live(days=1)
    assert known(world) == ["shopify:5551023340801"]


def test_what_is_taken_twice_stays_one(world: TestWorld) -> None:
    subscribe(world)
    changed(world, NOON + HOUR)
    world.clock.move(2 * HOUR)
    take_order(world, learnt("orders/create", shopify_order(created_at=stamp(NOON + HOUR), updated_at=stamp(NOON + HOUR))))
    before = orders.all_of(world.table)
    catch_up(world, office(world))
    assert orders.all_of(world.table) == before


def test_nothing_is_planned_from_history(world: TestWorld) -> None:
    for n in range(5):
        changed(world, NOON - n * DAY - DAY, id=n + 1, fulfillments=[shopify_parcel(id=n + 1, order_id=n + 1)])
    assert list(take_history(world)) == [2, 4, 5]
    assert len(known(world)) == 5
    assert world.follow_ups() == {}
    take_order(world, learnt("fulfillments/update", shopify_parcel(order_id=1, id=77)))
    assert world.follow_ups() == {}


def test_history_calls_nothing_off(world: TestWorld) -> None:
    take_order(world, learnt("orders/create", shopify_order()))
    changed(world, NOON)
    list(take_history(world))
    assert world.follow_ups()["receipt"].state == "planned"


def test_an_order_from_before_the_connection_is_history(world: TestWorld) -> None:
    subscribe(world)
    changed(world, NOON + HOUR, created_at=stamp(NOON - 3 * DAY))
    world.clock.move(2 * HOUR)
    catch_up(world, office(world))
    assert known(world)
    assert world.follow_ups() == {}


def test_more_than_one_go_goes_on(world: TestWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "PAGES", 2)
    subscribe(world)
    for n in range(9):
        changed(world, NOON + n * timedelta(minutes=1), id=n + 1)
    world.live(days=1)
    assert len(known(world)) == 9
    connection = connections.load(world.table.get(connections.key("shopify")))
    assert connection is not None
    assert (connection.cursor, connection.began_at) == ("", None)


def test_unconnected_nothing_is_asked(world: TestWorld) -> None:
    assert catch_up(world, office(world)) == 0
    assert office(world).asked == []
    with pytest.raises(Misconfigured):
        look_back(world, NOON)


def test_the_owner_may_look_further_back(world: TestWorld) -> None:
    subscribe(world)
    world.clock.move(10 * DAY)
    catch_up(world, office(world))
    changed(world, NOON + DAY)
    assert catch_up(world, office(world)) == 0
    look_back(world, NOON)
    assert catch_up(world, office(world)) == 1


def test_a_body_that_cannot_be_read_stops_nothing(world: TestWorld) -> None:
    subscribe(world)
    office(world).orders.append((NOON + HOUR, "orders/updated", b"{}"))
    changed(world, NOON + HOUR)
    world.clock.move(2 * HOUR)
    assert catch_up(world, office(world)) == 2
    assert known(world)


def test_connecting_twice_keeps_the_first_day(world: TestWorld) -> None:
    subscribe(world)
    world.clock.move(DAY)
    subscribe(world)
    connection = connections.load(world.table.get(connections.key("shopify")))
    assert connection is not None
    assert connection.connected_at == NOON
    assert office(world).url == "https://shop.example/api/webhooks/shopify"


def test_whichever_way_it_comes_the_past_is_the_past(world: TestWorld) -> None:
    subscribe(world)
    before = {"created_at": stamp(NOON - 4 * DAY), "updated_at": stamp(NOON + HOUR)}
    take_order(world, learnt("orders/updated", shopify_order(**before, fulfillments=[shopify_parcel()])))
    assert world.follow_ups() == {}
    take_order(world, learnt("orders/create", shopify_order(id=2, created_at=stamp(NOON + HOUR))))
    assert set(world.follow_ups()) == {"receipt"}


def test_a_refund_told_first_leaves_history_history(world: TestWorld) -> None:
    refund = {"id": 9, "order_id": 5551023340801, "created_at": stamp(NOON - DAY), "transactions": [], "refund_line_items": [
        {"line_item_id": 1, "quantity": 1}]}  # fmt: skip
    take_order(world, learnt("refunds/create", refund))
    changed(world, NOON - DAY)
    list(take_history(world))
    assert world.follow_ups() == {}


def test_pages_that_go_round_in_a_circle_end(world: TestWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(office(world), "changed", lambda *_: Changed((), "again"))
    with pytest.raises(Retryable):
        list(take_history(world))
