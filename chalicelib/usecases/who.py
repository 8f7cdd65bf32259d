"""Who somebody is, looked up when the owner asks: lists keep ids, and no name and no address."""

from __future__ import annotations

from collections.abc import Collection

from msgspec import Struct

from chalicelib.domain.identity import Address, parse_address, person_id
from chalicelib.domain.order import Order
from chalicelib.ports import World
from chalicelib.stores import orders, people


class Who(Struct, frozen=True):
    """`address`: for e-mail. Both "" where they are not known, or no longer kept."""

    name: str = ""
    address: str = ""


def who(world: World, persons: Collection[str]) -> dict[str, Who]:
    """Each of them: as they gave it themselves, else as their newest order has it. Errors: Retryable."""
    now = world.clock.now()
    items = world.table.get_many([people.contact_key(person) for person in persons])
    found = {}
    for person in persons:
        contact = people.load_contact(items.get(people.contact_key(person)), now)
        found[person] = Who(contact.name, contact.address) if contact is not None else _buyer(world, person)
    return found


def buyer_of(world: World, order: Order) -> str:
    """The person who placed the order, "" where it does not tell."""
    key = order.view.buyer.dedupe_key if order.view is not None else ""
    return person_id(world.secrets.people, key) if key else ""


def whom(world: World, who: str | Address) -> tuple[str, Address | None]:
    """The person meant by an address, or by an id; with the address, where it was given. Errors: Invalid."""
    if isinstance(who, str) and "@" not in who and who.isascii() and who.isalnum():
        return who, None
    address = who if isinstance(who, Address) else parse_address(who)
    return person_id(world.secrets.people, address.key), address


def _buyer(world: World, person: str) -> Who:
    views = [order.view for order in orders.of_person(world.table, person) if order.view is not None and not order.erased]
    newest = max(views, key=lambda view: view.placed_at, default=None)
    return Who(newest.buyer.name, newest.buyer.address) if newest is not None else Who()


def number_of(order: Order) -> str:
    """What the shop calls it, or its key."""
    return (order.view.number if order.view is not None else "") or order.key
