"""One errand, at the storefront or for a round of the competition: done, or kept with the reason why it could not be done yet.

read → ask the storefront → what follows from it, and the errand is over
"""

from __future__ import annotations

from contextlib import suppress

from chalicelib.domain import errand as errands_of
from chalicelib.domain.errand import Errand
from chalicelib.errors import Conflict, Invalid, Lost, Misconfigured, NotFound, Retryable
from chalicelib.ports import DUE_NOW, Office, World
from chalicelib.stores import errands, follow_ups, people, vouchers
from chalicelib.table import Action
from chalicelib.usecases.catch_up import catch_up, next_catch_up
from chalicelib.usecases.close_round import close_round
from chalicelib.usecases.look_at_held import look_at_held
from chalicelib.usecases.tell_of_draw import tell_of_draw
from chalicelib.usecases.who import orders_of

NO_KEY = "No key to the storefront's API is known here. Give one with courtesy connect."


def run_errand(world: World, id_: str) -> None:
    """Doing it twice is fine. What cannot be done now is tried again by the clock, ever more rarely. Errors: Retryable (the table)."""
    errand = errands.load(world.table.get(errands.key(id_)))
    if errand is None or errand.not_before > world.clock.now():
        return
    try:
        if errand.kind in errands_of.AT_THE_STOREFRONT:
            office = world.office
            if office is None:
                raise Misconfigured(NO_KEY)
            _do(world, office, errand)
        else:
            _for_a_round(world, errand)
    except (Conflict, Invalid, Misconfigured, NotFound, Retryable) as error:
        with suppress(Lost):
            world.table.write(errands.could_not(errand, str(error)))
        return
    with suppress(Lost):  # done by another, or overtaken
        world.table.transact(_after(world, errand), world.ids.token())
    if errand.kind == "register":
        _let_mails_go(world, errand.about)


def _do(world: World, office: Office, errand: Errand) -> None:
    if errand.kind == "catch-up":
        catch_up(world, office)
    elif errand.kind == "stop":
        standing = people.load_standing(world.table.get(people.standing_key(errand.about)), errand.about)
        address = _address(world, errand.about) if standing.stopped_at else ""
        if address:
            office.unsubscribe(address, world.clock.now())
    else:
        voucher = vouchers.load(world.table.get(vouchers.key(errand.about)))
        if voucher is None or errand.kind == "void":
            office.void(errand.about)
        else:
            office.register(voucher)


def _for_a_round(world: World, errand: Errand) -> None:
    if errand.kind == "close":
        close_round(world, errand.about)
    else:
        tell_of_draw(world, errand.about)


def _after(world: World, errand: Errand) -> list[Action]:
    if errand.kind == "catch-up":
        return [errands.put(next_catch_up(world))]
    voucher = vouchers.load(world.table.get(vouchers.key(errand.about))) if errand.kind == "register" else None
    if voucher is None:
        return [errands.done(errand)]
    # when it has ended it is taken out of the checkout, which would else fill up with dead codes
    return [vouchers.known(voucher), errands.put(errands_of.void(voucher.code, world.clock.now(), voucher.ends_at))]


def _let_mails_go(world: World, code: str) -> None:
    voucher = vouchers.load(world.table.get(vouchers.key(code)))
    if voucher is None:
        return
    look_at_held(world, follow_ups.of_person(world.table, voucher.person), "code-unknown")
    world.queue.put(DUE_NOW, {"why": "the checkout knows a code"})


def _address(world: World, person: str) -> str:
    """By which the storefront knows them: as they gave it to us, or with an order."""
    contact = people.load_contact(world.table.get(people.contact_key(person)), world.clock.now())
    if contact is not None:
        return contact.address
    known = orders_of(world, person)
    return next((order.view.buyer.address for order in known if order.view is not None and order.view.buyer.address), "")
