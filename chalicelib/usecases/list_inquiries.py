"""What the owner asks: who waits for an answer, and how long.

Whoever asked by the site's form is shown as they typed it there, for the answer goes to that address. The order that they named counts only
where it is theirs: looked up here, it tells nobody but the owner whether there is one of that number.
"""

from __future__ import annotations

from msgspec import Struct

from chalicelib.domain.calendar import stamp
from chalicelib.domain.inquiry import Inquiry, Urgency, urgency, waited
from chalicelib.ports import World
from chalicelib.stores import inquiries, orders
from chalicelib.usecases.find_order import is_called
from chalicelib.usecases.who import Who, number_of, orders_of, who


class Listed(Struct, frozen=True):
    """One line. `name` and `address`: "" where they are no longer kept. `about`: the order as the shop calls it, or "". `waited`: working
    days. `urgency`: nudged after three, on top after four. `typed`: name and address are as somebody typed them, and confirmed by nobody.
    """

    id: str
    name: str
    address: str
    about: str
    source: str
    words: str
    opened_at: str
    waited: int
    urgency: Urgency
    typed: bool = False


def list_inquiries(world: World) -> list[Listed]:
    """Those that are open, the longest first. Errors: Retryable."""
    found = inquiries.open_ones(world.table)
    known = who(world, {one.person for one in found})
    about = sorted({one.about for one in found if one.about})
    items = world.table.get_many([orders.key(key) for key in about])
    numbers = {key: number_of(orders.load(items.get(orders.key(key)), key)) for key in about}
    return [_listed(world, one, known[one.person], numbers.get(one.about, "") or _said(world, one)) for one in found]


def _said(world: World, one: Inquiry) -> str:
    """The order that they named, as the shop calls it where it is theirs."""
    if not one.order_said:
        return ""
    found = next((order for order in orders_of(world, one.person) if is_called(order, one.order_said)), None)
    return number_of(found) if found is not None else f"“{one.order_said}”, as they typed it: none of theirs"


def _listed(world: World, one: Inquiry, person: Who, about: str) -> Listed:
    days = waited(one, world.clock.now(), world.shop.zone)
    return Listed(
        id=one.id,
        name=one.name or person.name,
        address=one.address or person.address,
        about=about,
        source=one.source,
        words=one.words,
        opened_at=stamp(one.opened_at),
        waited=days,
        urgency=urgency(days),
        typed=bool(one.address),
    )
