"""What a person's own orders state about them, such as a ring's size. It is read from the orders each time, so a return or a gift unsays it."""

from __future__ import annotations

from chalicelib.domain.fact import Fact, observed
from chalicelib.ports import World
from chalicelib.stores import orders


def list_facts(world: World, person: str) -> tuple[Fact, ...]:
    """Of all orders that are kept of theirs. Errors: Misconfigured, Retryable."""
    items = world.table.get_many([orders.key(key) for key in orders.keys_of(world.table, person)])
    return observed([orders.load(item, key[0].removeprefix("O#")) for key, item in items.items()], world.products)
