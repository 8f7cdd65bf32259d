"""What a buyer did with the checkout's box for saying no: left alone, soft opt-in stands; used, it ends (domain.soft_opt_in)."""

from __future__ import annotations

from datetime import datetime

from msgspec import structs

from chalicelib.domain import soft_opt_in
from chalicelib.domain.calendar import instant, stamp
from chalicelib.domain.claim import Contact
from chalicelib.domain.consent import EMAIL, NEWSLETTER, consent_key
from chalicelib.domain.identity import person_id
from chalicelib.domain.order import Order
from chalicelib.domain.standing import Standing
from chalicelib.errors import Lost, Retryable
from chalicelib.ports import World
from chalicelib.stores import pages, people
from chalicelib.table import Action
from chalicelib.usecases.agree import agreed
from chalicelib.usecases.who import orders_of

TRIES = 4
_KEY = consent_key(NEWSLETTER, EMAIL)


def take_opt_out(world: World, order: Order, *, opted_out: bool) -> str:
    """What became of it: "taken", or "ignored: …" with the reason. Saying it twice is fine. Errors: Retryable."""
    if not soft_opt_in.is_declared(world.shop) or order.view is None or not order.view.buyer.dedupe_key:
        return "ignored: no soft opt-in is declared (storefront.opt_out), or nobody is named"
    person = person_id(world.secrets.people, order.view.buyer.dedupe_key)
    for _ in range(TRIES):
        standing = people.load_standing(world.table.get(people.standing_key(person)), person)
        try:
            if opted_out:
                return _used(world, order.view.placed_at, standing, order.key)
            return _left_alone(world, order, standing)
        except Lost:
            continue  # something else about them came between: look again
    raise Retryable("Too much happens about this buyer at once; it is taken again in a moment.")


def let_stand_by_orders(world: World, standing: Standing) -> str:
    """As take_opt_out, for a yes that nobody confirmed: it counts for no more than a box left alone, on an order of theirs. Errors: Lost, Retryable."""
    if not soft_opt_in.is_declared(world.shop):
        return "ignored: they have not confirmed it from their own mailbox (storefront.accept_consent)"
    order = soft_opt_in.newest(orders_of(world, standing.person), world.shop)
    if order is None:
        return "ignored: they have not confirmed it, and have no order on which a soft opt-in may rest"
    return _left_alone(world, order, standing)


def _left_alone(world: World, order: Order, standing: Standing) -> str:
    if order.view is None or not soft_opt_in.counts(order, world.shop):
        return "ignored: a soft opt-in may not rest on this order"
    if standing.consents.get(_KEY):
        return "ignored: they had said yes already"
    if standing.declined_at and stamp(order.view.placed_at) <= standing.declined_at:
        return "ignored: they have said no since"
    if against := soft_opt_in.stands_against(standing, withdrew=_withdrew(world, standing.person)):
        return f"ignored: {against}"
    now, buyer = world.clock.now(), order.view.buyer
    at = min(order.view.placed_at, now)
    consent = soft_opt_in.let_stand(standing.person, world.shop, at, f"checkout of {order.key}")
    contact = Contact(
        person=standing.person,
        name=buyer.name,
        address=buyer.address,
        dedupe_key=buyer.dedupe_key,
        locale=buyer.locale or world.shop.locale,
        confirmed_at=at,
        source=f"order {order.key}",
    )
    before = world.table.get(people.contact_key(standing.person))
    # nobody clicked: nothing that they asked for is undone
    world.table.transact(agreed(standing, [consent], contact, before, now, clicked=False), world.ids.token())
    return "taken"


def _used(world: World, at: datetime, standing: Standing, source: str) -> str:
    since = standing.consents.get(_KEY, "")
    if not soft_opt_in.in_force(standing) or instant(since) > at:
        # what they said yes to themselves is not undone by a box; but no silence of before, and no order of before, is a yes any more
        if standing.declined_at < stamp(at):
            world.table.write(people.declined(standing, at))
        return "ignored: no soft opt-in of before is in force"
    alone = structs.replace(standing, consents={_KEY: since})
    ends: list[Action] = [people.one_ended(standing, _KEY, at), *people.withdrawn(alone, at, f"checkout of {source}")]
    world.table.transact(ends, world.ids.token())
    return "taken"


def _withdrew(world: World, person: str) -> bool:
    lines = pages.below(world.table, f"P#{person}", prefix=f"CONSENT#{_KEY.replace('/', '#')}#")
    return any(str(item["sk"]).endswith("#withdrawn") for item in lines)
