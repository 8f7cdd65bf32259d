"""Promises that something clever once broke."""

from __future__ import annotations

import msgspec
import pytest

from chalicelib.adapters.storefronts.fields import country
from chalicelib.domain.gift import Gift
from chalicelib.domain.identity import parse_name
from chalicelib.domain.order import order_key
from chalicelib.errors import Invalid, NotFound
from chalicelib.stores import orders
from chalicelib.usecases.list_follow_ups import list_follow_ups
from chalicelib.usecases.receive_webhook import receive_webhook
from chalicelib.usecases.stop import stop
from chalicelib.usecases.take_order import take_order
from chalicelib.usecases.write_thanks import write_thanks
from tests.factories import gift_order, learnt, shopify_order, shopify_parcel, signed
from tests.support.site import link
from tests.support.world import TestWorld

RUTH = "ruth.okafor@example.com"


def take(world: TestWorld, number: int, **parcel: object) -> str:
    """A gift for Ruth, delivered; its key."""
    take_order(world, learnt("orders/create", gift_order(id=number)))
    take_order(world, learnt("fulfillments/update", shopify_parcel(id=number * 10, order_id=number, **parcel)))
    return order_key("shopify", str(number))


def gift(world: TestWorld, key: str) -> Gift | None:
    item = world.table.get(orders.gift_key(key))
    return msgspec.convert(item, Gift) if item else None


def until(world: TestWorld, key: str) -> object:
    return (world.table.get(orders.key(key)) or {})["gift_until"]


def note_token(world: TestWorld, path: str) -> str:
    return link(world.mails(RUTH)[0].mail, path).partition("t=")[2]


def test_no_later_parcel_moves_the_day_that_the_note_named() -> None:
    with TestWorld() as world:
        key = take(world, 1)
        world.live(days=13)
        named = until(world, key)
        again = shopify_parcel(id=11, order_id=1, shipment_status=None, updated_at="2026-03-18T09:00:00Z")
        take_order(world, learnt("fulfillments/create", again))
        assert until(world, key) == named
        take_order(
            world, learnt("fulfillments/update", {**again, "shipment_status": "delivered", "updated_at": "2026-03-20T09:00:00Z"})
        )
        take_order(
            world, learnt("orders/updated", gift_order(id=1, updated_at="2026-03-21T09:00:00Z", financial_status="refunded"))
        )
        assert until(world, key) == named


def test_remove_my_address_removes_it_from_every_gift() -> None:
    with TestWorld() as world:
        keys = [take(world, 1), take(world, 2, updated_at="2026-03-05T12:00:00Z")]
        world.live(days=13)
        stop(world, note_token(world, "/api/stop"))
        assert [gift(world, key) for key in keys] == [None, None]
        assert gift(world, take(world, 3, updated_at="2026-03-16T12:00:00Z")) in (
            None,
            Gift(person=world.mails(RUTH)[0].id.partition("-")[0]),
        )


def test_of_whom_had_their_note_nothing_more_is_kept() -> None:
    with TestWorld() as world:
        take(world, 1)
        world.live(days=13)
        second = gift(world, take(world, 2, updated_at="2026-03-16T12:00:00Z"))
        assert second is not None
        assert (second.recipient, second.address, second.postal) == ("", "", ())
        world.live(days=20)
        assert len(world.mails(RUTH)) == 1
        states = [one.state for one in list_follow_ups(world) if one.kind == "gift-note"]
        assert sorted(states) == ["cancelled", "sent"]


def test_the_first_recipients_card_never_speaks_for_the_second() -> None:
    with TestWorld() as world:
        take(world, 1)
        world.live(days=13)
        token = note_token(world, "/api/thanks")
        to_zoe = [
            {"name": "Gift", "value": "yes"},
            {"name": "Recipient name", "value": "Zoe Ash"},
            {"name": "Recipient email", "value": "zoe@example.com"},
        ]
        take_order(world, learnt("orders/updated", gift_order(id=1, note_attributes=to_zoe, updated_at="2026-03-16T09:00:00Z")))
        with pytest.raises(NotFound, match="run out"):
            write_thanks(world, token, "Thank you")


def test_a_repeat_under_another_shops_name_sends_nothing_twice() -> None:
    with TestWorld() as world:
        for domain in ("pellow-wren.myshopify.com", "other.myshopify.com"):
            headers, raw = signed("orders/create", shopify_order())
            receive_webhook(world, "shopify", {**headers, "x-shopify-shop-domain": domain}, raw)
            world.work()
        assert len(world.mails()) == 1


@pytest.mark.parametrize("first", ["paid", "refunded"])
def test_a_refund_in_the_same_second_counts(first: str) -> None:
    with TestWorld() as world:
        for status in (first, {"paid": "refunded", "refunded": "paid"}[first]):
            take_order(world, learnt("orders/updated", shopify_order(financial_status=status)))
        world.work()
        assert world.mails() == []


@pytest.mark.parametrize(
    "name", ["https://evil.example/pay", "pay at www.evil.example", "isobel@example.com", "\u3164\u2800", "Isobel\ufe0f"]
)
def test_no_name_is_an_address_or_invisible(name: str) -> None:
    with pytest.raises(Invalid):
        parse_name(name)


def test_a_country_that_cannot_be_read_is_not_the_shops_own() -> None:
    assert country({"country_code": "GB", "country": "United Kingdom"}) == "GB"
    assert country({"country_code": "DEU", "country": "Germany"}) == "ZZ"
    assert country({"country": "Germany"}) == "ZZ"
    assert country({}) == ""
    with TestWorld() as world:
        label = {"name": "Ruth Okafor", "address1": "Hafenstr. 1", "city": "Hamburg", "country": "Germany"}
        take_order(world, learnt("orders/create", gift_order(shipping_address=label)))
        take_order(world, learnt("fulfillments/update", shopify_parcel()))
        world.live(days=13)
        assert world.mails(RUTH) == []


def test_an_order_forgotten_long_ago_takes_its_events_again() -> None:
    with TestWorld() as world:
        take_order(world, learnt("orders/create", shopify_order()))
        world.work()
        world.sqlite.sweep(int(world.clock.now().timestamp()) + 800 * 86400)
        assert world.table.get(orders.key(order_key("shopify", "5551023340801"))) is None
        take_order(world, learnt("orders/updated", shopify_order(updated_at="2026-03-03T12:00:00Z")))
        world.work()
        assert len(world.mails()) == 1


def test_a_receipt_adds_up() -> None:
    lines = [
        {"id": 1, "title": "Stud earrings", "variant_title": "Green", "quantity": 1, "price": "48.00"},
        {"id": 2, "title": "Cloth", "variant_title": "Default Title", "quantity": 2, "price": "6.50"},
    ]
    with TestWorld() as world:
        order = shopify_order(line_items=lines, shipping_lines=[{"price": "5.00"}], total_discounts="6.10", total_price="59.90")
        take_order(world, learnt("orders/create", order))
        world.work()
        words = world.mails()[0].mail.text.split()
        assert [word for word in words if "£" in word] == ["£48.00", "£13.00", "£5.00", "-£6.10", "£59.90"]
        assert [word for word in words if word in ("Green", "Postage", "Discount", "Default", "Tax")] == [
            "Green",
            "Postage",
            "Discount",
        ]
