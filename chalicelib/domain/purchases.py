"""Purchases of their own: what somebody bought for themselves and still has. The one place that says what counts as evidence (manner 5)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime
from itertools import pairwise
from statistics import median

from msgspec import Struct

from chalicelib.domain.gift import NOT
from chalicelib.domain.order import Line, Order, is_off, still_held
from chalicelib.domain.products import Product, Products


class Purchase(Struct, frozen=True):
    """One line that counts. `at`: when it was ordered. `product` is None where products.toml does not know it."""

    order: Order
    line: Line
    product: Product | None
    at: datetime


def is_own(order: Order) -> bool:
    """Whether its buyer bought it for themselves, and it stands: no gift, nothing that may be one, nothing off or forgotten."""
    return order.view is not None and not is_off(order) and not order.erased and order.verdict == NOT


def of_order(order: Order, products: Products) -> Iterator[Purchase]:
    """Its lines that count: nothing returned, nothing that says that it is for somebody else."""
    if order.view is None or not is_own(order):
        return
    for line, held in still_held(order):
        if held and not line.for_gift:
            yield Purchase(order, line, products.of(line), order.view.placed_at)


def own(orders: Iterable[Order], products: Products) -> list[Purchase]:
    """Those of all the orders, oldest first."""
    found = (purchase for order in orders for purchase in of_order(order, products))
    return sorted(found, key=lambda one: (one.at, one.order.key, one.line.id, one.line.title))


def standing_orders(orders: Iterable[Order]) -> list[Order]:
    """Those that were placed and still stand, gifts too, oldest first: the person deals with us."""
    placed = [
        (order.view.placed_at, order.key, order)
        for order in orders
        if order.view is not None and not is_off(order) and not order.erased
    ]
    return [order for *_, order in sorted(placed, key=lambda one: one[:2])]


def placed_at(order: Order) -> datetime:
    """Of an order that has been described. Errors: ValueError for one of which nothing but fragments is known."""
    if order.view is None:
        raise ValueError("nothing is known of the order yet")
    return order.view.placed_at


GAPS_THAT_PROVE = 2
"""One gap is chance: socks bought twice in a week are no habit."""


def own_gap(days: Iterable[date]) -> float | None:
    """Days from one purchase to the next, as they do it: the median. Several on one day are one. None while that is no habit yet."""
    gaps = [(later - earlier).days for earlier, later in pairwise(sorted({*days}))]
    return median(gaps) if len(gaps) >= GAPS_THAT_PROVE else None
