"""Who somebody is, looked up when the owner asks: lists keep ids, and no name and no address."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from msgspec import Struct

from chalicelib.domain.claim import Contact
from chalicelib.domain.competition import Entry
from chalicelib.domain.history import History
from chalicelib.domain.identity import Address, address_or_none, parse_address, person_id
from chalicelib.domain.order import Order
from chalicelib.domain.preferences import SOURCE
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


def orders_left(world: World, person: str) -> list[str]:
    """Keys of the orders that they placed, without those that are by now somebody else's: a storefront may put another buyer in their place."""
    keys = orders.keys_of(world.table, person)
    found = world.table.get_many([*map(orders.key, keys)])
    return [key for key in keys if buyer_of(world, orders.load(found.get(orders.key(key)), key)) in ("", person)]


def orders_of(world: World, person: str) -> list[Order]:
    """What is kept of the orders that they placed and that are still theirs, in no order; what is erased is nobody's. Errors: Retryable."""
    return [order for order in orders.of_person(world.table, person) if buyer_of(world, order) == person]


def reached_as(world: World, history: History, entered: Iterable[Entry]) -> Contact | None:
    """As they may be written to on their own business: as they gave themselves, else as their newest order has them, else as they confirmed an entry
    in the competition, else as they asked us something, which nobody has confirmed: then without the name that was typed. None where nobody tells. Somebody else's gift makes nobody known.
    """
    if history.contact is not None:
        return history.contact
    now, shop = world.clock.now(), world.shop
    views = [one.view for one in history.orders if one.view is not None]
    if views:
        buyer = max(views, key=lambda view: view.placed_at).buyer
        locale = buyer.locale or shop.locale
        return Contact(history.person, buyer.name, buyer.address, buyer.dedupe_key, locale, now, SOURCE)
    confirmed = max((one for one in entered if one.confirmed_at is not None), key=lambda one: one.round, default=None)
    if confirmed is not None:
        entrant = confirmed.name, confirmed.address, confirmed.dedupe_key, confirmed.locale
        return Contact(history.person, *entrant, now, SOURCE)
    asked = max((one for one in history.inquiries if one.address), key=lambda one: one.opened_at, default=None)
    if asked is None or (address := address_or_none(asked.address)) is None:
        return None
    return Contact(history.person, "", address.normalised, address.key, shop.locale, now, SOURCE)


def whom(world: World, who: str | Address) -> tuple[str, Address | None]:
    """The person meant by an address, or by an id; with the address, where it was given. Errors: Invalid."""
    if isinstance(who, str) and "@" not in who and who.isascii() and who.isalnum():
        return who, None
    address = who if isinstance(who, Address) else parse_address(who)
    return person_id(world.secrets.people, address.key), address


def _buyer(world: World, person: str) -> Who:
    views = [order.view for order in orders_of(world, person) if order.view is not None]
    newest = max(views, key=lambda view: view.placed_at, default=None)
    return Who(newest.buyer.name, newest.buyer.address) if newest is not None else Who()


def number_of(order: Order) -> str:
    """What the shop calls it, or its key."""
    return (order.view.number if order.view is not None else "") or order.key
