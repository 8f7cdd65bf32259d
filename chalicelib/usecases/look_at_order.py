"""How an order stands, for whoever has the link in its mails; and what its buyer may say yes to beside it."""

from __future__ import annotations

from msgspec import Struct

from chalicelib.domain.consent import EMAIL, FOR_YOU, NEWSLETTER, Wording, wording_hash
from chalicelib.domain.languages import ENGLISH, date_in, exact_in
from chalicelib.domain.links import ORDER
from chalicelib.domain.order import Order, View, is_off
from chalicelib.domain.progress import Progress, progress, safe_link
from chalicelib.domain.shop import newest_wording
from chalicelib.errors import NotFound
from chalicelib.ports import World
from chalicelib.stores import orders, people
from chalicelib.usecases.telling.orders import lines_of
from chalicelib.usecases.telling.telling import Context
from chalicelib.usecases.who import buyer_of

PURPOSES = (NEWSLETTER, "care", "occasions", FOR_YOU)
"""What a buyer may be glad of, by e-mail. Offers by post or a call are asked for elsewhere."""

_GONE = "We no longer keep this order, or it is no longer yours. Ask us, and a person looks for what you need."


class Asked(Struct, frozen=True):
    """One box: what for, the very words beside it, and their hash, by which a yes tells which words were seen."""

    purpose: str
    words: str
    seen: str


class OrderPage(Struct, frozen=True):
    """What the page shows. `number`: as the buyer knows it. `lines`, `total`, `charged`: as the receipt has them. `status_url`: the
    storefront's own page, or "". `boxes`: none where there is nobody to write to, or the order came to nothing.
    """

    person: str
    number: str
    placed: str
    lines: tuple[Context, ...]
    more_lines: int
    total: str
    charged: str
    progress: Progress
    status_url: str
    boxes: tuple[Asked, ...]


def look_at_order(world: World, token: str) -> OrderPage:
    """Writes nothing. Errors: Unverified, NotFound (erased, gone, or by now somebody else's), Retryable."""
    person, order, view = its_order(world, token)
    shop = world.shop
    return OrderPage(
        person=person,
        number=view.confirmation or view.number,
        placed=date_in(ENGLISH, view.placed_at, shop.zone),
        lines=tuple(lines_of(view, ENGLISH)),
        more_lines=view.more_lines,
        total=exact_in(ENGLISH, view.total),
        charged=exact_in(ENGLISH, view.charged) if view.charged is not None else "",
        progress=progress(order, shop.arrivals, shop.zone, world.clock.now()),
        status_url=safe_link(view.status_url),
        boxes=boxes_for(world, person, order),
    )


def its_order(world: World, token: str) -> tuple[str, Order, View]:
    """The buyer, and the order that the link is for. Errors: as look_at_order."""
    opened = world.links.open(token, ORDER, world.clock.now())
    order = orders.load(world.table.get(orders.key(opened.scope)), opened.scope)
    if order.view is None or not opened.person or buyer_of(world, order) != opened.person:
        raise NotFound(_GONE)
    return opened.person, order, order.view


def boxes_for(world: World, person: str, order: Order) -> tuple[Asked, ...]:
    """The same whatever they said yes to before: the link may have been passed on, and a consent is nobody else's business."""
    if order.view is None or is_off(order) or not order.view.buyer.address:
        return ()
    contact = people.load_contact(world.table.get(people.contact_key(person)), world.clock.now())
    locale = contact.locale if contact is not None else world.shop.locale
    found = (newest_wording(world.shop, purpose, EMAIL, locale) for purpose in PURPOSES)
    return tuple(_box(wording) for wording in found if wording is not None)


def _box(wording: Wording) -> Asked:
    return Asked(wording.purpose, wording.text, wording_hash(wording.text))
