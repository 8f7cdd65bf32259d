"""An order by what its owner calls it."""

from __future__ import annotations

from chalicelib.domain.order import Order
from chalicelib.errors import Invalid, NotFound
from chalicelib.ports import World
from chalicelib.stores import orders


def find_order(world: World, called: str) -> Order:
    """By its key (shopify:820982911946154508), by the number that the shop gave it (#1041, 1041), or by the confirmation number that its
    buyer has. Reads the whole table for a number.

    Errors: NotFound, Invalid (two have that number).
    """
    item = world.table.get(orders.key(called))
    if item is not None:
        return orders.load(item, called)
    found = [order for order in orders.all_of(world.table) if is_called(order, called)]
    if not found:
        raise NotFound(f"There is no order {called} here: courtesy orders lists them.")
    if len(found) > 1:
        raise Invalid(f"Several orders are called {called}: give one of {', '.join(order.key for order in found)}.")
    return found[0]


def is_called(order: Order, called: str) -> bool:
    """Whether that is its number or its confirmation number, with or without the sign before it."""
    return called.strip().lstrip("#").casefold() in _numbers(order)


def _numbers(order: Order) -> tuple[str, ...]:
    view = order.view
    return tuple(one.lstrip("#").casefold() for one in (view.number, view.confirmation) if one) if view is not None else ()
