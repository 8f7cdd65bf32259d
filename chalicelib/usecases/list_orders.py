"""What the owner asks: every order with what it comes to, and what is still to be said of it."""

from __future__ import annotations

from msgspec import Struct

from chalicelib.domain.calendar import stamp
from chalicelib.domain.identity import parse_address, person_id
from chalicelib.domain.money import exact
from chalicelib.domain.order import Order, arrival, is_off
from chalicelib.domain.sentences import of_signs
from chalicelib.ports import World
from chalicelib.stores import orders
from chalicelib.usecases.who import buyer_of


class Listed(Struct, frozen=True):
    """One line. `buyer`: their address, "" where the storefront gave none. `total`: as people read it. `off`: why nothing comes of it, ""
    while it stands. `gift` (not | ask | gift) with its `reasons` as sentences. `arrived_at`: a stamp, "" while it has not; `how` it is known.
    """

    key: str
    number: str
    placed_at: str
    buyer: str
    total: str
    off: str
    gift: str
    reasons: tuple[str, ...]
    arrived_at: str
    how: str
    vouchers: tuple[str, ...]


def list_orders(world: World, address: str = "") -> list[Listed]:
    """All that are kept, or one person's, in the order in which they were placed. Reads the whole table without an address. Errors: Invalid."""
    if address:
        person = person_id(world.secrets.people, parse_address(address).key)
        found = [one for one in orders.of_person(world.table, person) if buyer_of(world, one) in ("", person)]
    else:
        found = orders.all_of(world.table)
    return sorted((_listed(world, order) for order in found), key=lambda one: (one.placed_at, one.key))


def _listed(world: World, order: Order) -> Listed:
    view, arrived = order.view, arrival(order, world.shop.arrivals, world.shop.zone)
    return Listed(
        key=order.key,
        number=view.number if view is not None else "",
        placed_at=stamp(view.placed_at) if view is not None else "",
        buyer=view.buyer.address if view is not None else "",
        total=exact(view.total) if view is not None else "",
        off="erased" if order.erased else is_off(order),
        gift=order.verdict,
        reasons=of_signs(order.signs, by_owner=order.gift_word is not None),
        arrived_at=stamp(arrived.at) if arrived is not None else "",
        how=arrived.how if arrived is not None else "",
        vouchers=order.vouchers,
    )
