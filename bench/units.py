"""What DynamoDB would charge, by its published arithmetic (tests/support/counting_table.py). These figures do not depend on the machine."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from bench.figures import Figure
from chalicelib.adapters.local.table_sqlite import SqliteTable
from chalicelib.entrypoints.queues import handle
from chalicelib.usecases.claim_voucher import claim_voucher
from chalicelib.usecases.receive_webhook import receive_webhook
from chalicelib.usecases.send_due import CHUNK, send_due
from chalicelib.usecases.take_order import take_order
from tests.factories import asked, learnt, shopify_order, shopify_parcel, signed
from tests.support.counting_table import CountingTable
from tests.support.world import TestWorld


def figures() -> Iterator[Figure]:
    """In the order of a customer's life."""
    yield from _sign_up()
    yield from _order()
    yield from _sending()


def _counted() -> tuple[TestWorld, CountingTable]:
    table = CountingTable(SqliteTable(":memory:"))
    return TestWorld(table=table, daily_budget=1000), table


def _sign_up() -> Iterator[Figure]:
    world, table = _counted()
    claim_voucher(world, asked(), "192.0.2.7")
    yield Figure("sign-up, its two rate counters among them: writes", table.wru, "WRU", 7)
    yield Figure("sign-up: reads", table.rru, "RRU")


def _order() -> Iterator[Figure]:
    """Paid and delivered in one event: a receipt and a thank-you follow. The order's item stays under 1 KB."""
    world, table = _counted()
    parcel = shopify_parcel(tracking_company=None, tracking_number=None, tracking_url=None)
    headers, raw = signed("orders/updated", shopify_order(fulfillment_status="fulfilled", fulfillments=[parcel]))
    receive_webhook(world, "shopify", headers, raw)
    _drain(world)
    assert len(world.follow_ups()) == 2, world.follow_ups()
    dedupe = sum(call.wru for call in table.calls if " W#" in call.about)
    yield Figure("order with two follow-ups, from the webhook on: writes", table.wru, "WRU", 12)
    yield Figure("  of which the webhook's own item, kept and taken", dedupe, "WRU")
    yield Figure("order with two follow-ups, from the webhook on: reads", table.rru, "RRU")


def _drain(world: TestWorld) -> None:
    while (taken := world.queue.take()) is not None:
        if taken.queue == "webhooks":
            handle(world, taken.queue, taken.message.body)
        world.queue.done(taken)


def _sending() -> Iterator[Figure]:
    """A full chunk of thank-yous to as many people."""
    world, table = _counted()
    for n in range(CHUNK):
        order: dict[str, Any] = shopify_order(id=n + 1, email=f"person{n}@example.com", name=f"#{n}")
        take_order(world, learnt("orders/create", order))
        take_order(world, learnt("fulfillments/update", shopify_parcel(id=n + 1, order_id=n + 1)))
    world.work()  # the receipts
    world.clock.move(timedelta(days=5, hours=-1))  # 11 o'clock on the third day after arrival
    table.reset()
    sent = send_due(world)
    assert sent == CHUNK, sent
    yield Figure(f"follow-up sent, in a chunk of {CHUNK}: writes", table.wru / sent, "WRU", 6.1)
    yield Figure(f"follow-up sent, in a chunk of {CHUNK}: reads", table.rru / sent, "RRU", 3.1)
    table.reset()
    events = 0
    while (taken := world.queue.take()) is not None:
        events += taken.queue == "events"
        handle(world, taken.queue, taken.message.body)
        world.queue.done(taken)
    yield Figure("delivery event: writes", table.wru / events, "WRU", 1)
    yield Figure("delivery event: reads", table.rru / events, "RRU")
