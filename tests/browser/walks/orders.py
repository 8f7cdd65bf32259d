"""How an order stands, and what its buyer may tick; a question to the shop; the form on somebody else's page."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from playwright.sync_api import Page

from chalicelib.domain.calendar import stamp
from chalicelib.usecases.take_order import take_order
from courtesy.demo import Story, link_of
from tests.factories import learnt, shopify_order, shopify_parcel

JORY = "jory.nance@example.com"
NAMES = (
    "order, received", "order, on its way", "order, refused", "opted in", "order, called off", "order, bad link",
    "ask", "ask, refused", "asked", "ask about an order",
    "storefront",
)  # fmt: skip


def walk(page: Page, story: Story) -> Iterator[str]:
    """Jory bought a ring and a bracelet, which come in two parcels, and asks about them."""
    yield from _order(page, story)
    yield from _asked(page)
    page.goto("/dev/storefront")
    yield "storefront"


def _order(page: Page, story: Story) -> Iterator[str]:
    world = story._world
    now = world.clock.now()
    ids = {"id": 7055, "name": "#7055", "confirmation_number": "JN7055", "created_at": stamp(now), "updated_at": stamp(now)}
    bought = [
        {"id": 1, "title": "Tide ring", "quantity": 1, "price": "48.00", "properties": []},
        {
            "id": 2,
            "title": "Herringbone bracelet with a clasp that was made for it alone",
            "quantity": 2,
            "price": "31.00",
            "properties": [],
        },
    ]
    placed = {
        **ids, "email": JORY, "customer": {"first_name": "Jory", "last_name": "Nance"}, "line_items": bought, "total_price": "113.50",
        "order_status_url": "https://pellow-wren.example/orders/7055",
    }  # fmt: skip
    take_order(world, learnt("orders/create", shopify_order(**placed)))
    story.settle()
    link = link_of(story.mail("receipt", JORY), "/api/order")
    page.goto(link)
    yield "order, received"
    for number in (1, 2):
        take_order(world, learnt("fulfillments/create", _parcel(number, now)))
    page.goto(link)
    yield "order, on its way"
    page.get_by_role("button", name="Say yes").click()
    yield "order, refused"
    page.get_by_label("Tell me by e-mail when something that I bought").check()
    page.get_by_role("button", name="Say yes").click()
    yield "opted in"
    off = stamp(now + timedelta(minutes=5))
    back = [
        {
            "id": 1,
            "created_at": off,
            "transactions": [{"kind": "refund", "status": "success", "amount": "48.00", "currency": "GBP"}],
        }
    ]
    take_order(
        world, learnt("orders/cancelled", shopify_order(**{**placed, "updated_at": off, "cancelled_at": off, "refunds": back}))
    )
    page.goto(link)
    yield "order, called off"
    page.goto("/api/order?t=nonsense")
    yield "order, bad link"


def _parcel(number: int, now: Any) -> dict[str, Any]:
    return shopify_parcel(
        id=70550 + number, order_id=7055, shipment_status=None, created_at=stamp(now), updated_at=stamp(now + timedelta(minutes=number)),
        tracking_number=f"JD000221133{number}GB",
    )  # fmt: skip


def _asked(page: Page) -> Iterator[str]:
    page.goto("/ask/")
    yield "ask"
    page.get_by_label("E-mail address").fill("jory.nance")
    page.get_by_label("What would you like to know?").fill("Can the ring be made smaller?")
    page.get_by_role("button", name="Send the question").click()
    yield "ask, refused"
    page.get_by_label("Your name").fill("Jory Nance")
    page.get_by_label("E-mail address").fill(JORY)
    page.get_by_role("button", name="Send the question").click()
    yield "asked"
    page.goto("/api/questions?order=JN7055")
    yield "ask about an order"
