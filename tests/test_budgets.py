"""What the main paths cost on DynamoDB (DESIGN.md §9), counted."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from chalicelib.config import ROOT
from chalicelib.domain.playbook import Playbook
from chalicelib.entrypoints.queues import handle
from chalicelib.table import item_size
from chalicelib.usecases.claim_voucher import claim_voucher
from chalicelib.usecases.confirm_claim import confirm_claim
from chalicelib.usecases.receive_webhook import receive_webhook
from chalicelib.usecases.send_due import CHUNK, send_due
from tests.factories import asked, gift_order, shopify_order, shopify_parcel, signed
from tests.support.counting_table import CountingTable
from tests.support.site import Site, items, link
from tests.support.world import TestWorld

KB = 1024
EXAMPLES = ROOT / "examples" / "shopify"


@pytest.fixture
def world() -> Iterator[TestWorld]:
    with TestWorld() as made:
        made.table = CountingTable(made.sqlite)
        yield made


def counted(world: TestWorld) -> CountingTable:
    assert isinstance(world.table, CountingTable)
    return world.table


def example(name: str) -> Any:
    return json.loads(Path(EXAMPLES / name).read_bytes())


def take(world: TestWorld, topic: str, payload: Any, id_: str) -> None:
    """From the storefront's post to the order, without what is sent because of it."""
    headers, raw = signed(topic, payload, x_shopify_webhook_id=id_)
    receive_webhook(world, "shopify", headers, raw)
    while (taken := world.queue.take()) is not None:
        if taken.queue == "webhooks":
            handle(world, taken.queue, taken.message.body)
        world.queue.done(taken)


@pytest.mark.parametrize("newsletter", [False, True])
def test_a_claim_costs_seven_write_units(world: TestWorld, newsletter: bool) -> None:
    claim_voucher(world, asked(newsletter=newsletter), "192.0.2.7")
    assert counted(world).wru <= 7, counted(world).calls


def test_a_refused_or_repeated_claim_costs_no_more(world: TestWorld) -> None:
    for _ in range(8):
        counted(world).reset()
        claim_voucher(world, asked(), "192.0.2.7")
        assert counted(world).wru <= 7, counted(world).calls


def test_looking_at_a_link_costs_two_reads_of_which_one_may_be_a_moment_old(world: TestWorld) -> None:
    claim_voucher(world, asked(), "192.0.2.7")
    world.work()
    url = link(world.mails()[0].mail, "/api/confirm")
    counted(world).reset()
    Site(world).get(url)
    assert (counted(world).wru, counted(world).rru) == (0, 1.5)


def with_two(payload: Any) -> Any:
    """The order as a storefront tells of it when it has arrived already: receipt and thank-you at once."""
    parcel = shopify_parcel(order_id=payload["id"])
    return {**payload, "fulfillments": [parcel]}


@pytest.mark.parametrize("payload", [shopify_order(), example("order.json")], ids=["ours", "example"])
def test_an_order_with_two_follow_ups_costs_twelve(world: TestWorld, payload: Any) -> None:
    world.playbook = Playbook(tuple(rule for rule in world.playbook.rules if rule.name != "expectation"))
    take(world, "orders/create", with_two(payload), "1")
    assert set(world.follow_ups()) == {"receipt", "thank-you"}
    assert counted(world).wru <= 10 + 2, counted(world).calls


@pytest.mark.parametrize("payload", [gift_order(), example("gift-order.json")], ids=["ours", "example"])
def test_a_gift_costs_its_recipients_item_more(world: TestWorld, payload: Any) -> None:
    take(world, "orders/create", payload, "1")
    assert counted(world).wru <= 10 + 2, counted(world).calls


def test_a_repeated_delivery_costs_one(world: TestWorld) -> None:
    take(world, "orders/create", shopify_order(), "1")
    counted(world).reset()
    take(world, "orders/create", shopify_order(), "1")
    assert counted(world).wru <= 1, counted(world).calls


def test_an_event_that_says_nothing_new_costs_its_dedupe(world: TestWorld) -> None:
    take(world, "orders/create", shopify_order(), "1")
    counted(world).reset()
    take(world, "orders/create", shopify_order(), "2")
    assert counted(world).wru <= 2 + 2, counted(world).calls


def service(world: TestWorld) -> None:
    for n in range(CHUNK):
        claim_voucher(world, asked(email=f"visitor{n}@example.com"), f"198.51.{n}.1")


def vouchers(world: TestWorld) -> None:
    service(world)
    world.work()
    for kept in world.mails():
        confirm_claim(world, link(kept.mail, "/api/confirm").partition("t=")[2])


def thank_yous(world: TestWorld) -> None:
    for n in range(CHUNK):
        take(world, "orders/create", shopify_order(id=n + 1, email=f"buyer{n}@example.com"), f"o{n}")
        take(world, "fulfillments/update", shopify_parcel(id=n + 1, order_id=n + 1), f"p{n}")
    world.work()
    world.clock.at = world.clock.at.replace(day=7, hour=10)


@pytest.mark.parametrize("due", [service, vouchers, thank_yous])
def test_a_mail_in_a_chunk_costs_six_writes_and_three_reads(world: TestWorld, due: Any) -> None:
    due(world)
    counted(world).reset()
    assert send_due(world) == CHUNK
    assert counted(world).wru / CHUNK <= 6.1, counted(world).calls
    assert counted(world).rru / CHUNK <= 3.1, counted(world).calls


def test_the_event_of_a_mail_costs_one(world: TestWorld) -> None:
    world.work()
    service(world)
    send_due(world)
    counted(world).reset()
    world.work()
    assert counted(world).wru / CHUNK <= 1, counted(world).calls


def test_a_tick_with_nothing_due_costs_next_to_nothing(world: TestWorld) -> None:
    world.work()  # the very first notes the rules and sets the clocks for night and morning
    counted(world).reset()
    world.work()
    assert (counted(world).wru, counted(world).rru) == (0, 3.5), counted(world).calls


def test_every_item_but_an_order_stays_below_a_kilobyte(world: TestWorld) -> None:
    shop = Site(world)
    name, email = "ö" * 100, f"{'a' * 60}@{'b' * 60}.{'c' * 60}.example"
    shop.claim(email, name, tick=True)
    world.work()
    shop.press(link(world.mails()[0].mail, "/api/confirm"))
    for n in range(3):
        take(world, "orders/create", with_two(gift_order(id=n + 1, email=email)), f"o{n}")
    world.live(days=14)
    large = {
        f"{item['pk']} {item['sk']}": item_size(item) for item in items(world) if item_size(item) > KB and item["sk"] != "ORDER"
    }
    assert large == {}


@pytest.mark.parametrize("name", ["order.json", "gift-order.json"])
def test_a_usual_order_stays_below_a_kilobyte(world: TestWorld, name: str) -> None:
    take(world, "orders/create", with_two(example(name)), "1")
    world.live(days=20)
    sizes = [item_size(item) for item in items(world) if item["sk"] == "ORDER"]
    assert max(sizes) <= KB


def test_a_long_order_stays_below_four(world: TestWorld) -> None:
    lines = [
        {"id": n, "title": "x" * 50, "sku": "s" * 12, "product_id": 8120311000 + n, "quantity": 9, "price": "9999.99"}
        for n in range(200)
    ]
    codes = [{"code": f"CODE-{n}"} for n in range(10)]
    take(
        world, "orders/create", with_two(gift_order(line_items=lines, discount_codes=codes, email=f"{'a' * 60}@example.com")), "1"
    )
    (size,) = [item_size(item) for item in items(world) if item["sk"] == "ORDER"]
    assert size <= 4 * KB
