"""The owner's own word on an order."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest

from chalicelib.errors import Invalid, NotFound
from chalicelib.stores import orders
from chalicelib.usecases.list_orders import Listed, list_orders
from chalicelib.usecases.receive_webhook import receive_webhook
from chalicelib.usecases.say_of_order import say_arrived, say_gift
from tests.factories import gift_order, shopify_order, shopify_parcel, signed
from tests.support.world import TestWorld

LABEL = {"name": "Ruth Okafor", "address1": "9 Quay Hill", "city": "Falmouth", "zip": "TR11 3HG", "country_code": "GB"}


@pytest.fixture
def world() -> Iterator[TestWorld]:
    with TestWorld(recipient_note="by hand") as made:
        yield made


def tell(world: TestWorld, topic: str, payload: Any) -> None:
    headers, raw = signed(topic, payload)
    receive_webhook(world, "shopify", headers, raw)
    world.work()


def perhaps(**changes: Any) -> dict[str, Any]:
    return shopify_order(shipping_address=LABEL, fulfillments=[shopify_parcel()], **changes)


def listed(world: TestWorld) -> Listed:
    (one,) = list_orders(world)
    return one


def gift_of(world: TestWorld) -> Any:
    order = orders.load(world.table.get(orders.key("shopify:5551023340801")), "shopify:5551023340801")
    return orders.load_gift(world.table.get(orders.gift_key(order.key)), order, world.clock.now())


def test_what_may_be_a_gift_is_asked_about(world: TestWorld) -> None:
    tell(world, "orders/create", perhaps())
    assert (listed(world).gift, listed(world).reasons) == ("ask", ("The parcel goes to another name than the buyer's.",))
    assert "gift-note" not in world.follow_ups()
    assert gift_of(world).recipient == "Ruth Okafor"


def test_yes_plans_the_note(world: TestWorld) -> None:
    tell(world, "orders/create", perhaps())
    assert say_gift(world, "1041", gift=True).is_gift
    assert world.follow_ups()["gift-note"].state == "planned"


def test_no_forgets_the_recipient(world: TestWorld) -> None:
    tell(world, "orders/create", gift_order(fulfillments=[shopify_parcel()]))
    assert world.follow_ups()["gift-note"].state == "planned"
    say_gift(world, "#1041", gift=False)
    assert world.follow_ups()["gift-note"].state == "cancelled"
    assert gift_of(world) is None
    tell(world, "orders/updated", gift_order(updated_at="2026-03-02T14:00:00+00:00"))
    assert gift_of(world) is None
    assert listed(world).gift == "not"


def test_yes_finds_the_recipient_in_what_was_sent(world: TestWorld) -> None:
    tell(world, "orders/create", shopify_order(shipping_address={**LABEL, "name": "I. Trant"}, fulfillments=[shopify_parcel()]))
    assert gift_of(world) is None
    say_gift(world, "shopify:5551023340801", gift=True)
    assert gift_of(world).postal == ("9 Quay Hill", "Falmouth", "TR11 3HG")
    assert listed(world).reasons[0] == "You have said so."


def test_the_owner_may_change_their_mind(world: TestWorld) -> None:
    tell(world, "orders/create", gift_order(fulfillments=[shopify_parcel()]))
    for n, answer in enumerate((False, True, False, True)):
        world.clock.move(timedelta(minutes=n + 1))
        say_gift(world, "1041", gift=answer)
    assert world.follow_ups()["gift-note"].state == "planned"


def test_an_arrival_that_is_entered_counts(world: TestWorld) -> None:
    tell(world, "orders/create", shopify_order())
    world.live(days=3)
    say_arrived(world, "1041", date(2026, 3, 4))
    assert (listed(world).how, listed(world).arrived_at) == ("entered", "2026-03-04T12:00:00Z")
    assert world.follow_ups()["thank-you"].due_at == "2026-03-07T10:00:00Z"


@pytest.mark.parametrize("day", [date(2026, 3, 1), date(2026, 3, 6)])
def test_a_day_that_cannot_be_is_refused(world: TestWorld, day: date) -> None:
    tell(world, "orders/create", shopify_order())
    world.live(days=3)
    with pytest.raises(Invalid):
        say_arrived(world, "1041", day)


def test_an_arrival_may_be_estimated() -> None:
    with TestWorld(estimate=True, transit_days=4) as world:
        tell(world, "orders/create", shopify_order(fulfillments=[shopify_parcel(shipment_status=None)]))
        assert (listed(world).how, listed(world).arrived_at) == (
            "estimated",
            "2026-03-09T12:00:00Z",
        )  # Tuesday, and four working days
        world.live(days=1)
        assert world.follow_ups()["on-its-way"].state == "sent"
        assert "should have arrived" in world.follow_ups()["thank-you"].reason
        tell(world, "fulfillments/update", shopify_parcel())
        assert world.follow_ups()["thank-you"].due_at == "2026-03-07T10:00:00Z"


def test_unless_allowed_nothing_is_estimated(world: TestWorld) -> None:
    tell(world, "orders/create", shopify_order(fulfillments=[shopify_parcel(shipment_status=None)]))
    assert "thank-you" not in world.follow_ups()


def test_numbers_that_two_orders_have_are_refused(world: TestWorld) -> None:
    for id_ in (1, 2):
        tell(world, "orders/create", shopify_order(id=id_))
    with pytest.raises(Invalid, match="shopify:1, shopify:2"):
        say_gift(world, "1041", gift=True)


def test_an_unknown_order_is_refused(world: TestWorld) -> None:
    with pytest.raises(NotFound):
        say_gift(world, "9999", gift=True)


def test_an_order_without_an_address_is_kept_and_seen(world: TestWorld) -> None:
    tell(world, "orders/create", shopify_order(email=None, customer=None, shipping_address=None, billing_address=None))
    assert (listed(world).buyer, listed(world).number, listed(world).gift) == ("", "#1041", "not")
    assert world.follow_ups() == {}


def test_one_persons_orders_are_listed(world: TestWorld) -> None:
    tell(world, "orders/create", shopify_order(id=1))
    tell(world, "orders/create", shopify_order(id=2, test=True))
    tell(world, "orders/create", shopify_order(id=3, email="somebody.else@example.com"))
    assert [one.key for one in list_orders(world, "isobel.trant@example.com")] == ["shopify:1", "shopify:2"]
