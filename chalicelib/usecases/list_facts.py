"""What a person's own orders state about them, such as a ring's size. It is read from the orders each time, so a return or a gift unsays it."""

from __future__ import annotations

from chalicelib.domain.fact import Fact, observed
from chalicelib.ports import World
from chalicelib.usecases.who import orders_of


def list_facts(world: World, person: str) -> tuple[Fact, ...]:
    """Of all orders that are kept of theirs. Errors: Misconfigured, Retryable."""
    return observed(orders_of(world, person), world.products)
