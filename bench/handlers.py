"""What a request costs in the API function, beyond what table, queue and blob take: those are the network's on AWS.

An empty route in the same app shows what Chalice itself takes, and how fast the machine is at the moment.
"""

from __future__ import annotations

import itertools
import json
import statistics
import time
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlencode

from chalice import Chalice

from bench.figures import Figure
from chalicelib.entrypoints import site_api, webhooks
from chalicelib.entrypoints.answers import FORM
from tests.factories import shopify_order, signed
from tests.support.watched import watched
from tests.support.world import TestWorld

REQUESTS, ROUNDS = 200, 7
WEBHOOK_BYTES = 20_000

Event = dict[str, Any]


def figures() -> Iterator[Figure]:
    """Rounds of each kind take turns, so that a slow moment falls on all of them."""
    bench = Bench()
    numbers = itertools.count()
    kinds: dict[str, Callable[[], Event]] = {
        "empty": lambda: event("GET", "/nothing"),
        "sign-up": lambda: sign_up(next(numbers)),
        "webhook": lambda: webhook(next(numbers)),
        "page": lambda: event("GET", "/confirm", query={"t": "nonsense"}),
    }
    seen: dict[str, list[tuple[float, float]]] = {kind: [] for kind in kinds}
    for _ in range(ROUNDS):
        for kind, make in kinds.items():
            seen[kind].append(bench.round([make() for _ in range(REQUESTS)]))
    own = {kind: statistics.median(own for own, _ in found) for kind, found in seen.items()}
    ports = {kind: statistics.median(inside for _, inside in found) for kind, found in seen.items()}
    yield Figure("empty route", own["empty"], "ms")
    yield Figure("sign-up, beyond its I/O", own["sign-up"], "ms", 1)
    yield Figure("  its I/O, here SQLite in memory", ports["sign-up"], "ms")
    yield Figure(f"webhook of {WEBHOOK_BYTES // 1000} kB, beyond its I/O", own["webhook"], "ms", 5)
    yield Figure("  its I/O", ports["webhook"], "ms")
    yield Figure("page (a link that does not work), beyond its I/O", own["page"], "ms", 1)


class Bench:
    """The API over a world whose ports carry a stop-watch."""

    def __init__(self) -> None:
        self._inside = 0.0
        self._entered = 0.0
        world = TestWorld()
        for name in ("table", "queue", "blob"):
            setattr(world, name, watched(getattr(world, name), before=self._enter, after=self._leave))
        self._app = Chalice(app_name="bench")
        site_api.register(self._app, lambda: world)
        webhooks.register(self._app, lambda: world)
        self._app.route("/nothing", methods=["GET"])(lambda: "")

    def _enter(self, _: str) -> None:
        self._entered = time.process_time()

    def _leave(self, _: str) -> None:
        self._inside += time.process_time() - self._entered

    def round(self, events: list[Event]) -> tuple[float, float]:
        """CPU milliseconds of one request: our own, and inside the ports."""
        self._inside = 0.0
        began = time.process_time()
        answers = [self._app(one, None) for one in events]
        spent = time.process_time() - began
        assert all(answer["statusCode"] in (200, 303, 401) for answer in answers), answers[0]
        return (spent - self._inside) * 1000 / len(events), self._inside * 1000 / len(events)


def event(method: str, resource: str, body: str | None = None, **more: Any) -> Event:
    """As API Gateway (REST, v1) makes it. `more`: headers, query, path, ip."""
    headers, query, path = more.get("headers", {}), more.get("query"), more.get("path")
    return {
        "resource": resource,
        "path": resource,
        "httpMethod": method,
        "headers": headers,
        "multiValueHeaders": {name: [value] for name, value in headers.items()},
        "queryStringParameters": query,
        "multiValueQueryStringParameters": {name: [value] for name, value in query.items()} if query else None,
        "pathParameters": path,
        "stageVariables": None,
        "isBase64Encoded": False,
        "body": body,
        "requestContext": {
            "resourcePath": resource,
            "httpMethod": method,
            "path": f"/api{resource}",
            "stage": "api",
            "identity": {"sourceIp": more.get("ip", "192.0.2.7")},
        },
    }


def sign_up(number: int) -> Event:
    """Of somebody new, from a network of their own."""
    form = {"name": "Isobel Trant", "email": f"isobel{number}@example.com", "newsletter": "yes", "website": ""}
    ip = f"10.{number >> 8 & 255}.{number & 255}.7"
    return event("POST", "/claims", urlencode(form), headers={"content-type": FORM}, ip=ip)


def webhook(number: int) -> Event:
    """Of a new order, filled up with lines as Shopify writes them."""
    order = shopify_order(id=number, name=f"#{number}", line_items=[])
    while len(json.dumps(order)) < WEBHOOK_BYTES:
        order["line_items"].append(line(len(order["line_items"])))
    headers, raw = signed("orders/create", order)
    return event("POST", "/webhooks/{source}", raw.decode(), headers=headers, path={"source": "shopify"})


def line(number: int) -> dict[str, Any]:
    """A line item with all that comes along."""
    price = {
        "shop_money": {"amount": "48.00", "currency_code": "GBP"},
        "presentment_money": {"amount": "48.00", "currency_code": "GBP"},
    }
    return {
        "id": 14120087330561 + number,
        "admin_graphql_api_id": f"gid://shopify/LineItem/{14120087330561 + number}",
        "title": f"Sea-glass stud earrings no. {number}",
        "name": f"Sea-glass stud earrings no. {number}",
        "quantity": 1,
        "price": "48.00",
        "price_set": price,
        "total_discount": "0.00",
        "total_discount_set": price,
        "sku": f"EAR-SEA-{number:03}",
        "product_id": 8120043,
        "variant_id": 8120054,
        "vendor": "Pellow & Wren",
        "gift_card": False,
        "requires_shipping": True,
        "taxable": True,
        "properties": [{"name": "Length", "value": "45 cm"}],
        "tax_lines": [{"title": "VAT", "rate": 0.2, "price": "8.00", "price_set": price}],
    }
