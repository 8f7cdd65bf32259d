"""What lies in the parcels that are still to be packed, and what their packer is to know."""

from __future__ import annotations

from datetime import datetime
from functools import partial

import msgspec

from chalicelib.domain.calendar import day_name, long_date
from chalicelib.domain.gift import Gift
from chalicelib.domain.identity import first_name, person_id
from chalicelib.domain.order import Order
from chalicelib.domain.paper import Known, Packing, is_to_pack, packing, place_of
from chalicelib.domain.planning import recipient_of
from chalicelib.domain.purchases import placed_at
from chalicelib.domain.standing import Standing
from chalicelib.logs import failed
from chalicelib.ports import World
from chalicelib.stores import orders, people
from chalicelib.usecases.printing.paper import Left, Paper, Told, line_of, paper_of
from chalicelib.usecases.recall import recall

SHOWN = 10
"""Things on one slip."""


def packing_list(world: World, by: datetime | None) -> Paper:
    """For the packer alone: what each parcel holds, and which paper goes with it."""
    found, left = _parcels(world, by)
    return _printed(world, "packing-list", [_for_packer(world, one) for one in found], left)


def slips(world: World, by: datetime | None) -> Paper:
    """One for each parcel, with a line of thanks."""
    found, left = _parcels(world, by)
    return _printed(world, "packing-line", [_slip(world, one) for one in found if one.slip], left)


def inserts(world: World, by: datetime | None) -> Paper:
    """A card for each parcel: first order, repeat, gift."""
    found, left = _parcels(world, by)
    return _printed(world, "insert", [_insert(world, one) for one in found if one.insert], left)


def cards(world: World, by: datetime | None) -> Paper:
    """As many blank cards as there are gifts. Nothing of anybody stands on them."""
    found, left = _parcels(world, by)
    return _printed(world, "card", [{} for one in found if one.card], left)


def _printed(world: World, sheet: str, things: list[Told], left: list[Left]) -> Paper:
    return paper_of(world.shop, sheet, "parcels", things, left, day=day_name(world.clock.now(), world.shop.zone))


def _parcels(world: World, by: datetime | None) -> tuple[list[Packing], list[Left]]:
    """In the order in which they were placed; left out is what may be a gift, and what cannot be read."""
    everything = orders.all_of(world.table)
    waiting = sorted((one for one in everything if is_to_pack(one, by)), key=lambda one: (placed_at(one), one.key))
    found, left, now = [], [], world.clock.now()
    for order in waiting:
        if order.view is None:
            continue
        number = order.view.number or order.key
        try:
            known = _known(world, order, everything)
        except msgspec.ValidationError as error:
            failed("what is known of a buyer cannot be read, and nothing is printed for their parcel", error, order=order.key)
            left.append(Left(f"Order {number}", "What is known of its buyer cannot be read."))
            continue
        parcel = packing(order, order.view, known, world.playbook, world.shop, world.products, now)
        found.append(parcel)
        if parcel.perhaps:
            left.append(Left(f"Order {number}", f"It may be a gift, so say first: courtesy gift {number} yes | no"))
    return found, left


def _known(world: World, order: Order, everything: list[Order]) -> Known:
    key = order.view.buyer.dedupe_key if order.view is not None else ""
    buyer = recall(world, person_id(world.secrets.people, key)) if key else None
    if not order.is_gift:
        return Known(buyer, place=place_of(order, everything))
    gift = orders.load_gift(world.table.get(orders.gift_key(order.key)), order, world.clock.now())
    return Known(buyer, gift, _opener(world, order, gift), place_of(order, everything))


def _opener(world: World, order: Order, gift: Gift | None) -> Standing | None:
    if gift is None:
        return None
    person = recipient_of(order, gift, partial(person_id, world.secrets.people))
    return people.load_standing(world.table.get(people.standing_key(person)), person)


def _slip(world: World, one: Packing) -> Told:
    # what is in a gift is to be found by unwrapping it
    things = () if one.gift else one.things[:SHOWN]
    more = 0 if one.gift else len(one.things) - len(things) + one.more
    return {
        "number": one.number,
        "placed": long_date(one.placed_at, world.shop.zone),
        "opens": one.opens,
        "name": first_name(one.opens),
        "gift": one.gift,
        "again": one.insert == "repeat",
        "things": [{"title": title, "quantity": many} for title, many in things],
        "more": more,
    }


def _insert(world: World, one: Packing) -> Told:
    return {
        "variant": one.insert,
        "name": first_name(one.opens),
        "giver": one.giver,
        "message": one.message,
        "card": one.card,
        "line": line_of(one.offer, world.shop.zone),
    }


def _for_packer(world: World, one: Packing) -> Told:
    return {
        "number": one.number,
        "placed": long_date(one.placed_at, world.shop.zone),
        "opens": one.opens,
        "things": [{"title": title, "quantity": many} for title, many in one.things],
        "more": one.more,
        "gift": one.gift,
        "perhaps": one.perhaps,
        "slip": one.slip,
        "insert": one.insert,
        "with_line": one.offer is not None,
        "card": one.card,
        "little_extra": one.extra,
    }
