"""What the owner asks: which order lines products.toml maps to which category, and which it does not."""

from __future__ import annotations

from chalicelib.domain.products import SortedOut, sort_out
from chalicelib.ports import World
from chalicelib.stores import orders


def list_lines(world: World) -> SortedOut:
    """The lines of all orders that are kept. Reads the whole table. Errors: Misconfigured, Retryable."""
    views = [order.view for order in orders.all_of(world.table) if order.view is not None]
    return sort_out((line for view in views for line in view.lines), world.products)
