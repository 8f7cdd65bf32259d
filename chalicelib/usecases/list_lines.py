"""What the owner asks: which order lines products.toml maps to which category, and which it does not."""

from __future__ import annotations

from collections.abc import Iterator

from chalicelib.domain.order import Line
from chalicelib.domain.products import SortedOut, sort_out
from chalicelib.ports import World
from chalicelib.stores import orders

BATCH = 500


def list_lines(world: World) -> SortedOut:
    """The lines of all orders that are kept. Reads the whole table. Errors: Misconfigured, Retryable."""
    return sort_out(_lines(world), world.products)


def _lines(world: World) -> Iterator[Line]:
    keys = orders.all_keys(world.table)
    for start in range(0, len(keys), BATCH):
        batch = keys[start : start + BATCH]
        items = world.table.get_many([orders.key(order) for order in batch], strong=False)
        for order in batch:
            view = orders.load(items.get(orders.key(order)), order).view
            yield from view.lines if view is not None else ()
